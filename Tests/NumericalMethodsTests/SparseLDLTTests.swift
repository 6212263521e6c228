// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import NumericalMethods

/// Solutions are of size 1; these matrices have condition numbers up to some 1e4, and rounding is 1e-16.
private let solutionTolerance = 1e-9

@Suite("sparse LDLᵀ")
struct SparseLDLTTests {
    @Test("random positive definite matrices are solved as a dense elimination solves them", arguments: 0..<60)
    func randomAgainstDense(seed: Int) {
        var numbers = TestNumbers(UInt64(seed) + 1000)
        let order = 1 + numbers.index(60)
        let matrix = SparseCase.random(order: order, entries: numbers.index(4 * order), seed: UInt64(seed))
        var factor = SparseLDLT(order: order, entries: matrix.entries)
        #expect(factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        var x = (0..<order).map { _ in numbers.uniform() - 0.5 }
        let expected = denseSolution(matrix.dense, x)
        factor.solve(&x)
        let size = expected.map(abs).max() ?? 1
        #expect(largestDifference(x, expected) <= solutionTolerance * max(1, size))
    }

    static let graphs: [(name: String, order: Int, edges: [Edge])] = [
        ("path", 400, (1..<400).map { ($0 - 1, $0) }),
        ("tree", 500, Graphs.tree(500, seed: 3)),
        ("grid", 600, Graphs.grid(20, 30)),
        ("random", 400, Graphs.random(400, extra: 200, seed: 5)),
        ("star, one dense row", 400, (1..<400).map { (0, $0) }),
        ("complete", 40, (0..<40).flatMap { i in (0..<i).map { (i, $0) } }),
    ]

    @Test("the heads of a grounded network come back", arguments: 0..<6)
    func grounded(index: Int) {
        let (_, order, edges) = Self.graphs[index]
        let matrix = SparseCase.laplacian(order: order, edges: edges, grounded: [0, order / 2], seed: 7)
        var factor = SparseLDLT(order: order, entries: edges)
        #expect(factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        let heads = (0..<order).map { Double($0 % 13) - 6 }
        var x = matrix.times(heads)
        factor.solve(&x)
        #expect(largestDifference(x, heads) < solutionTolerance)
    }

    @Test("without a fixed head the answer names every row", arguments: 0..<6)
    func singular(index: Int) {
        let (_, order, edges) = Self.graphs[index]
        let matrix = SparseCase.laplacian(order: order, edges: edges, grounded: [], seed: 7)
        var factor = SparseLDLT(order: order, entries: edges)
        let outcome = factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal)
        #expect(outcome == .singular(component: Array(0..<order)))
        #expect(!factor.isFactored)
    }

    @Test("of three pieces the one without a fixed head is named, also where closed links of value 0 join them")
    func disconnected() {
        let piece = Graphs.grid(5, 4)
        var edges = piece
        edges += piece.map { ($0.row + 20, $0.column + 20) }
        edges += piece.map { ($0.row + 40, $0.column + 40) }
        var matrix = SparseCase.laplacian(order: 60, edges: edges, grounded: [3, 59], seed: 2)
        let closed: [Edge] = [(0, 20), (25, 45)]
        matrix.entries += closed
        matrix.offDiagonal += [0, 0]
        var factor = SparseLDLT(order: 60, entries: matrix.entries)
        let outcome = factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal)
        #expect(outcome == .singular(component: Array(20..<40)))

        let components = ConnectedComponents(order: 60, edges: edges)
        #expect(components.components == [Array(0..<20), Array(20..<40), Array(40..<60)])
        #expect(components.componentOfRow[37] == 1)
    }

    @Test("a row without any value is singular by itself")
    func emptyRow() {
        var factor = SparseLDLT(order: 3, entries: [(0, 2)])
        #expect(factor.factor(diagonal: [2, 0, 2], offDiagonal: [-1]) == .singular(component: [1]))
    }

    @Test("a negative pivot and a value that is not finite are said, with their row")
    func refused() {
        var factor = SparseLDLT(order: 2, entries: [(0, 1)])
        guard case .notPositiveDefinite = factor.factor(diagonal: [1, 1], offDiagonal: [-3]) else {
            Issue.record("an indefinite matrix was not refused")
            return
        }
        #expect(factor.factor(diagonal: [1, .nan], offDiagonal: [0]) == .notFinite(row: 1))
        #expect(factor.factor(diagonal: [1, .infinity], offDiagonal: [0]) == .notFinite(row: 1))
        #expect(factor.factor(diagonal: [2, 2], offDiagonal: [-1]) == .factored)
    }

    @Test("a refusal leaves nothing behind: new values on the same pattern give the new solution")
    func refactorisation() {
        let edges = Graphs.grid(12, 9)
        var factor = SparseLDLT(order: 108, entries: edges)
        let heads = (0..<108).map { Double($0 % 7) }
        for seed in 0..<6 {
            let broken = SparseCase.laplacian(order: 108, edges: edges, grounded: [], seed: UInt64(seed) + 90)
            #expect(factor.factor(diagonal: broken.diagonal, offDiagonal: broken.offDiagonal) != .factored)
            let matrix = SparseCase.laplacian(order: 108, edges: edges, grounded: [seed], seed: UInt64(seed))
            #expect(factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
            var x = matrix.times(heads)
            factor.solve(&x)
            #expect(largestDifference(x, heads) < solutionTolerance)
        }
    }

    @Test("several right-hand sides give what each gives alone", arguments: [1, 2, 8, 19])
    func severalRightHandSides(count: Int) {
        let matrix = SparseCase.laplacian(order: 150, edges: Graphs.random(150, extra: 60, seed: 8), grounded: [4], seed: 1)
        var factor = SparseLDLT(order: 150, entries: matrix.entries)
        #expect(factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        var numbers = TestNumbers(4)
        let sides = (0..<count).map { _ in (0..<150).map { _ in numbers.uniform() } }
        var together = sides
        factor.solve(&together)
        for (index, side) in sides.enumerated() {
            var alone = side
            factor.solve(&alone)
            #expect(largestDifference(together[index], alone) < 1e-12)  // the same operations in the same order
        }
    }

    @Test("entries of one pair are added, in either triangle; an entry on the diagonal is added to it")
    func duplicates() {
        let entries: [Edge] = [(0, 1), (1, 0), (2, 2), (1, 2)]
        var factor = SparseLDLT(order: 3, entries: entries)
        let pattern = factor.symbolic.pattern
        #expect(pattern.pairCount == 2)
        #expect(pattern.slots[0] == pattern.slots[1])
        #expect(pattern.slots[2] == -1)
        #expect(factor.factor(diagonal: [4, 5, 2], offDiagonal: [-0.5, -1, 1, -1]) == .factored)
        var x = [4 - 1.5, -1.5 + 5 - 1, -1.0 + 3]  // A · (1, 1, 1)
        factor.solve(&x)
        #expect(largestDifference(x, [1, 1, 1]) < 1e-14)  // three operations deep
    }

    @Test("a matrix of order 0 and of order 1")
    func smallest() {
        var none = SparseLDLT(order: 0, entries: [])
        #expect(none.factor(diagonal: [], offDiagonal: []) == .factored)
        var one = SparseLDLT(order: 1, entries: [])
        #expect(one.factor(diagonal: [4], offDiagonal: []) == .factored)
        var x = [2.0]
        one.solve(&x)
        #expect(x == [0.5])
    }

    @Test("weak and strong pipes side by side: conductances over ten decades keep the mass balance")
    func badlyScaled() {
        var numbers = TestNumbers(12)
        let edges = Graphs.random(300, extra: 80, seed: 31)
        var matrix = SparseCase.laplacian(order: 300, edges: edges, grounded: [], seed: 3)
        matrix.diagonal = [Double](repeating: 0, count: 300)
        for (index, (row, column)) in edges.enumerated() {
            let conductance = 1e-5 * (1 + 9 * numbers.uniform()) * [1, 1e3, 1e9][numbers.index(3)]
            matrix.offDiagonal[index] = -conductance
            matrix.diagonal[row] += conductance
            matrix.diagonal[column] += conductance
        }
        matrix.diagonal[0] += 1
        var factor = SparseLDLT(order: 300, entries: edges)
        #expect(factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        let demand = (0..<300).map { _ in numbers.uniform() }
        var heads = demand
        factor.solve(&heads)
        // Backward stable: the residual is small against |A| |x|, row by row.
        let back = matrix.times(heads)
        for row in 0..<300 {
            let scale = matrix.diagonal[row] * (heads.map(abs).max() ?? 1)
            #expect(abs(back[row] - demand[row]) < 1e-12 * scale + 1e-12)
        }
    }
}

@Suite("ordering")
struct OrderingTests {
    @Test("every row is eliminated once", arguments: 0..<25)
    func permutation(seed: Int) {
        var numbers = TestNumbers(UInt64(seed) + 50)
        let order = 1 + numbers.index(300)
        let matrix = SparseCase.random(order: order, entries: numbers.index(5 * order), seed: UInt64(seed))
        let symbolic = SymbolicLDLT(pattern: SymmetricPattern(order: order, entries: matrix.entries))
        #expect(symbolic.permutation.sorted() == Array(0..<order))
    }

    @Test("a tree has no fill")
    func tree() {
        let symbolic = SymbolicLDLT(pattern: SymmetricPattern(order: 3000, entries: Graphs.tree(3000, seed: 1)))
        #expect(symbolic.factorNonZeros == 2999)
    }

    @Test("a hub with thousands of neighbours has no fill")
    func hub() {
        let symbolic = SymbolicLDLT(pattern: SymmetricPattern(order: 5000, entries: (1..<5000).map { (0, $0) }))
        #expect(symbolic.factorNonZeros == 4999)
    }

    @Test("fill on a square grid is not above 1.5 times that of another minimum-degree code")
    func grid() {
        let m = 60
        let symbolic = SymbolicLDLT(pattern: SymmetricPattern(order: m * m, entries: Graphs.grid(m, m)))
        // SciPy 1.17.1, splu with MMD_AT_PLUS_A in symmetric mode: 50,615 entries below the diagonal.
        #expect(Double(symbolic.factorNonZeros) < 1.5 * 50_615)
    }

    @Test("the order of a tie or of entries does not change the solution")
    func relabelled() {
        let edges = Graphs.random(200, extra: 70, seed: 6)
        let matrix = SparseCase.laplacian(order: 200, edges: edges, grounded: [0], seed: 3)
        var forward = SparseLDLT(order: 200, entries: edges)
        var backward = SparseLDLT(order: 200, entries: edges.reversed().map { ($0.column, $0.row) })
        #expect(forward.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored)
        #expect(backward.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal.reversed()) == .factored)
        var x = (0..<200).map { Double($0 % 3) }
        var y = x
        forward.solve(&x)
        backward.solve(&y)
        #expect(largestDifference(x, y) < solutionTolerance * (x.map(abs).max() ?? 1))
    }
}
