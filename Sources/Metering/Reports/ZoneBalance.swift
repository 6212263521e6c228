// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Inflow against registered consumption of a zone, over the hours that have an inflow.
public struct ZoneBalance: Sendable {
    public var zone: Zone.ID
    /// [m³]; nil where no inflow is known.
    public var inflow: Double?
    /// Registered by customers' meters in the same hours; in the whole period where no inflow is known. Steps that are longer than a week
    /// have the hours' share of their part of the period. [m³]
    public var consumption: Double
    /// Hard bounds of the period's consumption: meters' steps wholly inside it; all that touch it. [m³]
    public var consumptionBounds = (low: 0.0, high: 0.0)
    /// Of the period's consumption: known in sum and not in time; estimated by the source. [m³]
    public var shapeEstimated = 0.0, volumeEstimated = 0.0
    /// What unread meters, and meters in the time that they were not read, may have used; not in `consumption`. [m³]
    public var unread = Estimate(0)
    /// Inflow less consumption. [m³]
    public var loss: Double?
    /// 95 % interval of the loss: meters not read at the ends of the period to either side; what unread meters may have used to the low
    /// side. Errors of the inflow meters are not in it. [m³]
    public var loss95: (low: Double, high: Double)?
    /// Mean inflow, and mean consumption, from 02 to 04 on the place's clock without changes. [m³/h]
    public var minimumNightFlow: Double?
    public var nightUse: Double?
    public var hours: Int
    /// Meter-hours whose consumption is known, and all of the hours.
    public var received = 0, expected = 0
    /// Of one level: sub-meters are not counted.
    public var meters = 0, metersUnread = 0
    /// Share of the meter-hours whose consumption is known. [–]
    public var completeness: Double { expected > 0 ? Double(received) / Double(expected) : 0 }
}

extension MeterReport {
    /// Hours of the minimum night flow.
    static let nightHours = 2...3
    /// Deviation of what passed until an end of the period from its straight line, shared by all meters that are read at one time, as a
    /// part of a day's use: the swing of use over the day. [–] Where the period is whole days it is the same at both ends.
    static let daySwing = 0.12
    static let day = 86_400

    /// The interval of the loss holds for the report's balance period: let that be the period of the inflow (`ZoneInflow.period`).
    /// - inflow: nil where none was measured.
    public func balances(inflow: ZoneInflow?) -> [ZoneBalance] {
        var names = Set(zones.map(\.zone))
        if let inflow { names.formUnion(inflow.hourly.keys) }
        let usual = meanUse()
        let members = Dictionary(grouping: (balance?.records ?? records).filter { !$0.isSubMeter }) { $0.summary.zone ?? Self.unassigned }
        return names.sorted().map { balance($0, inflow?.hourly[$0], members[$0] ?? [], usual) }
    }

    /// Of a class's meters that were read: mean and spread. [m³/h]
    private func meanUse() -> [Meter.CustomerClass: (mean: Double, spread: Double)] {
        var rates: [Meter.CustomerClass: [Double]] = [:]
        let hours = Double(max(1, (balanceEnd - balanceStart) / 3600))
        for record in balance?.records ?? records where record.shares.unread < 0.5 {
            rates[record.customerClass, default: []].append(record.summary.volume / (1 - record.shares.unread) / hours)
        }
        return rates.mapValues { values in (Moments.mean(values) ?? 0, Moments.standardDeviation(values) ?? 0) }
    }

    private var balanceStart: Instant { balance?.start ?? start }
    private var balanceEnd: Instant { balance?.end ?? end }

    private func balance(
        _ zone: Zone.ID, _ inflow: [Int: Double]?, _ meters: [Record],
        _ usual: [Meter.CustomerClass: (mean: Double, spread: Double)]
    ) -> ZoneBalance {
        let (start, end) = (balanceStart, balanceEnd)
        let consumption = zones.first { $0.zone == zone }
        let before = (start - self.start) / 3600
        var used = 0.0, known = 0, hours = 0, inflowSum = 0.0, night = 0.0, nights = 0, nightUse = 0.0, nightsKnown = 0
        for index in 0..<(end - start) / 3600 {
            let hour = start.seconds + index * 3600
            let supplied = inflow?[hour]
            if inflow != nil, supplied == nil { continue }
            hours += 1
            let here = consumption?.hourly.values[before + index]
            used += here ?? 0
            known += consumption?.metersReporting[before + index] ?? 0
            let isNight = Self.nightHours.contains(Instant(seconds: hour).hourOfDay)
            if isNight, let here {
                nightUse += here
                nightsKnown += 1
            }
            guard let supplied else { continue }
            inflowSum += supplied
            if isNight {
                night += supplied
                nights += 1
            }
        }
        let share = Double(hours * 3600) / Double(max(3600, end - start))
        used += share * meters.reduce(0) { $0 + $1.unspreadVolume }
        var result = ZoneBalance(zone: zone, consumption: used, hours: hours)
        result.received = known
        result.expected = meters.count * hours
        result.meters = meters.count
        result.metersUnread = meters.count { $0.shares.unread >= 1 }
        result.shapeEstimated = meters.reduce(0) { $0 + $1.shapeEstimatedVolume }
        result.volumeEstimated = meters.reduce(0) { $0 + $1.estimatedVolume }
        result.consumptionBounds = meters.reduce((0, 0)) { ($0.0 + $1.volumeBounds.low, $0.1 + $1.volumeBounds.high) }
        result.nightUse = nightsKnown > 0 ? nightUse / Double(nightsKnown) : nil
        result.unread = unread(meters, usual, share: share)
        guard inflow != nil, hours > 0 else { return result }
        var variance = meters.reduce(0) { $0 + $1.endVariance }
        if (end - start) % Self.day != 0 {
            let swing = Self.daySwing * meters.reduce(0) { $0 + $1.endDayUse }
            variance += swing * swing
        }
        let deviation = variance.squareRoot()
        let below = (variance + result.unread.standardDeviation * result.unread.standardDeviation).squareRoot()
        let loss = inflowSum - used
        result.inflow = inflowSum
        result.loss = loss
        result.loss95 = (loss - Estimate.normal95 * below - result.unread.value, loss + Estimate.normal95 * deviation)
        result.minimumNightFlow = nights > 0 ? night / Double(nights) : nil
        return result
    }

    /// At each meter's own mean while it was read; one that never was at the mean of its class. [m³]
    private func unread(_ meters: [Record], _ usual: [Meter.CustomerClass: (mean: Double, spread: Double)], share: Double) -> Estimate {
        let hours = Double(balanceEnd - balanceStart) / 3600
        var sum = 0.0, variance = 0.0
        for meter in meters {
            if meter.shares.unread < 1 {
                sum += meter.unreadVolume
                // Use differs from hour to hour as events do: about as one event of a fiftieth of a cubic metre after the other.
                variance += Self.eventVolume * meter.unreadVolume
            } else if let other = usual[meter.customerClass] {
                sum += other.mean * hours
                variance += other.spread * other.spread * hours * hours
            }
        }
        return Estimate(share * sum, standardDeviation: share * variance.squareRoot())
    }

    /// [m³]
    static let eventVolume = 0.02
}
