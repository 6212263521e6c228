// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Looks for a leak with inflows of zones alone, without a network model: which zone, how large, since when.
///
/// Night flow of each zone after against healthy nights of days that took the same course; where customers' use is metered it is taken
/// off first (mass balance). Pressures, where there are any, say by how much they fell, and no more.
public struct ZoneLeakLocator: Sendable {
    public struct Options: Sendable {
        /// Hours of the night that are compared. Five hours scatter less than the two of a classical night line.
        public var nightHours = 0..<5
        /// Chance of an alarm where no zone has a leak. [–] (0.0001 … 0.5)
        public var falseAlarmRate = 0.02
        /// Scatter of a day's inflow that is believed at least, as a share of its mean: meters are read to that. [–]
        public var leastScatter = 0.003
        /// The same of a pressure. [m]
        public var leastPressureScatter = 0.05

        public init() {}
    }

    public let zones: [Zone]
    public let sensors: [Sensor]
    public var options: Options
    private let areMetersAlone: Bool

    /// - Parameters:
    ///   - zones: with their inflow meters; where none has any, they are made from the zones of the flow sensors, and where these have none
    ///     either, each meter stands for itself.
    ///   - sensors: of kind demand with a zone: customers' use, which is taken off the zone's inflow.
    ///   - options: hours that are compared, rate of false alarms, least scatter that is believed.
    public init(zones: [Zone], sensors: [Sensor], options: Options = Options()) {
        self.sensors = sensors
        self.options = options
        let metered = zones.filter { !$0.inflowMeters.isEmpty }
        let flows = sensors.filter { $0.kind == .flow }
        if !metered.isEmpty {
            self.zones = metered
            areMetersAlone = false
            return
        }
        areMetersAlone = !flows.contains { $0.zone != nil }
        let alone = areMetersAlone
        let named = flows.compactMap { sensor in (alone ? Zone.ID(sensor.id.name) : sensor.zone).map { (zone: $0, sensor: sensor.id) } }
        self.zones = Dictionary(grouping: named, by: \.zone).sorted { $0.key < $1.key }.map { id, feeds in
            var zone = zones.first { $0.id == id } ?? Zone(id: id, name: id.name)
            zone.inflowMeters = feeds.map { Zone.BoundaryMeter(sensor: $0.sensor, sign: 1) }
            return zone
        }
    }

    /// - Parameters:
    ///   - baseline: healthy readings, three days or more; a week and a weekend are better.
    ///   - readings: the days that follow.
    /// - Throws: `LeakLocatorError.noZoneInflow` where no zone has an inflow that can be compared.
    public func locate(baseline: SensorRecord, readings: SensorRecord) throws(LeakLocatorError) -> ZoneLeakFinding {
        var remarks: [ZoneLeakRemark] = [.noModel]
        if areMetersAlone { remarks.append(.metersAlone) }
        let (baseline, stuckBefore) = baseline.withoutStuck(sensors), (readings, stuckAfter) = readings.withoutStuck(sensors)
        for (sensor, count) in stuckBefore.merging(stuckAfter, uniquingKeysWith: +).sorted(by: { $0.key < $1.key }) {
            remarks.append(.stuck(sensor, hours: count * readings.step / 3600))
        }
        var steps: [(zone: Zone, step: ZoneStep, measure: ZoneLeakFinding.Measure)] = []
        for zone in zones {
            guard let before = inflow(of: zone, baseline), let after = inflow(of: zone, readings) else {
                let missing = zone.inflowMeters.first { baseline.series[$0.sensor] == nil || readings.series[$0.sensor] == nil }
                if let missing { remarks.append(.unread(zone.id, missing.sensor)) }
                continue
            }
            guard let found = step(before, after) else {
                remarks.append(.tooFewDays(zone.id))
                continue
            }
            if found.measure == .day { remarks.append(.byDay(zone.id)) }
            steps.append((zone, found.step, found.measure))
        }
        guard !steps.isEmpty else { throw .noZoneInflow }
        // A tank between zones is outside of their meters.
        let isWithin = zones.count == 1 || areMetersAlone
        remarks += sensors.filter { $0.kind == .level && (isWithin || $0.zone != nil) }.map { .unknownStorage($0.id) }
        let pressures = pressures(baseline, readings)
        if pressures.isEmpty { remarks.append(.noPressures) }
        if let share = Self.commonRise(steps.map(\.step)) { remarks.append(.allRise(share: share)) }
        return finding(steps, pressures: pressures, remarks: remarks)
    }

    /// Net inflow less the use that is metered. [m³/s]
    private func inflow(of zone: Zone, _ record: SensorRecord) -> TimeSeries? {
        guard var series = ZoneInflow(zone, record: record, meterMargin95: 0)?.series else { return nil }
        for sensor in sensors where sensor.kind == .demand && sensor.zone == zone.id {
            guard let use = record.series[sensor.id] else { continue }
            for index in series.values.indices {
                series.values[index] = series.values[index].flatMap { flow in use[index].map { flow - $0 } }
            }
        }
        return series
    }

    /// Part of the day's inflow below which the night's says nothing of leaks. [–]
    private static let littleAtNight = 0.1

    private func step(_ before: TimeSeries, _ after: TimeSeries) -> (step: ZoneStep, measure: ZoneLeakFinding.Measure)? {
        let healthy = DayCourses(before), later = DayCourses(after)
        let mean = abs(before.mean ?? 0), least = max(options.leastScatter * mean, 1e-9)
        let night = ZoneStep(healthy, later, hours: options.nightHours, least: least)
        if let night, abs(night.before) >= Self.littleAtNight * mean { return (night, .night) }
        return ZoneStep(healthy, later, hours: 0..<24, least: least).map { ($0, .day) } ?? night.map { ($0, .night) }
    }

    /// Falls of pressure, the surest first. A pump or valve that was set otherwise moves pressures, too.
    private func pressures(_ baseline: SensorRecord, _ readings: SensorRecord) -> [ZoneLeakFinding.PressureDrop] {
        let found = sensors.filter { $0.kind == .pressure }.compactMap { sensor -> ZoneLeakFinding.PressureDrop? in
            guard let before = baseline.timeSeries(sensor.id), let after = readings.timeSeries(sensor.id),
                let step = ZoneStep(
                    DayCourses(before.negated), DayCourses(after.negated), hours: 0..<24, least: options.leastPressureScatter)
            else { return nil }
            let (drop, deviation) = step.shift(last: step.windows.last ?? 1)
            let margin = StudentT(degreesOfFreedom: step.freedom).upperQuantile(0.025) * deviation
            return ZoneLeakFinding.PressureDrop(
                sensor: sensor.id, zone: sensor.zone, drop: drop, dropLow95: drop - margin, dropHigh95: drop + margin,
                pValue: StudentT(degreesOfFreedom: step.freedom).upperTail(drop / deviation))
        }
        return found.sorted { ($0.pValue, -$0.drop, $0.sensor) < ($1.pValue, -$1.drop, $1.sensor) }
    }

    /// Zones that must rise together to look like weather, and the rise from which it is told. [–]
    private static let fewestTogether = 3, noticeable = 0.02

    /// The share by which all zones rose, where each rose by as much as the others within its scatter.
    private static func commonRise(_ steps: [ZoneStep]) -> Double? {
        let shares = steps.compactMap { step -> (share: Double, deviation: Double)? in
            guard step.before > 0 else { return nil }
            let (size, deviation) = step.shift(last: step.windows.last ?? 1)
            return (size / step.before, deviation / step.before)
        }
        guard shares.count >= fewestTogether, shares.count == steps.count else { return nil }
        let weights = shares.map { 1 / ($0.deviation * $0.deviation) }, total = weights.reduce(0, +)
        let common = zip(shares, weights).reduce(0) { $0 + $1.0.share * $1.1 } / total
        let scattered = zip(shares, weights).reduce(0) { $0 + ($1.0.share - common) * ($1.0.share - common) * $1.1 }
        let isTogether = ChiSquare(degreesOfFreedom: Double(shares.count - 1)).upperTail(scattered) > 0.05
        return isTogether && common > noticeable && common * total.squareRoot() > Estimate.normal95 ? common : nil
    }
}

extension TimeSeries {
    fileprivate var negated: TimeSeries { TimeSeries(start: start, step: step, values: values.map { $0.map { -$0 } }) }
}
