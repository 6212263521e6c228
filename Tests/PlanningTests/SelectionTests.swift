// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import Testing

/// Vectors print hundredths.
private let printed = 0.02

@Suite("which package each zone gets, and when")
struct SelectionTests {
    /// The cost curve K0 by the letters of the reference page: capital, life, operation, saving [m³/d], real losses or not.
    private static let curve: [(letter: Character, capital: Double, life: Double, operation: Double, saving: Double, isReal: Bool)] = [
        ("A", 150_000, 3, 120_000, 1800, true), ("P", 420_000, 15, 25_000, 1500, true), ("S", 1_600_000, 30, 5000, 1300, true),
        ("L", 180_000, 10, 12_000, 450, false), ("D", 960_000, 10, 30_000, 1100, false), ("C", 220_000, 5, 40_000, 600, false),
        ("M", 2_400_000, 50, 0, 900, true), ("I", 2_100_000, 12, 90_000, 500, false),
    ]

    private static func letters(realWorth: Double, budget: Double, _ objective: SelectionProblem.Objective) throws -> (
        String, SelectionResult
    ) {
        let zones = curve.map { row in
            let cost = CapitalRecovery.annualisedCost(capital: row.capital, operation: row.operation, rate: 0.08, life: row.life)
            return SelectionProblem.Zone(
                name: String(row.letter),
                packages: [
                    .init(
                        name: "all",
                        starts: [
                            .init(
                                year: 0, netPresentValue: 365 * row.saving * (row.isReal ? realWorth : 0.7) - cost, volume: row.saving,
                                capital: [row.capital])
                        ])
                ])
        }
        let result = try SelectionProblem(zones: zones, firstYear: 2027, budget: budget).solve(for: objective)
        return (String(zip(curve, result.choices).filter { $1 != nil }.map(\.0.letter).sorted()), result)
    }

    @Test(
        "greatest net benefit by regime and budget",
        arguments: [
            (0.2, 1e6, "CLP", 169_780.86), (0.2, 2e6, "CDLP", 277_762.55), (0.2, 3.5e6, "CDLP", 277_762.55), (0.7, 1e6, "ACLP", 725_225.84),
            (0.7, 2e6, "ACDLP", 833_207.53), (0.7, 3.5e6, "ADLPS", 960_034.05), (0.0, 1e6, "CL", 134_349.27), (0.0, 2e6, "CDL", 242_330.96),
            (0.0, 3.5e6, "CDL", 242_330.96),
        ])
    func netBenefit(realWorth: Double, budget: Double, letters: String, net: Double) throws {
        let (found, result) = try Self.letters(realWorth: realWorth, budget: budget, .netPresentValue)
        #expect(found == letters)
        #expect(abs(result.value - net) < printed && result.isProvenOptimal && result.capital[0] <= budget)
    }

    @Test("greatest volume by budget", arguments: [(1e6, "ACLP", 4350.0), (2e6, "ACDLP", 5450), (3.5e6, "ACDPS", 6300)])
    func volume(budget: Double, letters: String, volume: Double) throws {
        let (found, result) = try Self.letters(realWorth: 0.2, budget: budget, .volumeSaved)
        #expect(found == letters && abs(result.value - volume) < 1e-6)
    }

    @Test("indivisible lots, K9: two small lots beat the one that is cheapest per cubic metre")
    func indivisibleLots() throws {
        let zones = [("A", 600_000.0, 1000.0), ("B", 500_000, 820), ("C", 500_000, 820)].map { name, capital, saving in
            let cost = CapitalRecovery.annualisedCost(capital: capital, operation: 0, rate: 0.08, life: 30)
            return SelectionProblem.Zone(
                name: name,
                packages: [.init(name: "lot", starts: [.init(year: 0, netPresentValue: 365 * saving * 0.4 - cost, capital: [capital])])])
        }
        let result = try SelectionProblem(zones: zones, firstYear: 1, budget: 1e6).solve(for: .netPresentValue)
        #expect(result.choices.map { $0 != nil } == [false, true, true])
        #expect(abs(result.value - 150_612.57) < printed)
    }

    @Test(
        "a measure that others require, K10",
        arguments: [
            (400_000.0, 60_000.0, "Census"), (500_000, 75_000, "DMA PRV"), (650_000, 165_000, "ALC DMA PRV"),
            (850_000, 225_000, "ALC Census DMA PRV"),
        ])
    func precedence(budget: Double, net: Double, names: String) throws {
        let rows: [(String, Double, Double, Set<String>)] = [
            ("DMA", 300_000, -35_000, []), ("ALC", 150_000, 90_000, ["DMA"]), ("PRV", 200_000, 110_000, ["DMA"]),
            ("Census", 180_000, 60_000, []),
        ]
        let zones = rows.map { name, capital, value, requires in
            SelectionProblem.Zone(
                name: name,
                packages: [
                    .init(
                        name: name, provides: [name], requires: requires,
                        starts: [.init(year: 0, netPresentValue: value, capital: [capital])])
                ])
        }
        let result = try SelectionProblem(zones: zones, firstYear: 1, budget: budget).solve(for: .netPresentValue)
        #expect(abs(result.value - net) < 1e-6)
        #expect(zip(rows, result.choices).filter { $1 != nil }.map(\.0.0).sorted().joined(separator: " ") == names)
    }

    /// The three zones of the page: losses, then capital and operation of its packages.
    private static let threeZones: [(name: String, loss: Double, capital: [Double], operation: [Double])] = [
        ("Z1", 4000, [180_000, 330_000, 1_200_000], [8000, 40_000, 42_000]),
        ("Z2", 2500, [150_000, 270_000, 900_000], [6000, 28_000, 30_000]),
        ("Z3", 1500, [120_000, 210_000, 600_000], [5000, 18_000, 19_000]),
    ]

    private static func years(_ worth: (Int) -> Double, budgets: [Double], carry: Bool, least: Double) -> SelectionProblem {
        let zones = threeZones.map { zone in
            SelectionProblem.Zone(
                name: zone.name, loss: 365 * zone.loss,
                packages: [0.25, 0.475, 0.58].enumerated().map { index, effect in
                    let starts = (1...3).map { start in
                        var value = -zone.capital[index] / pow(1.08, Double(start))
                        for year in (start + 1)...15 {
                            value += (365 * zone.loss * effect * worth(year) - zone.operation[index]) / pow(1.08, Double(year))
                        }
                        return SelectionProblem.Start(
                            year: start - 1, netPresentValue: value, volume: 365 * zone.loss * effect,
                            capital: Array(repeating: 0, count: start - 1) + [zone.capital[index]])
                    }
                    return SelectionProblem.Package(name: "P\(index + 1)", starts: starts)
                })
        }
        return SelectionProblem(
            zones: zones, firstYear: 1, yearlyBudgets: budgets, carriesForward: carry, leastVolume: least > 0 ? 365 * least : nil)
    }

    /// Y1 to Y6: worth, budgets, carry-over, least saving [m³/d], optimum, choice as package.start by zone, second best.
    private static let cases:
        [(worth: String, budgets: [Double], carry: Bool, least: Double, npv: Double, choice: String, second: Double)] = [
            ("0.35", [250_000, 300_000, 300_000], false, 0, 1_624_348.59, "P1.1 P2.2 P2.3", 1_587_926.58),
            ("0.35", [250_000, 300_000, 300_000], true, 0, 1_979_462.66, "P2.2 P2.3 P2.1", 1_931_261.46),
            ("0.35", [600_000, 900_000, 1_200_000], false, 0, 2_251_021.45, "P2.1 P2.1 P2.2", 2_211_685.68),
            ("0.10", [330_000, 300_000, 300_000], false, 0, 50_889.59, "P1.1 - -", 40_339.80),
            ("0.35", [600_000, 900_000, 1_200_000], false, 4200, 1_626_465.79, "P3.3 P2.1 P2.1", 1_597_206.26),
            ("0.70/0.20", [250_000, 300_000, 300_000], false, 0, 1_755_073.08, "P1.1 P2.2 P2.3", 1_670_480.33),
        ]

    @Test("years, packages and budgets, Y1 to Y6, with the second best", arguments: 0..<6)
    func multiYear(index: Int) throws {
        let row = Self.cases[index]
        let worths = row.worth.split(separator: "/").compactMap { Double($0) }
        let problem = Self.years(
            { $0 <= 5 ? worths[0] : worths[worths.count - 1] }, budgets: row.budgets, carry: row.carry, least: row.least)
        let result = try problem.solve(for: .netPresentValue)
        #expect(abs(result.value - row.npv) < printed && result.isProvenOptimal)
        #expect(result.choices.map { $0.map { "P\($0.package + 1).\($0.start + 1)" } ?? "-" }.joined(separator: " ") == row.choice)
        let second = try problem.runnerUp(to: result)
        #expect(abs(try #require(second).value - row.second) < printed)
        #expect(result.reasons.count == 3 && result.reasons.allSatisfy { $0.sentence.contains($0.zone) })
    }

    @Test("water that is sold while a deficit lasts: the first of it, in each year")
    func deficit() throws {
        // Two zones that save 100 each; 150 can be sold at 1 more than the rest.
        let zones = ["A", "B"].map { name in
            SelectionProblem.Zone(
                name: name,
                packages: [.init(name: "p", starts: [.init(year: 0, netPresentValue: 80, capital: [1], saleable: [100])])])
        }
        let result = try SelectionProblem(zones: zones, firstYear: 1, sales: [.init(limit: 150, worth: [1])]).solve(for: .netPresentValue)
        #expect(result.choices.allSatisfy { $0 != nil } && abs(result.value - 110) < 1e-9 && abs(result.netPresentValue - 110) < 1e-9)
        let tighter = try SelectionProblem(zones: zones, firstYear: 1, sales: [.init(limit: 50, worth: [1])]).solve(for: .netPresentValue)
        #expect(tighter.choices.filter { $0 != nil }.count == 1 && abs(tighter.value - 30) < 1e-9)
        // Then 30 that need not be bought, at 0.5 more than the rest: of 200 freed 50 are sold, 30 spared, 120 left.
        let steps: [SelectionProblem.Sale] = [.init(limit: 50, worth: [0.25]), .init(limits: [80], worth: [0.5])]
        let both = try SelectionProblem(zones: zones, firstYear: 1, sales: steps).solve(for: .netPresentValue)
        #expect(abs(both.value - (160 - 0.25 * 150 - 0.5 * 120)) < 1e-9 && abs(both.netPresentValue - both.value) < 1e-9)
        #expect(both.prices.map(\.limit.name) == ["the water that can be sold in 1", "the water that need not be bought in 1"])
        // No limit in a year: nothing is less worth.
        let free = try SelectionProblem(zones: zones, firstYear: 1, sales: [.init(limits: [.infinity], worth: [1])]).solve(
            for: .netPresentValue)
        #expect(abs(free.value - 160) < 1e-9)
    }

    @Test("equity spares the worst zone most before it looks at money")
    func equity() throws {
        let rich: SelectionProblem.Zone = .init(
            name: "rich", loss: 100, packages: [.init(name: "p", starts: [.init(year: 0, netPresentValue: 100, volume: 90, capital: [9])])])
        let poor: SelectionProblem.Zone = .init(
            name: "poor", loss: 100, packages: [.init(name: "p", starts: [.init(year: 0, netPresentValue: -5, volume: 20, capital: [6])])])
        let problem = SelectionProblem(zones: [rich, poor], firstYear: 1, budget: 20)
        #expect(try problem.solve(for: .netPresentValue).choices[1] == nil)
        let fair = try problem.solve(for: .equity)
        #expect(fair.choices.allSatisfy { $0 != nil } && abs(fair.value - 0.2) < 1e-12 && abs(fair.netPresentValue - 95) < 1e-9)
    }

    @Test("the ratio of revenue water by a year, and the least capital that reaches one")
    func ratio() throws {
        let zone: SelectionProblem.Zone = .init(
            name: "Z",
            packages: [
                .init(name: "meters", starts: [.init(year: 0, netPresentValue: 0, capital: [5], revenueGain: 10)]),
                .init(name: "leaks", starts: [.init(year: 0, netPresentValue: 0, capital: [3], supplyCut: 12)]),
            ])
        var problem = SelectionProblem(zones: [zone], firstYear: 1, revenueWater: 60, supply: 100)
        let best = try problem.solve(for: .revenueWaterRatio)
        #expect(best.choices[0]?.package == 0 && abs(best.value - 0.7) < 1e-12 && best.bound >= best.value)
        problem.leastRatio = 0.65
        let cheapest = try problem.solve(for: .leastCapital)
        #expect(cheapest.choices[0]?.package == 1 && abs(cheapest.value - 3) < 1e-9)
        problem.leastRatio = 0.71
        #expect(throws: SelectionError.self) { try problem.solve(for: .leastCapital) }
    }

    @Test("the frontier falls in value as it rises in volume")
    func frontier() throws {
        let problem = Self.years({ _ in 0.35 }, budgets: [600_000, 900_000, 1_200_000], carry: true, least: 0)
        let points = try problem.frontier(points: 6)
        #expect(points.count > 2)
        for (left, right) in zip(points, points.dropFirst()) {
            #expect(right.volume > left.volume && right.netPresentValue <= left.netPresentValue + 1e-6)
        }
        #expect(try abs(points[points.count - 1].volume - problem.solve(for: .volumeSaved).volume) < 1)
    }

    @Test("what contradicts itself is refused with its reason")
    func refused() throws {
        func reasons(_ change: (inout SelectionProblem) -> Void) -> String {
            var problem = Self.years({ _ in 0.35 }, budgets: [250_000, 0, 0], carry: false, least: 0)
            change(&problem)
            do throws(SelectionError) {
                _ = try problem.solve(for: .netPresentValue)
                return ""
            } catch { return error.description }
        }
        #expect(
            reasons { problem in for index in 0..<3 { problem.zones[index].isMandatory = true } }.contains(
                "the budget of 250,000 is below 450,000, the least that the mandatory packages cost (Z1, Z2, Z3)"))
        #expect(reasons { $0.leastRatio = 1.2 }.contains("target of 120 % revenue water"))
        #expect(reasons { $0.zones[0].packages[0].starts[0].capital = [-5] }.contains("a price must be 0 or more"))
        #expect(
            reasons {
                $0.zones[0].packages[0].requires = ["Z2/P1"]
                $0.zones[1].packages[0].requires = ["Z1/P1"]
            }.contains("prerequisites go round in a circle: Z1/P1 requires Z2/P1 requires Z1/P1"))
        #expect(reasons { $0.zones[0].packages[0].requires = ["SCADA"] }.contains("requires SCADA, which no zone offers"))
        #expect(reasons { $0.yearlyBudgets = [-1] }.contains("the budget in 1 is"))
        #expect(reasons { $0.leastVolume = 1e9 }.contains("no choice keeps the volume to be saved"))
    }

    @Test("what one package of a zone requires is no need of the names that others of it stand for")
    func noFalseCircle() throws {
        func package(_ name: String, _ provides: Set<String>, _ requires: Set<String>, _ value: Double) -> SelectionProblem.Package {
            .init(name: name, provides: provides, requires: requires, starts: [.init(year: 0, netPresentValue: value, capital: [1])])
        }
        // The system needs zones, and the survey of zones the system: zones, system, survey.
        var problem = SelectionProblem(
            zones: [
                .init(name: "A", packages: [package("zones", ["zones"], [], -1), package("both", ["zones", "survey"], ["system"], 5)]),
                .init(name: "city", packages: [package("system", ["system"], ["zones"], -1)]),
            ], firstYear: 1, budget: 10)
        let result = try problem.solve(for: .netPresentValue)
        #expect(result.choices.map { $0?.package } == [1, 0] && result.value == 4)
        // Without the package that is zones alone nothing can come first.
        problem.zones[0].packages.removeFirst()
        #expect(problem.contradictions.contains { $0.contains("circle") })
    }

    @Test("a package waits for what it requires")
    func waits() throws {
        func zone(_ name: String, _ requires: Set<String>, _ value: Double, _ capital: Double) -> SelectionProblem.Zone {
            .init(
                name: name,
                packages: [
                    .init(
                        name: "p", provides: [name], requires: requires,
                        starts: (0..<3).map {
                            .init(
                                year: $0, netPresentValue: value - Double($0), capital: Array(repeating: 0, count: $0) + [capital])
                        })
                ])
        }
        // Money for one a year, most in the second: the system must come first though it only costs.
        let problem = SelectionProblem(
            zones: [zone("system", [], -10, 50), zone("A", ["system"], 40, 60)], firstYear: 1, yearlyBudgets: [50, 60, 60])
        let result = try problem.solve(for: .netPresentValue)
        #expect(result.choices.map { $0?.start } == [0, 1] && abs(result.value - 29) < 1e-9)
    }
}
