// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterLoss
import WaterModel

@Suite("Estimators of apparent losses, balances of parts, Korean statistics")
struct LossEstimatorTests {
    static func balance(
        _ errors: MeterErrors, billed: Double = 1000, share: SourcedValue? = nil, exported: Double = 0,
        exports: ExportConvention = .billed
    ) throws -> WaterBalance {
        try WaterBalance(
            BalanceInput(
                periodDays: 365, volumes: [.ownSources: sourced(2000), .billedMetered: sourced(billed), .exported: sourced(exported)],
                meterUnderRegistration: share, meterErrors: errors), defaults: .zero, exports: exports)
    }

    @Test("W4: large meters by flow class, 939.2 MG at 90, 96.54 and 101 % registration")
    func flowProfile() throws {
        var errors = MeterErrors()
        errors.classes = [
            .init(
                name: "large", registered: 939.2,
                cause: .flowProfile([(10, sourced(0.9, 0.02)), (65, sourced(0.9654)), (25, sourced(1.01))]))
        ]
        let b = try Self.balance(errors, billed: 939.2)
        // The vectors' last digit, half a unit of it; the book prints 29.97, as it rounds its three parts.
        #expect(agrees(b.meteringInaccuracy.value, 29.9905, relative: 2e-6))
        #expect(abs(b.meteringInaccuracy.value - 29.97) < 0.03)
        // d(V f/R)/dR = −V f/R².
        #expect(agrees(b.meteringInaccuracy.margin95, 93.92 / 0.81 * 0.018, relative: 1e-9))
    }

    @Test("meters by age, and classes that hold a part of the volume")
    func age() throws {
        var errors = MeterErrors()
        errors.classes = [
            .init(name: "old", registered: 400, cause: .age(new: sourced(0.01), perYear: sourced(0.003), years: sourced(10)))
        ]
        let p = 0.04, rest = 0.02
        let covered = try Self.balance(errors, share: sourced(rest))
        #expect(agrees(covered.meteringInaccuracy.value, 400 * p / (1 - p) + 600 * rest / (1 - rest), relative: 1e-12))
        // Without a share for the rest, the classes speak for all, and it is said.
        let spread = try Self.balance(errors)
        #expect(agrees(spread.meteringInaccuracy.value, 1000 * p / (1 - p), relative: 1e-12))
        #expect(spread.defaults.contains { $0.contains("meter classes hold 40.0 %") })
    }

    @Test("what the export meter misses is an apparent loss of a seller and no supply of the others: real losses are the same")
    func exportMeter() throws {
        var errors = MeterErrors()
        errors.exported = sourced(0.05)
        let seller = try Self.balance(errors, exported: 190), other = try Self.balance(errors, exported: 190, exports: .beforeSupply)
        #expect(agrees(seller.meteringInaccuracy.value, 10, relative: 1e-12) && other.meteringInaccuracy.value == 0)
        #expect(agrees(other.waterSupplied.value, 1800, relative: 1e-12))
        #expect(agrees(seller.realLosses.value, other.realLosses.value, relative: 1e-12))
    }

    @Test("a known error of a source meter is taken off: 101 registered with +1 % are 100")
    func sourceMeter() throws {
        let part = BalancePart(name: "works", volume: sourced(101, 0.02), meterError: sourced(0.01))
        let b = try WaterBalance(
            BalanceInput(periodDays: 365, volumes: [.billedMetered: sourced(60)], parts: [.ownSources: [part]]), defaults: .zero)
        #expect(agrees(b.waterSupplied.value, 100, relative: 1e-12) && agrees(b.waterSupplied.relativeMargin95, 0.02, relative: 1e-12))
    }

    @Test("an estimator with a figure missing or impossible is a clear error")
    func faults() {
        var use = UnauthorisedUse()
        use.tampering = .init(number: .unknown, use: sourced(0.2))
        func problem(_ use: UnauthorisedUse?, _ errors: MeterErrors?) -> String? {
            do throws(BalanceError) {
                _ = try WaterBalance(
                    BalanceInput(
                        periodDays: 365, volumes: [.ownSources: sourced(2000), .billedMetered: sourced(1000)], unauthorisedUse: use,
                        meterErrors: errors), defaults: .zero)
                return nil
            } catch { return error.description }
        }
        #expect(problem(use, nil)?.contains("customers who tamper is missing") == true)
        var errors = MeterErrors()
        errors.corruptReading = sourced(1.2)
        #expect(problem(nil, errors)?.contains("under-registration is 120.0 %") == true)
        errors = MeterErrors()
        errors.classes = [.init(name: "x", registered: -5, cause: .share(sourced(0.05)))]
        #expect(problem(nil, errors)?.contains("meter class x") == true)
    }

    // MARK: Months and zones

    static func parts(_ count: Int, _ margin: Double) -> [WaterSystem.Part] {
        (0..<count).map { index in
            .init(
                name: "part \(index + 1)",
                balance: BalanceInput(
                    periodDays: 30, volumes: [.ownSources: sourced(1000 + Double(index), margin), .billedMetered: sourced(700)]))
        }
    }

    @Test("the meter errors of months are the same error: margins add up; those of zones add in squares")
    func monthsAndZones() throws {
        let months = try BalanceSet(Self.parts(4, 0.05), kind: .months, defaults: .zero)
        let zones = try BalanceSet(Self.parts(4, 0.05), kind: .zones, defaults: .zero)
        let margins = (0..<4).map { (1000 + Double($0)) * 0.05 }
        #expect(months.total.periodDays == 120 && zones.total.periodDays == 30)
        #expect(agrees(months.total.realLosses.value, 4 * 300 + 6, relative: 1e-12))
        #expect(agrees(months.total.realLosses.margin95, margins.reduce(0, +), relative: 1e-12))
        #expect(agrees(zones.total.realLosses.margin95, margins.reduce(0) { $0 + $1 * $1 }.squareRoot(), relative: 1e-12))
        #expect(agrees(months.parts[1].balance.realLosses.margin95, margins[1], relative: 1e-12))
        #expect(zones.total.varianceShares(of: \.realLosses).first?.input == "part 4, own_sources")
        #expect(throws: BalanceError.self) { try BalanceSet([], kind: .zones) }
    }

    // MARK: Korean statistics

    @Test("IWA lines to the Korean tree and back are the same to the last bit", arguments: KoreanStatistics.ReliefCredit.allCases)
    func roundTrip(credit: KoreanStatistics.ReliefCredit) {
        var state: UInt64 = 12_345
        func random(_ top: Double) -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24) * top
        }
        for _ in 0..<500 {
            var lines: [BalanceInput.Line: Double] = [:]
            for line in BalanceInput.Line.allCases { lines[line] = random(1e6) }
            let real = random(1e6)
            // Waterworks' own use, other revenue and, where it is a real loss, the relief credit: inside the IWA lines.
            var detail: [KoreanStatistics.Term: Double] = [
                .waterworksMetered: random(lines[.unbilledMetered] ?? 0), .waterworksUnmetered: random(lines[.unbilledUnmetered] ?? 0),
                .otherRevenue: random(lines[.billedUnmetered] ?? 0),
            ]
            if credit == .realLoss { detail[.reliefCredit] = random(real) }
            let korean = KoreanStatistics(lines: lines, realLosses: real, detail: detail, reliefCredit: credit)
            #expect(korean.lines == lines && korean.realLosses == real)
            let again = KoreanStatistics(
                lines: korean.lines, realLosses: korean.realLosses, detail: korean.detail, reliefCredit: credit)
            #expect(again == korean)
        }
    }

    @Test("W15, Ulsan 2000: 70.3 + 12 + 13 + 4.7 = 100, with the leakage as the residual")
    func ulsan() {
        let ulsan = KoreanStatistics(
            ownSources: 100, volumes: [.chargedMetered: 70.3, .meterInsensitivity: 13, .publicUnmetered: 4.7], reliefCredit: .dataHandling)
        #expect(agrees(ulsan[.leakage], 12, relative: 1e-12) && ulsan.residual == .leakage)
        #expect(agrees(ulsan.revenueWaterRatio + ulsan.nonRevenueEffectiveRatio + ulsan.ineffective / ulsan.supply, 1, relative: 1e-12))
        #expect(agrees(ulsan.effectiveRatio, 0.88, relative: 1e-12), "theft and meter error count as effective")
        #expect(abs(ulsan.closure) < 1e-12)
    }

    @Test("the relief credit is a real loss or an error of the office: the leakage stays, real losses differ by it")
    func reliefCredit() throws {
        func statistics(_ credit: KoreanStatistics.ReliefCredit) -> KoreanStatistics {
            KoreanStatistics(
                ownSources: 1000, volumes: [.chargedMetered: 900, .meterInsensitivity: 20, .reliefCredit: 5], reliefCredit: credit)
        }
        #expect(
            agrees(statistics(.realLoss).realLosses, 80, relative: 1e-12)
                && agrees(statistics(.dataHandling).realLosses, 75, relative: 1e-12))
        #expect(statistics(.dataHandling).lines[.dataHandling] == 5)
        let balance = try WaterBalance(
            statistics(.dataHandling).balanceInput(periodDays: 365, status: .published), defaults: .zero, exports: .billed)
        #expect(agrees(balance.realLosses.value, 75, relative: 1e-9))
    }

    /// W15: assessed and supplied, thousand m³, and the ratio. Seoul 2015 printed 95.2.
    static let pairs: [(String, Double, Double, Double)] = [
        ("Seoul 2016", 1_107_441, 1_162_268, 95.28276), ("Seoul 2015", 1_100_600, 1_156_808, 95.14111),
        ("Seoul December 2016", 88_473, 94_402, 93.71941), ("Seoul December 2015", 88_598, 94_356, 93.89758),
        ("Gangdong 2021", 129_912, 133_915, 97.01079), ("Gangnam January-October 2022", 105_245, 107_387, 98.00535),
        ("Gangnam January-October 2021", 105_479, 107_739, 97.90234), ("Gangnam October 2022", 10_609, 10_735, 98.82627),
        ("Gangnam October 2021", 10_516, 10_503, 100.1238), ("Gangnam January-April 2021", 40_560, 42_628, 95.14873),
        ("Gangnam April 2021, first report", 10_921, 10_621, 102.8246), ("Gangnam January-April 2020", 41_369, 42_131, 98.19136),
        ("Gangnam April 2020", 10_870, 10_289, 105.6468), ("Korea 2022", 5874, 6808, 86.28085), ("Korea 2023", 5862, 6795, 86.26932),
    ]

    @Test("W15: revenue-water ratios of published pairs, to their seven digits", arguments: pairs)
    func publishedRatios(name: String, assessed: Double, supply: Double, percent: Double) throws {
        let statistics = KoreanStatistics(ownSources: supply, volumes: [.chargedMetered: assessed], reliefCredit: .dataHandling)
        #expect(agrees(statistics.revenueWaterRatio * 100, percent, relative: 5e-7), "\(name)")
    }
}
