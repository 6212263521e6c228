// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Inflow against registered consumption of a zone, over the hours that have an inflow.
public struct ZoneBalance: Sendable {
    public var zone: Zone.ID
    /// [m³]; nil where no inflow is known.
    public var inflow: Double?
    /// Registered by customers' meters in the same hours; in the whole period where no inflow is known. [m³]
    public var consumption: Double
    /// Inflow less consumption. [m³]
    public var loss: Double?
    /// 95 % interval of the loss: meters not read at the ends of the period to either side; what unread meters may have used to the low
    /// side. Errors of the inflow meters are not in it. [m³]
    public var loss95: (low: Double, high: Double)?
    /// Mean inflow from 02 to 04 on the place's clock without changes. [m³/h]
    public var minimumNightFlow: Double?
    public var hours: Int
    /// Share of the meter-hours whose consumption is known. [–]
    public var completeness: Double
}

extension MeterReport {
    /// Hours of the minimum night flow.
    static let nightHours = 2...3

    /// The interval of the loss holds for the report's period: make the report over the period of the inflow (`ZoneInflow.period`).
    /// Meters without any reading are in the completeness, not in the interval.
    /// - inflow: nil where none was measured.
    public func balances(inflow: ZoneInflow?) -> [ZoneBalance] {
        var names = Set(zones.map(\.zone))
        if let inflow { names.formUnion(inflow.hourly.keys) }
        return names.sorted().map { balance($0, inflow?.hourly[$0]) }
    }

    private func balance(_ zone: Zone.ID, _ inflow: [Int: Double]?) -> ZoneBalance {
        let meters = records.filter { ($0.summary.zone ?? Self.unassigned) == zone }
        let consumption = zones.first { $0.zone == zone }
        var used = 0.0, known = 0, hours = 0, inflowSum = 0.0, night = 0.0, nights = 0
        for index in 0..<(end - start) / 3600 {
            let hour = start.seconds + index * 3600
            let supplied = inflow?[hour]
            if inflow != nil, supplied == nil { continue }
            hours += 1
            used += consumption?.hourly.values[index] ?? 0
            known += consumption?.metersReporting[index] ?? 0
            guard let supplied else { continue }
            inflowSum += supplied
            if Self.nightHours.contains(Instant(seconds: hour).hourOfDay) {
                night += supplied
                nights += 1
            }
        }
        let whole = meters.count * hours
        var result = ZoneBalance(zone: zone, consumption: used, hours: hours, completeness: whole > 0 ? Double(known) / Double(whole) : 0)
        guard inflow != nil, hours > 0 else { return result }
        let deviation = meters.reduce(0) { $0 + $1.endVariance }.squareRoot()
        let unread = meters.reduce(0) { $0 + $1.unreadVolume } * Double(hours * 3600) / Double(max(3600, end - start))
        let loss = inflowSum - used
        result.inflow = inflowSum
        result.loss = loss
        result.loss95 = (loss - Estimate.normal95 * deviation - unread, loss + Estimate.normal95 * deviation)
        result.minimumNightFlow = nights > 0 ? night / Double(nights) : nil
        return result
    }
}
