// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// By how much a zone's inflow, or a pressure, stands above healthy days that are like it, and how surely.
///
/// The days' means over the night, or over all hours, less those of the healthy days with the most similar course; their scatter from
/// the healthy days themselves, each less the others that are like it. Student's t, with no more freedom than there are such days.
struct ZoneStep {
    /// A healthy day's scatter, of one day. [unit]
    let scatter: Double
    let freedom: Double
    /// Shift of each later day that is known, by day number. [unit]
    let shifts: [(day: Int, shift: Double)]
    /// Healthy level of the hours looked at. [unit]
    let before: Double
    /// Later hours less the healthy mean of their hour, in the order of time; nil where unknown. [unit]
    let hourly: [(start: Instant, excess: Double, weight: Double)]
    /// Variance of the weighted sum of a day's hours over what independent hours would give: hours of a day go together.
    let inflation: Double
    private let healthyDays: Double

    /// Share of the hours looked at that a day must have. [–]
    private static let coverage = 0.6
    /// Healthy days without which nothing is compared.
    static let fewestDays = 3

    /// nil where too little was read.
    /// - hours: of the day that are looked at.
    /// - least: scatter that is believed at least. [unit]
    init?(_ healthy: DayCourses, _ later: DayCourses, hours: Range<Int>, least: Double) {
        func mean(_ day: [Double?], less reference: [Double?]) -> Double? {
            let known = hours.compactMap { hour in day[hour].flatMap { a in reference[hour].map { a - $0 } } }
            return Double(known.count) >= Self.coverage * Double(hours.count) ? known.reduce(0, +) / Double(known.count) : nil
        }
        var used: Set<Int> = []
        var shifts: [(day: Int, shift: Double)] = []
        var hourly: [(start: Instant, excess: Double, weight: Double)] = []
        for day in later.days {
            var like = healthy.alike(day)
            // A day of which little is known is compared with all.
            if like.isEmpty { like = Array(healthy.days.indices) }
            let reference = healthy.mean(like)
            let level = reference.compactMap { $0 }.reduce(0) { $0 + abs($1) } / Double(max(reference.count { $0 != nil }, 1))
            for hour in 0..<24 {
                guard let value = day.hours[hour], let usual = reference[hour] else { continue }
                let size = max(abs(usual), 0.1 * level, 1e-12)
                hourly.append((Instant(seconds: day.number * 86_400 + hour * 3600), value - usual, 1 / (size * size)))
            }
            if let shift = mean(day.hours, less: reference) {
                shifts.append((day.number, shift))
                used.formUnion(like)
            }
        }
        if used.count < Self.fewestDays { used = Set(healthy.days.indices) }
        var squares: [Double] = [], sums: [Double] = [], singles: [Double] = []
        for place in used.sorted() {
            let day = healthy.days[place], like = healthy.alike(day, leavingOut: day.number)
            guard !like.isEmpty else { continue }
            let reference = healthy.mean(like), shrunk = 1 + 1 / Double(like.count)
            if let shift = mean(day.hours, less: reference) { squares.append(shift * shift / shrunk) }
            let level = reference.compactMap { $0 }.reduce(0) { $0 + abs($1) } / Double(max(reference.count { $0 != nil }, 1))
            var sum = 0.0, weights = 0.0, single = 0.0, count = 0.0
            for hour in 0..<24 {
                guard let value = day.hours[hour], let usual = reference[hour] else { continue }
                let size = max(abs(usual), 0.1 * level, 1e-12), excess = value - usual
                sum += excess / (size * size)
                weights += 1 / (size * size)
                single += excess * excess / (size * size)
                count += 1
            }
            if count > 0 {
                sums.append(sum * sum / weights / shrunk)
                singles.append(single / count / shrunk)
            }
        }
        guard squares.count >= Self.fewestDays, !shifts.isEmpty else { return nil }
        scatter = max((squares.reduce(0, +) / Double(squares.count)).squareRoot(), least)
        freedom = Double(squares.count - 1)
        healthyDays = Double(squares.count)
        let known = used.sorted().compactMap { mean(healthy.days[$0].hours, less: Array(repeating: 0, count: 24)) }
        before = known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
        self.shifts = shifts
        self.hourly = hourly
        let independent = singles.reduce(0, +)
        inflation = max(sums.reduce(0, +) / Double(max(sums.count, 1)), independent / Double(max(singles.count, 1)), 1e-12)
    }

    /// Mean shift of the last days and its deviation.
    func shift(last count: Int) -> (size: Double, deviation: Double) {
        let last = shifts.suffix(max(count, 1))
        return (
            last.reduce(0) { $0 + $1.shift } / Double(last.count), scatter * (1 / Double(last.count) + 1 / healthyDays).squareRoot()
        )
    }

    /// Numbers of last days that are tested, fixed beforehand: two thirds of the later record and a third.
    var windows: [Int] { Array(Set([(2 * shifts.count + 2) / 3, (shifts.count + 2) / 3])).sorted() }

    /// Chance of so large a rise, or a larger one, in either window where there is none. [–]
    var pValue: Double {
        let chances = windows.map { window in
            let (size, deviation) = shift(last: window)
            return StudentT(degreesOfFreedom: freedom).upperTail(size / deviation)
        }
        return min(1, Double(windows.count) * (chances.min() ?? 1))
    }

    /// Least rise that is found with a chance of 80 % at a rate of false alarms. [unit]
    func detectable(falseAlarmRate: Double) -> Double {
        let student = StudentT(degreesOfFreedom: freedom)
        return (student.upperQuantile(falseAlarmRate / Double(windows.count)) + student.quantile(0.8))
            * shift(last: windows.last ?? 1).deviation
    }

    /// Hours at which a lasting rise to the end of the record may have begun: the likeliest, and the first and last that the readings allow
    /// with 95 % (likelihood ratio, with the scatter of whole days). nil where no hour stands above.
    var onset: (likeliest: Instant, earliest: Instant, latest: Instant)? {
        var gains = [Double](repeating: 0, count: hourly.count)
        var sum = 0.0, weights = 0.0
        for place in hourly.indices.reversed() {
            sum += hourly[place].weight * hourly[place].excess
            weights += hourly[place].weight
            gains[place] = sum > 0 ? sum * sum / weights / inflation : 0
        }
        guard let best = gains.max(), best > 0, let likeliest = gains.firstIndex(of: best) else { return nil }
        let allowed = gains.indices.filter { best - gains[$0] <= Self.quantile95 }
        return (
            hourly[likeliest].start, hourly[allowed.first ?? likeliest].start, hourly[allowed.last ?? likeliest].start
        )
    }

    /// Of χ² with one degree of freedom.
    private static let quantile95 = 3.841
}
