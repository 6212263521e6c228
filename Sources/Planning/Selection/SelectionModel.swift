// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

/// A limit of the selection, as it is named to a reader.
public enum SelectionLimit: Sendable, Hashable {
    case budget
    /// Of a calendar year.
    case yearlyBudget(Int)
    /// Of all years up to one.
    case budgetUpTo(Int)
    case crew(String, Int)
    case leastVolume
    case leastRatio
    /// Water that can be sold in a year; of the further sales of the problem, by number from 1, water that need not be bought.
    case sale(Int)
    case spared(Int, Int)
    case connectionHours
    /// What a zone's packages require, in a year.
    case prerequisite(String, Int)
    case exclusion(String)
    /// Not the same choice again.
    case another

    public var name: String {
        switch self {
        case .budget: "the budget"
        case .yearlyBudget(let year): "the budget of \(year)"
        case .budgetUpTo(let year): "the budgets up to \(year)"
        case .crew(let crew, let year): "\(crew) in \(year)"
        case .leastVolume: "the volume to be saved"
        case .leastRatio: "the revenue-water ratio to be reached"
        case .sale(let year): "the water that can be sold in \(year)"
        case .spared(let purchase, let year): "the \(purchase == 1 ? "" : "next ")water that need not be bought in \(year)"
        case .connectionHours: "the hours of supply"
        case .prerequisite(let name, let year): "the prerequisite \(name) by \(year)"
        case .exclusion(let name): "the exclusion of \(name)"
        case .another: "another choice than the best"
        }
    }
}

/// The selection as a multiple choice: a group for each zone, an option for each package and start, and doing nothing first where it may be.
struct SelectionModel {
    /// Package and start of an option; nil: nothing is done.
    struct Option { var package: Int, start: Int }

    let problem: SelectionProblem
    private(set) var options: [[Option?]] = []
    private(set) var limits: [SelectionLimit] = []
    private(set) var amounts: [MultipleChoice.Limit] = []
    private var uses: [[[MultipleChoice.Use]]] = []

    /// - admits: which options take part; nil where a zone does nothing.
    init(
        _ problem: SelectionProblem, pricesSales: Bool, capsHours: Bool,
        admits: (_ zone: Int, SelectionProblem.Start?) -> Bool = { _, _ in true }
    ) {
        self.problem = problem
        for (index, zone) in problem.zones.enumerated() {
            var list: [Option?] = []
            if !zone.isMandatory, admits(index, nil) { list.append(nil) }
            // By year of start first, so that branching on a range of options decides between early and late.
            let all = zone.packages.indices.flatMap { package in
                zone.packages[package].starts.indices.map { Option(package: package, start: $0) }
            }
            list += all.sorted { (year($0, index), $0.package, $0.start) < (year($1, index), $1.package, $1.start) }.filter {
                admits(index, start($0, index))
            }
            options.append(list)
        }
        uses = options.map { $0.map { _ in [] } }
        addBudgets()
        addCrews()
        if let least = problem.leastVolume { add(.leastVolume, .init(-least)) { -$0.volume } }
        if let ratio = problem.leastRatio {
            // (R + r)/(S − s) ≥ τ where r + τs ≥ τS − R.
            add(.leastRatio, .init(problem.revenueWater - ratio * problem.supply)) { -($0.revenueGain + ratio * $0.supplyCut) }
        }
        for (number, sale) in (pricesSales ? problem.sales : []).enumerated() {
            for (year, worth) in sale.worth.enumerated() where worth > 0 && sale.limits[at: year] < .infinity {
                let limit = number == 0 ? SelectionLimit.sale(problem.firstYear + year) : .spared(number, problem.firstYear + year)
                add(limit, .init(sale.limits[at: year], excessPrice: worth)) { $0.saleable[at: year] }
            }
        }
        if capsHours, let most = problem.mostConnectionHours { add(.connectionHours, .init(most, excessPrice: 1)) { $0.connectionHours } }
        let relates = problem.zones.contains { $0.packages.contains { !$0.requires.isEmpty || !$0.excludes.isEmpty } }
        let givers = relates ? givers() : [:]
        addPrerequisites(givers)
        addExclusions(givers)
    }

    private func year(_ option: Option, _ zone: Int) -> Int { start(option, zone).year }

    func start(_ option: Option, _ zone: Int) -> SelectionProblem.Start {
        problem.zones[zone].packages[option.package].starts[option.start]
    }

    private mutating func add(_ limit: SelectionLimit, _ amount: MultipleChoice.Limit, _ taken: (SelectionProblem.Start) -> Double) {
        let index = limits.count
        limits.append(limit)
        amounts.append(amount)
        for zone in options.indices {
            for (place, option) in options[zone].enumerated() {
                guard let option else { continue }
                let use = taken(start(option, zone))
                if use != 0 { uses[zone][place].append(.init(index, use)) }
            }
        }
    }

    private mutating func addBudgets() {
        if let budget = problem.budget { add(.budget, .init(budget)) { $0.capital.reduce(0, +) } }
        guard let budgets = problem.yearlyBudgets else { return }
        let last = problem.zones.flatMap(\.packages).flatMap(\.starts).map(\.capital.count).max() ?? 0
        var sum = 0.0
        for year in 0..<max(budgets.count, last) {
            sum += budgets[at: year]
            if problem.carriesForward {
                add(.budgetUpTo(problem.firstYear + year), .init(sum)) { $0.capital.prefix(year + 1).reduce(0, +) }
            } else {
                add(.yearlyBudget(problem.firstYear + year), .init(budgets[at: year])) { $0.capital[at: year] }
            }
        }
    }

    private mutating func addCrews() {
        for (crew, most) in problem.crews.sorted(by: { $0.key < $1.key }) {
            let last = problem.zones.flatMap(\.packages).flatMap(\.starts).map { $0.effort[crew]?.count ?? 0 }.max() ?? 0
            for year in 0..<max(most.count, last) {
                add(.crew(crew, problem.firstYear + year), .init(most[at: year])) { $0.effort[crew]?[at: year] ?? 0 }
            }
        }
    }

    /// Packages that stand for a name, by zone.
    private func givers() -> [String: [Int: Set<Int>]] {
        var result: [String: [Int: Set<Int>]] = [:]
        for (zone, value) in problem.zones.enumerated() {
            for (package, offered) in value.packages.enumerated() {
                for name in problem.provided(value, offered) { result[name, default: [:]][zone, default: []].insert(package) }
            }
        }
        return result
    }

    /// For each zone, each prerequisite and each year: no more of it begun by then than of what it requires.
    private mutating func addPrerequisites(_ givers: [String: [Int: Set<Int>]]) {
        for (zone, value) in problem.zones.enumerated() {
            let packages = value.packages
            let own = packages.map { problem.provided(value, $0) }
            let required = packages.indices.reduce(into: Set<String>()) { $0.formUnion(packages[$1].requires.subtracting(own[$1])) }
            for name in required.sorted() {
                let dependent = packages.indices.filter { packages[$0].requires.contains(name) && !own[$0].contains(name) }
                let years = Set(dependent.flatMap { packages[$0].starts.map(\.year) }).sorted()
                for year in years {
                    let index = limits.count
                    limits.append(.prerequisite(name, problem.firstYear + year))
                    amounts.append(.init(0, isWatched: true))
                    mark(zone, index, 1) { $0.year <= year && dependent.contains($1) }
                    for (other, offered) in (givers[name] ?? [:]).sorted(by: { $0.key < $1.key }) where other != zone {
                        mark(other, index, -1) { $0.year <= year && offered.contains($1) }
                    }
                }
            }
        }
    }

    private mutating func addExclusions(_ givers: [String: [Int: Set<Int>]]) {
        for (zone, value) in problem.zones.enumerated() {
            let names = value.packages.reduce(into: Set<String>()) { $0.formUnion($1.excludes) }
            for name in names.sorted() {
                for (other, offered) in (givers[name] ?? [:]).sorted(by: { $0.key < $1.key }) where other != zone {
                    let index = limits.count
                    limits.append(.exclusion(name))
                    amounts.append(.init(1, isWatched: true))
                    mark(zone, index, 1) { value.packages[$1].excludes.contains(name) }
                    mark(other, index, 1) { offered.contains($1) }
                }
            }
        }
    }

    private mutating func mark(_ zone: Int, _ limit: Int, _ amount: Double, where holds: (SelectionProblem.Start, Int) -> Bool) {
        for (place, option) in options[zone].enumerated() {
            if let option, holds(start(option, zone), option.package) { uses[zone][place].append(.init(limit, amount)) }
        }
    }

    /// Forbids one choice; options by their place in each group.
    mutating func forbid(_ choice: [Int]) {
        let index = limits.count
        limits.append(.another)
        amounts.append(.init(Double(choice.count - 1)))
        for (zone, place) in choice.enumerated() { uses[zone][place].append(.init(index, 1)) }
    }

    /// - value: of an option; doing nothing is worth 0.
    func choice(_ value: (SelectionProblem.Start, Int) -> Double) throws(SelectionError) -> MultipleChoice {
        let groups = options.indices.map { zone in
            zip(options[zone], uses[zone]).map { option, uses in
                MultipleChoice.Option(value: option.map { value(start($0, zone), zone) } ?? 0, uses: uses)
            }
        }
        do { return try MultipleChoice(groups: groups, limits: amounts) } catch {
            throw .contradictory(["\(error.reason)"])
        }
    }

    /// Σ price · use over the limits that are marked. [as value]
    func priced(_ zone: Int, _ place: Int, _ prices: [Double], where holds: (SelectionLimit) -> Bool = { _ in true }) -> Double {
        uses[zone][place].reduce(0) { holds(limits[$1.limit]) ? $0 + prices[$1.limit] * $1.amount : $0 }
    }
}

extension Array where Element == Double {
    /// 0 outside.
    subscript(at index: Int) -> Double { indices.contains(index) ? self[index] : 0 }
}
