// SPDX-License-Identifier: GPL-3.0-or-later

/// Which form of a word goes with a number, as the language's file says it in the notation of Unicode's CLDR for whole numbers:
/// `one: "n = 1"`, `few: "n % 10 = 2..4 and n % 100 != 12..14"`, parts joined by `and` and `or`. What no rule takes is `other`.
struct PluralRules: Sendable {
    private struct Relation: Sendable {
        /// 0: the number itself.
        let modulus: Int
        let isEqual: Bool
        let ranges: [ClosedRange<Int>]

        func holds(_ number: Int) -> Bool {
            let rest = modulus == 0 ? number : number % modulus
            return ranges.contains { $0.contains(rest) } == isEqual
        }
    }

    /// Form, and its relations: one group must hold whole.
    private let rules: [(form: String, groups: [[Relation]])]

    var forms: [String] { rules.map(\.form) + ["other"] }

    /// A language whose words have one form.
    static let none = PluralRules(rules: [])

    private init(rules: [(form: String, groups: [[Relation]])]) { self.rules = rules }

    /// nil where a rule cannot be read.
    init?(_ texts: [String: String]) {
        var rules: [(String, [[Relation]])] = []
        for (form, text) in texts.sorted(by: { $0.key < $1.key }) {
            var groups: [[Relation]] = [[]]
            var words = text.split(separator: " ")[...]
            while !words.isEmpty {
                guard let relation = Self.relation(&words) else { return nil }
                groups[groups.count - 1].append(relation)
                switch words.popFirst() {
                case "and": break
                case "or": groups.append([])
                case nil: continue
                default: return nil
                }
                if words.isEmpty { return nil }
            }
            rules.append((form, groups))
        }
        self.rules = rules
    }

    /// `n % 10 = 2..4,7`
    private static func relation(_ words: inout ArraySlice<Substring>) -> Relation? {
        guard words.popFirst() == "n", var sign = words.popFirst() else { return nil }
        var modulus = 0
        if sign == "%" {
            guard let text = words.popFirst(), let number = Int(text), number > 0, let next = words.popFirst() else { return nil }
            (modulus, sign) = (number, next)
        }
        guard sign == "=" || sign == "!=", let values = words.popFirst() else { return nil }
        var ranges: [ClosedRange<Int>] = []
        for item in values.split(separator: ",") {
            let ends = item.split(separator: ".", omittingEmptySubsequences: true).map { Int($0) }
            guard let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high, ends.count <= 2 else { return nil }
            ranges.append(low...high)
        }
        return Relation(modulus: modulus, isEqual: sign == "=", ranges: ranges)
    }

    func form(for count: Int) -> String {
        rules.first { rule in rule.groups.contains { $0.allSatisfy { $0.holds(abs(count)) } } }?.form ?? "other"
    }
}
