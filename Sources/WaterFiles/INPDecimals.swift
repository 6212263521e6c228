// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Numbers of the model as a file's decimals: the shortest that read back as the same SI value.
enum INPDecimals {
    /// - Parameters:
    ///   - value: in SI units.
    ///   - factor: from the file's unit to SI.
    static func text(_ value: Double, _ factor: Double) -> String {
        if factor == 1 { return NumberText.exact(value) }
        return text(value / factor) { $0 * factor == value }
    }

    /// As above, of a value that is turned into SI by more than one factor.
    static func text(_ value: Double, linear toSI: (Double) -> Double) -> String {
        text(value / toSI(1)) { toSI($0) == value }
    }

    /// A number of 15 digits where it is the one sought; else its neighbours; else itself.
    private static func text(_ guess: Double, isSame: (Double) -> Bool) -> String {
        guard guess.isFinite, guess != 0 else { return NumberText.exact(guess) }
        for candidate in [rounded(guess), guess, guess.nextUp, guess.nextDown] where isSame(candidate) {
            return NumberText.exact(candidate)
        }
        return NumberText.exact(guess)
    }

    /// To 15 digits.
    private static func rounded(_ value: Double) -> Double {
        // Digits before the point, by the shortest text: no logarithm that could be off by one.
        var scale = 1.0
        var size = abs(value)
        guard size < 1e15, size > 1e-7 else { return value }
        while size < 1e14 {
            size *= 10
            scale *= 10
        }
        return (value * scale).rounded() / scale
    }
}
