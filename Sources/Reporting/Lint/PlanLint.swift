// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Checks a `plan.json` against the content list of improvement plans: 26 rows, each with its reasons.
///
/// A row passes where its content is there and nothing of what makes it fail is true. A row on a kind of measure that the programme does not
/// hold does not apply.
public struct PlanLint: Sendable {
    public enum Verdict: String, Sendable { case pass, fail, notApplicable = "not_applicable" }

    public struct Row: Sendable {
        /// From 1, as in the content list.
        public var number: Int
        public var section: String
        /// Advisory rows do not make the whole fail.
        public var isRequired: Bool
        public var verdict: Verdict
        public var reasons: [String]
    }

    public let rows: [Row]
    public var passes: Bool { !rows.contains { $0.isRequired && $0.verdict == .fail } }

    /// What a rule finds: nil where it does not apply, else every reason to fail.
    typealias Rule = @Sendable (PlanReader) -> [String]?

    public init(_ plan: JSONValue) {
        let reader = PlanReader(plan)
        rows = Self.rules.enumerated().map { index, entry in
            let reasons = entry.rule(reader)
            return Row(
                number: index + 1, section: entry.section, isRequired: entry.isRequired,
                verdict: reasons.map { $0.isEmpty ? .pass : .fail } ?? .notApplicable, reasons: reasons ?? [])
        }
    }

    static let rules: [(section: String, isRequired: Bool, rule: Rule)] = [
        ("summary and city profile", true, profile), ("baseline balance", true, balance), ("diagnosis", true, diagnosis),
        ("supply, demand, service", true, supplyAndDemand), ("options", true, options), ("district design", true, districts),
        ("pressure management", true, pressure), ("metering and remote reading", true, metering),
        ("active leakage control and repair", true, leakControl), ("renewal", true, renewal), ("commercial losses", true, commercial),
        ("records and data model", false, records), ("production works", true, production), ("organisation and training", true, training),
        ("phasing", true, phasing), ("cost estimate", true, costs), ("procurement", true, procurement), ("financing", true, financing),
        ("appraisal", true, appraisal), ("sensitivity and risk", true, risk), ("affordability", true, affordability),
        ("safeguards and climate", true, safeguards), ("logical framework and indicators", true, indicators),
        ("measurement and verification", true, verification), ("sustainability and exit", true, exit),
        ("register, references, glossary", true, register),
    ]
}

/// Finds figures in a plan.
struct PlanReader {
    let plan: JSONValue

    init(_ plan: JSONValue) { self.plan = plan }

    /// nil where any step is missing, or what stands there is null.
    func value(_ path: String..., in start: JSONValue? = nil) -> JSONValue? {
        var value: JSONValue? = start ?? plan
        for step in path { value = value?[step] }
        return value == .null ? nil : value
    }

    func list(_ path: String..., in start: JSONValue? = nil) -> [JSONValue] {
        var value: JSONValue? = start ?? plan
        for step in path { value = value?[step] }
        return value?.elements ?? []
    }

    func number(_ key: String, in object: JSONValue?) -> Double? {
        guard case .number(let text) = object?[key] else { return nil }
        return NumberText.number(text)
    }

    func text(_ key: String, in object: JSONValue?) -> String? {
        guard case .string(let text) = object?[key], !text.isEmpty else { return nil }
        return text
    }

    func isTrue(_ key: String, in object: JSONValue?) -> Bool { object?[key] == .boolean(true) }

    var chosen: [JSONValue] { list("measures").filter { isTrue("is_selected", in: $0) } }
    func chosen(_ keys: String...) -> [JSONValue] { chosen.filter { keys.contains(text("measure", in: $0) ?? "") } }

    /// Of a measure.
    func name(_ measure: JSONValue) -> String { text("id", in: measure) ?? "?" }

    /// Whether two sums agree to a share of the greater.
    func agree(_ left: Double, _ right: Double, within share: Double) -> Bool {
        abs(left - right) <= share * max(abs(left), abs(right), 1e-9)
    }
}
