// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension Network {
    /// The same network with a junction wherever a leak stands along a pipe, and all leaks at nodes.
    ///
    /// Nodes and links keep their places; new ones follow behind. The first part of a divided pipe keeps its name, place and
    /// check valve; loss coefficient and background leakage are divided by length. A new junction lies on the straight line
    /// between the elevations of the pipe's ends (for a tank its bottom, for a reservoir its surface).
    /// - Throws: `HydraulicError.undefinedLeakPlace`.
    public func withLeaksAtNodes() throws(HydraulicError) -> Network {
        guard !leaks.isEmpty else { return self }
        let nodeOf = nodeIndex(), linkOf = linkIndex()
        var result = self
        var along: [Int: [(fraction: Double, leak: Leak)]] = [:]
        result.leaks = []
        for leak in leaks {
            switch leak.place {
            case .node(let id):
                guard let node = nodeOf[id], nodes[node].isJunction else { throw .undefinedLeakPlace(id.name) }
                result.leaks.append(leak)
            case .pipe(let id, let fraction):
                guard let link = linkOf[id], links[link].pipe != nil, fraction >= 0, fraction <= 1 else {
                    throw .undefinedLeakPlace(id.name)
                }
                along[link, default: []].append((fraction, leak))
            }
        }
        for link in along.keys.sorted() {
            let points = (along[link] ?? []).sorted { $0.fraction < $1.fraction }
            result.divide(link, at: points, from: self, nodeOf)
        }
        return result
    }

    private mutating func divide(
        _ link: Int, at points: [(fraction: Double, leak: Leak)], from whole: Network, _ nodeOf: ElementIndex<Node>
    ) {
        let original = whole.links[link]
        guard let pipe = original.pipe, let from = nodeOf[original.start], let to = nodeOf[original.end] else { return }
        var (last, lastNode, part) = (0.0, original.start, link)
        var remaining = original
        // A check valve stays in the first part.
        func piece(_ share: Double, isFirst: Bool) -> Pipe {
            var piece = pipe
            piece.length *= share
            piece.minorLoss *= share
            if !isFirst { piece.hasCheckValve = false }
            return piece
        }
        for (fraction, leak) in points {
            var moved = leak
            // At the very ends there is nothing to divide, as long as the end is a junction.
            if fraction <= 0, whole.nodes[from].isJunction {
                moved.place = .node(original.start)
            } else if fraction >= 1, whole.nodes[to].isJunction {
                moved.place = .node(original.end)
            } else if fraction == last, last > 0 {
                moved.place = .node(lastNode)
            } else {
                let place = min(max(fraction, 1e-6), 1 - 1e-6)
                let id = Node.ID("\(original.id)@\(place)")
                let z = whole.nodes[from].elevation + place * (whole.nodes[to].elevation - whole.nodes[from].elevation)
                nodes.append(Node(id: id, elevation: z, kind: .junction(Junction()), tag: whole.nodes[from].tag))
                var first = remaining
                first.start = lastNode
                first.end = id
                first.kind = .pipe(piece(place - last, isFirst: part == link))
                links[part] = first
                var rest = original
                rest.id = Link.ID("\(original.id)@\(place)")
                rest.start = id
                rest.kind = .pipe(piece(1 - place, isFirst: false))
                links.append(rest)
                remaining = rest
                part = links.count - 1
                (last, lastNode) = (place, id)
                moved.place = .node(id)
            }
            leaks.append(moved)
        }
    }
}
