// SPDX-License-Identifier: GPL-3.0-or-later

extension ZoneFeeds {
    /// Rounds over all borders at most.
    private static let rounds = 3

    /// Moves borders between two zones by a node and its blind branches, where no more links are cut, both zones keep their bounds and hang
    /// together, and the engine finds more pressure at peak and none kept worse.
    func shifted() -> ZoneFeeds {
        var best = self
        var now = trial.judged(0, closed: closed)
        var block = blocks
        for _ in 0..<Self.rounds {
            var isMoved = false
            for link in best.closed {
                let ends = layout.ends[link]
                for (node, into) in [(ends.start, ends.end), (ends.end, ends.start)] {
                    let zone = best.layout.zoneOfNode[into]
                    guard zone >= 0, best.layout.zoneOfNode[node] >= 0, best.layout.zoneOfNode[node] != zone else { continue }
                    let nodes = block.block.indices.filter { block.block[$0] == block.block[node] }
                    guard let next = best.moving(nodes, to: zone) else { continue }
                    let found = trial.judged(0, closed: next.closed)
                    guard found.deficit <= now.deficit + 1e-9, found.mean > now.mean + Self.leastGain else { continue }
                    let isFireKept = [best.layout.zoneOfNode[node], zone].allSatisfy {
                        next.fireShortfall($0, next.closed).shortfall <= best.fireShortfall($0, best.closed).shortfall + 1e-9
                    }
                    guard isFireKept else { continue }
                    (best, now, isMoved) = (next, found, true)
                    block = next.blocks
                    break
                }
            }
            guard isMoved else { break }
        }
        return best
    }

    /// Nodes with the blind branches of their zone.
    private var blocks: StreetBlocks {
        StreetBlocks(Array(layout.network.nodes.indices), layout, heaviest: .infinity, within: layout.zoneOfNode)
    }

    /// The same with nodes of one zone in another, what comes to lie between them closed; nil where that cuts more, where a zone leaves its
    /// bounds or falls apart, or where an inlet or a link that must not be closed would change its zone.
    private func moving(_ nodes: [Int], to zone: Int) -> ZoneFeeds? {
        let from = layout.zoneOfNode[nodes[0]]
        let moved = Set(nodes)
        let next = layout.moving(nodes, to: zone)
        for link in layout.ends.indices where layout.isOpen[link] {
            guard moved.contains(layout.ends[link].start) != moved.contains(layout.ends[link].end) else { continue }
            let isBorder = layout.isBorder(link)
            if layout.isFixed[link] || (isBorder && !(isClosed[link] ?? false)) { return nil }
        }
        guard next.borderCount <= layout.borderCount, next.keepsBounds(zone), next.keepsBounds(from), next.hangsTogether(from) else {
            return nil
        }
        var feeds = ZoneFeeds(next, trial)
        for border in feeds.borders { feeds.isClosed[border.link] = !border.isFixed && (isClosed[border.link] ?? true) }
        return feeds
    }
}
