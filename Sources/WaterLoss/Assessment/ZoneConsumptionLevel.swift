// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Inflow and registered consumption of a zone over the hours in which both are known.
struct ZoneConsumptionLevel {
    /// [m³/s]
    var inflow: Double
    /// What the meters that reported registered. [m³/s]
    var read: Double
    /// What the others would add at the same use per meter. [m³/s]
    var unread: Double
    /// Meters that could report.
    var meters: Int
    var hours: Int

    /// nil where no hour has both.
    init?(_ consumption: ZoneConsumption, inflow series: TimeSeries, registeredMeters: Int) {
        let hourly = consumption.hourly
        guard hourly.step == 3600, series.step > 0 else { return nil }
        let expected = max(registeredMeters, consumption.metersReporting.max() ?? 0)
        guard expected > 0 else { return nil }
        let inflowOfHour = Self.hourly(series)
        var inflows = [Double?](), reads = [Double?](), unreads = [Double?]()
        var hours = 0
        for (index, value) in hourly.values.enumerated() {
            let reporting = index < consumption.metersReporting.count ? consumption.metersReporting[index] : 0
            let hour = (hourly.start.seconds + index * 3600).floored(to: 3600)
            if let value, reporting > 0, let flow = inflowOfHour[hour] {
                inflows.append(flow)
                reads.append(value / Units.hour)
                unreads.append(value / Units.hour * Double(max(0, expected - reporting)) / Double(reporting))
                hours += 1
            } else {
                inflows.append(nil)
                reads.append(nil)
                unreads.append(nil)
            }
        }
        func mean(_ values: [Double?]) -> Double? {
            DayShape(TimeSeries(start: hourly.start, step: 3600, values: values)).mean
        }
        guard let flow = mean(inflows), let read = mean(reads), let unread = mean(unreads) else { return nil }
        self.inflow = flow
        self.read = read
        self.unread = unread
        self.meters = expected
        self.hours = hours
    }

    /// Mean flow of each hour that has at least half of its readings, by the second at which it begins.
    private static func hourly(_ series: TimeSeries) -> [Int: Double] {
        var sums: [Int: (sum: Double, count: Int)] = [:]
        for (index, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let hour = (series.start.seconds + index * series.step).floored(to: 3600)
            let old = sums[hour] ?? (0, 0)
            sums[hour] = (old.sum + value, old.count + 1)
        }
        let needed = max(1, 3600 / series.step / 2)
        return sums.filter { $0.value.count >= needed }.mapValues { $0.sum / Double($0.count) }
    }
}

extension Int {
    fileprivate func floored(to unit: Int) -> Int {
        let rest = self % unit
        return self - (rest < 0 ? rest + unit : rest)
    }
}
