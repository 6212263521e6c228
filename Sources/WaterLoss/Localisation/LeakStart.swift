// SPDX-License-Identifier: GPL-3.0-or-later

/// When a leak began: the step that best explains the hourly size of its signature in the residuals.
enum LeakStart {
    /// Index of the first hour of the leak; nil where the hours tell nothing.
    /// - Parameters:
    ///   - signature: answer of each feature to the leak. [unit of the channel per m³/s]
    ///   - covariance: of the differences; its diagonal, less what days share, gives the spread of one hour.
    static func hour(
        of signature: [Double], after: HourlyResiduals, afterClass: [Int], differences: BeforeAfter, noise: [Double],
        covariance: [Double], perDay: Double
    ) -> Int? {
        let classes = differences.classes
        let n = signature.count
        var sizes: [(value: Double, weight: Double)?] = []
        for hour in afterClass.indices {
            guard afterClass[hour] >= 0 else {
                sizes.append(nil)
                continue
            }
            var top = 0.0, bottom = 0.0
            for k in after.residuals.indices {
                let feature = k * classes + afterClass[hour]
                guard let change = differences.change(k, hour, in: after) else { continue }
                // Spread of a single hour: the sensor's noise and, roughly, a day's share of the demand error.
                let variance = noise[k] * noise[k] + covariance[feature * n + feature] / max(perDay, 1e-9)
                top += signature[feature] * change / variance
                bottom += signature[feature] * signature[feature] / variance
            }
            sizes.append(bottom > 0 ? (top / bottom, bottom) : nil)
        }
        var best: (gain: Double, hour: Int)?
        var sum = 0.0, weight = 0.0
        for hour in sizes.indices.reversed() {
            if let item = sizes[hour] {
                sum += item.value * item.weight
                weight += item.weight
            }
            let remaining = sizes.count - hour
            guard weight > 0, remaining >= 6, sum > 0 else { continue }
            let gain = sum * sum / weight
            if gain >= best?.gain ?? 0 { best = (gain, hour) }
        }
        return best?.hour
    }
}
