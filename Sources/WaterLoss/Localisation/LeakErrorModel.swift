// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Covariance of the before/after differences where there is no leak.
///
/// Noise of demand is carried through the sensitivities exactly: it is the limit of infinitely many Monte Carlo worlds of the
/// nominal model. What all demand together does is averaged over the perturbed models.
struct LeakErrorModel {
    /// By channel: noise of one reading. [unit of the channel]
    let noise: [Double]
    /// `features` × `features`.
    let covariance: [Double]

    init(
        model: ImposedModel, samples: SensitivitySamples, before: HourlyResiduals, differences: BeforeAfter,
        hoursPerClass: [Double], step: Double, options: LeakLocatorOptions
    ) {
        let classes = differences.classes, n = samples.features
        let phi = options.hourlyDemandCorrelation
        // Sensor noise from what changes from hour to hour in the healthy record, less what demand explains of it.
        var noise = [Double](repeating: 0, count: model.channels.count)
        for (k, channel) in model.channels.enumerated() {
            var changes: [Double] = []
            for hour in 1..<max(before.residuals[k].count, 1) {
                if let a = before.residuals[k][hour - 1], let b = before.residuals[k][hour] { changes.append(abs(b - a)) }
            }
            let spread = changes.isEmpty ? 0 : 1.4826 * BeforeAfter.median(changes) / 2.0.squareRoot()
            var explained = 0.0
            for c in 0..<classes {
                let feature = k * classes + c
                var local = 0.0
                for node in 0..<samples.nodes {
                    let answer = samples.plain[node * n + feature] * samples.demand[c][node]
                    local += answer * answer
                }
                let common = samples.common[0][feature] * options.hourlyCommonSpread
                explained +=
                    (local * options.hourlyDemandSpread * options.hourlyDemandSpread * (1 - phi) + common * common) / Double(classes)
            }
            let rest = max(spread * spread - explained, 0).squareRoot()
            switch channel.source {
            case .tank(_, let area): noise[k] = 2.0.squareRoot() * options.levelNoise * area / step
            case .sensor: noise[k] = max(rest, channel.isFlow ? options.flowNoise * before.meanSize[k] + 5e-5 : options.pressureNoise)
            }
        }
        self.noise = noise
        let perDay = 1 / max(differences.daysBefore, 0.5) + 1 / max(differences.daysAfter, 0.5)
        var matrix = [Double](repeating: 0, count: n * n)
        // Independent errors of the readings; the level's own error telescopes over the hours of a class.
        for k in model.channels.indices {
            for c in 0..<classes {
                let f = k * classes + c
                let counts = 1 / max(differences.hoursBefore[f], 1) + 1 / max(differences.hoursAfter[f], 1)
                var variance = noise[k] * noise[k] * counts
                if case .tank = model.channels[k].source { variance = noise[k] * noise[k] * perDay / (hoursPerClass[c] * hoursPerClass[c]) }
                matrix[f * n + f] += variance
            }
        }
        // Each node by itself: an autoregressive series averaged over the hours of a class and over the days.
        for c in 0..<classes {
            let variance = options.hourlyDemandSpread * options.hourlyDemandSpread * perDay * Self.meanVariance(hoursPerClass[c], phi)
            let rows = model.channels.indices.map { $0 * classes + c }
            for node in 0..<samples.nodes {
                let d = samples.demand[c][node]
                guard d != 0 else { continue }
                for i in rows {
                    let left = samples.plain[node * n + i] * d * d * variance
                    for j in rows where j <= i { matrix[i * n + j] += left * samples.plain[node * n + j] }
                }
            }
        }
        // All together: by the day over all classes, by the hour within a class; averaged over the perturbed models.
        let weight = 1 / Double(samples.common.count)
        let daily = options.dailyCommonSpread * options.dailyCommonSpread * perDay * weight
        for row in samples.common {
            for i in 0..<n {
                for j in 0...i {
                    var factor = daily
                    if i % classes == j % classes {
                        factor += options.hourlyCommonSpread * options.hourlyCommonSpread * perDay / hoursPerClass[i % classes] * weight
                    }
                    matrix[i * n + j] += factor * row[i] * row[j]
                }
            }
        }
        for i in 0..<n { for j in 0..<i { matrix[j * n + i] = matrix[i * n + j] } }
        covariance = matrix
    }

    /// Variance of the mean of `hours` consecutive values of a first-order autoregressive series of variance 1.
    private static func meanVariance(_ hours: Double, _ phi: Double) -> Double {
        let m = max(Int(hours.rounded()), 1)
        var sum = Double(m), power = 1.0
        for lag in 1..<max(m, 1) {
            power *= phi
            sum += 2 * Double(m - lag) * power
        }
        return sum / Double(m * m)
    }
}
