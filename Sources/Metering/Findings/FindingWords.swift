// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Numbers as sentences have them.
extension NumberText {
    static func days(_ days: Double) -> String { fixed(days, days < 10 ? 1 : 0) }
    static func short(_ value: Double) -> String { significant(value, 3) }
    /// A share in per cent.
    static func share(_ value: Double) -> String { fixed(100 * value, abs(value) < 0.1 ? 1 : 0) + " %" }
}
