// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Noise of one reading of each channel, as a first guess. [unit of the channel]
enum SensorNoise {
    /// From what changes from hour to hour in the healthy record; demand has its share in that, so that it is an upper one.
    static func estimate(_ model: ImposedModel, _ before: HourlyResiduals, options: LeakLocatorOptions) -> [Double] {
        model.channels.indices.map { k in
            if model.channels[k].isFlow { return options.flowZero }
            let values = before.residuals[k]
            let changes = zip(values, values.dropFirst()).compactMap { a, b in a.flatMap { a in b.map { abs($0 - a) } } }
            let spread = 1.4826 * OrderStatistics.medianOrZero(changes) / 2.0.squareRoot()
            return min(max(spread, options.pressureNoise), 3 * options.pressureNoise)
        }
    }
}

extension OrderStatistics {
    /// The median; zero for no values at all.
    static func medianOrZero(_ values: [Double]) -> Double { median(values) ?? 0 }
}
