// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterLoss
import WaterModel
import balance_coverage

@Suite("Lag of billing")
struct BillingLagTests {
    /// Gangnam, Seoul: assessed over supply of the month, per cent (published; the April of 2021 first 102.83, then 102.92).
    static let of2021 = [85.86, 105.77, 87.86, 102.92, 97.31, 103.65, 95.28, 102.92, 98.89, 100.13, 94.08, 97.57]
    static let of2022 = [88.26, 102.87, 93.50, 104.53, 97.17, 106.53, 95.72, 96.40, 96.01, 98.83]

    static func gangnam() -> [BillingMonth] {
        var months = of2021.enumerated().map { BillingMonth(year: 2021, month: $0.offset + 1, ratio: $0.element / 100) }
        months += of2022.enumerated().map { BillingMonth(year: 2022, month: $0.offset + 1, ratio: $0.element / 100) }
        months[3] = BillingMonth(year: 2021, month: 4, ratio: 1.0283, told: "May 2021")
        months[3].revise(ratio: 1.0292, told: "later")
        // Thousand m³, where published.
        months[3].supply = 10_621
        months[9].supply = 10_503
        months[21].supply = 10_735
        return months
    }

    @Test("Gangnam: the saw-tooth goes, the published cumulative ratios stay")
    func sawTooth() throws {
        let months = Self.gangnam()
        let lag = try BillingLag(months, cumulatives: [.init(months: 0..<10, ratio: 0.9790), .init(months: 12..<22, ratio: 0.9801)])
        for (first, cumulative, raw, pairs) in [(0, 97.90, 6.70, 2.07), (12, 98.01, 5.45, 2.37)] {
            let ten = (first..<first + 10).map { lag.months[$0].ratio.value * 100 }
            let billed = (first..<first + 10).compactMap { lag.months[$0].billed.map { $0 * 100 } }
            // As the page prints them.
            #expect(abs((Moments.standardDeviation(billed) ?? 0) - raw) < 0.005)
            let deviation = try #require(Moments.standardDeviation(ten))
            #expect(deviation < pairs, "\(deviation) against \(raw), and \(pairs) of two-month means")
            let daily = (10_621.0 + 10_503 + 10_735) / 92
            let supplies = (first..<first + 10).map { months[$0].supply ?? daily * Double(months[$0].days) }
            let kept = zip(ten, supplies).reduce(0) { $0 + $1.0 * $1.1 } / supplies.reduce(0, +)
            #expect(abs(kept - cumulative) < 1e-9)
        }
        #expect(lag.imbalance.value > 0, "bills of even months are the larger ones")
        #expect(lag.revised.map(\.month) == [4])
        #expect(abs((lag.revised.first?.revision ?? 0) - 0.0009) < 1e-12)
    }

    @Test(
        "the 95 % intervals hold the true ratio of about 95 % of the months of fifty utilities, smooth and restless ones",
        arguments: [true, false])
    func coverage(knowsSupply: Bool) throws {
        let found = try BillingCoverage(cases: 50, knowsSupply: knowsSupply, keeps: false, seed: 7) {
            BillingCoverage.utility(.usual, $0)
        }
        // Of hundreds, which take minutes in a debug build, 93 to 97 %: Tools/Benchmarks/balance.py.
        #expect(found.all.share > 0.92 && found.all.share < 0.98, "\(found.all.share)")
    }

    @Test("no one smoothness is far off either", arguments: [0.002, 0.006, 0.012])
    func coverageOfOne(change: Double) throws {
        let found = try BillingCoverage(cases: 25, knowsSupply: true, keeps: false, seed: 7) { random in
            var town = SyntheticBilling()
            town.change = change
            town.imbalance = 0.05 * random.normal()
            return town
        }
        #expect(found.all.share > 0.91 && found.all.share < 0.99, "\(found.all.share)")
    }

    @Test("the first months, whose bills have the use of months before the record, are held too, whatever the season of the supply")
    func firstMonths() throws {
        let found = try BillingCoverage(cases: 50, knowsSupply: true, keeps: true, seed: 5) { random in
            var town = SyntheticBilling()
            town.months = 14
            town.season = (0.06, random.uniform(0, 12))
            return town
        }
        #expect(found.first.share > 0.9, "\(found.first.share)")
    }

    @Test("without noise and imbalance a constant ratio comes back, whatever the lengths of the months")
    func constant() throws {
        let random = try RandomNumbers(seed: 1)
        var town = SyntheticBilling()
        town.change = 0
        town.imbalance = 0
        town.noise = 0
        let (bills, _) = town.drawn(random, knowsSupply: true)
        let spread = bills.compactMap(\.ratio)
        #expect((spread.max() ?? 0) - (spread.min() ?? 0) > 0.1, "bills of constant use swing by the lengths of the months")
        var options = BillingLag.Options()
        options.keepsCumulative = false
        let lag = try BillingLag(bills, options: options)
        // Supplies of the two months before the record are taken by their days, which the invention is not.
        for month in lag.months { #expect(abs(month.ratio.value - 0.95) < 0.01, "\(month)") }
        let kept = try BillingLag(bills)
        let supplies = bills.map { $0.supply ?? 0 }
        let billed = zip(bills, supplies).reduce(0) { $0 + ($1.0.ratio ?? 0) * $1.1 }
        let told = zip(kept.months, supplies).reduce(0) { $0 + $1.0.ratio.value * $1.1 }
        #expect(agrees(told, billed, relative: 1e-12), "the billed volume is kept")
    }

    @Test("a month without bills is told with a wider interval, and the last one too, whose use is not billed yet")
    func gaps() throws {
        let random = try RandomNumbers(seed: 3)
        var (bills, _) = SyntheticBilling().drawn(random, knowsSupply: true)
        bills[12].tellings = []
        let lag = try BillingLag(bills)
        #expect(lag.months[12].billed == nil)
        #expect((lag.months.last?.ratio.standardDeviation ?? 0) > lag.months[10].ratio.standardDeviation)
    }

    @Test("nothing comes out below zero")
    func nonNegative() throws {
        let ratios = [0.3, 0.0, 0.25, 0.0, 0.02, 0.0, 0.01, 0.0, 0.0, 0.0]
        let lag = try BillingLag(ratios.enumerated().map { BillingMonth(year: 2024, month: $0.offset + 1, ratio: $0.element) })
        #expect(lag.months.allSatisfy { $0.ratio.value >= 0 })
    }

    @Test("what cannot be computed is refused with the reason")
    func refused() {
        let few = (1...7).map { BillingMonth(year: 2024, month: $0, ratio: 0.9) }
        #expect(throws: BillingLagError.tooFewMonths(found: 7, needed: 8)) { try BillingLag(few) }
        var holed = (1...12).map { BillingMonth(year: 2024, month: $0, ratio: 0.9) }
        holed.remove(at: 4)
        #expect(throws: BillingLagError.notInOrder(year: 2024, month: 6)) { try BillingLag(holed) }
        var bad = (1...12).map { BillingMonth(year: 2024, month: $0, ratio: 0.9) }
        bad[2].supply = 0
        #expect(throws: BillingLagError.badFigure(year: 2024, month: 3)) { try BillingLag(bad) }
    }

    @Test("reading periods are shared out by days, example W5")
    func proration() {
        #expect(abs(BillingProration.part(33.204, days: 10, of: 31) - 10.711) < 5e-4)
        #expect(abs(BillingProration.part(36.66, days: 21, of: 31) - 24.834) < 5e-4)
        // The same by dates: reads on the 10th; the year's first days, and its last ones.
        let periods = [
            BillingProration.Period(
                start: Instant(year: 2025, month: 12, day: 11), end: Instant(year: 2026, month: 1, day: 11), volume: 33.204),
            BillingProration.Period(
                start: Instant(year: 2026, month: 1, day: 11), end: Instant(year: 2026, month: 2, day: 11), volume: 36.66),
        ]
        let start = Instant(year: 2026, month: 1, day: 1), end = Instant(year: 2026, month: 2, day: 1)
        #expect(abs(BillingProration.use(from: start, to: end, of: periods) - 35.5452) < 5e-5)
        #expect(BillingProration.coverage(from: start, to: end, of: periods) == 1)
        #expect(BillingProration.coverage(from: start, to: Instant(year: 2026, month: 3, day: 1), of: periods) < 0.72)
    }
}
