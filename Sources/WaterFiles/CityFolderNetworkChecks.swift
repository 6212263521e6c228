// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Checks of the network against the rest of the folder, and of its own wholeness.
extension CityChecks {
    @Sendable static func lengthOfNetwork(_ contents: CityContents) -> [InputProblem] {
        guard let length = contents.city.network?.pipeLength, length > 0, let stated = contents.city.profile.mainsLength.value, stated > 0,
            max(length / stated, stated / length) > factorOfLengths
        else { return [] }
        return [
            contents.problem(
                "network.inp", nil, "its pipes sum to \(kilometres(length)), city.yaml states \(kilometres(stated)) of mains",
                "check the unit of lengths in network.inp and of 'mains_length'")
        ]
    }

    /// Tags of junctions that name a zone in another case: one message a tag. Other tags may be there for other ends.
    @Sendable static func tagsOfNetwork(_ contents: CityContents) -> [InputProblem] {
        guard let network = contents.city.network, !contents.city.zones.isEmpty else { return [] }
        let known = contents.city.zones.map(\.id.name)
        var unknown: [String: Int] = [:]
        for node in network.nodes where node.isJunction {
            if let tag = node.tag, !known.contains(tag) { unknown[tag, default: 0] += 1 }
        }
        return unknown.keys.sorted().compactMap { tag in
            guard let meant = known.sorted().first(where: { $0.lowercased() == tag.lowercased() }) else { return nil }
            return contents.problem(
                "network.inp", nil, "\(unknown[tag] ?? 0) junctions bear the tag '\(tag)', which zones.csv does not know",
                "did you mean '\(meant)'?")
        }
    }

    /// Junctions that no link path joins to a reservoir or tank, whatever its valves do. One message for each piece.
    @Sendable static func piecesOfNetwork(_ contents: CityContents) -> [InputProblem] {
        guard let network = contents.city.network else { return [] }
        return unsuppliedPieces(network).map { piece in
            let isOne = piece.count == 1
            let subject = isOne ? "junction '\(piece[0])' has" : "junction '\(piece[0])' and \(piece.count - 1) more have"
            let object = isOne ? "it" : "them"
            return contents.problem(
                "network.inp", nil, "\(subject) no path to a reservoir or tank", "join \(object) by a pipe or valve, or take \(object) out")
        }
    }

    /// Pieces of the network without a source, each in the order of the file.
    static func unsuppliedPieces(_ network: Network) -> [[Node.ID]] {
        let index = network.nodeIndex()
        var parent = Array(network.nodes.indices)
        func root(_ node: Int) -> Int {
            var node = node
            while parent[node] != node {
                parent[node] = parent[parent[node]]
                node = parent[node]
            }
            return node
        }
        for link in network.links {
            guard let start = index[link.start], let end = index[link.end] else { continue }
            let a = root(start), b = root(end)
            if a != b { parent[max(a, b)] = min(a, b) }
        }
        var supplied: Set<Int> = []
        for (position, node) in network.nodes.enumerated() where !node.isJunction { supplied.insert(root(position)) }
        var pieces: [Int: [Node.ID]] = [:]
        for (position, node) in network.nodes.enumerated() where !supplied.contains(root(position)) {
            pieces[root(position), default: []].append(node.id)
        }
        return pieces.keys.sorted().compactMap { pieces[$0] }
    }
}
