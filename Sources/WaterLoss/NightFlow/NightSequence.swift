// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// A sequence of nights made ready for the search: weekdays evened out, odd nights cut to 2.5 standard deviations from the running
/// median of a week, in units of the standard deviation of a long mean.
struct NightSequence {
    /// Evened and cut, in units of the deviation of a long mean.
    let values: [Double]
    private let sums: [Double]
    private let squareSums: [Double]
    let noise: NightNoise
    var count: Int { values.count }
    /// Deviation of a long mean times the root of its nights; turns a value into a flow. [m³/s]
    let unit: Double

    init?(_ values: [Double], days: [Int]) {
        let even = Self.evened(values, days: days)
        guard let noise = NightNoise(even), let centre = try? OrderStatistics.runningMedian(even, halfWidth: 3) else { return nil }
        self.noise = noise
        unit = noise.standardDeviation * noise.inflation.squareRoot()
        let limit = 2.5 * noise.standardDeviation
        var kept: [Double] = [], sums = [0.0], squares = [0.0]
        for (value, middle) in zip(even, centre) {
            let cut = min(middle + limit, max(middle - limit, value))
            kept.append(unit > 0 ? cut / unit : 0)
            sums.append((sums.last ?? 0) + (kept.last ?? 0))
            squares.append((squares.last ?? 0) + (kept.last ?? 0) * (kept.last ?? 0))
        }
        self.values = kept
        self.sums = sums
        squareSums = squares
    }

    func mean(_ range: Range<Int>) -> Double {
        range.isEmpty ? 0 : (sums[range.upperBound] - sums[range.lowerBound]) / Double(range.count)
    }

    /// Sum of squares about their mean.
    func squares(about range: Range<Int>) -> Double {
        guard !range.isEmpty else { return 0 }
        let sum = sums[range.upperBound] - sums[range.lowerBound]
        return max(0, squareSums[range.upperBound] - squareSums[range.lowerBound] - sum * sum / Double(range.count))
    }

    /// Nights from which the effect of a weekday is told.
    static let fewestForWeekdays = 28

    /// Less the median of each weekday's distance from the running median of a week.
    static func evened(_ values: [Double], days: [Int]) -> [Double] {
        guard values.count >= fewestForWeekdays, let week = try? OrderStatistics.runningMedian(values, halfWidth: 3) else { return values }
        var apart = [[Double]](repeating: [], count: 7)
        for index in values.indices { apart[weekday(days[index])].append(values[index] - week[index]) }
        guard apart.allSatisfy({ $0.count >= 3 }) else { return values }
        let effects = apart.map { OrderStatistics.median($0) ?? 0 }
        let mean = effects.reduce(0, +) / 7
        return values.indices.map { values[$0] - effects[weekday(days[$0])] + mean }
    }

    static func weekday(_ day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }

    /// √(n₁ n₂/n) |mean after − mean before|.
    func statistic(at place: Int, in range: Range<Int>) -> Double {
        let before = Double(place - range.lowerBound), after = Double(range.upperBound - place)
        guard before > 0, after > 0 else { return 0 }
        let first = (sums[place] - sums[range.lowerBound]) / before
        let second = (sums[range.upperBound] - sums[place]) / after
        return (before * after / (before + after)).squareRoot() * abs(second - first)
    }

    /// Squares that levels between these places explain, in the unit of the statistic's square.
    func explained(_ places: [Int]) -> Double {
        var from = 0, sum = 0.0
        for place in places + [count] {
            let part = sums[place] - sums[from]
            if place > from { sum += part * part / Double(place - from) }
            from = place
        }
        return sum
    }

    func largest(in range: Range<Int>, least: Int) -> (place: Int, statistic: Double) {
        var best = (place: range.lowerBound, statistic: 0.0)
        guard range.count >= 2 * least else { return best }
        for place in range.lowerBound + least...range.upperBound - least {
            let value = statistic(at: place, in: range)
            if value > best.statistic { best = (place, value) }
        }
        return best
    }
}
