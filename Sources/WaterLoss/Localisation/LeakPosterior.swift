// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Where one leak sits and how large it is, given the readings.
private struct LeakPosterior {
    /// By pipe. [–]
    let probabilities: [Double]
    let sizes: GridQuantiles
}

extension LeakLocator {
    /// From a search to an answer: whether, where and how large, and whether there are several.
    /// - Parameters:
    ///   - search: of the hours since the leak was seen to begin.
    ///   - dispersion: mean square of what its hourly fit leaves. [–]
    ///   - tested: searches in windows that were fixed beforehand.
    ///   - dates: when else it may have begun.
    func finding(
        _ search: LeakSearch, dispersion: Double, tested: [(search: LeakSearch, dispersion: Double)], meanDemand: Double, start: Instant?,
        dates: DatingOdds, random: RandomNumbers
    ) -> LeakFinding {
        let index = network.nodeIndex()
        let pipes = network.links.filter { $0.pipe != nil }
        let ends = pipes.compactMap { pipe in index[pipe.start].flatMap { a in index[pipe.end].map { (a: a, b: $0) } } }
        let chances = tested.map {
            $0.search.significance(pipes: ends, dispersion: $0.dispersion, draws: options.nullDraws, random: random)
        }
        let pValue = min(1, Double(tested.count) * (chances.min() ?? 1))
        let isDetected = pValue <= options.falseAlarmRate
        // Of several each is looked for about the size at which it is likeliest alone.
        let straight = search.straightened
        let several =
            isDetected && options.mostLeaks > 1
            ? FurtherLeaks(
                straight, pipes: ends, fractions: Self.fractions, dispersion: dispersion, most: options.mostLeaks,
                rate: options.splitRate, draws: options.nullDraws, random: random
            ).leaks : []
        let single = posterior(search, pipes, index, meanDemand, dispersion, dates)
        // Each leak beside the others, whose sizes are left free.
        var posteriors =
            several.count > 1
            ? several.indices.map { own in
                posterior(
                    straight.without(several.indices.filter { $0 != own }.map { several[$0].place }), pipes, index, meanDemand, dispersion,
                    dates)
            } : [single]
        // The balance of inflows tells the sum of the leaks, however many they are: a set that does not keep it makes up for errors.
        if posteriors.reduce(0, { $0 + $1.sizes[0.5] }) > single.sizes[0.975] { posteriors = [single] }
        let leaks = posteriors.enumerated().map { place, posterior in
            let order = candidates(pipes, posterior.probabilities)
            return LeakFinding.Leak(
                flow: posterior.sizes[0.5], flowLow95: posterior.sizes[0.025], flowHigh95: posterior.sizes[0.975],
                likeliest: order.first?.pipe, credibleSet90: LeakFinding.Candidate.credibleSet(order, 0.9),
                pValue: posteriors.count > 1 ? several[place].chance : nil)
        }
        let mean = pipes.indices.map { p in posteriors.reduce(0) { $0 + $1.probabilities[p] } / Double(posteriors.count) }
        let order = candidates(pipes, mean)
        // Of the sum: the leaks' sizes are known apart from each other.
        let flow = leaks.reduce(0) { $0 + $1.flow }
        func together(_ parts: [Double]) -> Double { dotProduct(parts, parts).squareRoot() }
        let below = together(leaks.map { $0.flow - $0.flowLow95 }), above = together(leaks.map { $0.flowHigh95 - $0.flow })
        var finding = LeakFinding(
            isDetected: isDetected, pValue: pValue, start: isDetected ? start : nil, flow: isDetected ? flow : 0,
            flowLow95: isDetected ? flow - below : 0, flowHigh95: flow + above, candidates: order,
            credibleSet90: LeakFinding.Candidate.credibleSet(order, 0.9), zone: nil, prior: failureRates?.evidence ?? [])
        finding.leaks = isDetected ? leaks : []
        return finding
    }

    private func candidates(_ pipes: [Link], _ probabilities: [Double]) -> [LeakFinding.Candidate] {
        zip(pipes, probabilities).map { pipe, probability in
            LeakFinding.Candidate(pipe: pipe.id, probability: probability, length: pipe.pipe?.length ?? 0)
        }.sorted(by: LeakFinding.Candidate.walkingOrder)
    }

    /// Log likelihood by which a place may be less likely than the best and still be looked at closely. [–]
    private static let farBelow = 60.0

    private func posterior(
        _ search: LeakSearch, _ pipes: [Link], _ index: ElementIndex<Node>, _ meanDemand: Double, _ dispersion: Double,
        _ dates: DatingOdds
    ) -> LeakPosterior {
        let largest = max(meanDemand, 1e-4), smallest = max(meanDemand * 2e-3, 1e-6)
        let grid = (0..<Self.sizes).map { smallest * pow(largest / smallest, Double($0) / Double(Self.sizes - 1)) }
        // For each pipe, each place along it.
        let options = options, places = LeakPlaces(network)
        let links = network.links.indices.filter { network.links[$0].pipe != nil }
        let rough: [[PlaceFit]] = concurrentMap(pipes.count) { p in
            let pipe = pipes[p]
            guard let a = index[pipe.start], let b = index[pipe.end], let length = pipe.pipe?.length, length >= options.shortestPipe else {
                return []
            }
            return search.fits(places.path(links[p], from: a, to: b))
        }
        // Of places that count the whole likelihood: how large a leak is must not be told by errors of another size.
        let top = rough.joined().reduce(-Double.infinity) { max($0, $1.gain) }
        let near = pipes.indices.filter { p in rough[p].contains { $0.gain > top - Self.farBelow } }
        let whole: [[PlaceFit]] = concurrentMap(near.count) { place in
            guard let a = index[pipes[near[place]].start], let b = index[pipes[near[place]].end] else { return [] }
            return search.fits(places.path(links[near[place]], from: a, to: b), isWhole: true)
        }
        let closely = Dictionary(zip(near, whole), uniquingKeysWith: { first, _ in first })
        let fits = pipes.indices.map { closely[$0] ?? rough[$0] }
        // Where even the best place leaves more than the errors allow, the errors are larger than believed: the likelihood is
        // tempered by that ratio (Birge), so that the probabilities are not surer than the fit.
        let bests = concurrentMap(whole.count) { place in
            whole[place].map { fit in
                let size = Self.top(of: grid) { fit.logLikelihood($0, tempering: 1) }
                return (likelihood: fit.logLikelihood(size, tempering: 1), misfit: fit.misfit(size))
            }.max { $0.likelihood < $1.likelihood }
        }
        let best = bests.compactMap { $0 }.max { $0.likelihood < $1.likelihood }
        // Size and place were fitted, a place to two numbers.
        let free = Double(search.n) / Double(max(search.n - 3, 1))
        let tempering = 1 / max(1, (best?.misfit ?? 1) * free, dispersion)
        let byGrids: [[Double]] = concurrentMap(pipes.count) { p in
            fits[p].isEmpty ? [] : grid.map { Self.logSum(fits[p], at: $0, tempering: tempering) }
        }
        var logWeights: [Double] = []
        var bySize = [Double](repeating: 0, count: grid.count)
        for (p, pipe) in pipes.enumerated() {
            guard !fits[p].isEmpty, let length = pipe.pipe?.length else {
                logWeights.append(-.infinity)
                continue
            }
            logWeights.append(
                log(length) + log(failureRates?[pipe.id] ?? 1) + logSum(byGrids[p]) - log(Double(fits[p].count * grid.count)))
        }
        let normaliser = logSum(logWeights)
        let probabilities = logWeights.map { $0.isFinite && normaliser.isFinite ? exp($0 - normaliser) : 0 }
        for (p, posterior) in byGrids.enumerated() where probabilities[p] > 1e-9 {
            let sum = logSum(posterior)
            for g in grid.indices { bySize[g] += probabilities[p] * exp(posterior[g] - sum) }
        }
        let total = probabilities.reduce(0, +)
        return LeakPosterior(
            probabilities: probabilities.map { total > 0 ? $0 / total : 0 },
            sizes: GridQuantiles(
                grid: grid, weights: dates.spread(bySize, step: log(largest / smallest) / Double(Self.sizes - 1), tempering: tempering)))
    }

    /// Of a grid the point of the largest value: that about which it is largest at every few points.
    private static func top(of grid: [Double], _ value: (Double) -> Double) -> Double {
        let stride = 8
        let rough = Swift.stride(from: 0, to: grid.count, by: stride).max { value(grid[$0]) < value(grid[$1]) } ?? 0
        let near = max(rough - stride, 0)..<min(rough + stride + 1, grid.count)
        let values = grid[near].map(value)
        return grid[near.lowerBound + (values.indices.max { values[$0] < values[$1] } ?? 0)]
    }

    /// Of the likelihoods of a leak of one size at some places.
    private static func logSum(_ places: [PlaceFit], at size: Double, tempering: Double) -> Double {
        var top = -Double.infinity, sum = 0.0
        let values = places.map { $0.logLikelihood(size, tempering: tempering) }
        for value in values { top = max(top, value) }
        guard top.isFinite else { return -.infinity }
        for value in values { sum += exp(value - top) }
        return top + log(sum)
    }

    private func logSum(_ values: [Double]) -> Double {
        let top = values.max() ?? -.infinity
        guard top.isFinite else { return -.infinity }
        return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }
}
