// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A record as days of 24 hourly means on the clock of the readings; hours of which less than half was read are unknown.
struct DayCourses {
    struct Day {
        /// Days since 1970-01-01.
        var number: Int
        var hours: [Double?]

        var known: Int { hours.count { $0 != nil } }
    }

    /// In the order of time; days of which nothing was read are left out.
    let days: [Day]

    init(_ series: TimeSeries) {
        let perHour = max(3600 / max(series.step, 1), 1)
        var sums: [Int: [(sum: Double, count: Int)]] = [:]
        for (index, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let seconds = series.instant(at: index).seconds
            let day = Int((Double(seconds) / 86_400).rounded(.down)), hour = (seconds - day * 86_400) / 3600
            sums[day, default: Array(repeating: (0, 0), count: 24)][hour].sum += value
            sums[day]?[hour].count += 1
        }
        days = sums.sorted { $0.key < $1.key }.map { number, hours in
            Day(number: number, hours: hours.map { 2 * $0.count >= perHour && $0.count > 0 ? $0.sum / Double($0.count) : nil })
        }
    }

    /// Hours of a day that must be known to compare its course.
    private static let leastHours = 12
    /// Days count as alike up to this multiple of the distance of the third nearest. [–]
    private static let nearby = 2.0
    private static let fewest = 3

    /// Places among these days of those whose course is like another day's: one minus the correlation of their hours, so that neither a
    /// constant leak nor a busier day makes a difference, but a holiday does, and nobody need be told which days are holidays.
    /// - leavingOut: a day that is not its own like.
    func alike(_ day: Day, leavingOut own: Int? = nil) -> [Int] {
        let distances = days.indices.compactMap { place -> (place: Int, distance: Double)? in
            guard days[place].number != own, let distance = Self.distance(days[place].hours, day.hours) else { return nil }
            return (place, distance)
        }
        let sorted = distances.map(\.distance).sorted()
        guard !sorted.isEmpty else { return [] }
        let limit = Self.nearby * sorted[min(Self.fewest, sorted.count) - 1]
        return distances.filter { $0.distance <= limit }.map(\.place)
    }

    /// nil where too few hours are known of both.
    private static func distance(_ one: [Double?], _ other: [Double?]) -> Double? {
        let both = zip(one, other).compactMap { a, b in a.flatMap { a in b.map { (a, $0) } } }
        guard both.count >= leastHours else { return nil }
        let count = Double(both.count), means = (both.reduce(0) { $0 + $1.0 } / count, both.reduce(0) { $0 + $1.1 } / count)
        var products = (own: 0.0, both: 0.0, other: 0.0)
        for (a, b) in both {
            products.own += (a - means.0) * (a - means.0)
            products.both += (a - means.0) * (b - means.1)
            products.other += (b - means.1) * (b - means.1)
        }
        let scale = (products.own * products.other).squareRoot()
        return scale > 0 ? 1 - products.both / scale : 0
    }

    /// Mean of some of the days, hour by hour.
    func mean(_ places: [Int]) -> [Double?] {
        (0..<24).map { hour in
            let known = places.compactMap { days[$0].hours[hour] }
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }
}
