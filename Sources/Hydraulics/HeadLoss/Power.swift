// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// `base` to the `exponent`; the one place where Foundation's `pow` is called.
@inline(__always)
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
