// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// What is drawn more in an hour is told by the readings of that hour: answers are those of the demand of its day.
@Suite("answers at the demand of the day")
struct DemandOfDayTests {
    static let days = (healthy: 2, later: 8)

    /// Readings of the line of `DemandLevelsTests`, which loses most of its head at the peak: all demand differs by 3 % from day to day and by
    /// 2 % from hour to hour, that of each node by 10 %.
    /// - isFlat: the same demand at all hours, as in models that have no patterns.
    static func records(
        seed: UInt64, isFlat: Bool = false
    ) throws -> (network: Network, baseline: SensorRecord, readings: SensorRecord) {
        let text = isFlat ? DemandLevelsTests.line.replacingOccurrences(of: " 2 D", with: " 3") : DemandLevelsTests.line
        let network = try INP.parse(text, file: "line.inp")
        let model = try ImposedModel(network, sensors: DemandLevelsTests.sensors, start: GridTown.mondayMidnight)
        let solver = try HydraulicSolver(network)
        var noise = GridTown.Noise(seed: seed), series: [Sensor.ID: [Double?]] = [:], ofDay = 0.0
        for hour in 0..<(days.healthy + days.later) * 24 {
            if hour % 24 == 0 { ofDay = 0.03 * noise.next() }
            var conditions = BoundaryConditions(of: network, at: hour * 3600).demanding((1 + ofDay) * (1 + 0.02 * noise.next()))
            for place in conditions.demands.indices { conditions.demands[place] *= 1 + 0.1 * noise.next() }
            let state = solver.solve(conditions, warm: hour > 0)
            for channel in model.channels {
                let error = noise.next()
                series[channel.sensor, default: []].append(
                    model.predicted(channel, state).map { channel.isFlow ? $0 * (1 + 0.01 * error) : $0 + 0.05 * error })
            }
        }
        func part(_ range: Range<Int>) -> SensorRecord {
            SensorRecord(
                start: GridTown.mondayMidnight + range.lowerBound * 3600, step: 3600, count: range.count,
                series: series.mapValues { Array($0[range]) })
        }
        return (network, part(0..<days.healthy * 24), part(days.healthy * 24..<(days.healthy + days.later) * 24))
    }

    static func record(
        _ network: Network, _ baseline: SensorRecord, _ readings: SensorRecord
    ) throws -> (model: ImposedModel, record: StepRecord) {
        let model = try ImposedModel(network, sensors: DemandLevelsTests.sensors, start: baseline.start)
        let solver = try HydraulicSolver(network), options = LeakLocatorOptions()
        var before = HourlyResiduals(model, baseline, solver: solver), after = HourlyResiduals(model, readings, solver: solver)
        let classes = HourClasses(baseline, before, readings, after, options: options)
        let noise = SensorNoise.estimate(model, before, options: options)
        func made() throws -> (StandingErrors, StepRecord) {
            let standing = try StandingErrors(model, baseline, before, readings, after, noise: noise, options: options)
            return (
                standing,
                StepRecord(
                    model, standing, classes, before: before, after: after, baseline: baseline, readings: readings, noise: noise,
                    options: options)
            )
        }
        var (_, record) = try made()
        let levels = record.demandLevels(), first = record.firstLater
        before = before.demanding(levels[..<first], model, baseline)
        after = after.demanding(levels[first...], model, readings)
        (_, record) = try made()
        return (model, record)
    }

    /// Answers at the told demand of each hour went with what that explains: a larger demand at all hours seemed to account for a part of all
    /// that moves, and a step in the other direction for the days after it.
    @Test("in hours that draw more and less no step is seen")
    func steps() throws {
        var scores: [Double] = []
        for seed in 1...12 {
            let records = try Self.records(seed: UInt64(seed))
            let (model, record) = try Self.record(records.network, records.baseline, records.readings)
            let steps = record.steps(in: 0..<Self.days.later * 24), flow = try #require(model.channels.firstIndex { $0.isFlow })
            // The same step in all classes of hours.
            let classes = record.classCount
            var information = Matrix(rows: record.channels, columns: record.channels)
            var score = [Double](repeating: 0, count: record.channels)
            for (f, value) in steps.score.enumerated() {
                score[f / classes] += value
                for g in steps.score.indices { information[f / classes, g / classes] += steps.information[f, g] }
            }
            let factor = try CholeskyFactor(information)
            scores.append(factor.solve(score)[flow] / factor.inverse[flow, flow].squareRoot())
        }
        let mean = scores.reduce(0, +) / Double(scores.count), square = scores.reduce(0) { $0 + $1 * $1 } / Double(scores.count)
        #expect(abs(mean) < 0.45 && square < 2, "\(scores)")
    }

    @Test("hours of one time of day that differ by all demand of the hour alone are alike, and are taken at that of their day")
    func alike() throws {
        let network = try INP.parse(DemandLevelsTests.line, file: "line.inp")
        func level(_ hour: Int) -> Double { hour / 24 == 2 ? 0.06 : [0.05, -0.05, 0][(hour + hour / 24) % 3] }
        let record = try DemandLevelsTests.record(network, hours: 72, level: level)
        let model = try ImposedModel(network, sensors: DemandLevelsTests.sensors, start: record.start)
        let residuals = HourlyResiduals(model, record, solver: try HydraulicSolver(network))
        let told = residuals.demanding((0..<72).map(level)[...], model, record)
        let alike = AlikeHours(model, record, told, record, told)
        for hour in 0..<24 {
            #expect(alike.before[hour] == alike.before[hour + 24])
            #expect(alike.before[hour] != alike.before[hour + 48])
            for (day, expected) in [(0, 1.0), (2, 1.06)] {
                let taken = alike.examples[alike.before[hour + 24 * day]].demands, usual = residuals.conditions[hour].demands
                #expect(zip(taken, usual).allSatisfy { abs($0 - expected * $1) < 1e-9 })
            }
        }
    }

    @Test("a model whose demand is the same at all hours is calibrated, too")
    func flat() throws {
        let records = try Self.records(seed: 3, isFlat: true)
        var rough = records.network
        for link in rough.links.indices {
            guard var pipe = rough.links[link].pipe else { continue }
            pipe.roughness *= 1.1
            rough.links[link].kind = .pipe(pipe)
        }
        let prepared = try PreparedModel(
            LeakLocator(network: rough, sensors: DemandLevelsTests.sensors), baseline: records.baseline, readings: records.readings)
        #expect(prepared.calibration.values != nil)
    }

    /// As of a flow meter beside which 40 l/s begin to run in the 23rd of 72 hours: the step that is fitted is one of all of them.
    @Test("a meter that reads much more from the midst of the record on does not stray, single odd readings do")
    func jump() throws {
        let random = try RandomNumbers(seed: 4)
        func values(_ step: Double) -> [(hour: Int, value: Double)] {
            (0..<72).map { ($0, random.normal() + ($0 == 50 ? 30 : 0) + step * ($0 < 23 ? -49.0 / 72 : 23.0 / 72)) }
        }
        let jump = values(40), about = StepRecord.about(jump, within: 6)
        let far = jump.filter { abs($0.value) > 4.5 && abs($0.value - (about[$0.hour] ?? 0)) > 4.5 }.map(\.hour)
        #expect(far.contains(50) && far.allSatisfy { $0 == 50 || (17..<30).contains($0) } && far.count < 4, "\(far)")
        #expect(StepRecord.about(values(0), within: 6).isEmpty)
    }
}
