// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A month as a utility counts it: what it supplied, and what it billed in that month for earlier use.
public struct BillingMonth: Hashable, Sendable {
    /// A figure as it was told at some time; later ones replace earlier ones, and none is thrown away.
    public struct Telling: Hashable, Sendable {
        /// Billed volume over supply of the month. Above 1 is no error. [–]
        public var ratio: Double
        /// When, or in which report.
        public var told: String

        public init(ratio: Double, told: String) {
            self.ratio = ratio
            self.told = told
        }
    }

    public var year: Int
    /// 1–12.
    public var month: Int
    /// In the order in which they were told; empty for a month that is not known.
    public var tellings: [Telling]
    /// Supplied in the month, in one unit for all months; nil: in proportion to the days.
    public var supply: Double?

    /// - ratio: billed over supply. [–]
    public init(year: Int, month: Int, ratio: Double?, supply: Double? = nil, told: String = "") {
        self.year = year
        self.month = month
        tellings = ratio.map { [Telling(ratio: $0, told: told)] } ?? []
        self.supply = supply
    }

    /// The last one told. [–]
    public var ratio: Double? { tellings.last?.ratio }

    /// Last figure less the first one; 0 where there was one only. [–]
    public var revision: Double { (tellings.last?.ratio ?? 0) - (tellings.first?.ratio ?? 0) }

    public mutating func revise(ratio: Double, told: String) { tellings.append(Telling(ratio: ratio, told: told)) }

    public var days: Int { Self.days(year: year, month: month) }

    static func days(year: Int, month: Int) -> Int {
        let next = month == 12 ? Instant(year: year + 1, month: 1, day: 1) : Instant(year: year, month: month + 1, day: 1)
        return (next - Instant(year: year, month: month, day: 1)) / 86_400
    }

    /// Months since the year 0, for counting.
    var index: Int { year * 12 + month - 1 }
}

/// Volumes of reading periods shared out to months by days: use is taken as even within each period.
public enum BillingProration {
    /// A reading period of a route, or of a meter.
    public struct Period: Hashable, Sendable {
        public var start: Instant
        /// Excluded.
        public var end: Instant
        /// Read at its end, less the reading at its start. [m³]
        public var volume: Double

        public init(start: Instant, end: Instant, volume: Double) {
            self.start = start
            self.end = end
            self.volume = volume
        }
    }

    /// What a part of a period carries: `volume · days/of` (Thornton, Sturm & Kunkel 2008).
    public static func part(_ volume: Double, days: Double, of total: Double) -> Double { total > 0 ? volume * days / total : 0 }

    /// Use between two moments, from all periods that reach into it. [m³]
    public static func use(from start: Instant, to end: Instant, of periods: [Period]) -> Double {
        periods.reduce(0) { sum, period in
            let overlap = max(0, min(period.end.seconds, end.seconds) - max(period.start.seconds, start.seconds))
            return sum + part(period.volume, days: Double(overlap), of: Double(period.end - period.start))
        }
    }

    /// Share of the time between two moments for which a route has readings. [–]
    public static func coverage(from start: Instant, to end: Instant, of periods: [Period]) -> Double {
        guard end > start else { return 0 }
        return use(
            from: start, to: end,
            of: periods.map { Period(start: $0.start, end: $0.end, volume: Double($0.end - $0.start)) }) / Double(end - start)
    }
}
