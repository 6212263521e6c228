// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Powers and logarithms of positive numbers.
enum Power {
    static func of(_ base: Double, _ exponent: Double) -> Double { base > 0 ? pow(base, exponent) : 0 }
    static func logarithm(_ value: Double) -> Double { log(value) }
}
