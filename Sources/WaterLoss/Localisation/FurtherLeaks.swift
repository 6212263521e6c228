// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// One leak along a pipe between two nodes, of its likeliest size.
struct LeakPlace {
    /// Indices of the nodes, and of the pipe among those that were searched.
    var a: Int
    var b: Int
    var pipe: Int
    /// From `a` to `b`. [–]
    var fraction: Double
    /// [m³/s]
    var size: Double
}

extension LeakSearch {
    /// The search for a leak beside another whose place is known and whose size is not: all that lies along its signature is taken out,
    /// and by what that signature may be wrong joins the noise, so that one large leak is not taken for two.
    ///
    /// With u the unit vector along the signature, P = 1 − u uᵀ; then for each drawn error f of the signature, in turn,
    /// C^−½ = 1 − (1 − 1/√(1 + |f|²)) f fᵀ/|f|², which whitens 1 + f fᵀ.
    /// - keepsDeviations: false where nothing will be placed: it is asked only whether anything is left.
    func without(_ place: LeakPlace, keepsDeviations: Bool = true) -> LeakSearch {
        func along(_ values: (Int) -> Double) -> [Double] { (0..<n).map(values) }
        let f = place.fraction
        var direction = along { (1 - f) * self.signatures[place.a * n + $0] + f * self.signatures[place.b * n + $0] }
        let length = dotProduct(direction, direction).squareRoot()
        guard length > 0 else { return self }
        for i in 0..<n { direction[i] /= length }
        var contractions = Contractions(length: n)
        contractions.append(direction, share: 1)
        if let left = deviations[place.a] ?? deviations[place.b], let right = deviations[place.b] ?? deviations[place.a] {
            let draws = left.count / n, scale = place.size / Double(max(draws, 1)).squareRoot()
            for w in 0..<draws {
                let error = contractions.applied(
                    to: along { scale * ((1 - f) * Double(left[w * n + $0]) + f * Double(right[w * n + $0])) }[...])
                let square = dotProduct(error, error)
                guard square > 1e-12 else { continue }
                let size = square.squareRoot()
                contractions.append(error.map { $0 / size }, share: 1 - 1 / (1 + square).squareRoot())
            }
        }
        let all = contractions, signatures = signatures, deviations = deviations, nodes = signatures.count / n
        let parts = concurrentMap((nodes + Self.nodesAtATime - 1) / Self.nodesAtATime) { part in
            let first = part * Self.nodesAtATime
            return all.applied(to: signatures[first * n..<min(first + Self.nodesAtATime, nodes) * n])
        }
        let scattered = keepsDeviations ? deviations.keys.sorted() : []
        let contracted = concurrentMap(scattered.count) { all.applied(to: deviations[scattered[$0]] ?? []) }
        return LeakSearch(
            n: n, y: contractions.applied(to: y[...]), signatures: Array(parts.joined()),
            deviations: Dictionary(zip(scattered, contracted), uniquingKeysWith: { first, _ in first }))
    }

    /// The same without several leaks.
    func without(_ places: [LeakPlace], keepsDeviations: Bool = true) -> LeakSearch {
        guard let last = places.last else { return self }
        return places.dropLast().reduce(self) { $0.without($1) }.without(last, keepsDeviations: keepsDeviations)
    }

    /// The likeliest place of one leak; nil where nothing is like a leak.
    func best(pipes: [(a: Int, b: Int)], fractions: [Double]) -> LeakPlace? {
        let found: [(gain: Double, place: LeakPlace)?] = concurrentMap(pipes.count) { p in
            let fits = zip(fractions, fits(pipes[p].a, pipes[p].b, fractions: fractions)).map { (fraction: $0, fit: $1) }
            guard let best = fits.filter({ $0.fit.slope > 0 && $0.fit.curvature > 0 }).max(by: { $0.fit.gain < $1.fit.gain }) else {
                return nil
            }
            return (
                best.fit.gain,
                LeakPlace(a: pipes[p].a, b: pipes[p].b, pipe: p, fraction: best.fraction, size: best.fit.slope / best.fit.curvature)
            )
        }
        return found.compactMap { $0 }.max { $0.gain < $1.gain }?.place
    }
}

/// Several leaks that began together, one after the other, each placed again beside the others.
struct FurtherLeaks {
    /// The leaks, the surest first, and the chance of each beside those before it if it were noise; nil for the first. [–]
    private(set) var leaks: [(place: LeakPlace, chance: Double?)] = []

    private static let rounds = 4

    /// - Parameters:
    ///   - most: leaks at most.
    ///   - rate: chance that one leak is taken for two. [–]
    init(
        _ search: LeakSearch, pipes: [(a: Int, b: Int)], fractions: [Double], dispersion: Double, most: Int, rate: Double, draws: Int,
        random: RandomNumbers
    ) {
        guard let first = search.best(pipes: pipes, fractions: fractions) else { return }
        leaks = [(first, nil)]
        while leaks.count < most {
            guard
                search.without(leaks.map(\.place), keepsDeviations: false)
                    .significance(pipes: pipes, dispersion: dispersion, draws: draws, random: random, enough: rate) <= rate,
                let next = search.without(leaks.map(\.place)).best(pipes: pipes, fractions: fractions)
            else { return }
            var places = leaks.map(\.place) + [next]
            // Two leaks pull the place of one between them: each is placed again beside the others until none moves.
            for _ in 0..<Self.rounds {
                var hasMoved = false
                for index in places.indices {
                    let others = places.indices.filter { $0 != index }.reduce(search) { $0.without(places[$1]) }
                    guard let place = others.best(pipes: pipes, fractions: fractions) else { continue }
                    if place.pipe != places[index].pipe || place.fraction != places[index].fraction { hasMoved = true }
                    places[index] = place
                }
                if !hasMoved { break }
            }
            // Every leak must be needed beside the others.
            let chances = places.indices.map { index in
                search.without(places.indices.filter { $0 != index }.map { places[$0] }, keepsDeviations: false)
                    .significance(pipes: pipes, dispersion: dispersion, draws: draws, random: random, enough: rate)
            }
            guard chances.allSatisfy({ $0 <= rate }), Set(places.map(\.pipe)).count == places.count else { return }
            leaks = zip(places, chances).map { ($0, $1) }
        }
    }
}
