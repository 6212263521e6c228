// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// The time format that all values of a column have.
struct TimeGuess {
    var pattern: String
    /// The other one that fits too, where day and month could be either.
    var other: String?
    var hasOffset = false
    /// Dates alone, without a time of day.
    var isDate: Bool { !pattern.contains("H") && !pattern.contains("h") && pattern != "iso8601" && !pattern.hasPrefix("epoch") }

    private static let dates = [
        "dd.MM.yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "dd-MM-yyyy", "yyyy/MM/dd", "yyyy.MM.dd", "dd-MMM-yy", "dd-MMM-yyyy", "dd.MM.yy",
        "dd/MM/yy",
        "MM/dd/yy", "yy-M-d", "yyyyMMdd",
    ]
    private static let times = ["", " HH:mm", " HH:mm:ss", " h:mm a", " h:mm:ss a"]
    private static let others = ["yyyyMMddHHmm", "yyyyMMddHHmmss", "yyyyMMdd HHmm", "yyyyMMdd'T'HHmmss"]

    /// - values: not empty, a few hundred at most.
    init?(_ values: [String]) {
        guard !values.isEmpty else { return nil }
        if Self.fits("iso8601", values) {
            pattern = "iso8601"
            hasOffset = values.allSatisfy { $0.count > 16 && ($0.hasSuffix("Z") || $0.dropFirst(11).contains { $0 == "+" || $0 == "-" }) }
            return
        }
        let digits = values.allSatisfy { $0.allSatisfy(\.isNumber) }
        if digits, values.allSatisfy({ $0.count == 10 && ($0.hasPrefix("1") || $0.hasPrefix("2")) }), Self.fits("epoch", values) {
            pattern = "epoch"
            hasOffset = true
            return
        }
        if digits, values.allSatisfy({ $0.count == 13 }) {
            pattern = "epoch_ms"
            hasOffset = true
            return
        }
        let patterns = Self.others + Self.dates.flatMap { date in Self.times.map { date + $0 } }
        var fitting = patterns.filter { Self.fits($0, values) }
        // Two-digit years fit where four-digit ones do not.
        if fitting.contains(where: { $0.contains("yyyy") }) { fitting.removeAll { !$0.contains("yyyy") } }
        guard let first = fitting.first else { return nil }
        pattern = first
        guard let second = fitting.dropFirst().first(where: { Self.isOther($0, than: first) }) else { return }
        // The steps tell: days that are taken for months jump.
        let one = Self.typicalStep(first, values), two = Self.typicalStep(second, values)
        if one > 0, two > 0, one != two {
            if two < one { pattern = second }
        } else {
            other = second
        }
    }

    /// The same format with day and month changed about.
    private static func isOther(_ pattern: String, than one: String) -> Bool {
        pattern.replacing("dd", with: "#").replacing("MM", with: "dd").replacing("#", with: "MM") == one
    }

    static func instant(_ pattern: String, _ value: String) -> Int? {
        guard case .success(let format) = TimeFormat.parse(pattern) else { return nil }
        let bytes = Array(value.utf8)
        guard let stamp = format.read(bytes.span, 0, bytes.count), stamp.local >= LocalClock.earliest, stamp.local < LocalClock.latest
        else {
            return nil
        }
        return stamp.local - (stamp.offset ?? 0)
    }

    private static func fits(_ pattern: String, _ values: [String]) -> Bool {
        guard case .success(let format) = TimeFormat.parse(pattern) else { return false }
        return values.allSatisfy { value in
            let bytes = Array(value.utf8)
            guard let stamp = format.read(bytes.span, 0, bytes.count) else { return false }
            return stamp.local >= LocalClock.earliest && stamp.local < LocalClock.latest
        }
    }

    /// Mean of the sizes of the steps that are not 0. [s]
    private static func typicalStep(_ pattern: String, _ values: [String]) -> Int {
        let instants = values.compactMap { instant(pattern, $0) }
        let steps = zip(instants.dropFirst(), instants).map { abs($0 - $1) }.filter { $0 > 0 }
        return steps.isEmpty ? 0 : steps.reduce(0, +) / steps.count
    }
}
