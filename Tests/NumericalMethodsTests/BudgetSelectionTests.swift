// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing

/// Sums of a dozen values in another order.
private let sumTolerance = 1e-9

/// Every admissible set, tried one after the other.
private func bruteForce(_ problem: BudgetSelection) -> (best: Double, second: Double?) {
    let items = problem.items
    let needs = items.map { $0.requires.reduce(0) { $0 | 1 << $1 } }
    let groups = problem.exclusiveGroups.map { Set($0).reduce(0) { $0 | 1 << $1 } }
    var values: [Double] = []
    for mask in 0..<(1 << items.count) {
        var (value, cost, second, needed) = (0.0, 0.0, 0.0, 0)
        var reached = 0
        for i in items.indices where mask >> i & 1 == 1 {
            value += items[i].value
            cost += items[i].cost
            second += items[i].secondCost
            needed |= needs[i]
            if items[i].value > 0 { reached |= 1 << i }
        }
        guard needed & ~mask == 0, cost <= problem.budget, second <= problem.secondBudget else { continue }
        guard groups.allSatisfy({ (mask & $0).nonzeroBitCount <= 1 }) else { continue }
        // Nothing without a positive value may be there for nothing.
        var grown = true
        while grown {
            grown = false
            for i in items.indices where reached >> i & 1 == 1 && needs[i] & ~reached != 0 {
                reached |= needs[i]
                grown = true
            }
        }
        if reached == mask { values.append(value) }
    }
    values.sort(by: >)
    return (values[0], values.count > 1 ? values[1] : nil)
}

@Suite("selection under a budget")
struct BudgetSelectionTests {
    @Test("the best and the next best set are those of trying all", arguments: 0..<300)
    func againstBruteForce(seed: Int) throws {
        var numbers = TestNumbers(UInt64(seed) + 7)
        let count = seed % 60 == 0 ? 16 : 1 + numbers.index(10)
        var items = (0..<count).map { _ in
            // Whole costs, so that sums have no rounding, and some equal ones.
            BudgetSelection.Item(
                value: 10 * numbers.uniform() - 2, cost: Double(numbers.index(12)), secondCost: Double(numbers.index(6)))
        }
        for i in items.indices where numbers.uniform() < 0.3 { items[i].requires = [numbers.index(count)] }
        let groups = (0..<numbers.index(3)).map { _ in (0..<3).map { _ in numbers.index(count) } }
        let problem = try BudgetSelection(
            items: items, budget: Double(numbers.index(6 * count) + 1),
            secondBudget: seed % 2 == 0 ? Double(numbers.index(3 * count) + 1) : .infinity, exclusiveGroups: groups)
        let solution = problem.solve()
        let expected = bruteForce(problem)
        #expect(solution.provenOptimal)
        #expect(abs(solution.best.value - expected.best) < sumTolerance)
        #expect(solution.gap <= sumTolerance)
        #expect((solution.runnerUp == nil) == (expected.second == nil))
        if let second = expected.second { #expect(abs((solution.runnerUp?.value ?? .nan) - second) < sumTolerance) }
        // The set is what it says it is.
        #expect(abs(solution.best.items.reduce(0) { $0 + items[$1].value } - solution.best.value) < sumTolerance)
        #expect(solution.best.items.allSatisfy { Set(items[$0].requires).isSubset(of: solution.best.items) })
        #expect(groups.allSatisfy { Set($0).intersection(solution.best.items).count <= 1 })
        // Without the runner-up the best set is as good.
        let short = problem.solve(options: .init(findsRunnerUp: false))
        #expect(abs(short.best.value - expected.best) < sumTolerance)
    }

    /// Reference vector K9 of the improvement-plan page: 8 %, 30 years, 0.40 per m³.
    @Test("indivisible lots: two small ones beat the cheapest per cubic metre")
    func greedyFails() throws {
        let annuity = 0.08 / (1 - 1 / power(1.08, 30))
        func net(_ capital: Double, _ saving: Double) -> Double { saving * 365 * 0.4 - capital * annuity }
        let problem = try BudgetSelection(
            items: [
                .init(value: net(600_000, 1000), cost: 600_000), .init(value: net(500_000, 820), cost: 500_000),
                .init(value: net(500_000, 820), cost: 500_000),
            ], budget: 1_000_000)
        let solution = problem.solve()
        #expect(solution.best.items == [1, 2])
        #expect(abs(solution.best.value - 150_612.57) < 0.01)  // the vector has two decimals
        #expect(abs((solution.runnerUp?.value ?? 0) - 92_703.54) < 0.01)
    }

    /// Reference vector K10: zones that cost more than they bring, but that detection and pressure control require.
    @Test(
        "a measure with a loss of its own is taken where those that require it pay for it",
        arguments: [
            (400_000.0, 60_000.0, [3]), (500_000, 75_000, [0, 2]), (650_000, 165_000, [0, 1, 2]), (850_000, 225_000, [0, 1, 2, 3]),
        ])
    func precedence(budget: Double, net: Double, chosen: [Int]) throws {
        let problem = try BudgetSelection(
            items: [
                .init(value: -35_000, cost: 300_000), .init(value: 90_000, cost: 150_000, requires: [0]),
                .init(value: 110_000, cost: 200_000, requires: [0]), .init(value: 60_000, cost: 180_000),
            ], budget: budget)
        let solution = problem.solve()
        #expect(solution.best.items == chosen)
        #expect(solution.best.value == net)
    }

    @Test("forty things are solved with a proof")
    func forty() throws {
        var numbers = TestNumbers(77)
        let items = (0..<40).map { _ in
            let cost = 1 + 99 * numbers.uniform()
            return BudgetSelection.Item(value: cost * (0.5 + numbers.uniform()), cost: cost)
        }
        let solution = try BudgetSelection(items: items, budget: 700).solve()
        #expect(solution.provenOptimal)
        #expect(solution.best.cost <= 700)
    }

    @Test("cut short, it says how far off the answer may be")
    func nodeLimit() throws {
        var numbers = TestNumbers(78)
        let items = (0..<40).map { _ in
            let cost = 1 + 99 * numbers.uniform()
            return BudgetSelection.Item(value: cost * (0.5 + numbers.uniform()), cost: cost)
        }
        let problem = try BudgetSelection(items: items, budget: 700)
        let exact = problem.solve()
        let short = problem.solve(options: .init(maximumNodes: 5))
        #expect(!short.provenOptimal)
        #expect(short.bound >= exact.best.value)
        #expect(short.gap >= exact.best.value - short.best.value)
    }

    @Test("nothing to choose from, nothing affordable, and things that require each other")
    func edges() throws {
        #expect(try BudgetSelection(items: [], budget: 5).solve().best.items.isEmpty)
        #expect(try BudgetSelection(items: [.init(value: 3, cost: 6)], budget: 5).solve().best.items.isEmpty)
        let pair = try BudgetSelection(
            items: [.init(value: 3, cost: 2, requires: [1]), .init(value: 1, cost: 2, requires: [0])], budget: 4)
        #expect(pair.solve().best.items == [0, 1])
        let contradiction = try BudgetSelection(
            items: [.init(value: 3, cost: 1, requires: [1]), .init(value: 1, cost: 1)], budget: 4, exclusiveGroups: [[0, 1]])
        #expect(contradiction.solve().best.items == [1])
    }

    @Test("figures that cannot be are errors that name the item")
    func refused() {
        #expect(throws: NumericalError.self) { try BudgetSelection(items: [.init(value: .nan, cost: 1)], budget: 1) }
        #expect(throws: NumericalError.self) { try BudgetSelection(items: [.init(value: 1, cost: -1)], budget: 1) }
        #expect(throws: NumericalError.self) { try BudgetSelection(items: [.init(value: 1, cost: 1, requires: [4])], budget: 1) }
        #expect(throws: NumericalError.self) { try BudgetSelection(items: [.init(value: 1, cost: 1)], budget: -1) }
    }
}

/// Reference vectors K0 and `package_selection` of the improvement-plan page: eight measures at 8 %, savings taken as additive.
@Suite("programme of eight measures")
struct MeasurePackageTests {
    static let measures: [(capital: Double, life: Int, operation: Double, saving: Double, isReal: Bool)] = [
        (150_000, 3, 120_000, 1800, true),  // ALC intensification
        (420_000, 15, 25_000, 1500, true),  // PRVs 12 DMAs
        (1_600_000, 30, 5_000, 1300, true),  // Service renewal
        (180_000, 10, 12_000, 450, false),  // Large-customer meters
        (960_000, 10, 30_000, 1100, false),  // Domestic meters 8k
        (220_000, 5, 40_000, 600, false),  // Illegal-use census
        (2_400_000, 50, 0, 900, true),  // Mains renewal 12 km
        (2_100_000, 12, 90_000, 500, false),  // AMI 15k
    ]

    static let cases: [(real: Double, budget: Double, net: Double, chosen: [Int], volume: Double, largest: [Int])] = [
        (0.2, 1_000_000, 169780.86, [1, 3, 5], 4350, [0, 1, 3, 5]),
        (0.2, 2_000_000, 277762.55, [1, 3, 4, 5], 5450, [0, 1, 3, 4, 5]),
        (0.2, 3_500_000, 277762.55, [1, 3, 4, 5], 6300, [0, 1, 2, 4, 5]),
        (0.7, 1_000_000, 725225.84, [0, 1, 3, 5], 4350, [0, 1, 3, 5]),
        (0.7, 2_000_000, 833207.53, [0, 1, 3, 4, 5], 5450, [0, 1, 3, 4, 5]),
        (0.7, 3_500_000, 960034.05, [0, 1, 2, 3, 4], 6300, [0, 1, 2, 4, 5]),
        (0.0, 1_000_000, 134349.27, [3, 5], 4350, [0, 1, 3, 5]),
        (0.0, 2_000_000, 242330.96, [3, 4, 5], 5450, [0, 1, 3, 4, 5]),
        (0.0, 3_500_000, 242330.96, [3, 4, 5], 6300, [0, 1, 2, 4, 5]),
    ]

    @Test("greatest net benefit and greatest volume under each budget, for three values of the water saved", arguments: 0..<9)
    func package(index: Int) throws {
        let expected = Self.cases[index]
        let byNet = try BudgetSelection(
            items: Self.measures.map { measure in
                let annuity = 0.08 / (1 - 1 / power(1.08, measure.life))
                let value = measure.isReal ? expected.real : 0.7
                return .init(
                    value: measure.saving * 365 * value - measure.capital * annuity - measure.operation, cost: measure.capital)
            }, budget: expected.budget
        ).solve()
        #expect(byNet.best.items == expected.chosen)
        #expect(abs(byNet.best.value - expected.net) < 0.011)  // the vectors have two decimals
        let byVolume = try BudgetSelection(
            items: Self.measures.map { .init(value: $0.saving, cost: $0.capital) }, budget: expected.budget
        ).solve()
        #expect(byVolume.best.items == expected.largest)
        #expect(byVolume.best.value == expected.volume)
    }
}

private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * base } }
