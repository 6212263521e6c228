// SPDX-License-Identifier: GPL-3.0-or-later

extension SelectionProblem {
    /// What contradicts itself or cannot be, each with its place; empty where the problem may be solved.
    public var contradictions: [String] {
        var found: [String] = []
        func amounts(_ values: [Double], _ what: String) {
            if let bad = values.firstIndex(where: { !($0 >= 0) || !$0.isFinite }) {
                found.append("\(what) in \(firstYear + bad) is \(text(values[bad])); it must be 0 or more")
            }
        }
        if let budget, !(budget >= 0) || !budget.isFinite { found.append("the budget is \(text(budget)); it must be 0 or more") }
        if let yearlyBudgets { amounts(yearlyBudgets, "the budget") }
        for (crew, limits) in crews.sorted(by: { $0.key < $1.key }) { amounts(limits, "the limit of \(crew)") }
        if let leastRatio, !(leastRatio > 0 && leastRatio <= 1) {
            found.append("the target of \(text(100 * leastRatio)) % revenue water must lie above 0 and not above 100 %")
        }
        if leastRatio != nil, !(supply > 0) { found.append("a revenue-water ratio is asked for, but the water supplied is not known") }
        if Set(zones.map(\.name)).count < zones.count { found.append("two zones have the same name") }
        for zone in zones {
            if zone.isMandatory, zone.packages.allSatisfy(\.starts.isEmpty) {
                found.append("\(zone.name) must get a package, but has none")
            }
            if let loss = zone.loss, !(loss >= 0) { found.append("the loss of \(zone.name) is \(text(loss)); it must be 0 or more") }
            for package in zone.packages { checkFigures(package, zone.name, &found) }
        }
        checkPrerequisites(&found)
        if found.isEmpty { checkMandatory(&found) }
        return found
    }

    private func checkFigures(_ package: Package, _ zone: String, _ found: inout [String]) {
        for start in package.starts {
            let what = "\(zone)/\(package.name) from \(firstYear + start.year)"
            if start.year < 0 { found.append("\(what) begins before the programme") }
            if let bad = start.capital.first(where: { !($0 >= 0) || !$0.isFinite }) {
                found.append("\(what): a capital of \(text(bad)); a price must be 0 or more")
            }
            for (crew, effort) in start.effort.sorted(by: { $0.key < $1.key }) {
                if crews[crew] == nil { found.append("\(what) takes \(crew), which has no limit and is not known") }
                if effort.contains(where: { !($0 >= 0) || !$0.isFinite }) { found.append("\(what): the effort of \(crew) is below 0") }
            }
            let others = [start.netPresentValue, start.volume, start.revenueGain, start.supplyCut, start.connectionHours] + start.saleable
            if !others.allSatisfy(\.isFinite) { found.append("\(what): a figure is not a number") }
        }
    }

    /// All that packages stand for: their own names, and what they provide.
    func provided(_ zone: Zone, _ package: Package) -> Set<String> { package.provides.union(["\(zone.name)/\(package.name)"]) }

    private func checkPrerequisites(_ found: inout [String]) {
        var packages: [(names: Set<String>, needs: Set<String>)] = []
        for zone in zones {
            for package in zone.packages {
                let own = provided(zone, package)
                packages.append((own, package.requires.subtracting(own)))
                let clash = package.requires.intersection(package.excludes).sorted()
                if let name = clash.first { found.append("\(zone.name)/\(package.name) requires \(name) and excludes it") }
            }
        }
        let offered = packages.reduce(into: Set<String>()) { $0.formUnion($1.names) }
        var missing: Set<String> = []
        for package in packages {
            for other in package.needs.subtracting(offered).sorted() {
                for name in package.names.sorted() where missing.insert("\(name) \(other)").inserted {
                    found.append("\(name) requires \(other), which no zone offers")
                }
            }
        }
        guard missing.isEmpty, let cycle = Self.cycle(in: Self.unreachable(packages)) else { return }
        found.append("prerequisites go round in a circle: " + cycle.joined(separator: " requires "))
    }

    /// What names need that no order of packages brings about. A name is had as soon as one of the packages that stand for it is, so what
    /// one package needs for its other parts is no need of the name itself.
    private static func unreachable(_ packages: [(names: Set<String>, needs: Set<String>)]) -> [String: Set<String>] {
        var reached: Set<String> = []
        var left = packages
        while true {
            let next = left.filter { !$0.needs.isSubset(of: reached) }
            for package in left where package.needs.isSubset(of: reached) { reached.formUnion(package.names) }
            guard next.count < left.count else { break }
            left = next
        }
        var needs: [String: Set<String>] = [:]
        for package in left {
            for name in package.names.subtracting(reached) { needs[name, default: []].formUnion(package.needs.subtracting(reached)) }
        }
        return needs
    }

    /// Names that require each other in turn, the first again at the end; nil where there are none.
    private static func cycle(in needs: [String: Set<String>]) -> [String]? {
        var done: Set<String> = []
        for start in needs.keys.sorted() where !done.contains(start) {
            var path: [String] = [], rest: [[String]] = []
            func enter(_ name: String) {
                path.append(name)
                rest.append((needs[name] ?? []).sorted().reversed())
            }
            enter(start)
            while let last = rest.indices.last {
                guard let next = rest[last].popLast() else {
                    done.insert(path.removeLast())
                    rest.removeLast()
                    continue
                }
                if let first = path.firstIndex(of: next) { return Array(path[first...]) + [next] }
                if !done.contains(next) { enter(next) }
            }
        }
        return nil
    }

    /// A budget that cannot pay the cheapest of what must be done.
    private func checkMandatory(_ found: inout [String]) {
        let mandatory = zones.filter(\.isMandatory)
        for zone in mandatory { if let clash = yearOutOfReach(zone) { found.append(clash) } }
        guard !mandatory.isEmpty, let most = [budget, yearlyBudgets.map { $0.reduce(0, +) }].compactMap({ $0 }).min() else { return }
        let cheapest = mandatory.map { zone in zone.packages.flatMap(\.starts).map { $0.capital.reduce(0, +) }.min() ?? 0 }
        let sum = cheapest.reduce(0, +)
        if sum > most * (1 + 1e-9) {
            found.append(
                "the budget of \(text(most)) is below \(text(sum)), the least that the mandatory packages cost ("
                    + mandatory.map(\.name).joined(separator: ", ") + ")")
        }
    }

    /// That nothing of what is offered can be paid: the budget and what the cheapest package costs; nil where something can. Choosing
    /// nothing is then right, and seldom what was meant: who asks for a programme is to be told.
    public var budgetBelowCheapest: String? {
        guard let most = [budget, yearlyBudgets.map { $0.reduce(0, +) }].compactMap({ $0 }).min(), most >= 0 else { return nil }
        var cheapest: (capital: Double, name: String)?
        for zone in zones {
            for package in zone.packages {
                for start in package.starts where start.totalCapital < cheapest?.capital ?? .infinity {
                    cheapest = (start.totalCapital, "\(zone.name)/\(package.name)")
                }
            }
        }
        guard let cheapest, cheapest.capital > most * (1 + 1e-9) else { return nil }
        return "the budget of \(text(most)) is below \(text(cheapest.capital)), the price of the cheapest package (\(cheapest.name))"
    }

    /// That no package of a zone that must get one fits into the yearly budgets by itself: what the nearest needs and where it fails.
    private func yearOutOfReach(_ zone: Zone) -> String? {
        guard let yearlyBudgets else { return nil }
        var nearest: (excess: Double, text: String)?
        for package in zone.packages {
            for start in package.starts {
                var worst: (excess: Double, text: String) = (0, "")
                var spent = 0.0, granted = 0.0
                for year in 0..<start.capital.count {
                    let (need, most) = (start.capital[year], yearlyBudgets[at: year])
                    (spent, granted) = carriesForward ? (spent + need, granted + most) : (need, most)
                    guard spent > granted * (1 + 1e-9), spent - granted > worst.excess else { continue }
                    let by = carriesForward ? "by" : "in"
                    worst = (
                        spent - granted,
                        "\(package.name) needs \(text(spent)) \(by) \(firstYear + year), where the budget is \(text(granted))"
                    )
                }
                if worst.excess == 0 { return nil }
                if worst.excess < nearest?.excess ?? .infinity { nearest = worst }
            }
        }
        return nearest.map { "\(zone.name) must get a package, but none fits into the yearly budgets: \($0.text)" }
    }
}
