// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import Testing
import WaterModel

@testable import WaterLoss

@Suite("what the healthy readings say of the model, and how a leak grew")
struct CalibrationTests {
    static let town = GridTown()

    static func calibrated(scatter: Double) throws -> (Calibration, SensorRecord) {
        let baseline = try town.records(seed: 3, scatter: scatter).baseline
        let nominal = try ImposedModel(town.network, sensors: town.sensors, start: baseline.start)
        let later = baseline.start + baseline.count * baseline.step
        var found = Calibration(nominal, LeakLocatorOptions())
        for _ in 0..<2 { found = try found.told(by: baseline, before: later) }
        return (found, baseline)
    }

    /// Hourly demands of the town have no memory, those that are believed do: the factor is of the order of the truth.
    @Test("demands that move twice or half as much as believed are seen to", arguments: [0.5, 1, 2])
    func moving(scatter: Double) throws {
        let (found, _) = try Self.calibrated(scatter: scatter)
        let factor = found.options.hourlyDemandSpread / LeakLocatorOptions().hourlyDemandSpread
        #expect(factor > 0.6 * scatter && factor < 1.6 * scatter, "factor \(factor)")
    }

    @Test("pipes rougher than the model's are seen to be rough")
    func roughness() throws {
        let truth = 100.0, believed = 120.0
        let baseline = try GridTown(roughness: truth).records(seed: 3).baseline
        let nominal = try ImposedModel(Self.town.network, sensors: Self.town.sensors, start: baseline.start)
        let found = try Calibration(nominal, LeakLocatorOptions()).told(by: baseline, before: baseline.start + 7 * 86_400)
        let streets = found.model.network.links.compactMap { $0.pipe?.roughness }
        let mean = streets.reduce(0, +) / Double(streets.count)
        #expect(abs(mean - truth) < 0.5 * (believed - truth), "\(mean)")
    }

    @Test("worlds drawn without readings have the prior's spread, with them less along the ways and as much across")
    func worlds() throws {
        let (found, baseline) = try Self.calibrated(scatter: 1)
        let residuals = HourlyResiduals(found.model, baseline, solver: try HydraulicSolver(found.model.network))
        let noise = SensorNoise.estimate(found.model, residuals, options: found.options)
        let standing = try StandingErrors(
            found.model, baseline, residuals, baseline, residuals, noise: noise, options: found.options, at: found.values)
        for (a, first) in standing.directions.enumerated() {
            for (b, second) in standing.directions.enumerated() where b <= a {
                let product = dotProduct(first, second)
                let expected = a == b ? 1.0 : 0
                #expect(abs(product - expected) < 1e-3)
            }
        }
        let random = try RandomNumbers(seed: 4)
        let way = try #require(standing.directions.first)
        func spread(_ worlds: [[Double]]) -> Double {
            let strengths = worlds.map { dotProduct($0, way) }
            return (strengths.reduce(0) { $0 + $1 * $1 } / Double(strengths.count)).squareRoot()
        }
        let free = spread(standing.worlds(400, told: nil, random: random))
        var information = Matrix.identity(standing.rank)
        for w in 0..<standing.rank { information[w, w] = 100 }
        let told = spread(standing.worlds(400, told: try CholeskyFactor(information), random: random))
        #expect(free > 0.85 && free < 1.15, "\(free)")
        // As much as is told: nothing of a way is lost to the meters' part in it.
        #expect(abs(told / 0.0995 - 1) < 0.15, "\(told)")
    }

    @Test("a leak that grew over a day is told with its size of the end")
    func growing() throws {
        let records = try Self.town.records(
            seed: 5, pipe: LeakLocatorTests.leakPipe, leak: LeakLocatorTests.leakFlow, leakHour: 20, growth: 24)
        let finding = try LeakLocatorTests.find(records)
        #expect(finding.isDetected)
        #expect(finding.flowLow95 <= LeakLocatorTests.leakFlow && LeakLocatorTests.leakFlow <= finding.flowHigh95)
        let start = GridTown.mondayMidnight + (GridTown.baselineHours + 20) * 3600
        // In its first hours a leak that grows is within the noise.
        let told = try #require(finding.start)
        let late = (told - start) / 3600  // h
        #expect(late >= -12 && late <= 24, "\(late) h")
    }

    @Test("shares of a leak's size, hour by hour")
    func shares() {
        let grown = LeakOnset(start: 3, growth: 4), abrupt = LeakOnset(start: 3, growth: 0)
        #expect((0..<8).map { grown.share(at: $0) } == [0, 0, 0, 0.25, 0.5, 0.75, 1, 1])
        #expect((0..<6).map { abrupt.share(at: $0) } == [0, 0, 0, 1, 1, 1])
    }
}
