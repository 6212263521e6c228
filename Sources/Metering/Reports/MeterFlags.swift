// SPDX-License-Identifier: GPL-3.0-or-later

/// What a report says of a meter in a word each; a set of these.
struct MeterFlags: OptionSet {
    let rawValue: UInt32

    /// In order of the alphabet; a flag's bit is its word's place.
    private static let allWords = [
        "compound", "conflict", "continuous_flow", "estimated", "gap", "long_gap", "no_factor", "no_readings", "overlapping_units",
        "repeated_register", "replacement", "reverse_flow", "rollover", "spike", "stuck", "sub_meter", "unit_step",
    ]

    static let compound = MeterFlags(rawValue: 1 << 0)
    static let conflict = MeterFlags(rawValue: 1 << 1)
    static let continuousFlow = MeterFlags(rawValue: 1 << 2)
    static let estimated = MeterFlags(rawValue: 1 << 3)
    static let gap = MeterFlags(rawValue: 1 << 4)
    static let longGap = MeterFlags(rawValue: 1 << 5)
    static let noFactor = MeterFlags(rawValue: 1 << 6)
    static let noReadings = MeterFlags(rawValue: 1 << 7)
    static let overlappingUnits = MeterFlags(rawValue: 1 << 8)
    static let repeatedRegister = MeterFlags(rawValue: 1 << 9)
    static let replacement = MeterFlags(rawValue: 1 << 10)
    static let reverseFlow = MeterFlags(rawValue: 1 << 11)
    static let rollover = MeterFlags(rawValue: 1 << 12)
    static let spike = MeterFlags(rawValue: 1 << 13)
    static let stuck = MeterFlags(rawValue: 1 << 14)
    static let subMeter = MeterFlags(rawValue: 1 << 15)
    static let unitStep = MeterFlags(rawValue: 1 << 16)

    var words: [String] {
        var words: [String] = []
        words.reserveCapacity(rawValue.nonzeroBitCount)
        var rest = rawValue
        while rest != 0 {
            words.append(Self.allWords[rest.trailingZeroBitCount])
            rest &= rest - 1
        }
        return words
    }
}
