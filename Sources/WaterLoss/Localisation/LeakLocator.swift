// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// Finds one leak from readings before and after it: is there one, since when, how large, on which pipe.
///
/// Before/after residuals at the measured boundary; place, size and the balance of inflows fitted together with what demand
/// does as a nuisance in the covariance; error of the model itself taken from perturbed models, so that the probabilities are
/// not surer than the model is. The statistic of detection is twice the log likelihood ratio of the best place, its threshold
/// that of leak-free worlds drawn from the same errors.
public struct LeakLocator: Sendable {
    public let network: Network
    public let sensors: [Sensor]
    public var options: LeakLocatorOptions

    public init(network: Network, sensors: [Sensor], options: LeakLocatorOptions = LeakLocatorOptions()) {
        self.network = network
        self.sensors = sensors
        self.options = options
    }

    /// Places along a pipe at which a leak is tried.
    private static let fractions = [0.1, 0.3, 0.5, 0.7, 0.9]
    /// Sizes tried, evenly in their logarithm.
    private static let sizes = 400
    /// Most likely nodes whose signatures are bent to the size of the leak.
    private static let bentNodes = 250
    /// Hours of a class from which its sensitivities are taken.
    private static let samplesPerClass = 3

    /// - Parameters:
    ///   - baseline: healthy readings, a few days.
    ///   - readings: the days that follow, in which a leak may have begun.
    /// - Throws: `LeakLocatorError`.
    public func locate(baseline: SensorRecord, readings: SensorRecord) throws(LeakLocatorError) -> LeakFinding {
        guard baseline.count * baseline.step >= 86_400, readings.count * readings.step >= 43_200 else {
            throw .recordTooShort(hours: (baseline.count * baseline.step + readings.count * readings.step) / 3600)
        }
        let model = try ImposedModel(network, sensors: sensors, start: baseline.start)
        guard !model.channels.isEmpty else { throw .noUsableSensor }
        let solver: HydraulicSolver
        do { solver = try HydraulicSolver(network) } catch { throw .hydraulics(error.description) }
        var before = HourlyResiduals(model, baseline, solver: solver)
        before.dropGrossErrors(model)
        var after = HourlyResiduals(model, readings, solver: solver, known: before.habit)
        after.dropGrossErrors(model)
        guard before.hasReadings, after.hasReadings else { throw .noUsableSensor }
        let classes = HourClasses(baseline, before, readings, after, options: options)
        guard classes.count > 0 else { throw .recordTooShort(hours: baseline.count * baseline.step / 3600) }
        let beforeCells = cells(baseline, before), afterCells = cells(readings, after)

        let random: RandomNumbers
        do { random = try RandomNumbers(seed: options.seed) } catch { throw .numerical("\(error)") }
        let hours = (0..<classes.count).map { c in
            let of = before.conditions.indices.filter { classes.before[$0] == c }
            let count = min(Self.samplesPerClass, of.count)
            return (0..<count).map { before.conditions[of[(2 * $0 + 1) * of.count / (2 * count)]] }
        }
        guard hours.allSatisfy({ !$0.isEmpty }) else { throw .recordTooShort(hours: baseline.count * baseline.step / 3600) }
        var samples = try SensitivitySamples(model, hours: hours, options: options, random: random)

        let healthy = healthyStatistics(model, before, beforeCells, classes, samples, step: baseline.step)

        // The first look takes the last two thirds; the next ones the hours since the leak was seen to begin, and signatures
        // bent to its size.
        var window = readings.count / 3..<readings.count
        var search: LeakSearch?
        var start: Int?
        for look in 0..<3 {
            let differences = BeforeAfter(
                before: before, beforeCells: beforeCells, beforeClass: classes.before, after: after, afterCells: afterCells,
                afterClass: classes.after,
                afterHours: window,
                classes: classes.count,
                stepsPerDay: 86_400 / Double(readings.step))
            let error = LeakErrorModel(
                model: model, samples: samples, before: before, differences: differences,
                hoursPerClass: classes.perDay, step: Double(readings.step), options: options)
            // A later window may leave too few hours; the earlier look then stands.
            guard let found = LeakSearch(differences, error, samples) else { break }
            search = found
            start = LeakStart.hour(
                of: found.bestSignature, after: after, afterClass: classes.after, differences: differences, noise: error.noise,
                covariance: error.covariance, perDay: 1 / differences.daysBefore + 1 / differences.daysAfter)
            if let start, start > window.lowerBound, readings.count - start >= 12 { window = start..<readings.count }
            // Where a leak is likely, its signature is that of a leak of its size.
            if look == 0, found.bestSize > 0 {
                try samples.bend(model, hours: hours, size: found.bestSize, at: Array(found.nodesByLikeness.prefix(Self.bentNodes)))
            }
        }
        guard let search else { throw .noUsableSensor }
        return finding(search, healthy: healthy, start: start.map { readings.instant(at: $0) }, random: random)
    }

    /// The statistic of detection of each healthy day against the others: what the errors of this network look like, whatever was
    /// believed of them.
    private func healthyStatistics(
        _ model: ImposedModel, _ before: HourlyResiduals, _ cells: [Int], _ classes: HourClasses, _ samples: SensitivitySamples, step: Int
    ) -> [Double] {
        let perDay = 86_400 / step
        return stride(from: 0, to: cells.count - perDay + 1, by: perDay).compactMap { first in
            let day = first..<first + perDay
            var others = before
            for channel in others.residuals.indices { for hour in day { others.residuals[channel][hour] = nil } }
            let differences = BeforeAfter(
                before: others, beforeCells: cells, beforeClass: classes.before, after: before, afterCells: cells,
                afterClass: classes.before, afterHours: day,
                classes: classes.count, stepsPerDay: Double(perDay))
            let error = LeakErrorModel(
                model: model, samples: samples, before: others, differences: differences,
                hoursPerClass: classes.perDay, step: Double(step), options: options)
            return LeakSearch.statistic(of: differences, error, samples)
        }
    }

    /// Time of day and state of the switched links, as one number.
    private func cells(_ record: SensorRecord, _ residuals: HourlyResiduals) -> [Int] {
        (0..<record.count).map { hour in
            let seconds = ((record.instant(at: hour).seconds % 86_400) + 86_400) % 86_400
            return (seconds / record.step) << 48 | residuals.switching[hour]
        }
    }

    private func finding(_ search: LeakSearch, healthy: [Double], start: Instant?, random: RandomNumbers) -> LeakFinding {
        let index = network.nodeIndex()
        let pipes = network.links.filter { $0.pipe != nil }
        let meanDemand = search.meanDemand
        let largest = max(meanDemand, 1e-4), smallest = max(meanDemand * 2e-3, 1e-6)
        let grid = (0..<Self.sizes).map { smallest * pow(largest / smallest, Double($0) / Double(Self.sizes - 1)) }
        // For each pipe, each place along it.
        let options = options
        let fits: [[PlaceFit]] = concurrentMap(pipes.count) { p in
            let pipe = pipes[p]
            guard let a = index[pipe.start], let b = index[pipe.end], let length = pipe.pipe?.length, length >= options.shortestPipe else {
                return []
            }
            return Self.fractions.map { search.fit(a, b, fraction: $0, largest: largest) }
        }
        // Where even the best place leaves more than the errors allow, the errors are larger than believed: the likelihood is
        // tempered by that ratio (Birge), so that the probabilities are not surer than the fit.
        let best = fits.joined().max { $0.best < $1.best }
        let tempering = min(1, 1 / max(best?.misfit ?? 1, 1e-9))
        var logWeights: [Double] = []
        var bySize = [Double](repeating: 0, count: grid.count)
        var posteriors: [[Double]] = []
        for (pipe, places) in zip(pipes, fits) {
            guard !places.isEmpty, let length = pipe.pipe?.length else {
                logWeights.append(-.infinity)
                posteriors.append([])
                continue
            }
            let byGrid = grid.map { size in logSum(places.map { $0.logLikelihood(size) * tempering }) }
            logWeights.append(log(length) + logSum(byGrid) - log(Double(places.count * grid.count)))
            posteriors.append(byGrid)
        }
        let normaliser = logSum(logWeights)
        let probabilities = logWeights.map { $0.isFinite && normaliser.isFinite ? exp($0 - normaliser) : 0 }
        for (p, posterior) in posteriors.enumerated() where probabilities[p] > 1e-9 {
            let sum = logSum(posterior)
            for g in grid.indices { bySize[g] += probabilities[p] * exp(posterior[g] - sum) }
        }
        let total = probabilities.reduce(0, +)
        var candidates = pipes.indices.map {
            LeakFinding.Candidate(
                pipe: pipes[$0].id, probability: total > 0 ? probabilities[$0] / total : 0, length: pipes[$0].pipe?.length ?? 0)
        }
        candidates.sort { ($1.probability / $1.length, $0.pipe) < ($0.probability / $0.length, $1.pipe) }
        var sum = 0.0
        let set = candidates.prefix { candidate in
            defer { sum += candidate.probability }
            return sum < 0.9
        }
        let pValue = search.significance(
            pipes: pipes.compactMap { pipe in
                guard let a = index[pipe.start], let b = index[pipe.end] else { return nil }
                return (a, b)
            }, healthy: healthy, draws: options.nullDraws, random: random)
        let isDetected = pValue <= options.falseAlarmRate
        let quantiles = Self.quantiles([0.025, 0.5, 0.975], grid: grid, weights: bySize)
        return LeakFinding(
            isDetected: isDetected, pValue: pValue, start: isDetected ? start : nil, flow: isDetected ? quantiles[1] : 0,
            flowLow95: isDetected ? quantiles[0] : 0, flowHigh95: quantiles[2], candidates: candidates,
            credibleSet90: set.map(\.pipe), zone: nil)
    }

    /// Quantiles of a distribution given by weights on a grid, linear between its points.
    private static func quantiles(_ shares: [Double], grid: [Double], weights: [Double]) -> [Double] {
        let total = weights.reduce(0, +)
        guard total > 0 else { return shares.map { _ in 0 } }
        return shares.map { share in
            var sum = 0.0
            for (index, weight) in weights.enumerated() {
                let next = sum + weight / total
                if next >= share {
                    guard index > 0, weight > 0 else { return grid[index] }
                    return grid[index - 1] + (grid[index] - grid[index - 1]) * (share - sum) / (weight / total)
                }
                sum = next
            }
            return grid.last ?? 0
        }
    }

    private func logSum(_ values: [Double]) -> Double {
        let top = values.max() ?? -.infinity
        guard top.isFinite else { return -.infinity }
        return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }
}
