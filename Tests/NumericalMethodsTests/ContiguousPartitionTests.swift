// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing

@Suite("contiguous parts of a graph")
struct ContiguousPartitionTests {
    private func grid(_ columns: Int, _ rows: Int) -> WeightedGraph {
        var edges: [(from: Int, to: Int, weight: Double)] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let node = row * columns + column
                if column + 1 < columns { edges.append((node, node + 1, 1)) }
                if row + 1 < rows { edges.append((node, node + columns, 1)) }
            }
        }
        return WeightedGraph(nodeWeights: Array(repeating: 1, count: columns * rows), edges: edges)
    }

    @Test("vectors D1 and D2: scattered districts are seen, and found whole")
    func pieces() {
        let path = WeightedGraph(nodeWeights: Array(repeating: 1, count: 6), edges: (0..<5).map { ($0, $0 + 1, 1) })
        #expect(path.pieces(of: [0, 0, 1, 1, 0, 1]) == [0: 2, 1: 2])
        #expect(path.pieces(of: [0, 0, 0, 1, 1, 1]) == [0: 1, 1: 1])
    }

    @Test("a path of six in two halves is cut once")
    func path() throws {
        let path = WeightedGraph(nodeWeights: Array(repeating: 1, count: 6), edges: (0..<5).map { ($0, $0 + 1, 1) })
        let found = try ContiguousPartition(of: path, into: 2, least: 3, most: 3, seed: 1)
        #expect(found.cut == 1 && found.violation == 0 && path.pieces(of: found.parts) == [0: 1, 1: 1])
    }

    @Test("a grid of 24 by 12 in eight squares of 36: near the least cut, whole, within bounds", arguments: 0..<4)
    func squares(seed: Int) throws {
        let grid = grid(24, 12)
        let found = try ContiguousPartition(of: grid, into: 8, least: 30, most: 42, attempts: 16, seed: UInt64(seed))
        #expect(found.violation == 0)
        #expect(grid.pieces(of: found.parts) == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, 1) }))
        // Squares of 6 by 6 cut 12 · 3 + 24 = 60 edges; a tenth above is near.
        #expect(found.cut <= 66)
    }

    @Test("weights decide, not numbers of nodes")
    func weights() throws {
        // A heavy node at one end of a path.
        let path = WeightedGraph(nodeWeights: [5, 1, 1, 1, 1, 1], edges: (0..<5).map { ($0, $0 + 1, 1) })
        let found = try ContiguousPartition(of: path, into: 2, least: 5, most: 5, seed: 3)
        #expect(found.parts[0] != found.parts[1] && Set(found.parts[1...]).count == 1)
    }

    @Test("many parts of a large grid: whole, within bounds, near the cut of squares", arguments: 0..<2)
    func many(seed: Int) throws {
        let grid = grid(48, 36)
        let found = try ContiguousPartition(of: grid, into: 48, least: 28, most: 44, attempts: 2, seed: UInt64(seed))
        #expect(found.violation == 0)
        #expect(grid.pieces(of: found.parts) == Dictionary(uniqueKeysWithValues: (0..<48).map { ($0, 1) }))
        // Squares of 6 by 6: 7 lines of 36 and 5 of 48 edges.
        #expect(found.cut <= 1.12 * Double(7 * 36 + 5 * 48))
    }

    @Test("a graph that does not hang together is divided all the same")
    func islands() throws {
        let two = WeightedGraph(nodeWeights: [1, 1, 1, 1], edges: [(0, 1, 1), (2, 3, 1)])
        let found = try ContiguousPartition(of: two, into: 2, least: 2, most: 2, seed: 1)
        #expect(found.cut == 0 && found.violation == 0)
    }
}
