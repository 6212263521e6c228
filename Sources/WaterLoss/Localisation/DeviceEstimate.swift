// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What healthy readings say of one pump or valve, as the change of `DeviceParameters`: a logarithm of a factor [–] or metres.
struct DeviceEstimate: Sendable {
    let device: DeviceParameters.Device
    /// Mean and standard deviation after the readings, and standard deviation before them.
    var change: Double
    var deviation: Double
    var prior: Double

    /// How many of its standard deviations the readings by themselves, without what was believed before, are off the model: with
    /// 1/s² = 1/sₐ² − 1/s₀² the spread that they alone leave, s₀ before and sₐ after them, s²/s₀² part of the change is yet to come. [–]
    var signal: Double {
        let told = 1 - deviation * deviation / (prior * prior)
        return told > Self.leastTold ? change / (deviation * told.squareRoot()) : 0
    }

    /// Share of the variance of which the readings must tell something. [–]
    private static let leastTold = 1e-3
}

extension StandingErrors {
    /// What the strengths of the ways say of pumps and valves. With u the part of a device in the ways' directions, its mean is u · ŵ and its
    /// variance 1 − u · u + u C u, with C the covariance of the strengths after the readings (Rasmussen and Williams 2006, eq. A.6).
    /// - Parameters:
    ///   - strengths: of the ways, the likeliest.
    ///   - told: factor of the information on what stands, the ways first.
    func deviceEstimates(_ strengths: [Double], _ told: CholeskyFactor, _ options: LeakLocatorOptions) -> [DeviceEstimate] {
        parameters.devices.enumerated().map { place, device in
            let parts = directions.map { $0[parameters.firstDevice + place] }
            var column = Matrix(rows: told.lower.rows, columns: 1)
            for (way, part) in parts.enumerated() { column[way, 0] = part }
            let left = told.whiten(column)
            let variance = max(1 - dotProduct(parts, parts), 0) + left.storage.reduce(0) { $0 + $1 * $1 }
            let spread = device.spread(options)
            return DeviceEstimate(
                device: device, change: spread * dotProduct(parts, strengths), deviation: spread * min(variance, 1).squareRoot(),
                prior: spread)
        }
    }
}
