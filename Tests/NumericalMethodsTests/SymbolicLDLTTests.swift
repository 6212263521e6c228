// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import NumericalMethods

/// In one call and in two the same terms are added in another order.
private let summationTolerance = 1e-12

@Suite("analysis of a pattern")
struct SymbolicLDLTTests {
    static let graphs: [(order: Int, edges: [Edge])] = [
        (1, []), (500, Graphs.tree(500, seed: 3)), (600, Graphs.grid(20, 30)), (400, Graphs.random(400, extra: 200, seed: 5)),
        (300, Graphs.random(300, extra: 900, seed: 6)), (60, Graphs.random(20, extra: 9, seed: 5)),
    ]

    @Test("the elimination order holds each row once, and rows numbered by it stay where they are", arguments: 0..<6)
    func renumbering(index: Int) {
        let (order, edges) = Self.graphs[index]
        let pattern = SymmetricPattern(order: order, entries: edges)
        let sequence = pattern.eliminationOrder
        #expect(sequence.sorted() == (0..<order).map { Int32($0) })
        var place = [Int](repeating: 0, count: order)
        for (step, row) in sequence.enumerated() { place[Int(row)] = step }
        let renumbered = edges.map { (row: place[$0.row], column: place[$0.column]) }
        let given = SymbolicLDLT(inGivenOrder: SymmetricPattern(order: order, entries: renumbered))
        #expect(given.isInGivenOrder)
        #expect(given.factorNonZeros == SymbolicLDLT(pattern: pattern).factorNonZeros)

        // The same heads either way.
        let matrix = SparseCase.laplacian(order: order, edges: edges, grounded: [0] + Array(0..<order).filter { $0 >= 20 }, seed: 4)
        let heads = (0..<order).map { Double($0 % 13) - 6 }
        let flows = matrix.times(heads)
        var factor = SparseLDLT(given)
        let x = Column(sequence.map { flows[Int($0)] } + [77])
        let diagonal = Column(sequence.map { matrix.diagonal[Int($0)] } + [.nan])
        let offDiagonal = Column(matrix.offDiagonal + [.nan])
        #expect(factor.factor(diagonal: diagonal, offDiagonal: offDiagonal, solving: x) == .factored)
        let second = Column(sequence.map { flows[Int($0)] })
        factor.solve(second)
        for (step, row) in sequence.enumerated() {
            #expect(abs(x[step] - heads[Int(row)]) < 1e-9)
            #expect(abs(x[step] - second[step]) < summationTolerance)
        }
        #expect(x[order] == 77)  // beyond the order nothing is touched
    }

    @Test("columns and lists, fused and apart, give one answer", arguments: 0..<6)
    func interfaces(index: Int) {
        let (order, edges) = Self.graphs[index]
        let matrix = SparseCase.laplacian(order: order, edges: edges, grounded: [0] + Array(0..<order).filter { $0 >= 20 }, seed: 4)
        let rows = Column(edges.map { Int32($0.row) })
        let columns = Column(edges.map { Int32($0.column) })
        var factor = SparseLDLT(SymbolicLDLT(pattern: SymmetricPattern(order: order, rows: rows, columns: columns)))
        #expect(factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        var list = (0..<order).map { Double($0 % 5) }
        let column = Column(list)
        let fused = Column(list)
        factor.solve(&list)
        #expect(factor.factor(diagonal: Column(matrix.diagonal), offDiagonal: Column(matrix.offDiagonal)) == .factored)
        factor.solve(column)
        #expect(
            factor.factor(diagonal: Column(matrix.diagonal), offDiagonal: Column(matrix.offDiagonal), solving: fused) == .factored)
        #expect(column.array == list)
        #expect(largestDifference(fused.array, list) <= summationTolerance * (list.map(abs).max() ?? 1))
    }

    @Test("a copy of a factorisation is a factorisation of its own")
    func copies() {
        let edges = Graphs.grid(6, 6)
        let matrix = SparseCase.laplacian(order: 36, edges: edges, grounded: [0], seed: 1)
        var one = SparseLDLT(order: 36, entries: edges)
        #expect(one.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        var two = one
        #expect(two.factor(diagonal: matrix.diagonal.map { 2 * $0 }, offDiagonal: matrix.offDiagonal.map { 2 * $0 }) == .factored)
        let heads = (0..<36).map { Double($0) }
        var x = matrix.times(heads)
        var y = x
        one.solve(&x)
        two.solve(&y)
        #expect(largestDifference(x, heads) < 1e-9)
        #expect(largestDifference(y.map { 2 * $0 }, heads) < 1e-9)
    }

    @Test("an ordering that has much fill is taken as given, up to a postorder")
    func ownOrdering() {
        let edges = Graphs.grid(15, 15)
        let pattern = SymmetricPattern(order: 225, entries: edges)
        let ordering = (0..<225).map { ($0 * 97) % 225 }  // 97 and 225 have no common factor
        var factor = SparseLDLT(SymbolicLDLT(pattern: pattern, ordering: ordering))
        #expect(factor.symbolic.factorNonZeros > 2 * SymbolicLDLT(pattern: pattern).factorNonZeros)
        let matrix = SparseCase.laplacian(order: 225, edges: edges, grounded: [9], seed: 1)
        #expect(factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        let heads = (0..<225).map { Double($0 % 13) }
        var x = matrix.times(heads)
        factor.solve(&x)
        #expect(largestDifference(x, heads) < 1e-9)
    }
}
