// SPDX-License-Identifier: GPL-3.0-or-later

/// How numbers, dates and money look in a language, and where a country writes them otherwise.
struct NumberMarks: Sendable {
    var decimalMark = "."
    var thousandsMark = ""
    /// Digits of a whole number from which it is parted in thousands.
    var groupsFrom = 4
    /// `{0}` year, `{1}` month, `{2}` day, two digits each; `{3}` month and `{4}` day without a leading zero.
    var date = "{0}-{1}-{2}"
    /// As `date`, without a year.
    var day = "{1}-{2}"

    static let keys = ["decimal_mark", "thousands_mark", "date", "day"]

    /// The marks with those that a group of the file names in place.
    func changed(by group: [String: String]) -> Self {
        var marks = self
        marks.decimalMark = group["decimal_mark"] ?? decimalMark
        marks.thousandsMark = group["thousands_mark"] ?? thousandsMark
        marks.groupsFrom = group["groups_from"].flatMap { Int($0) } ?? groupsFrom
        marks.date = group["date"] ?? date
        marks.day = group["day"] ?? day
        return marks
    }

    /// A number as programs write it, `-12345.6`, with the marks; the minus sign is U+2212.
    func marked(_ plain: String) -> String {
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, !plain.utf8.contains(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "n") }) else {
            return plain
        }
        let isNegative = first.hasPrefix("-")
        let digits = Array(isNegative ? first.dropFirst() : first)
        var whole = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, digits.count >= groupsFrom, (digits.count - index) % 3 == 0 { whole += thousandsMark }
            whole.append(digit)
        }
        return (isNegative ? "\u{2212}" : "") + whole + (parts.count > 1 ? decimalMark + parts[1] : "")
    }

    /// A number inside an English sentence of the analyses, `1,234` or `−0.5` or `65.4 %` or `0.75 % ± 0.5`; nil where the text is
    /// something else. Digits alone stay as they are: they may be a year, or the name of a pipe.
    func translated(_ english: String) -> String? {
        guard let mark = english.firstRange(of: " ± ") else { return single(english) }
        guard let value = single(String(english[..<mark.lowerBound])), let margin = single(String(english[mark.upperBound...])) else {
            return nil
        }
        return value + "\u{A0}±\u{A0}" + margin
    }

    private func single(_ english: String) -> String? {
        let isShare = english.hasSuffix(" %")
        var text = isShare ? String(english.dropLast(2)) : english
        let isNegative = text.hasPrefix("−") || text.hasPrefix("-")
        if isNegative { text.removeFirst() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2 else { return nil }
        let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
        func isDigits(_ text: Substring) -> Bool { !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber } }
        guard groups.allSatisfy(isDigits), groups.dropFirst().allSatisfy({ $0.count == 3 }), parts.dropFirst().allSatisfy(isDigits),
            groups.count > 1 || parts.count > 1 || isShare
        else { return nil }
        let number = marked((isNegative ? "-" : "") + groups.joined() + (parts.count > 1 ? "." + parts[1] : ""))
        return isShare ? number + "\u{A0}%" : number
    }
}
