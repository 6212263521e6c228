// SPDX-License-Identifier: GPL-3.0-or-later

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
        let usual = sums.usual
        return names.sorted().map { balance($0, inflow?.hourly[$0], sums.zones[$0] ?? .init(), usual) }
    }

    private func balance(
        _ zone: Zone.ID, _ inflow: [Int: Double]?, _ meters: BalanceSums.Members, _ usual: BalanceSums.Usual
    ) -> ZoneBalance {
        let (start, end) = (sums.start, sums.end)
        let consumption = zones.first { $0.zone == zone }
        let before = (start - self.start) / 3600
        var used = 0.0, known = 0, hours = 0, inflowSum = 0.0, night = 0.0, nights = 0, nightUse = 0.0, nightsKnown = 0
        var expected = 0
        for index in 0..<(end - start) / 3600 {
            let hour = start.seconds + index * 3600
            let supplied = inflow?[hour]
            if inflow != nil, supplied == nil { continue }
            hours += 1
            let here = consumption?.hourly.values[before + index]
            used += here ?? 0
            known += consumption?.metersReporting[before + index] ?? 0
            expected += consumption?.metersExpected[before + index] ?? 0
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
        used += share * meters.unspreadVolume
        var result = ZoneBalance(zone: zone, consumption: used, hours: hours)
        result.received = known
        result.expected = expected
        result.meters = meters.meters
        result.metersUnread = meters.unread
        result.shapeEstimated = meters.shapeEstimatedVolume
        result.volumeEstimated = meters.estimatedVolume
        result.consumptionBounds = meters.volumeBounds
        result.nightUse = nightsKnown > 0 ? nightUse / Double(nightsKnown) : nil
        let unread = meters.unread(usual)
        result.unread = Estimate(share * unread.value, standardDeviation: share * unread.standardDeviation)
        guard inflow != nil, hours > 0 else { return result }
        var variance = meters.endVariance
        if (end - start) % Self.day != 0 {
            let swing = Self.daySwing * meters.endDayUse
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

    /// [m³]
    static let eventVolume = 0.02
}
