// SPDX-License-Identifier: GPL-3.0-or-later

/// Values at equal steps; nil where nothing was read.
public struct TimeSeries: Hashable, Sendable {
    public var start: Instant
    /// Distance between values. [s]
    public var step: Int
    public var values: [Double?]

    public init(start: Instant, step: Int, values: [Double?]) {
        self.start = start
        self.step = step
        self.values = values
    }

    public func instant(at index: Int) -> Instant { start + index * step }
    public var end: Instant { start + values.count * step }

    /// The value of the step that holds `instant`; nil outside the series and in a gap.
    public func value(at instant: Instant) -> Double? {
        let offset = instant - start
        guard offset >= 0, step > 0 else { return nil }
        let index = offset / step
        return index < values.count ? values[index] : nil
    }

    /// Mean of what was read; nil where nothing was.
    public var mean: Double? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// Share of the steps that have a value. [–]
    public var completeness: Double {
        values.isEmpty ? 0 : Double(values.lazy.filter { $0 != nil }.count) / Double(values.count)
    }
}
