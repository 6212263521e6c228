// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Figures with their range, unit, year, source and status.
extension YAMLMapping {
    static let figureKeys = [
        "value", "low", "high", "margin_percent", "unit", "year", "source", "status", "distribution", "error_group", "correlation",
    ]

    /// The figure under a key, in SI; `unknown` where the key is absent, or where what stands there is a problem.
    func figure(_ key: String, _ units: FigureUnits?, problems: inout ProblemList) -> SourcedValue {
        guard let node = node(key) else { return .unknown }
        if case .scalar(let scalar) = node {
            if scalar.string == SourceStatus.unknown.rawValue { return .unknown }
            let given = scalar.string.isEmpty ? "'\(label(key))' is empty" : "'\(label(key))' is '\(scalar.string)' without its origin"
            problems.add(file, line(of: key), given, "write {value: …, year: …, source: …, status: …}, or 'unknown'")
            return .unknown
        }
        guard let mapping = YAMLMapping(node, file: file, name: label(key), known: Self.figureKeys, problems: &problems) else {
            return .unknown
        }
        return mapping.figure(units, at: line(of: key), problems: &problems).value
    }

    /// Reads this mapping as a figure. Without `units` the unit is kept as text and the figure is not converted.
    func figure(_ units: FigureUnits?, at place: Int?, problems: inout ProblemList) -> (value: SourcedValue, unit: String?) {
        let status = choice("status", of: SourceStatus.self, problems: &problems)
        let unit = node("unit") == nil ? nil : text("unit", problems: &problems)
        let year = node("year") == nil ? nil : text("year", problems: &problems)
        let source = node("source") == nil ? nil : text("source", problems: &problems)
        let statusWords = SourceStatus.allCases.map(\.rawValue).joined(separator: ", ")
        if node("status") == nil {
            problems.add(file, place, "'\(name)' has no status", "add 'status:' with one of: \(statusWords)")
        }
        if let year, !Self.isYear(year) {
            problems.add(
                file, line(of: "year"), "'\(label("year"))' is '\(year)'", "give a year (2024), a span (2013-2015) or 'not stated'")
        }
        if status == .unknown {
            if node("value") != nil {
                problems.add(file, place, "'\(name)' has a value and the status 'unknown'", "take the value out, or give its true status")
            }
            return (SourcedValue(nil, year: year, source: source, status: .unknown), unit)
        }
        guard node("value") != nil else {
            if status != nil { problems.add(file, place, "'\(name)' has no value", "add 'value:', or set the status to 'unknown'") }
            return (.unknown, unit)
        }
        if year == nil, node("year") == nil {
            problems.add(file, place, "'\(name)' has no year", "add 'year:' of the figure, or 'year: not stated'")
        }
        if source == nil, node("source") == nil {
            problems.add(file, place, "'\(name)' has no source", "add 'source:': who measured or printed it")
        }
        let least = units.map { $0.least ?? -1e18 } ?? -1e18
        let value = number("value", least...1e18, unit ?? "", problems: &problems)
        var low = number("low", -1e18...1e18, unit ?? "", problems: &problems)
        var high = number("high", -1e18...1e18, unit ?? "", problems: &problems)
        if (node("low") == nil) != (node("high") == nil) {
            problems.add(file, place, "'\(name)' has only one end of its range", "give both 'low:' and 'high:'")
        }
        if let margin = number("margin_percent", 0...1000, "%", problems: &problems) {
            if low != nil || high != nil {
                problems.add(file, place, "'\(name)' has both a range and 'margin_percent'", "keep one of the two")
            } else if let value {
                low = value - abs(value) * margin / 100
                high = value + abs(value) * margin / 100
            }
        }
        if let value, let low, let high, !(low <= value && value <= high) {
            problems.add(
                file, place,
                "'\(name)': the value \(NumberText.exact(value)) is not between low \(NumberText.exact(low)) and high \(NumberText.exact(high))",
                "mend the range")
        }
        var factor = 1.0
        if let units {
            if let size = units.factor(unit) {
                factor = size
            } else if let unit {
                problems.add(file, line(of: "unit"), "'\(label("unit"))' is '\(unit)'", "give one of: \(units.names)")
            } else if node("unit") == nil {
                problems.add(file, place, "'\(name)' has no unit", "add 'unit:' with one of: \(units.names)")
            }
        }
        var figure = SourcedValue(value, low: low, high: high, year: year, source: source, status: status ?? .unknown)
        spread(of: &figure, at: place, problems: &problems)
        guard value != nil else { return (.unknown, unit) }
        return (factor == 1 ? figure : figure.scaled(by: factor), unit)
    }

    /// How the truth is spread over the range, and with which figures the error is shared.
    private func spread(of figure: inout SourcedValue, at place: Int?, problems: inout ProblemList) {
        figure.shape = choice("distribution", of: RangeShape.self, problems: &problems)
        if figure.shape != nil, figure.low == nil {
            problems.add(file, place, "'\(name)' has a distribution and no range", "give 'low:' and 'high:', or 'margin_percent:'")
        }
        let correlation = number("correlation", 0...1, "", problems: &problems)
        guard let group = text("error_group", problems: &problems) else {
            if correlation != nil {
                problems.add(file, place, "'\(name)' has a correlation and no 'error_group'", "name the group whose errors it shares")
            }
            return
        }
        figure.errorGroup = ErrorGroup(name: group, correlation: correlation ?? 1)
    }

    /// `2024`, `2013-2015`, a year with a remark (`2023 Q4`), or `not stated`.
    static func isYear(_ text: String) -> Bool {
        if text == "not stated" { return true }
        let digits = text.utf8.prefix { $0 >= 48 && $0 <= 57 }.count
        guard digits == 4, let year = Int(text.prefix(4)), (1800...2200).contains(year) else { return false }
        let rest = text.dropFirst(4)
        return rest.isEmpty || rest.first == "-" || rest.first == " "
    }
}
