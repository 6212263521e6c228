// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterModel

@testable import WaterLoss
@testable import balance_coverage

@Suite("Uncertainty: linear and simulated, from one formula")
struct UncertaintyTests {
    /// Error of a 2.5 % point of 8,192 Sobol samples, as a part of the half width; with several inputs more.
    static let ofPercentiles = 0.015

    static func run(_ samples: Int = 8192, seed: UInt64 = 7) throws -> MonteCarlo { try MonteCarlo(samples: samples, seed: seed) }

    static func within(_ value: Double, _ expected: Double, of width: Double, _ part: Double = ofPercentiles) -> Bool {
        abs(value - expected) <= part * width
    }

    /// Shape, and its 2.5 % and 97.5 % points for low 1, value 3, high 11.
    static let shapes: [(RangeShape?, Double, Double)] = [
        (nil, 1, 11), (.splitNormal, 1, 11), (.lognormal, 1, 11), (.uniform, 1.25, 10.75),
        // lower + √(p (u − l)(m − l)), upper − √(p (u − l)(u − m)).
        (.triangular, 1 + (0.025 * 10 * 2.0).squareRoot(), 11 - (0.025 * 10 * 8.0).squareRoot()),
        // Beta(1.8, 4.2) between 1 and 11 by scipy.
        (.pert, 1.392127, 7.831343),
    ]

    @Test("the interval of an input is that of its range and shape", arguments: shapes)
    func intervalOfInput(shape: RangeShape?, low: Double, high: Double) throws {
        var register = InputRegister(monteCarlo: try Self.run())
        let figure = SourcedValue(3, low: 1, high: 11, status: .measured, shape: shape)
        let estimate = try #require(register.input("x", figure)?.estimate)
        #expect(Self.within(estimate.low95, low, of: high - low) && Self.within(estimate.high95, high, of: high - low))
        #expect(estimate.value == 3)
    }

    @Test("a sum of normal inputs: the simulation finds what linear propagation says")
    func linearSum() throws {
        let made = EasyCalcCase.simple(margins: 1)
        let b = try WaterBalance(made.input, defaults: .zero, exports: .billed, monteCarlo: try Self.run())
        for term in [b.terms.waterLosses, b.terms.nonRevenueWater] {
            let linear = term.linearEstimate, both = term.estimate
            #expect(
                Self.within(both.low95, linear.low95, of: linear.margin95) && Self.within(both.high95, linear.high95, of: linear.margin95))
        }
    }

    @Test("a product of lognormal inputs is lognormal: the simulated interval is the exact one, the linear one is not")
    func lognormalProduct() throws {
        func figure(_ value: Double, _ factor: Double) -> SourcedValue {
            SourcedValue(value, low: value / factor, high: value * factor, status: .assumed, shape: .lognormal)
        }
        var use = UnauthorisedUse()
        use.tampering = .init(number: figure(1000, 1.8), use: figure(0.2, 1.5))
        let input = BalanceInput(
            periodDays: 365, volumes: [.ownSources: sourced(1e6), .billedMetered: sourced(7e5)], unauthorisedUse: use)
        let b = try WaterBalance(input, defaults: .zero, monteCarlo: try Self.run())
        let factor = exp((log(1.8) * log(1.8) + log(1.5) * log(1.5)).squareRoot())
        let exact = (73_000 / factor, 73_000 * factor), width = exact.1 - exact.0
        #expect(agrees(b.unauthorised.value, 73_000, relative: 1e-12))
        #expect(Self.within(b.unauthorised.low95, exact.0, of: width) && Self.within(b.unauthorised.high95, exact.1, of: width))
        #expect(!Self.within(b.terms.unauthorised.linearEstimate.low95, exact.0, of: width, 0.05))
    }

    @Test("errors that are shared add up, in both ways of reckoning", arguments: [0, 0.5, 1.0])
    func sharedErrors(correlation: Double) throws {
        func part(_ name: String) -> BalancePart {
            var volume = sourced(1000, 0.1)
            volume.errorGroup = ErrorGroup(name: "meters of one type", correlation: correlation)
            return BalancePart(name: name, volume: volume)
        }
        let input = BalanceInput(
            periodDays: 365, volumes: [.billedMetered: sourced(1500)], parts: [.ownSources: [part("a"), part("b"), part("c")]])
        let b = try WaterBalance(input, defaults: .zero, monteCarlo: try Self.run())
        let expected = 100 * (3 + 6 * correlation).squareRoot()
        #expect(agrees(b.terms.ownSources.linearEstimate.margin95, expected, relative: 1e-12))
        #expect(Self.within((b.ownSources.high95 - b.ownSources.low95) / 2, expected, of: expected))
        let shares = b.varianceShares(of: \.nonRevenueWater)
        #expect(agrees(shares.map(\.share).reduce(0, +), 1, relative: 1e-12))
        if correlation == 1 { #expect(shares.map(\.input) == ["common error of meters of one type"]) }
    }

    @Test("the next measurement is told for parts of lines and for shared errors too")
    func measurements() {
        #expect(DataAdvice.measurement("own_sources: Works 1") == DataAdvice.measurement("own_sources"))
        #expect(DataAdvice.measurement("common error of own_sources") == DataAdvice.measurement("own_sources"))
        #expect(DataAdvice.measurement("common error of works meters").contains("several of works meters against one standard"))
    }

    @Test("more inputs than Sobol's table has columns: sixty sources average out as they should")
    func manyInputs() throws {
        let parts = (0..<60).map { BalancePart(name: "\($0)", volume: sourced(1000, 0.1)) }
        let b = try WaterBalance(
            BalanceInput(periodDays: 365, volumes: [.billedMetered: sourced(5e4)], parts: [.ownSources: parts]), defaults: .zero,
            monteCarlo: try Self.run())
        let expected = 100 * 60.0.squareRoot()
        // Twenty of the columns are pseudo-random: an error of 0.04 standard deviations in a 2.5 % point, two of them allowed.
        #expect(Self.within((b.ownSources.high95 - b.ownSources.low95) / 2, expected, of: expected, 0.04))
    }

    @Test("the same seed gives the same interval to the last bit, another seed nearly the same")
    func seeds() throws {
        func interval(_ seed: UInt64) throws -> Estimate {
            let made = EasyCalcCase.a()
            let b = try WaterBalance(made.input, defaults: .zero, exports: .billed, monteCarlo: try Self.run(seed: seed))
            return try #require(IndicatorSet(b, profile: made.profile)[.infrastructureLeakageIndex]).value
        }
        let one = try interval(1), again = try interval(1), other = try interval(2)
        #expect(one == again && one != other)
        #expect(Self.within(one.low95, other.low95, of: one.high95 - one.low95, 0.02))
        #expect(throws: NumericalError.self) { try MonteCarlo(samples: 5, seed: 1) }
    }

    @Test("W1 with five meters of their own: variance of non-revenue water")
    func varianceTable() throws {
        let parts = [7_512.80, 10_519.84, 6_580.71, 4_411.61, 7.60].enumerated().map {
            BalancePart(name: "\($0.offset)", volume: sourced($0.element, 0.0255))
        }
        let b = try WaterBalance(
            BalanceInput(periodDays: 365, volumes: [.billedMetered: sourced(24_778.64, 0.01125)], parts: [.ownSources: parts]),
            defaults: .zero)
        func variance(_ e: Estimate) -> Double { e.standardDeviation * e.standardDeviation }
        // The book divides by 1.96, not 1.959964: 4e-5 in a variance.
        #expect(agrees(variance(b.waterSupplied), 38_910.276, relative: 5e-5))
        #expect(agrees(variance(b.billedMetered), 20_227.762, relative: 5e-5))
        #expect(agrees(variance(b.nonRevenueWater), 59_138.038, relative: 5e-5))
        #expect(agrees(b.waterSupplied.relativeMargin95, 0.0133169, relative: 1e-5))
    }

    /// Tools/Benchmarks/balance.py counts 2,000 cases. Three standard deviations of 500: 2.9 points, and the 2 points of the bars.
    @Test("95 % intervals of every indicator hold the truth as often as they say", arguments: SyntheticSystem.Design.allCases)
    func coverage(design: SyntheticSystem.Design) throws {
        let cases = 500
        let coverage = try Coverage(design, cases: cases, samples: 256, seed: 3)
        #expect(coverage.hits.count == LossIndicator.Kind.allCases.count)
        for (kind, hits) in coverage.hits {
            let shares = (Double(hits.linear) / Double(cases), Double(hits.simulated) / Double(cases))
            #expect(abs(shares.0 - 0.95) < 0.035 && abs(shares.1 - 0.95) < 0.035, "\(design) \(kind): \(shares)")
        }
    }

    @Test("worth of better data: expected gain of deciding after the measurement")
    func worth() throws {
        // One uncertain input alone: cost = (1000 ± 196 − 600)·0.5.
        let input = BalanceInput(
            periodDays: 365,
            volumes: [.ownSources: sourced(1000, 0.1 * Estimate.normal95), .billedMetered: sourced(600), .meteringInaccuracy: sourced(0)])
        var profile = CityProfile(name: "", country: "XX", currency: "XXX")
        (profile.tariff, profile.variableProductionCost) = (sourced(2), sourced(0.5))
        let set = IndicatorSet(try WaterBalance(input, defaults: .zero), profile: profile)
        let most = try #require(set.worthOfHalving(.costOfNonRevenueWater).first)
        let gain = 50 * 0.75.squareRoot()
        #expect(most.share == 1 && agrees(most.remainingMargin, 0.5, relative: 1e-12))
        #expect(agrees(most.worth, gain / (2 * Double.pi).squareRoot(), relative: 1e-12))
        #expect(agrees(most.narrowing, 25 * Estimate.normal95, relative: 1e-12))
        // Against the integral of max(0, x) over the estimate after the measurement, N(200 − 170, gain²).
        var integral = 0.0
        let step = 0.01
        for index in -1000...1000 {
            let z = Double(index) * step
            integral += max(0, 30 + gain * z) * exp(-z * z / 2) / (2 * Double.pi).squareRoot() * step
        }
        let decided = try #require(set.worthOfHalving(.costOfNonRevenueWater, breakEven: 170).first)
        #expect(agrees(decided.worth, integral - 30, relative: 1e-3))
    }
}
