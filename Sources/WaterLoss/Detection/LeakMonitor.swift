// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// Finds the leaks of a long record, one after the other, and their repairs: abrupt ones, growing ones, and those that ran before it.
///
/// The model runs hour by hour at the measured boundary; the means of a day's parts, less the model, are compared with what leaks of
/// all pipes would do. Leaks that began within the record show as changes against the days before. Those that ran before it show
/// against the model alone: the inflow that no customer accounts for, and heads that fall with the flow more than roughness,
/// demand, offsets and meters could make them, all of which are believed to be wrong within their spreads.
public struct LeakMonitor: Sendable {
    public let network: Network
    public let sensors: [Sensor]
    public var options: LeakMonitorOptions

    /// Days of readings that are the least.
    public static let shortestRecord = 14

    public init(network: Network, sensors: [Sensor], options: LeakMonitorOptions = LeakMonitorOptions()) {
        self.network = network
        self.sensors = sensors
        self.options = options
    }

    /// - Parameters:
    ///   - record: the readings, with days before `from` where there are any.
    ///   - from: leaks that were repaired before are left out.
    ///   - progress: called with the days that have been judged and all days; first with none, when the model has yet to run.
    /// - Throws: `LeakLocatorError`.
    public func history(
        of record: SensorRecord, from: Instant? = nil, progress: (_ judged: Int, _ days: Int) -> Void = { _, _ in }
    ) throws(LeakLocatorError) -> LeakHistory {
        let (unstuck, _) = record.withoutStuck(sensors)
        guard let hourly = unstuck.hourlyFromMidnight(), hourly.count >= Self.shortestRecord * 24 else {
            throw .recordTooShort(hours: record.count * record.step / 3600)
        }
        progress(0, hourly.count / 24)
        let residuals = try RecordResiduals(network, sensors: sensors, record: hourly)
        var errors = try DailyErrors(residuals, options: options)
        let space = try DaySpace(residuals, &errors)
        let random: RandomNumbers
        do { random = try RandomNumbers(seed: options.seed) } catch { throw .numerical(error.description) }
        let near = PipeReach(network, pipes: errors.pipes, reach: options.crewReach).near
        let prior = LeakPrior(lengths: errors.lengths, near: near, meanDemand: errors.meanDemand, options: options)
        let interplay = LeakInterplay(residuals, errors, space)
        var search = HistorySearch(space, prior, interplay: interplay, random: random)
        search.run { progress($0, hourly.count / 24) }
        let dates = LeakDates(residuals, errors, search.space, prior)
        func pipe(_ place: Int) -> Link.ID { network.links[errors.pipes[place]].id }
        let first = from.map { max(Double($0 - hourly.start) / 86_400, 0) } ?? 0
        let leaks = search.leaks.filter { ($0.course.end ?? .infinity) > first }.map { leak in
            let (earliest, latest) = dates.start(of: leak, among: search.leaks)
            let onset: LeakEpisode.Onset =
                switch leak.course.onset {
                case .beforeRecord: .beforeRecord
                case .at(_, growth: 0): .abrupt
                case .at: .growing
                }
            return LeakEpisode(
                pipe: pipe(leak.pipe), onset: onset, start: hourly.start + latest, startEarliest: hourly.start + earliest,
                end: leak.course.end.map { hourly.start + dates.end(of: leak, day: $0) }, flow: leak.size,
                probability: dates.probability(of: leak, among: search.leaks),
                detected: hourly.start + (leak.alarm.map { search.alarms[$0].days } ?? leak.noticed ?? 0) * 86_400)
        }.sorted { ($0.start, $0.pipe) < ($1.start, $1.pipe) }
        let kept = Set(search.leaks.compactMap(\.alarm))
        let alarms = search.alarms.enumerated().filter { Double($0.element.days) > first }.map { place, alarm in
            LeakAlarm(
                pipe: pipe(alarm.pipe), raised: hourly.start + alarm.days * 86_400, flow: alarm.size, isWithdrawn: !kept.contains(place))
        }
        return LeakHistory(leaks: leaks, alarms: alarms)
    }
}
