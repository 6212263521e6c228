// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterLoss
import WaterModel

/// An invented water system of which everything is known, and what its utility would write down of it.
public struct SyntheticSystem {
    /// How figures differ from the truth.
    public enum Design: String, CaseIterable, Sendable {
        /// Small normal errors around the truth.
        case narrow
        /// Large errors of several shapes around the truth, some of them shared by meters of one type.
        case wide
        /// The utility states a value and a range; the truth is drawn from it.
        case belief
    }

    public let input: BalanceInput
    public let profile: CityProfile
    /// What every indicator truly is.
    public let truth: [LossIndicator.Kind: Double]

    /// - random: the same generator in the same state gives the same system.
    public init(_ design: Design, _ random: RandomNumbers) {
        let writer = Writer(design, random)
        let count = exp(random.uniform(log(4_000), log(200_000)))
        let density = random.uniform(25, 90)
        let days = 365.0

        // The truth, in m³ a year.
        let metered = writer.write(count * random.uniform(120, 400), .normal, narrow: 0.01, wide: 0.02)
        let unmetered = writer.write(metered.truth * random.uniform(0.02, 0.15), .normal, narrow: 0.1, wide: 0.25)
        let unbilledMetered = writer.write(metered.truth * random.uniform(0.002, 0.02), .normal, narrow: 0.05, wide: 0.1)
        let unbilledUnmetered = writer.write(metered.truth * random.uniform(0.003, 0.02), .lognormal, narrow: 0.3, wide: 0.6)
        let exported = writer.write(metered.truth * random.uniform(0.01, 0.1), .normal, narrow: 0.01, wide: 0.02)
        let share = writer.write(random.uniform(0.02, 0.1), .lognormal, narrow: 0.3, wide: 0.6)
        let exportShare = writer.write(random.uniform(0.005, 0.02), .normal, narrow: 0.2, wide: 0.4)
        let corrupt = writer.write(random.uniform(0.001, 0.01), .lognormal, narrow: 0.3, wide: 0.7)
        let office = writer.write(metered.truth * random.uniform(0.001, 0.01), .uniform, narrow: 0.3, wide: 0.8)
        let households = writer.write(count * random.uniform(0.005, 0.04), .lognormal, narrow: 0.3, wide: 0.6)
        let persons = writer.write(random.uniform(2.5, 5.5), .normal, narrow: 0.05, wide: 0.1)
        let perPerson = writer.write(random.uniform(0.08, 0.2), .triangular, narrow: 0.2, wide: 0.4)
        let tampering = writer.write(count * random.uniform(0.005, 0.03), .lognormal, narrow: 0.3, wide: 0.6)
        let tampered = writer.write(random.uniform(0.1, 0.3), .normal, narrow: 0.2, wide: 0.3)

        let registered = writer.write(count, .normal, narrow: 0.01, wide: 0.03)
        let inactive = writer.write(count * random.uniform(0.01, 0.05), .normal, narrow: 0.05, wide: 0.2)
        let customers = writer.write(count * random.uniform(0.9, 1.2), .normal, narrow: 0.005, wide: 0.02)
        let mains = writer.write(count / density * 1000, .normal, narrow: 0.02, wide: 0.05)
        let line = writer.write(random.uniform(3, 12), .uniform, narrow: 0.1, wide: 0.3)
        let pressure = writer.write(random.uniform(25, 60), .normal, narrow: 0.05, wide: 0.12)
        let hours = writer.write(random.uniform(12, 21), .normal, narrow: 0.02, wide: 0.06)
        let cost = writer.write(random.uniform(0.1, 0.4), .uniform, narrow: 0.05, wide: 0.2)
        let opex = writer.write(count * random.uniform(80, 200), .normal, narrow: 0.01, wide: 0.03)
        let tariff = random.uniform(0.5, 2)

        let allConnections = registered.truth + inactive.truth + households.truth
        let unavoidable =
            (18e-3 * mains.truth + 0.8 * allConnections + 25e-3 * line.truth * allConnections) * pressure.truth / 1000 * hours.truth / 24
        let real = unavoidable * days * random.uniform(1.5, 9)
        let billed = metered.truth + unmetered.truth + exported.truth
        let unbilled = unbilledMetered.truth + unbilledUnmetered.truth
        let theft = days * (households.truth * persons.truth * perPerson.truth + tampering.truth * tampered.truth)
        let meters =
            (metered.truth + unbilledMetered.truth) * share.truth / (1 - share.truth)
            + exported.truth * exportShare.truth / (1 - exportShare.truth)
        let data = billed * corrupt.truth / (1 - corrupt.truth) + office.truth
        let apparent = theft + meters + data
        let supply = billed + unbilled + apparent + real
        // Three own sources with meters of one type, one bought from others.
        let parts = [0.45, 0.25, 0.18].map { part in writer.writeSource(supply * part) }
        let imported = writer.write(supply * 0.12, .normal, narrow: 0.02, wide: 0.04)
        // A belief moves the truth of the sources, and with it the residual.
        let input = parts.reduce(imported.truth) { $0 + $1.truth }
        let trueReal = input - billed - unbilled - apparent

        var use = UnauthorisedUse()
        use.illegalHouseholds = .init(number: households.stated, persons: persons.stated, usePerPerson: perPerson.stated)
        use.tampering = .init(number: tampering.stated, use: tampered.stated)
        var errors = MeterErrors()
        (errors.exported, errors.corruptReading, errors.officeVolume) = (exportShare.stated, corrupt.stated, office.stated)
        self.input = BalanceInput(
            periodDays: days,
            volumes: [
                .imported: imported.stated, .exported: exported.stated, .billedMetered: metered.stated,
                .billedUnmetered: unmetered.stated, .unbilledMetered: unbilledMetered.stated, .unbilledUnmetered: unbilledUnmetered.stated,
            ], meterUnderRegistration: share.stated,
            parts: [.ownSources: parts.enumerated().map { BalancePart(name: "\($0.offset + 1)", volume: $0.element.stated) }],
            unauthorisedUse: use, meterErrors: errors)
        var profile = CityProfile(name: "synthetic", country: "XX", currency: "XXX")
        profile.connections = registered.stated
        profile.inactiveConnections = inactive.stated
        profile.customers = customers.stated
        profile.mainsLength = mains.stated
        profile.serviceLineLength = line.stated
        profile.averagePressure = pressure.stated
        profile.supplyHours = hours.stated
        profile.tariff = SourcedValue(tariff, status: .synthetic)
        profile.variableProductionCost = cost.stated
        profile.operatingCost = opex.stated
        self.profile = profile

        let perConnection = 1000 / days / allConnections, pressurised = 24 / hours.truth
        let value = (unbilled + apparent) * tariff + trueReal * cost.truth
        truth = [
            .revenueWaterRatio: billed / input, .nonRevenueWaterShare: 1 - billed / input,
            .nonRevenueWaterPerConnection: (input - billed) * perConnection * pressurised,
            .realLossesPerConnection: trueReal * perConnection * pressurised,
            .realLossesPerConnectionAndMetre: trueReal * perConnection * pressurised / pressure.truth,
            .realLossesPerMain: trueReal / days / (mains.truth / 1000) * pressurised,
            .apparentLossesPerConnection: apparent * perConnection,
            .apparentLossesPerCustomer: apparent * 1000 / days / customers.truth,
            .apparentLossesShare: apparent / (billed + unbilled), .apparentLossIndex: apparent / (0.05 * billed),
            .currentAnnualRealLosses: trueReal / days, .unavoidableRealLosses: unavoidable,
            .infrastructureLeakageIndex: trueReal / days / unavoidable, .costOfNonRevenueWater: value,
            .costShareOfNonRevenueWater: value / opex.truth, .apparentLossCostPerConnection: apparent * tariff / allConnections,
            .realLossCostPerConnection: trueReal * cost.truth / allConnections,
        ]
    }
}

/// Puts errors on true figures, or draws the truth from what is stated.
private final class Writer {
    let design: SyntheticSystem.Design
    let random: RandomNumbers
    /// Error that the source meters of a system have in common.
    private let shared: Double
    private static let correlation = 0.5

    init(_ design: SyntheticSystem.Design, _ random: RandomNumbers) {
        self.design = design
        self.random = random
        shared = random.normal()
    }

    /// - size: the truth, or in the design of beliefs the stated value.
    /// - shape: of the error in the wide design and of the belief; the narrow one is normal.
    /// - narrow, wide: half widths of the 95 % range, or of the limits, as a fraction.
    func write(_ size: Double, _ shape: RangeShape, narrow: Double, wide: Double) -> (truth: Double, stated: SourcedValue) {
        switch design {
        case .narrow: around(size, .normal, narrow, score: random.normal())
        case .wide: around(size, shape, wide * random.uniform(0.5, 1), score: random.normal())
        case .belief: believed(size, shape, wide * random.uniform(0.5, 1), score: random.normal())
        }
    }

    func writeSource(_ size: Double) -> (truth: Double, stated: SourcedValue) {
        let own = random.normal()
        if design == .narrow { return around(size, .normal, 0.015, score: own) }
        let score = Self.correlation.squareRoot() * shared + (1 - Self.correlation).squareRoot() * own
        var made = design == .wide ? around(size, .normal, 0.05, score: score) : believed(size, .normal, 0.05, score: score)
        made.stated.errorGroup = ErrorGroup(name: "source meters", correlation: Self.correlation)
        return made
    }

    /// A measurement with an error of known spread; the range is put around what was measured.
    private func around(_ truth: Double, _ shape: RangeShape, _ half: Double, score: Double) -> (truth: Double, stated: SourcedValue) {
        if shape == .lognormal {
            let deviation = log(1 + half) / Estimate.normal95
            let value = truth * exp(deviation * score)
            return (truth, stated(value, value / (1 + half), value * (1 + half), .lognormal))
        }
        let width = truth * half
        let error: Double =
            switch shape {
            case .uniform: width * (2 * Normal().cumulative(score) - 1)
            case .triangular: Triangular(lower: -width, mode: 0, upper: width).quantile(Normal().cumulative(score))
            default: width / Estimate.normal95 * score
            }
        let value = truth + error
        return (truth, stated(value, value - width, value + width, shape))
    }

    /// A stated range, not always even, and a truth from it.
    private func believed(_ value: Double, _ shape: RangeShape, _ half: Double, score: Double) -> (truth: Double, stated: SourcedValue) {
        if shape == .lognormal {
            let deviation = log(1 + half) / Estimate.normal95
            return (value * exp(deviation * score), stated(value, value / (1 + half), value * (1 + half), .lognormal))
        }
        let (low, high) = (value * (1 - half * random.uniform(0.5, 1)), value * (1 + half))
        let probability = Normal().cumulative(score)
        let truth: Double
        switch shape {
        case .uniform: truth = low + (high - low) * probability
        case .triangular: truth = Triangular(lower: low, mode: value, upper: high).quantile(probability)
        default: truth = value + (score < 0 ? value - low : high - value) / Estimate.normal95 * score
        }
        return (truth, stated(value, low, high, shape == .normal ? .splitNormal : shape))
    }

    private func stated(_ value: Double, _ low: Double, _ high: Double, _ shape: RangeShape) -> SourcedValue {
        SourcedValue(value, low: low, high: high, status: .synthetic, shape: shape)
    }
}
