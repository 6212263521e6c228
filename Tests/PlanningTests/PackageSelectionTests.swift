// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Planning
import Testing

@Suite("The best set of measures under a budget")
struct PackageSelectionTests {
    /// The cost curve K0 by the letters of the reference page: capital, life, operation, saving [m³/d], real losses or not.
    private static let curve: [(letter: Character, capital: Double, life: Double, operation: Double, saving: Double, isReal: Bool)] = [
        ("A", 150_000, 3, 120_000, 1800, true), ("P", 420_000, 15, 25_000, 1500, true), ("S", 1_600_000, 30, 5000, 1300, true),
        ("L", 180_000, 10, 12_000, 450, false), ("D", 960_000, 10, 30_000, 1100, false), ("C", 220_000, 5, 40_000, 600, false),
        ("M", 2_400_000, 50, 0, 900, true), ("I", 2_100_000, 12, 90_000, 500, false),
    ]

    private static func solve(budget: Double, value: (Int) -> Double) throws -> (letters: String, result: PackageSelection.Result) {
        let groups = curve.indices.map {
            [PackageSelection.Option(cost: 0, value: 0), PackageSelection.Option(cost: curve[$0].capital, value: value($0))]
        }
        let result = try #require(PackageSelection(groups: groups, budget: budget).solve())
        return (String(curve.indices.filter { result.choice[$0] == 1 }.map { curve[$0].letter }.sorted()), result)
    }

    @Test(
        "greatest net benefit by regime and budget",
        arguments: [
            (0.2, 1e6, "CLP", 169_780.86), (0.2, 2e6, "CDLP", 277_762.55), (0.2, 3.5e6, "CDLP", 277_762.55), (0.7, 1e6, "ACLP", 725_225.84),
            (0.7, 2e6, "ACDLP", 833_207.53), (0.7, 3.5e6, "ADLPS", 960_034.05), (0.0, 1e6, "CL", 134_349.27), (0.0, 2e6, "CDL", 242_330.96),
        ])
    func netBenefit(realWorth: Double, budget: Double, letters: String, net: Double) throws {
        let best = try Self.solve(budget: budget) { index in
            let row = Self.curve[index]
            let cost = CapitalRecovery.annualisedCost(capital: row.capital, operation: row.operation, rate: 0.08, life: row.life)
            return 365 * row.saving * (row.isReal ? realWorth : 0.7) - cost
        }
        #expect(best.letters == letters)
        // The vector prints hundredths.
        #expect(abs(best.result.value - net) < 0.05)
        #expect(best.result.isProvenOptimal && best.result.cost <= budget)
    }

    @Test("greatest volume by budget", arguments: [(1e6, "ACLP", 4350.0), (2e6, "ACDLP", 5450), (3.5e6, "ACDPS", 6300)])
    func volume(budget: Double, letters: String, volume: Double) throws {
        let best = try Self.solve(budget: budget) { Self.curve[$0].saving }
        #expect(best.letters == letters)
        #expect(abs(best.result.value - volume) < 1e-9)
    }

    @Test("indivisible lots, K9: two small lots beat the one that is cheapest per cubic metre")
    func indivisibleLots() throws {
        let groups = [(600_000.0, 1000.0), (500_000, 820), (500_000, 820)].map { capital, saving in
            let cost = CapitalRecovery.annualisedCost(capital: capital, operation: 0, rate: 0.08, life: 30)
            return [PackageSelection.Option(cost: 0, value: 0), .init(cost: capital, value: 365 * saving * 0.4 - cost)]
        }
        let best = try #require(PackageSelection(groups: groups, budget: 1e6).solve())
        #expect(best.choice == [0, 1, 1])
        #expect(abs(best.value - 150_612.57) < 0.01)
    }

    @Test(
        "a measure that others require, K10",
        arguments: [(400_000.0, 60_000.0), (500_000, 75_000), (650_000, 165_000), (850_000, 225_000)])
    func precedence(budget: Double, net: Double) throws {
        // Packages of the zone: nothing, districts, with active control, with valves, with both.
        let zone = [(0.0, 0.0), (300_000, -35_000), (450_000, 55_000), (500_000, 75_000), (650_000, 165_000)]
        let groups = [zone, [(0, 0), (180_000, 60_000)]].map { $0.map { PackageSelection.Option(cost: $0.0, value: $0.1) } }
        let best = try #require(PackageSelection(groups: groups, budget: budget).solve())
        #expect(abs(best.value - net) < 1e-6)
    }

    /// A small congruential generator, so that the cases do not come from the code under test.
    private struct Cases {
        var state: UInt64
        mutating func next(_ high: Double) -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / 16_777_216 * high
        }
    }

    @Test("equals the best of all choices tried, with and without a shared limit", arguments: 0..<60)
    func exhaustive(seed: Int) throws {
        var cases = Cases(state: UInt64(seed) &* 977 &+ 5)
        let groups = (0..<5).map { _ in
            [PackageSelection.Option(cost: 0, value: 0, shared: [0, 0])]
                + (0..<3).map { _ in
                    PackageSelection.Option(cost: cases.next(100), value: cases.next(80) - 20, shared: [cases.next(50), cases.next(50)])
                }
        }
        let limit: Double? = seed.isMultiple(of: 2) ? cases.next(120) : nil
        let problem = PackageSelection(groups: groups, budget: cases.next(300), sharedWorth: [0.5, 0.3], sharedLimit: limit)
        let best = try #require(problem.solve())
        var greatest = -Double.infinity
        for code in 0..<1024 {
            let options = groups.indices.map { groups[$0][(code >> (2 * $0)) & 3] }
            guard options.reduce(0, { $0 + $1.cost }) <= problem.budget ?? 0 else { continue }
            var value = options.reduce(0) { $0 + $1.value }
            for year in 0..<2 {
                let amount = options.reduce(0) { $0 + $1.shared[year] }
                value += problem.sharedWorth[year] * min(amount, limit ?? amount)
            }
            greatest = max(greatest, value)
        }
        // Sums of a few numbers near a hundred, in another order.
        #expect(abs(best.value - greatest) < 1e-9)
        #expect(best.isProvenOptimal)
    }

    @Test("agrees with the general selection of NumericalMethods on groups of options", arguments: 0..<20)
    func independentSolver(seed: Int) throws {
        var cases = Cases(state: UInt64(seed) &* 131 &+ 7)
        let groups = (0..<8).map { _ in
            [PackageSelection.Option(cost: 0, value: 0)]
                + (0..<4).map { _ in PackageSelection.Option(cost: 5 + cases.next(100), value: 1 + cases.next(80)) }
        }
        let items = groups.flatMap { $0.dropFirst() }.map { BudgetSelection.Item(value: $0.value, cost: $0.cost) }
        let general = try BudgetSelection(
            items: items, budget: 250, exclusiveGroups: (0..<8).map { group in (0..<4).map { 4 * group + $0 } })
        let best = try #require(PackageSelection(groups: groups, budget: 250).solve())
        #expect(abs(best.value - general.solve().best.value) < 1e-9)
    }

    @Test("a search that is cut short says that it proved nothing, and how good the best can be")
    func cutShort() throws {
        var cases = Cases(state: 3)
        let groups = (0..<30).map { _ in
            [PackageSelection.Option(cost: 0, value: 0)]
                + (0..<5).map { _ in PackageSelection.Option(cost: 1 + cases.next(100), value: cases.next(100)) }
        }
        let best = try #require(PackageSelection(groups: groups, budget: 700).solve(nodeLimit: 40))
        #expect(!best.isProvenOptimal)
        #expect(best.cost <= 700 && best.bound >= best.value)
    }

    @Test("two hundred zones of eight packages are solved to a proven optimum")
    func manyZones() throws {
        var cases = Cases(state: 11)
        let groups = (0..<200).map { _ in
            [PackageSelection.Option(cost: 0, value: 0)]
                + (0..<7).map { _ in
                    let cost = 10 + cases.next(100)
                    return PackageSelection.Option(cost: cost, value: cost * (0.2 + cases.next(1)))
                }
        }
        let best = try #require(PackageSelection(groups: groups, budget: 4000).solve(nodeLimit: 200_000))
        #expect(best.isProvenOptimal || best.bound - best.value < 1e-3 * best.value)
    }
}
