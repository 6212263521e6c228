// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What a document says, before it is put into a language.
public indirect enum Phrase: Sendable, Hashable {
    /// A sentence or word of the catalogue; `{0}`, `{1}` stand for the arguments.
    case words(TextKey, [Phrase] = [])
    /// As `words`, in the form that the language uses for this number; `{0}` is the number, arguments follow. The mark of where the
    /// number comes from stands behind.
    case counted(TextKey, Int, [Phrase] = [], from: Origin? = nil)
    /// The name of one member of a list: a status, an indicator, a measure.
    case name(NameGroup, String)
    /// What another module says: an English sentence that the catalogue's `messages` know (see `Sentences`), or a key of theirs with
    /// arguments, `key|argument|argument`; other words are shown as they are.
    case message(String)
    /// A message of an analysis, with where the figures in it come from: their mark stands behind it.
    case finding(String, Origin)
    /// As an input file spells it.
    case literal(String)
    /// A date or moment in ISO 8601, told as the language tells it.
    case date(String)
    case figure(Figure)
    case list([Phrase])
}

/// Lists whose members the catalogue names.
public enum NameGroup: String, Sendable, CaseIterable {
    case status, indicator, measure, target, objective, regime
    case fundingKind = "funding_kind"
    case statusMeaning = "status_meaning"
    case level
    case assumption
    /// Figures of a measure, as the measures catalogue names them: `unit_cost`.
    case parameter
    /// Where an assumption is used.
    case use
    case balanceLine = "balance_line"
    /// Heads and entries of the tables on delivery, financing, monitoring, reading and risk.
    case programme
    /// Chapters of funders' forms, and the funders.
    case chapter
    /// Formulas of figures, and where the formulas are from.
    case trace
}

/// A figure as a document shows it: in the shown unit, with the ends of its 95 % interval where it has one.
public struct Figure: Sendable, Hashable {
    public enum Precision: Sendable, Hashable {
        /// By the interval; without one, four significant digits.
        case automatic
        /// Number of decimals.
        case decimals(Int)
        /// As the source prints it.
        case asGiven
    }

    /// nil: not known.
    public var value: Double?
    public var low: Double?
    public var high: Double?
    public var unit: ShownUnit
    public var precision: Precision
    /// nil: the head of its column, the label of its row or its table tells it.
    public var origin: Origin?

    public init(_ value: Double?, low: Double? = nil, high: Double? = nil, _ unit: ShownUnit, _ precision: Precision = .automatic) {
        self.value = value
        self.low = low
        self.high = high
        self.unit = unit
        self.precision = precision
    }

    /// - factor: from the unit of `estimate` to the shown one.
    public init(_ estimate: Estimate, times factor: Double = 1, _ unit: ShownUnit) {
        let hasInterval = estimate.margin95 > 1e-9 * abs(estimate.value)
        self.init(
            estimate.value * factor, low: hasInterval ? estimate.low95 * factor : nil, high: hasInterval ? estimate.high95 * factor : nil,
            unit)
    }

    public init(_ value: SourcedValue, times factor: Double = 1, _ unit: ShownUnit) {
        self.init(value.value.map { $0 * factor }, low: value.low.map { $0 * factor }, high: value.high.map { $0 * factor }, unit, .asGiven)
    }
}

/// Units of the documents; their words come from the catalogue.
public enum ShownUnit: Sendable, Hashable {
    case none, percent, cubicMetres, cubicMetresPerDay, cubicMetresPerYear, litresPerSecond, litresPerConnectionDay
    case metres, kilometres, millimetres, metresOfHead, hoursPerDay, years, persons, connections, nights
    /// ISO 4217 code.
    case money(String)
    case moneyPerYear(String)
    case moneyPerCubicMetre(String)
    /// As data or a source spells it.
    case asWritten(String)

    /// Key in the catalogue's `units`, and the currency.
    var key: (key: String, argument: String) {
        switch self {
        case .none: ("none", "")
        case .percent: ("percent", "")
        case .cubicMetres: ("m3", "")
        case .cubicMetresPerDay: ("m3_per_day", "")
        case .cubicMetresPerYear: ("m3_per_year", "")
        case .litresPerSecond: ("l_per_s", "")
        case .litresPerConnectionDay: ("l_per_connection_day", "")
        case .metres: ("m", "")
        case .kilometres: ("km", "")
        case .millimetres: ("mm", "")
        case .metresOfHead: ("m_head", "")
        case .hoursPerDay: ("h_per_day", "")
        case .years: ("years", "")
        case .persons: ("persons", "")
        case .connections: ("connections", "")
        case .nights: ("nights", "")
        case .money(let code): ("money", code)
        case .moneyPerYear(let code): ("money_per_year", code)
        case .moneyPerCubicMetre(let code): ("money_per_m3", code)
        case .asWritten(let text): ("", text)
        }
    }
}
