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

    /// Share of the variance before the readings that they take away. [–]
    private var told: Double { 1 - deviation * deviation / (prior * prior) }

    /// What the readings say by themselves, without what was believed before: with sₐ and s₀ the deviations after and before them,
    /// 1/s² = 1/sₐ² − 1/s₀² is the precision that is theirs, and m s²/sₐ² the mean; nil where they say next to nothing.
    var alone: (change: Double, deviation: Double)? {
        told > Self.leastTold ? (change / told, deviation / told.squareRoot()) : nil
    }

    /// How many of its standard deviations that is off the model. [–]
    var signal: Double { alone.map { $0.change / $0.deviation } ?? 0 }

    /// Share of the variance of which the readings must tell something. [–]
    private static let leastTold = 0.02
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
