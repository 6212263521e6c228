// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A night's walk: stretches of connected pipes, those first that promise most per metre, and where walking stops to pay.
public struct LeakWalk: Sendable {
    /// One pipe of the walk.
    public struct Leg: Sendable {
        public var pipe: Link.ID
        /// Number of the stretch of connected pipes that it belongs to, from 1.
        public var stretch: Int
        /// Where the crew comes from and where it gets to.
        public var from: Node.ID
        public var to: Node.ID
        /// [m]
        public var length: Double
        public var cumulativeLength: Double
        /// That the leak sits here, and on what has been walked by then. [–]
        public var probability: Double
        public var cumulativeProbability: Double
        /// Whether what the walk may find is worth more than it costs; nil where the costs were not given.
        public var pays: Bool?
    }

    /// What decides whether a metre is worth walking: δ π V ≥ c L.
    public struct Economics: Sendable {
        /// Cost of walking, in money of the place. [1/m]
        public var costPerMetre: Double
        /// Worth of a cubic metre of water. [1/m³]
        public var waterValue: Double
        /// Time for which the leak would run on, unfound. [d]
        public var days: Double
        /// Chance of hearing a leak that is there. [–]
        public var hearing: Double

        public init(costPerMetre: Double, waterValue: Double, days: Double, hearing: Double) {
            self.costPerMetre = costPerMetre
            self.waterValue = waterValue
            self.days = days
            self.hearing = hearing
        }
    }

    public let legs: [Leg]

    /// A neighbour joins a stretch where it promises at least this part of what the stretch promises per metre. [–]
    private static let worthJoining = 0.5
    /// The walk ends when it holds this part of the probability. [–]
    private static let whole = 0.99

    public init(_ finding: LeakFinding, network: Network, economics: Economics? = nil) {
        struct Place {
            var candidate: LeakFinding.Candidate
            var ends: (Node.ID, Node.ID)
            var density: Double { candidate.length > 0 ? candidate.probability / candidate.length : 0 }
        }
        let links = network.linkIndex()
        // In walking order; pipes without length join whatever they touch at no cost.
        let places = finding.candidates.compactMap { candidate in
            links[candidate.pipe].map { Place(candidate: candidate, ends: (network.links[$0].start, network.links[$0].end)) }
        }
        var touching: [Node.ID: [Int]] = [:]
        for (index, place) in places.enumerated() {
            touching[place.ends.0, default: []].append(index)
            touching[place.ends.1, default: []].append(index)
        }
        var isWalked = [Bool](repeating: false, count: places.count)
        var legs: [Leg] = []
        var walked = 0.0, found = 0.0, stretch = 0
        for first in places.indices where !isWalked[first] && found < Self.whole {
            stretch += 1
            var reached: Set<Node.ID> = [], edge: Set<Int> = [first]
            var length = 0.0, probability = 0.0
            while let next = edge.min(), found < Self.whole {
                let place = places[next]
                edge.remove(next)
                if length > 0, place.candidate.length > 0, place.density < Self.worthJoining * probability / length { continue }
                isWalked[next] = true
                let (start, end) = place.ends
                let isForward = reached.isEmpty || reached.contains(start)
                let gain = place.candidate.probability
                length += place.candidate.length
                probability += gain
                walked += place.candidate.length
                found += gain
                legs.append(
                    Leg(
                        pipe: place.candidate.pipe, stretch: stretch, from: isForward ? start : end, to: isForward ? end : start,
                        length: place.candidate.length, cumulativeLength: walked, probability: gain, cumulativeProbability: found,
                        pays: economics.map { economics in
                            let worth = finding.flow * 86_400 * economics.days * economics.waterValue
                            return economics.hearing * gain * worth >= economics.costPerMetre * place.candidate.length
                        }))
                for node in [start, end] where reached.insert(node).inserted {
                    for other in touching[node] ?? [] where !isWalked[other] { edge.insert(other) }
                }
            }
        }
        self.legs = legs
    }
}

/// What a crew brings back from a pipe.
public enum WalkResult: String, Sendable, CaseIterable {
    /// Walked, and nothing heard.
    case dry
    /// The leak was found here.
    case found
}

extension LeakFinding {
    /// The finding after a walk (Bayes): of a dry pipe the part stays that may have been missed.
    /// - Parameters:
    ///   - walked: what was found on each pipe that was walked.
    ///   - hearing: chance of hearing a leak that is there. [–] (0 … 1)
    public func after(_ walked: [Link.ID: WalkResult], hearing: Double) -> LeakFinding {
        var finding = self
        let isFound = walked.values.contains(.found)
        for index in finding.candidates.indices {
            switch walked[finding.candidates[index].pipe] {
            case .dry: finding.candidates[index].probability *= isFound ? 0 : 1 - hearing
            case .found: finding.candidates[index].probability = max(finding.candidates[index].probability, 1e-12)
            case nil: if isFound { finding.candidates[index].probability = 0 }
            }
        }
        let total = finding.candidates.reduce(0) { $0 + $1.probability }
        guard total > 0 else { return self }
        for index in finding.candidates.indices { finding.candidates[index].probability /= total }
        finding.candidates.sort(by: Candidate.walkingOrder)
        finding.credibleSet90 = Candidate.credibleSet(finding.candidates, 0.9)
        return finding
    }
}

extension LeakFinding.Candidate {
    /// Probability per metre, descending.
    static func walkingOrder(_ one: Self, _ other: Self) -> Bool {
        (other.probability / other.length, one.pipe) < (one.probability / one.length, other.pipe)
    }

    /// The head of the order that holds a share of the probability.
    static func credibleSet(_ candidates: [Self], _ share: Double) -> [Link.ID] {
        var sum = 0.0
        return candidates.prefix { candidate in
            defer { sum += candidate.probability }
            return sum < share
        }.map(\.pipe)
    }
}
