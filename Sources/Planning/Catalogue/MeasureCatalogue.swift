// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The measures that a plan chooses from, and every figure it takes for them, each with range, source and status.
///
/// `MeasureCatalogue.standard` holds published and labelled figures; a city's `catalogue.yaml` replaces any of them by
/// measure and parameter (`keys` lists the names). A figure that is `unknown` here is asked of the city: without it the measure is
/// named in the plan as not sized.
public struct MeasureCatalogue: Sendable {
    /// One figure of a measure.
    public struct Parameter: Sendable {
        /// `unit_cost`.
        public var key: String
        /// `each`, `m`, `per year`; of money, what it is paid for.
        public var unit: String
        /// ISO 4217 where the figure is money; nil where it is not. After `overridden` it may be the city's.
        public var currency: String?
        public var value: SourcedValue

        public init(_ key: String, _ unit: String, currency: String? = nil, _ value: SourcedValue) {
            self.key = key
            self.unit = unit
            self.currency = currency
            self.value = value
        }
    }

    public struct Measure: Sendable {
        /// `pressure_management`.
        public var key: String
        public var target: PlannedMeasure.Target
        /// Keys of measures that must be chosen too where they are not in place.
        public var prerequisites: [String]
        /// Keys of measures that cannot be chosen too.
        public var exclusions: [String]
        public var parameters: [Parameter]

        public init(
            _ key: String, _ target: PlannedMeasure.Target, prerequisites: [String] = [], exclusions: [String] = [],
            _ parameters: [Parameter]
        ) {
            self.key = key
            self.target = target
            self.prerequisites = prerequisites
            self.exclusions = exclusions
            self.parameters = parameters
        }
    }

    /// Figures that belong to no single measure: key `general`.
    public var general: [Parameter]
    public var measures: [Measure]
    /// Keys of measures that are not to be considered.
    public var excluded: Set<String> = []

    public init(general: [Parameter], measures: [Measure]) {
        self.general = general
        self.measures = measures
    }

    /// Every name that `catalogue.yaml` may use, as `measure.parameter`, in the order of the catalogue.
    public static var keys: [String] {
        standard.general.map { "general.\($0.key)" }
            + standard.measures.flatMap { measure in measure.parameters.map { "\(measure.key).\($0.key)" } }
    }

    public func measure(_ key: String) -> Measure? { measures.first { $0.key == key } }

    /// The figure of that name; nil where the catalogue has none.
    public func parameter(_ measure: String, _ key: String) -> Parameter? {
        (measure == "general" ? general : self.measure(measure)?.parameters ?? []).first { $0.key == key }
    }

    /// The catalogue with a city's own figures in place, and a warning for each name that it does not know and each figure out of range.
    ///
    /// - currency: of the city's folder; a figure of money that the city gives is in it.
    public func overridden(by overrides: CatalogueOverrides, currency: String) -> (catalogue: MeasureCatalogue, warnings: [String]) {
        var result = self
        var warnings: [String] = []
        let measureKeys = ["general"] + measures.map(\.key)
        for (name, figures) in overrides.values.sorted(by: { $0.key < $1.key }) {
            guard measureKeys.contains(name) else {
                warnings.append(
                    "The catalogue has no measure \u{201C}\(name)\u{201D}\(Self.suggestion(for: name, among: measureKeys)); its figures are not used."
                )
                continue
            }
            let known = (name == "general" ? general : measure(name)?.parameters ?? []).map(\.key)
            for (key, value) in figures.sorted(by: { $0.key < $1.key }) {
                guard known.contains(key) else {
                    warnings.append(
                        "Measure \(name) has no parameter \u{201C}\(key)\u{201D}\(Self.suggestion(for: key, among: known)); the figure is not used."
                    )
                    continue
                }
                if let figure = value.value, figure < 0 || !figure.isFinite {
                    warnings.append("\(name).\(key) is \(figure): a figure of the catalogue cannot be negative; it is not used.")
                    continue
                }
                result.replace(name, key) { parameter in
                    parameter.value = value
                    if parameter.currency != nil { parameter.currency = currency }
                }
            }
        }
        for name in overrides.excluded.sorted() {
            if measures.contains(where: { $0.key == name }) {
                result.excluded.insert(name)
            } else {
                warnings.append(
                    "The catalogue has no measure \u{201C}\(name)\u{201D} to exclude\(Self.suggestion(for: name, among: measures.map(\.key)))."
                )
            }
        }
        return (result, warnings)
    }

    private mutating func replace(_ measure: String, _ key: String, _ change: (inout Parameter) -> Void) {
        if measure == "general" {
            for index in general.indices where general[index].key == key { change(&general[index]) }
            return
        }
        for outer in measures.indices where measures[outer].key == measure {
            for inner in measures[outer].parameters.indices where measures[outer].parameters[inner].key == key {
                change(&measures[outer].parameters[inner])
            }
        }
    }

    private static func suggestion(for name: String, among known: [String]) -> String {
        nearestName(to: name, among: known).map { "; did you mean \u{201C}\($0)\u{201D}?" } ?? ""
    }
}

/// The known name with the fewest letters to change; nil where every one is further off than half its length.
func nearestName(to name: String, among known: [String]) -> String? {
    let distances = known.map { ($0, editDistance(name, $0)) }
    guard let best = distances.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }), best.1 <= max(2, best.0.count / 2) else { return nil }
    return best.0
}

/// Levenshtein distance: letters to insert, delete or replace.
func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in right.enumerated() {
            let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
            diagonal = row[j + 1]
            row[j + 1] = cost
        }
    }
    return row[right.count]
}
