// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterModel

/// The problem of `yusu select`, read from JSON. Every unknown key and every value of the wrong kind is told.
struct SelectionFile {
    private let path: String
    private var problems: [InputProblem] = []

    static func read(_ path: String) throws -> (SelectionProblem, PlanSettings.Objective) {
        let value = try JSONFile.value(of: path)
        var file = SelectionFile(path: path)
        let result = file.problem(value)
        guard file.problems.isEmpty else { throw TextFileError.invalid(file.problems) }
        return result
    }

    private init(path: String) { self.path = path }

    private mutating func complain(_ what: String, _ remedy: String) {
        problems.append(InputProblem(file: path, what: what, remedy: remedy))
    }

    private mutating func check(_ value: JSONValue, _ place: String, _ known: [String]) {
        guard case .object(let members) = value else {
            complain("\(place) is no object", "write it in braces")
            return
        }
        for member in members where !known.contains(member.name) {
            complain("\(place) has the unknown key '\(member.name)'", "known keys: \(known.joined(separator: ", "))")
        }
    }

    private mutating func number(_ value: JSONValue?, _ place: String) -> Double? {
        switch value {
        case nil, .null: return nil
        case .number(let text):
            if let number = NumberText.number(text) { return number }
        default: break
        }
        complain("\(place) is no number", "give a number")
        return nil
    }

    private mutating func numbers(_ value: JSONValue?, _ place: String) -> [Double]? {
        switch value {
        case nil, .null: return nil
        case .array(let elements): return elements.map { number($0, place) ?? 0 }
        default:
            complain("\(place) is no list", "give a list of numbers, one a year")
            return nil
        }
    }

    private mutating func name(_ value: JSONValue?, _ place: String) -> String {
        if case .string(let text) = value, !text.isEmpty { return text }
        complain("\(place) is missing", "give a text")
        return ""
    }

    private mutating func boolean(_ value: JSONValue?, _ place: String) -> Bool {
        switch value {
        case nil, .null: return false
        case .boolean(let value): return value
        default:
            complain("\(place) is neither true nor false", "give true or false")
            return false
        }
    }

    private func names(_ value: JSONValue?) -> Set<String> { Set((value?.elements ?? []).compactMap(\.text)) }

    private mutating func problem(_ value: JSONValue) -> (SelectionProblem, PlanSettings.Objective) {
        check(
            value, "the problem",
            [
                "first_year", "objective", "budget", "yearly_budgets", "carry_forward", "crews", "least_volume_m3_per_year",
                "target_revenue_water_percent", "revenue_water_m3_per_year", "supply_m3_per_year", "most_connection_hours", "sale", "zones",
            ])
        let firstYear = number(value["first_year"], "first_year").flatMap { Int(exactly: $0) } ?? 0
        var result = SelectionProblem(zones: [], firstYear: firstYear)
        result.budget = number(value["budget"], "budget")
        result.yearlyBudgets = numbers(value["yearly_budgets"], "yearly_budgets")
        result.carriesForward = boolean(value["carry_forward"], "carry_forward")
        for crew in value["crews"]?.members ?? [] { result.crews[crew.name] = numbers(crew.value, "crew '\(crew.name)'") ?? [] }
        result.leastVolume = number(value["least_volume_m3_per_year"], "least_volume_m3_per_year")
        result.leastRatio = number(value["target_revenue_water_percent"], "target_revenue_water_percent").map { $0 / 100 }
        result.revenueWater = number(value["revenue_water_m3_per_year"], "revenue_water_m3_per_year") ?? 0
        result.supply = number(value["supply_m3_per_year"], "supply_m3_per_year") ?? 0
        result.mostConnectionHours = number(value["most_connection_hours"], "most_connection_hours")
        if let sale = value["sale"], sale != .null {
            check(sale, "sale", ["limit_m3_per_year", "worth_per_m3"])
            let worth = numbers(sale["worth_per_m3"], "worth_per_m3") ?? []
            let limit = sale["limit_m3_per_year"]
            if case .array = limit {
                result.sales = [.init(limits: numbers(limit, "limit_m3_per_year") ?? [], worth: worth)]
            } else {
                result.sales = [.init(limit: number(limit, "limit_m3_per_year") ?? 0, worth: worth)]
            }
        }
        for zone in value["zones"]?.elements ?? [] { result.zones.append(self.zone(zone, firstYear)) }
        if result.zones.isEmpty { complain("there are no zones", "give a list 'zones'") }
        var objective = PlanSettings.Objective.netPresentValue
        if let word = value["objective"], word != .null {
            if let known = word.text.flatMap(PlanSettings.Objective.init) {
                objective = known
            } else {
                complain("objective '\(word.text ?? "")' is not known", "give one of: \(PlanSettings.Objective.allCases.map(\.rawValue))")
            }
        }
        return (result, objective)
    }

    private mutating func zone(_ value: JSONValue, _ firstYear: Int) -> SelectionProblem.Zone {
        check(value, "a zone", ["zone", "loss_m3_per_year", "mandatory", "packages"])
        let zone = name(value["zone"], "the name of a zone")
        var result = SelectionProblem.Zone(name: zone, packages: [])
        result.loss = number(value["loss_m3_per_year"], "loss_m3_per_year of \(zone)")
        result.isMandatory = boolean(value["mandatory"], "mandatory of \(zone)")
        for package in value["packages"]?.elements ?? [] {
            check(package, "a package of \(zone)", ["package", "provides", "requires", "excludes", "starts"])
            let name = name(package["package"], "the name of a package of \(zone)")
            result.packages.append(
                .init(
                    name: name, provides: names(package["provides"]), requires: names(package["requires"]),
                    excludes: names(package["excludes"]),
                    starts: (package["starts"]?.elements ?? []).map { start($0, "\(zone)/\(name)", firstYear) }))
        }
        return result
    }

    private mutating func start(_ value: JSONValue, _ place: String, _ firstYear: Int) -> SelectionProblem.Start {
        check(
            value, place,
            [
                "year", "net_present_value", "volume_m3_per_year", "capital", "effort", "revenue_gain_m3_per_year",
                "supply_cut_m3_per_year", "connection_hours", "saleable_m3_per_year",
            ])
        let year = number(value["year"], "year of \(place)").flatMap { Int(exactly: $0) } ?? firstYear
        var result = SelectionProblem.Start(
            year: year - firstYear, netPresentValue: number(value["net_present_value"], "net_present_value of \(place)") ?? 0)
        result.volume = number(value["volume_m3_per_year"], "volume_m3_per_year of \(place)") ?? 0
        result.capital = numbers(value["capital"], "capital of \(place)") ?? []
        for effort in value["effort"]?.members ?? [] { result.effort[effort.name] = numbers(effort.value, "effort of \(place)") ?? [] }
        result.revenueGain = number(value["revenue_gain_m3_per_year"], "revenue_gain_m3_per_year of \(place)") ?? 0
        result.supplyCut = number(value["supply_cut_m3_per_year"], "supply_cut_m3_per_year of \(place)") ?? 0
        result.connectionHours = number(value["connection_hours"], "connection_hours of \(place)") ?? 0
        result.saleable = numbers(value["saleable_m3_per_year"], "saleable_m3_per_year of \(place)") ?? []
        return result
    }
}
