// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel
import Yams

/// One water system in one YAML file: the keys of `balance.yaml`, the figures of `city.yaml`, and what only this file has. Keys are
/// listed in `Examples/README.md`.
public enum WaterSystemFile {
    static let ownKeys = [
        "name", "country", "currency", "utility", "origin", "pressure_zones", "pressure_margin_percent", "supply_zones",
        "supply_margin_percent", "months", "zones", "korean_statistics", "what_if", "grades", "break_even",
    ]

    /// - Throws: `TextFileError`, with every problem of the file.
    public static func read(_ path: String) throws(TextFileError) -> WaterSystem {
        try parse(FileBytes.text(FileBytes.read(path)), file: path)
    }

    /// - Throws: `TextFileError`, with every problem of the text.
    public static func parse(_ text: String, file: String) throws(TextFileError) -> WaterSystem {
        var problems = ProblemList()
        let node = withOrigins(try YAMLFile.parse(text, file: file))
        let figures = CityProfileFile.figures.filter { !["population", "exchange_rate", "production_capacity"].contains($0) }
        let known = ownKeys + figures + BalanceFile.keys
        guard let top = YAMLMapping(node, file: file, known: known, problems: &problems) else {
            try problems.throwIfAny()
            throw .invalid([InputProblem(file: file, what: "the file holds no balance", remedy: "write 'key: value' lines")])
        }
        let system = system(top, problems: &problems)
        try problems.throwIfAny()
        return system
    }

    private static func system(_ top: YAMLMapping, problems: inout ProblemList) -> WaterSystem {
        let currency = top.text("currency", problems: &problems) ?? "XXX"
        if !CityProfileFile.isCode(currency, letters: 3) {
            problems.add(
                top.file, top.line(of: "currency"), "'currency' is '\(currency)'", "give three capital letters of ISO 4217: PEN, USD")
        }
        var profile = CityProfile(
            name: top.text("name", problems: &problems) ?? "", country: top.text("country", problems: &problems) ?? "",
            currency: currency)
        profile.utility = top.text("utility", problems: &problems)
        CityProfileFile.readFigures(top, into: &profile, problems: &problems)
        readZones(top, into: &profile, problems: &problems)

        let parts = parts(top, problems: &problems)
        var balance =
            parts == nil ? BalanceFile.read(top, problems: &problems) : BalanceInput(periodDays: 365, volumes: [:])
        if parts == nil { KoreanLinesFile.read(top, into: &balance, problems: &problems) }
        var system = WaterSystem(profile: profile, balance: balance)
        if let parts {
            (system.parts, system.partKind) = parts
            for key in BalanceFile.keys where top.node(key) != nil {
                problems.add(
                    top.file, top.line(of: key), "'\(key)' stands beside '\(system.partKind.rawValue)'", "write it into each of the parts")
            }
        }
        system.whatIf = whatIf(top, problems: &problems)
        if let node = top.node("grades"),
            let grades = YAMLMapping(node, file: top.file, name: "grades", known: nil, problems: &problems)
        {
            for key in grades.keys { system.grades[key] = grades.integer(key, 1...10, problems: &problems) }
        }
        system.breakEven = top.number("break_even", 0...1e18, "\(currency)/year", problems: &problems)
        return system
    }

    /// Pressure and hours by zones of the system, in place of their means.
    private static func readZones(_ top: YAMLMapping, into profile: inout CityProfile, problems: inout ProblemList) {
        func entries(_ key: String, _ columns: [(String, ClosedRange<Double>)], _ problems: inout ProblemList) -> [[Double]]? {
            guard top.node(key) != nil else { return nil }
            return top.list(key).enumerated().compactMap { index, node -> [Double]? in
                let names = columns.map(\.0)
                guard let entry = YAMLMapping(node, file: top.file, name: "\(key)[\(index + 1)]", known: names, problems: &problems)
                else { return nil }
                for name in names where entry.node(name) == nil {
                    problems.add(top.file, entry.line, "'\(entry.name).\(name)' is missing", "add it")
                }
                let values = columns.compactMap { entry.number($0.0, $0.1, "", problems: &problems) }
                return values.count == columns.count ? values : nil
            }
        }
        func mean(_ value: Double?, _ marginKey: String, _ key: String, _ problems: inout ProblemList) -> SourcedValue {
            guard let value else {
                problems.add(top.file, top.line(of: key), "'\(key)' holds no connections", "give each zone its connections")
                return .unknown
            }
            let margin = (top.number(marginKey, 0...100, "%", problems: &problems) ?? 0) / 100
            return SourcedValue(
                value, low: value * (1 - margin), high: value * (1 + margin), source: "mean of zones by connections", status: .computed)
        }
        let count = ("connections", 0.0...1e9)
        if let zones = entries("pressure_zones", [count, ("pressure_m", 0...1000)], &problems) {
            let value = PressureZone.mean(zones.map { PressureZone(connections: $0[0], pressure: $0[1]) })
            profile.averagePressure = mean(value, "pressure_margin_percent", "pressure_zones", &problems)
        }
        if let zones = entries("supply_zones", [count, ("days_per_week", 0...7), ("hours_per_day", 0...24)], &problems) {
            let value = SupplyZone.mean(zones.map { SupplyZone(connections: $0[0], daysPerWeek: $0[1], hoursPerDay: $0[2]) })
            profile.supplyHours = mean(value, "supply_margin_percent", "supply_zones", &problems)
        }
    }

    private static func parts(_ top: YAMLMapping, problems: inout ProblemList) -> ([WaterSystem.Part], WaterSystem.PartKind)? {
        let kinds = [WaterSystem.PartKind.months, .zones].filter { top.node($0.rawValue) != nil }
        guard let kind = kinds.first else { return nil }
        if kinds.count > 1 {
            problems.add(top.file, top.line(of: kinds[1].rawValue), "'months' and 'zones' are both given", "keep one of the two")
        }
        var parts: [WaterSystem.Part] = []
        for (index, node) in top.list(kind.rawValue).enumerated() {
            let label = "\(kind.rawValue)[\(index + 1)]"
            guard let entry = YAMLMapping(node, file: top.file, name: label, known: ["name"] + BalanceFile.keys, problems: &problems)
            else { continue }
            let name = entry.text("name", problems: &problems) ?? label
            if parts.contains(where: { $0.name == name }) {
                problems.add(top.file, entry.line, "'\(label)': the name '\(name)' stands twice", "give each its own")
            }
            parts.append(.init(name: name, balance: BalanceFile.read(entry, problems: &problems)))
        }
        return (parts, kind)
    }

    private static func whatIf(_ top: YAMLMapping, problems: inout ProblemList) -> WhatIfTargets? {
        let keys = [
            "pressure_m", "hours_per_day", "coverage_from_percent", "coverage_to_percent", "extra_sales_m3_per_day",
            "infrastructure_leakage_index", "apparent_losses_l_per_connection_day",
        ]
        guard let map = top.mapping("what_if", known: keys, problems: &problems) else { return nil }
        var targets = WhatIfTargets()
        targets.pressure = map.number("pressure_m", 0...1000, "m", problems: &problems)
        targets.hours = map.number("hours_per_day", 0...24, "h/d", problems: &problems)
        targets.coverageFrom = map.number("coverage_from_percent", 0.01...100, "%", problems: &problems)
        targets.coverageTo = map.number("coverage_to_percent", 0.01...100, "%", problems: &problems)
        targets.extraSales = map.number("extra_sales_m3_per_day", -1e9...1e9, "m3/d", problems: &problems)
        targets.infrastructureLeakageIndex = map.number("infrastructure_leakage_index", 0...1e6, "", problems: &problems)
        targets.apparentLosses = map.number("apparent_losses_l_per_connection_day", 0...1e9, "L/conn/d", problems: &problems)
        return targets
    }

    /// Year, source and status that stand once under `origin` hold for every figure that does not say its own.
    private static func withOrigins(_ node: YAMLNode) -> YAMLNode {
        guard case .mapping(let top) = node, case .mapping(let origin)? = top["origin"] else { return node }
        let given = ["year", "source", "status"].compactMap { key in origin[key].map { (YAMLNode(key), $0) } }
        func filled(_ node: YAMLNode) -> YAMLNode {
            switch node {
            case .mapping(var mapping):
                for (key, value) in mapping { mapping[key] = filled(value) }
                if mapping["value"] != nil { for (key, value) in given where mapping[key] == nil { mapping[key] = value } }
                return .mapping(mapping)
            case .sequence(var sequence):
                for index in sequence.indices { sequence[index] = filled(sequence[index]) }
                return .sequence(sequence)
            default: return node
            }
        }
        return filled(node)
    }
}
