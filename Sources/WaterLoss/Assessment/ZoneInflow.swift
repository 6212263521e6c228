// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Net inflow of a zone from its boundary meters.
public struct ZoneInflow: Sendable {
    /// Sum of the meters with their signs; nil where one of them did not read. [m³/s]
    public var series: TimeSeries
    /// 95 % margin of the mean net inflow from errors of the meters, independent of each other. [–]
    public var relativeMargin95: Double

    /// nil where the zone has no inflow meter, or one of them has no series in the record.
    /// - meterMargin95: of a single meter's volume. [–]
    public init?(_ zone: Zone, record: SensorRecord?, meterMargin95: Double) {
        guard let record, !zone.inflowMeters.isEmpty else { return nil }
        var sum = [Double?](repeating: 0, count: record.count)
        var squares = 0.0, net = 0.0
        for meter in zone.inflowMeters {
            guard let series = record.timeSeries(meter.sensor) else { return nil }
            for index in sum.indices {
                guard let total = sum[index], index < series.values.count, let value = series.values[index], value.isFinite else {
                    sum[index] = nil
                    continue
                }
                sum[index] = total + meter.sign * value
            }
            let mean = series.mean ?? 0
            net += meter.sign * mean
            squares += meterMargin95 * mean * meterMargin95 * mean
        }
        series = TimeSeries(start: record.start, step: record.step, values: sum)
        relativeMargin95 = net != 0 ? squares.squareRoot() / abs(net) : meterMargin95
    }
}
