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

    /// A street of eight nodes, and a trunk of three beside it, 8 – 9 – 10, that begins at 8. Nodes 9 and 10 have two links each to
    /// nodes of the street.
    private func street(second: [Int]) -> WeightedGraph {
        var edges: [(from: Int, to: Int, weight: Double)] = (0..<7).map { ($0, $0 + 1, 1) }
        edges += [(8, 9, 1), (9, 10, 1), (9, 0, 1), (9, 1, 1), (10, second[0], 1), (10, second[1], 1)]
        return WeightedGraph(nodeWeights: Array(repeating: 1, count: 8) + [0, 0, 0], edges: edges)
    }

    @Test("a blind end of what lies outside goes to the one part that it touches, and what is fixed stays")
    func blindEnd() {
        let parts = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
        func refined(_ graph: WeightedGraph, isFixed: [Bool] = []) -> ContiguousPartition {
            ContiguousPartition(refining: parts, of: graph, count: 3, least: 4, most: 4, isFixed: isFixed, outside: (2, 0))
        }
        // From its end, node after node: of five cuts, one at the source and one between the parts are left.
        let taken = refined(street(second: [2, 3]))
        #expect(taken.parts == [0, 0, 0, 0, 1, 1, 1, 1, 2, 0, 0] && taken.cut == 2)
        // An end that two parts touch stays outside, and what leads to it.
        let shared = refined(street(second: [3, 4]))
        #expect(shared.parts == parts && shared.cut == 5)
        var isFixed = [Bool](repeating: false, count: 11)
        isFixed[10] = true
        #expect(refined(street(second: [2, 3]), isFixed: isFixed).parts == parts)
    }

    @Test("no more weight comes to lie outside than may")
    func outside() {
        // A corner with two links to the trunk and one to its part.
        let edges: [(from: Int, to: Int, weight: Double)] = [(0, 1, 1), (1, 2, 1), (3, 4, 1), (2, 3, 1), (2, 4, 1)]
        let graph = WeightedGraph(nodeWeights: [1, 1, 1, 0, 0], edges: edges)
        func refined(_ most: Double) -> [Int] {
            ContiguousPartition(refining: [0, 0, 0, 1, 1], of: graph, count: 2, least: 1, most: 3, outside: (1, most)).parts
        }
        #expect(refined(0) == [0, 0, 0, 1, 1])
        #expect(refined(1) == [0, 0, 1, 1, 1])
    }

    @Test("a search makes a cut smaller, keeps parts whole and within bounds, and leaves what is in no part", arguments: 0..<3)
    func search(seed: Int) throws {
        let grid = grid(24, 12)
        // Slices of 24 by 1 and a half in place of squares; the last column is in no part.
        let slices = (0..<288).map { $0 % 24 == 23 ? -1 : $0 / 36 }
        func cut(_ parts: [Int]) -> Double {
            (0..<grid.count).reduce(0) { sum, node in
                sum + grid.edges(of: node).reduce(0.0) { $0 + (parts[node] < parts[grid.neighbours[$1]] ? grid.weights[$1] : 0) }
            }
        }
        let found = try ContiguousPartition(
            searching: slices, of: grid, count: 8, least: 30, most: 42, trials: 20, seed: UInt64(seed))
        #expect(found.violation == 0 && abs(found.cut - cut(found.parts)) < 1e-9)
        #expect(cut(found.parts) < 0.6 * cut(slices))
        #expect(grid.pieces(of: found.parts) == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, 1) }))
        #expect((0..<288).allSatisfy { (found.parts[$0] < 0) == ($0 % 24 == 23) })
        let again = try ContiguousPartition(
            searching: slices, of: grid, count: 8, least: 30, most: 42, trials: 20, seed: UInt64(seed))
        #expect(again.parts == found.parts)
    }

    @Test("one part fewer in one place and one more in another, where that cuts less together")
    func exchange() throws {
        // Two places without an edge between them: a clique of six in two parts, and two cliques of three, joined by one edge, in one.
        var edges: [(from: Int, to: Int, weight: Double)] = []
        for from in 0..<6 { for to in (from + 1)..<6 { edges.append((from, to, 1)) } }
        for base in [6, 9] { for from in 0..<3 { for to in (from + 1)..<3 { edges.append((base + from, base + to, 1)) } } }
        edges.append((8, 9, 1))
        let graph = WeightedGraph(nodeWeights: Array(repeating: 1, count: 12), edges: edges)
        let found = try ContiguousPartition(
            searching: [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2], of: graph, count: 3, least: 3, most: 6, trials: 4, seed: 1)
        #expect(found.cut == 1 && found.violation == 0)
        #expect(Set(found.parts[0..<6]).count == 1 && Set(found.parts[6..<9]).count == 1 && Set(found.parts[9..<12]).count == 1)
    }
}
