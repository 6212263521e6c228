// SPDX-License-Identifier: GPL-3.0-or-later

/// A trend that is tested by the signs of all differences and measured by the median of all slopes: outliers and the shape of the
/// distribution do not matter. Mann (1945), Kendall (1975); Sen, J. Am. Stat. Assoc. 63 (1968) 1379; variance for series whose
/// neighbours resemble each other: the factor (1 + r)/(1 − r) of a first-order process (Bayley and Hammersley, 1946).
public struct MonotoneTrend: Sendable {
    /// Median of the slopes between all pairs. [value per unit of time]
    public var slope: Double
    /// 95 % interval of the slope (Gilbert, Statistical Methods for Environmental Pollution Monitoring, 1987, § 16.4).
    public var slope95: (low: Double, high: Double)
    /// Kendall's S over its deviation, with continuity correction: normal where there is no trend. [–]
    public var z: Double
    /// Correlation of neighbours about the trend, that the deviation allows for. [–]
    public var neighbourCorrelation: Double

    /// nil for fewer than four points or where all times are the same.
    public init?(times: [Double], values: [Double]) {
        let n = min(times.count, values.count)
        guard n >= 4 else { return nil }
        var slopes: [Double] = []
        slopes.reserveCapacity(n * (n - 1) / 2)
        var sum = 0
        for i in 0..<n {
            for j in (i + 1)..<max(i + 1, n) where times[j] != times[i] {
                let slope = (values[j] - values[i]) / (times[j] - times[i])
                slopes.append(slope)
                sum += slope > 0 ? 1 : (slope < 0 ? -1 : 0)
            }
        }
        guard !slopes.isEmpty else { return nil }
        slopes.sort()
        let median = 0.5 * (slopes[(slopes.count - 1) / 2] + slopes[slopes.count / 2])
        var groups: [Double: Int] = [:]
        for value in values.prefix(n) { groups[value, default: 0] += 1 }
        let m = Double(n)
        var variance = m * (m - 1) * (2 * m + 5)
        for count in groups.values where count > 1 {
            let t = Double(count)
            variance -= t * (t - 1) * (2 * t + 5)
        }
        variance /= 18
        let rest = (0..<n).map { values[$0] - median * times[$0] }
        let mean = rest.reduce(0, +) / m
        var square = 0.0, product = 0.0
        for i in 0..<n {
            square += (rest[i] - mean) * (rest[i] - mean)
            if i > 0 { product += (rest[i] - mean) * (rest[i - 1] - mean) }
        }
        // The correlation of a short series is found too small by about (1 + 4 r)/n (Kendall, 1954).
        let found = square > 0 ? product / square : 0
        neighbourCorrelation = min(0.6, max(0, found + (1 + 4 * found) / m))
        variance *= (1 + neighbourCorrelation) / (1 - neighbourCorrelation)
        slope = median
        let s = Double(sum)
        let deviation = variance > 0 ? variance.squareRoot() : 0
        z = deviation > 0 ? (s > 0 ? s - 1 : (s < 0 ? s + 1 : 0)) / deviation : 0
        let reach = 1.959963984540054 * deviation, count = Double(slopes.count)
        func order(_ rank: Double) -> Double { slopes[min(slopes.count - 1, max(0, Int(rank.rounded())))] }
        slope95 = (order((count - reach) / 2 - 1), order((count + reach) / 2))
    }
}
