// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing
import WaterLoss
import WaterModel

/// A figure with a 95 % margin as a fraction.
func sourced(_ value: Double, _ margin: Double = 0) -> SourcedValue {
    SourcedValue(value, low: value * (1 - margin), high: value * (1 + margin), status: .measured)
}

@Suite("Water balance and its intervals")
struct WaterBalanceTests {
    /// EasyCalc displays ten digits; the page states 1e-6.
    static let displayed = 1e-6

    /// Case D of the reference page (W13): SIV 3,650,000 ± 5 %, BMC exact, UUC ± 50 %, p 3 % ± 50 %.
    static func caseD() throws -> (balance: WaterBalance, indicators: IndicatorSet) {
        let input = BalanceInput(
            periodDays: 365,
            volumes: [.ownSources: sourced(3_650_000, 0.05), .billedMetered: sourced(2_555_000), .unbilledUnmetered: sourced(36_500, 0.5)],
            meterUnderRegistration: sourced(0.03, 0.5))
        let balance = try WaterBalance(input, defaults: .zero, exports: .billed)
        return (balance, IndicatorSet(balance, profile: profileD()))
    }

    static func profileD() -> CityProfile {
        var profile = CityProfile(name: "D", country: "XX", currency: "XXX")
        profile.connections = sourced(9_000, 0.05)
        profile.mainsLength = sourced(120_000, 0.05)
        profile.averagePressure = sourced(40, 0.1)
        profile.serviceLineLength = sourced(0)
        profile.supplyHours = sourced(24)
        profile.tariff = sourced(1)
        profile.variableProductionCost = sourced(0.3)
        return profile
    }

    @Test("volumes and margins of the simple case D as WB-EasyCalc displays them")
    func volumesOfCaseD() throws {
        let (b, _) = try Self.caseD()
        // u(p/(1−p)) is exact here, EasyCalc takes the margin of p for it: hence the factor 1/(1 − p).
        let meters = 0.5 / 0.97
        let apparent = 79_020.61856
        let losses = 1_058_500 * 0.1732737176
        #expect(agrees(b.authorisedConsumption.relativeMargin95, 0.007042253521, relative: Self.displayed))
        #expect(agrees(b.apparentLosses.value, apparent, relative: Self.displayed))
        #expect(agrees(b.apparentLosses.relativeMargin95, meters, relative: 1e-9))
        #expect(agrees(b.waterLosses.relativeMargin95, 0.1732737176, relative: Self.displayed))
        #expect(agrees(b.realLosses.value, 979_479.3814, relative: Self.displayed))
        let real = (losses * losses + apparent * meters * apparent * meters).squareRoot()
        #expect(agrees(b.realLosses.margin95, real, relative: Self.displayed))
        #expect(agrees(b.nonRevenueWater.relativeMargin95, 0.1666666667, relative: Self.displayed))
    }

    @Test("supply in numerator and denominator: margin of the NRW share is (BAC/NRW)·e(SIV), not e(NRW)")
    func shareOfNonRevenueWater() throws {
        let share = try #require(try Self.caseD().indicators.indicators.first { $0.kind == .nonRevenueWaterShare })
        #expect(agrees(share.value.value, 0.3, relative: 1e-12))
        #expect(agrees(share.value.relativeMargin95, 0.1166667, relative: 1e-6))  // printed to seven digits
        let ratio = try Self.caseD().balance.revenueWaterRatio
        #expect(agrees(ratio.margin95, share.value.margin95, relative: 1e-12), "RWR = 1 − NRW share")
    }

    @Test(
        "indicators of case D",
        arguments: [
            (LossIndicator.Kind.infrastructureLeakageIndex, 7.167481716), (.realLossesPerConnection, 298.1672394),
            (.nonRevenueWaterPerConnection, 333.3333333), (.apparentLossesPerConnection, 24.05498282), (.unavoidableRealLosses, 374.4),
            (.realLossesPerMain, 0.9317726231 * 24), (.costOfNonRevenueWater, 409_364.433),
        ])
    func indicatorsOfCaseD(kind: LossIndicator.Kind, displayed: Double) throws {
        let indicator = try #require(try Self.caseD().indicators.indicators.first { $0.kind == kind })
        #expect(agrees(indicator.value.value, displayed, relative: Self.displayed))
    }

    @Test("margins of UARL and of NRW per connection as displayed for case D")
    func marginsOfCaseD() throws {
        let set = try Self.caseD().indicators
        func margin(_ kind: LossIndicator.Kind) -> Double? { set.indicators.first { $0.kind == kind }?.value.relativeMargin95 }
        #expect(agrees(margin(.unavoidableRealLosses), 0.1077609671, relative: Self.displayed))
        #expect(agrees(margin(.nonRevenueWaterPerConnection), 0.1740051085, relative: Self.displayed))
        // ILI: u(RL) and u(UARL) share no input, so relative margins add in squares.
        let real = try #require(try Self.caseD().balance.realLosses.relativeMargin95)
        #expect(agrees(margin(.infrastructureLeakageIndex), (real * real + 0.1077609671 * 0.1077609671).squareRoot(), relative: 1e-6))
    }

    @Test("the full case A: sums of margins, cost and intermittent supply (case B)", arguments: [24.0, 16.24390244])
    func casesAandB(hours: Double) throws {
        // Meter and data error and unauthorised use as the volumes and margins that EasyCalc displays.
        let input = BalanceInput(
            periodDays: 365,
            volumes: [
                .ownSources: sourced(10_000_000, 0.02), .imported: sourced(2_000_000, 0.05), .exported: sourced(300_000),
                .billedMetered: sourced(7_000_000), .billedUnmetered: sourced(200_000), .unbilledMetered: sourced(50_000),
                .unbilledUnmetered: sourced(140_000, (30_000.0 * 30_000 + 8_000 * 8_000).squareRoot() / 140_000),
                .unauthorised: sourced(264_625, 0.274327629), .meteringInaccuracy: sourced(478_229.3396, 0.2105974376),
            ])
        let b = try WaterBalance(input, defaults: .zero, exports: .billed)
        #expect(agrees(b.waterSupplied.relativeMargin95, 0.01863389981, relative: Self.displayed))
        #expect(agrees(b.authorisedConsumption.relativeMargin95, 0.00403749667, relative: Self.displayed))
        #expect(agrees(b.waterLosses.relativeMargin95, 0.05237867202, relative: Self.displayed))
        #expect(agrees(b.apparentLosses.value, 742_854.3396, relative: Self.displayed))
        #expect(agrees(b.apparentLosses.relativeMargin95, 0.1671253228, relative: Self.displayed))
        #expect(agrees(b.realLosses.value, 3_567_145.66, relative: Self.displayed))
        #expect(agrees(b.realLosses.relativeMargin95, 0.07222515932, relative: Self.displayed))
        #expect(agrees((1 - b.revenueWaterRatio.value), 0.375, relative: Self.displayed))
        #expect(agrees(b.revenueWaterRatio.margin95 / 0.375, 0.0310565, relative: 1e-6))  // corrected value of the page

        var profile = Self.profileD()
        profile.connections = sourced(41_550, 0.02960289)
        profile.mainsLength = sourced(500_020, 0.03)
        profile.serviceLineLength = sourced(6, 0.2)
        profile.averagePressure = sourced(32.31707317, 0.1)
        profile.supplyHours = sourced(hours, hours < 24 ? 0.05 : 0)
        profile.tariff = sourced(0.8)
        profile.variableProductionCost = sourced(0.2)
        let set = IndicatorSet(b, profile: profile)
        func value(_ kind: LossIndicator.Kind) -> Estimate? { set.indicators.first { $0.kind == kind }?.value }
        let continuous = hours == 24
        #expect(agrees(value(.infrastructureLeakageIndex)?.value, continuous ? 6.238746121 : 9.217606882, relative: Self.displayed))
        #expect(agrees(value(.realLossesPerConnection)?.value, continuous ? 235.2106332 : 347.518413, relative: Self.displayed))
        #expect(agrees(value(.nonRevenueWaterPerConnection)?.value, continuous ? 296.7212304 : 438.398935, relative: Self.displayed))
        #expect(agrees(value(.nonRevenueWaterPerConnection)?.relativeMargin95, continuous ? 0.05784001 : 0.07645565, relative: 1e-6))
        #expect(agrees(value(.realLossesPerMain)?.relativeMargin95, continuous ? 0.07820789 : 0.09282496, relative: 1e-6))
        // Without the saleable 3,000 m³/d, which the form here has not: 2,116,712.604 − 3,000·365·(0.8 − 0.2).
        #expect(agrees(value(.costOfNonRevenueWater)?.value, 2_116_712.604 - 3_000 * 365 * 0.6, relative: Self.displayed))
    }

    @Test("W1: variance of non-revenue water from five sources and billed consumption")
    func varianceTable() throws {
        // Five independent meters enter as one line with their combined margin.
        let sources = [7_512.80, 10_519.84, 6_580.71, 4_411.61, 7.60]
        let margin = sources.map { $0 * 0.0255 * $0 * 0.0255 }.reduce(0, +).squareRoot()
        let total = sources.reduce(0, +)
        let b = try WaterBalance(
            BalanceInput(
                periodDays: 365, volumes: [.ownSources: sourced(total, margin / total), .billedMetered: sourced(24_778.64, 0.01125)]),
            defaults: .zero)
        // The book divides margins by 1.96, not 1.959964: 4e-5 in a variance.
        #expect(agrees(b.nonRevenueWater.value, 4_253.92, relative: 1e-9))
        #expect(agrees(b.nonRevenueWater.standardDeviation * b.nonRevenueWater.standardDeviation, 59_138.038, relative: 5e-5))
        #expect(agrees(b.nonRevenueWater.relativeMargin95, 0.112047, relative: 1e-5))
    }

    @Test("another unit of volume scales every term and no ratio")
    func scaling() throws {
        func balance(_ factor: Double) throws -> WaterBalance {
            try WaterBalance(
                BalanceInput(
                    periodDays: 365,
                    volumes: [.ownSources: sourced(1000 * factor, 0.03), .billedMetered: sourced(600 * factor, 0.02)]))
        }
        let one = try balance(1), thousand = try balance(1000)
        let rounding = 1e-12
        #expect(agrees(thousand.realLosses.value, one.realLosses.value * 1000, relative: rounding))
        #expect(agrees(thousand.realLosses.margin95, one.realLosses.margin95 * 1000, relative: rounding))
        #expect(agrees(thousand.revenueWaterRatio.value, one.revenueWaterRatio.value, relative: rounding))
        #expect(agrees(thousand.revenueWaterRatio.margin95, one.revenueWaterRatio.margin95, relative: rounding))
    }

    @Test("variance shares add up to one, and the largest input leads")
    func shares() throws {
        let shares = try Self.caseD().balance.varianceShares(of: \.realLosses)
        #expect(shares.first?.input == "own_sources")
        #expect(agrees(shares.map(\.share).reduce(0, +), 1, relative: 1e-12))
        // u² of supply is (182,500)² of 182,500² + 18,250² + (79,020.6·0.5/0.97)².
        let expected = 182_500.0 * 182_500 / (182_500.0 * 182_500 + 18_250.0 * 18_250 + 40_732.277 * 40_732.277)
        #expect(agrees(shares.first?.share, expected, relative: 1e-5))
    }

    @Test("a balance that cannot be drawn up names the line")
    func missingLines() {
        func problem(_ volumes: [BalanceInput.Line: SourcedValue], days: Double = 365, share: Double? = nil) -> BalanceError? {
            do throws(BalanceError) {
                _ = try WaterBalance(
                    BalanceInput(periodDays: days, volumes: volumes, meterUnderRegistration: share.map { sourced($0) }))
                return nil
            } catch { return error }
        }
        #expect(problem([.billedMetered: sourced(5)]) == .missing(.ownSources, orLine: .imported))
        #expect(problem([.ownSources: sourced(5), .billedMetered: .unknown]) == .missing(.billedMetered, orLine: .billedUnmetered))
        #expect(problem([.ownSources: sourced(5), .billedMetered: sourced(-1)]) == .invalidVolume(.billedMetered, -1))
        #expect(problem([.ownSources: sourced(5), .exported: sourced(9), .billedMetered: sourced(1)]) == .nothingSupplied(-4))
        #expect(problem([.ownSources: sourced(5), .billedMetered: sourced(1)], days: 0) == .invalidPeriod(0))
        #expect(problem([.ownSources: sourced(5), .billedMetered: sourced(1)], share: 1) == .invalidUnderRegistration(1))
        #expect(problem([.ownSources: sourced(5), .billedMetered: sourced(1)]) == nil)
    }

    @Test("lines not given are named with their rule")
    func namedDefaults() throws {
        let b = try WaterBalance(BalanceInput(periodDays: 365, volumes: [.imported: sourced(1000), .billedMetered: sourced(700)]))
        for line in [
            "own_sources", "exported", "billed_unmetered", "unbilled_metered", "unbilled_unmetered", "unauthorised", "metering_inaccuracy",
            "data_handling",
        ] {
            #expect(b.defaults.contains { $0.hasPrefix(line + ":") }, "\(line) is named")
        }
        #expect(b.realLosses.standardDeviation > 0, "assumptions have a range")
    }

    /// 95 % intervals must hold the truth in 93 to 97 of 100 cases (binomial scatter of 4,000 cases: 0.7 points at 95 %).
    @Test("simulated truths lie in the 95 % intervals as often as these say")
    func coverage() throws {
        let random = try RandomNumbers(seed: 20_260)
        let cases = 4_000
        var hits: [String: Int] = [:]
        func draw(_ truth: Double, _ margin: Double) -> SourcedValue {
            // What the utility writes: truth with a normal error, and a margin of that size.
            let sigma = truth * margin / Estimate.normal95
            let value = random.normal(mean: truth, standardDeviation: sigma)
            return SourcedValue(value, low: value - truth * margin, high: value + truth * margin, status: .measured)
        }
        let supply = 1_000_000.0, billed = 620_000.0, unbilled = 10_000.0, theft = 20_000.0, p = 0.06
        let meters = billed * p / (1 - p), data = 2_000.0
        let real = supply - billed - unbilled - theft - meters - data
        let connections = 12_000.0, mains = 150_000.0, pressure = 38.0, line = 5.0
        let uarl = (18e-3 * mains + 0.8 * connections + 25e-3 * line * connections) * pressure / 1000
        let truths: [String: Double] = [
            "NRW": supply - billed, "RL": real, "RWR": billed / supply, "ILI": real / 365 / uarl,
        ]
        for _ in 0..<cases {
            let input = BalanceInput(
                periodDays: 365,
                volumes: [
                    .ownSources: draw(supply, 0.04), .billedMetered: draw(billed, 0.02), .unbilledUnmetered: draw(unbilled, 0.4),
                    .unauthorised: draw(theft, 0.5), .dataHandling: draw(data, 0.5),
                ], meterUnderRegistration: draw(p, 0.4))
            let b = try WaterBalance(input)
            var profile = CityProfile(name: "", country: "XX", currency: "XXX")
            profile.connections = draw(connections, 0.03)
            profile.mainsLength = draw(mains, 0.05)
            profile.averagePressure = draw(pressure, 0.1)
            profile.serviceLineLength = draw(line, 0.2)
            profile.supplyHours = sourced(24)
            let ili = IndicatorSet(b, profile: profile).indicators.first { $0.kind == .infrastructureLeakageIndex }?.value
            let estimates = ["NRW": b.nonRevenueWater, "RL": b.realLosses, "RWR": b.revenueWaterRatio, "ILI": try #require(ili)]
            for (name, estimate) in estimates {
                if let truth = truths[name], truth >= estimate.low95, truth <= estimate.high95 { hits[name, default: 0] += 1 }
            }
        }
        for name in truths.keys.sorted() {
            let share = Double(hits[name] ?? 0) / Double(cases)
            #expect(share > 0.93 && share < 0.97, "\(name): \(share)")
        }
    }
}
