// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// What single customers draw beyond their usual bends head losses where one of them takes a good part of all water: each hour is taken with
/// what its readings tell of it.
@Suite("hours at what single customers drew in them")
struct OwnDemandTests {
    static let hours = 72

    /// Share by which the large customer draws more than usual.
    static func more(_ hour: Int) -> Double { [0.25, 0, -0.25, 0.12][hour / 6 % 4] }

    /// The line of `DemandLevelsTests` with one customer of half of all demand, in a record of readings without noise.
    /// - day: midnight with which it begins.
    static func town(
        day: Int = 0, hours: Int = hours, more: (Int) -> Double = more
    ) throws -> (model: ImposedModel, record: SensorRecord, residuals: HourlyResiduals, large: Int) {
        let text = DemandLevelsTests.line.replacingOccurrences(of: "D 20 2 D", with: "D 20 6 D").replacingOccurrences(
            of: "800 100 120", with: "800 120 120")
        let network = try INP.parse(text, file: "line.inp"), sensors = DemandLevelsTests.sensors
        let model = try ImposedModel(network, sensors: sensors, start: GridTown.mondayMidnight)
        let solver = try HydraulicSolver(network), large = try #require(network.nodeIndex()["D"])
        var series: [Sensor.ID: [Double?]] = [:]
        for hour in 0..<hours {
            var conditions = BoundaryConditions(of: network, at: hour * 3600)
            conditions.demands[large] *= 1 + more(hour)
            let state = solver.solve(conditions, warm: hour > 0)
            for channel in model.channels { series[channel.sensor, default: []].append(model.predicted(channel, state)) }
        }
        let record = SensorRecord(start: GridTown.mondayMidnight + 86_400 * day, step: 3600, count: hours, series: series)
        return (model, record, HourlyResiduals(model, record, solver: solver), large)
    }

    @Test("its draught is told, and next to nothing is left of the readings at it")
    func large() throws {
        let (model, record, residuals, large) = try Self.town()
        // Nothing else is wrong with the model.
        var options = LeakLocatorOptions().scaled(standing: 0.001, moving: 0.02)
        options.hourlyDemandSpread = 0.2
        let none = SensorRecord(start: record.start + Self.hours * 3600, step: 3600, count: 0, series: [:])
        let later = HourlyResiduals(model, none, solver: try HydraulicSolver(model.network))
        let classes = HourClasses(record, residuals, none, later, options: options)
        let noise = model.channels.map { $0.isFlow ? 1e-4 : 0.02 }
        var own = residuals
        // The linear model is seen from nearby the second time.
        for _ in 0..<2 {
            let standing = try StandingErrors(model, record, own, none, later, noise: noise, options: options)
            let steps = StepRecord(
                model, standing, classes, before: own, after: later, baseline: record, readings: none, noise: noise, options: options)
            let drawn = steps.hourlyDemands(standing, spread: options.hourlyDemandSpread)
            own = residuals.demanding(drawn.levels[...], own: drawn.own[...], model, record)
        }
        func typical(_ residuals: HourlyResiduals) -> Double {
            let pressures = model.channels.indices.filter { !model.channels[$0].isFlow }
            let values = pressures.flatMap { k in residuals.residuals[k].compactMap { $0 } }
            return (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
        }
        #expect(typical(own) < 0.25 * typical(residuals), "\(typical(own)) of \(typical(residuals))")
        for hour in 0..<Self.hours {
            let usual = residuals.conditions[hour].demands[large]
            // What its neighbours draw reads nearly as what it does.
            let all = own.own[hour].reduce(0, +), drawn = Self.more(hour) * usual
            #expect(abs(all - drawn) < 0.03 * usual, "\(hour): \(all / usual)")
            if drawn != 0 { #expect(own.own[hour][large] / drawn > 0.5) }
            #expect(abs(own.conditions[hour].demands[large] - usual * (1 + own.levels[hour]) - own.own[hour][large]) < 1e-9)
        }
    }

    @Test("an hour of unusual demand among others is told while a leak may run, hours that are all unusual are not")
    func odd() throws {
        let (model, record, residuals, large) = try Self.town()
        let options = LeakLocatorOptions(), noise = model.channels.map { $0.isFlow ? 1e-4 : 0.02 }
        func drawn(_ more: (Int) -> Double) throws -> [Double] {
            let (_, readings, later, _) = try Self.town(day: 3, hours: 48, more: more)
            let classes = HourClasses(record, residuals, readings, later, options: options)
            let standing = try StandingErrors(model, record, residuals, readings, later, noise: noise, options: options)
            let steps = StepRecord(
                model, standing, classes, before: residuals, after: later, baseline: record, readings: readings, noise: noise,
                options: options)
            return steps.hourlyDemands(standing, spread: options.hourlyDemandSpread).own.suffix(48).map { $0[large] }
        }
        let usual = residuals.conditions[0].demands[large]
        let one = try drawn { $0 == 30 ? 1 : Self.more($0) }, all = try drawn { $0 < 10 ? Self.more($0) : 1 }
        #expect(one[30] > 0.2 * usual, "\(one[30] / usual)")
        #expect(all[30] == 0 && all[47] == 0)
        #expect(all[0] > 0, "an hour before is told")
    }

    @Test("and the record is what it was: the readings are those of the model at its usual demand, in the linear model")
    func same() throws {
        let (model, record, residuals, large) = try Self.town()
        let none = SensorRecord(start: record.start + Self.hours * 3600, step: 3600, count: 0, series: [:])
        let later = HourlyResiduals(model, none, solver: try HydraulicSolver(model.network)), options = LeakLocatorOptions()
        let classes = HourClasses(record, residuals, none, later, options: options), noise = model.channels.map { $0.isFlow ? 1e-4 : 0.02 }
        // So little that answers are linear.
        let little = residuals.conditions.map { hour in hour.demands.indices.map { $0 == large ? 0.004 * hour.demands[$0] : 0 } }
        let moved = residuals.demanding(residuals.levels[...], own: little[...], model, record)
        func rows(_ residuals: HourlyResiduals) throws -> [Double] {
            let standing = try StandingErrors(model, record, residuals, none, later, noise: noise, options: options)
            let steps = StepRecord(
                model, standing, classes, before: residuals, after: later, baseline: record, readings: none, noise: noise, options: options)
            return (0..<Self.hours).flatMap { hour in
                model.channels.indices.map { k in
                    var row = [Double](repeating: 0, count: 1 + steps.standingWidth)
                    steps.fill(hour, k, &row, 0)
                    return row[0]
                }
            }
        }
        let plain = try rows(residuals), same = try rows(moved)
        let change = zip(residuals.residuals.joined(), moved.residuals.joined()).reduce(0) { max($0, abs(($1.0 ?? 0) - ($1.1 ?? 0))) }
        #expect(change > 0.05)
        #expect(zip(plain, same).allSatisfy { abs($0 - $1) < 0.02 * change })
    }
}
