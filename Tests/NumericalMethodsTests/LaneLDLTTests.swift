// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing

/// The lanes take the same steps as the scalar factorisation; only the last bits of sums may differ.
private let laneTolerance = 1e-12

/// Eight matrices of one pattern.
private struct LaneCase {
    var matrices: [SparseCase]
    var diagonal: Column<SIMD8<Double>>
    var offDiagonal: Column<SIMD8<Double>>
    var sides: Column<SIMD8<Double>>

    init(_ matrices: [SparseCase], longer: Int = 0) {
        self.matrices = matrices
        let first = matrices[0]
        diagonal = Column(repeating: .zero, count: first.order + longer)
        offDiagonal = Column(repeating: .zero, count: first.entries.count + longer)
        sides = Column(repeating: SIMD8(repeating: 5), count: first.order + longer)
        for (lane, matrix) in matrices.enumerated() {
            for row in 0..<first.order {
                diagonal[row][lane] = matrix.diagonal[row]
                sides[row][lane] = Double((row * 7 + lane * 3) % 11) - 5
            }
            for entry in first.entries.indices { offDiagonal[entry][lane] = matrix.offDiagonal[entry] }
        }
    }

    func scalarSolution(_ lane: Int, _ symbolic: SymbolicLDLT) -> [Double]? {
        var factor = SparseLDLT(symbolic)
        let matrix = matrices[lane]
        guard factor.factor(diagonal: matrix.diagonal, offDiagonal: matrix.offDiagonal) == .factored else { return nil }
        var x = (0..<matrix.order).map { sides[$0][lane] }
        factor.solve(&x)
        return x
    }
}

private func lanes(of mask: LaneLDLT.Mask) -> [Bool] { (0..<8).map { mask[$0] } }

@Suite("eight factorisations at once")
struct LaneLDLTTests {
    static let graphs: [(order: Int, edges: [Edge])] = [
        (500, Graphs.tree(500, seed: 3)), (600, Graphs.grid(20, 30)), (400, Graphs.random(400, extra: 200, seed: 5)),
        (400, (1..<400).map { (0, $0) }), (40, (0..<40).flatMap { i in (0..<i).map { (i, $0) } }), (1, []),
        (300, Graphs.random(300, extra: 900, seed: 6)),
    ]

    @Test("each lane solves its own network as a factorisation alone does", arguments: 0..<7, [false, true])
    func againstScalar(index: Int, longer: Bool) {
        let (order, edges) = Self.graphs[index]
        let matrices = (0..<8).map { SparseCase.laplacian(order: order, edges: edges, grounded: [0, order / 2], seed: UInt64($0) + 3) }
        let eight = LaneCase(matrices, longer: longer ? 5 : 0)
        let symbolic = SymbolicLDLT(pattern: SymmetricPattern(order: order, entries: edges))
        var factor = LaneLDLT(symbolic)
        #expect(all(factor.factor(diagonal: eight.diagonal, offDiagonal: eight.offDiagonal)))
        #expect(all(factor.sound))
        let x = eight.sides.copy()
        factor.solve(x)
        let fused = eight.sides.copy()
        #expect(all(factor.factor(diagonal: eight.diagonal, offDiagonal: eight.offDiagonal, solving: fused)))
        let again = eight.sides.copy()
        factor.solve(again)
        for lane in 0..<8 {
            let expected = eight.scalarSolution(lane, symbolic) ?? []
            let size = expected.map(abs).max() ?? 1
            for row in 0..<order {
                #expect(abs(x[row][lane] - expected[row]) <= laneTolerance * size)
                #expect(abs(fused[row][lane] - expected[row]) <= laneTolerance * size)
                #expect(abs(again[row][lane] - expected[row]) <= laneTolerance * size)
            }
        }
        if longer { #expect(x[order + 4] == SIMD8(repeating: 5)) }
    }

    @Test("a lane without a fixed head, an indefinite one and ones that are not numbers are told, and disturb no other")
    func spoiledLanes() {
        let edges = Graphs.random(200, extra: 90, seed: 2)
        var matrices = (0..<8).map { SparseCase.laplacian(order: 200, edges: edges, grounded: [$0], seed: UInt64($0) + 40) }
        matrices[1] = SparseCase.laplacian(order: 200, edges: edges, grounded: [], seed: 9)
        matrices[3].diagonal[77] = -4
        matrices[4].diagonal[150] = .nan
        matrices[6].offDiagonal[20] = .infinity
        let eight = LaneCase(matrices)
        let symbolic = SymbolicLDLT(pattern: SymmetricPattern(order: 200, entries: edges))
        var factor = LaneLDLT(symbolic)
        let sound = factor.factor(diagonal: eight.diagonal, offDiagonal: eight.offDiagonal)
        #expect(lanes(of: sound) == [true, false, true, false, false, true, false, true])
        let x = eight.sides.copy()
        factor.solve(x)
        for lane in 0..<8 {
            guard let expected = eight.scalarSolution(lane, symbolic) else {
                #expect(!sound[lane])
                continue
            }
            let size = expected.map(abs).max() ?? 1
            for row in 0..<200 { #expect(abs(x[row][lane] - expected[row]) <= laneTolerance * size) }
        }
    }

    @Test("empty lanes, all zero, are told")
    func emptyLanes() {
        let edges = Graphs.grid(9, 9)
        var matrices = (0..<8).map { _ in SparseCase.laplacian(order: 81, edges: edges, grounded: [4], seed: 1) }
        for lane in 5..<8 {
            matrices[lane].diagonal = [Double](repeating: 0, count: 81)
            matrices[lane].offDiagonal = [Double](repeating: 0, count: edges.count)
        }
        let eight = LaneCase(matrices)
        var factor = LaneLDLT(SymbolicLDLT(pattern: SymmetricPattern(order: 81, entries: edges)))
        let sound = factor.factor(diagonal: eight.diagonal, offDiagonal: eight.offDiagonal)
        #expect(lanes(of: sound) == [true, true, true, true, true, false, false, false])
    }

    @Test("weak and strong pipes side by side: a lane is sound exactly where the factorisation alone says so", arguments: 0..<12)
    func badlyScaled(seed: Int) {
        var numbers = TestNumbers(UInt64(seed) + 300)
        let edges = Graphs.random(150, extra: 50, seed: UInt64(seed))
        var matrices: [SparseCase] = []
        for lane in 0..<8 {
            var matrix = SparseCase.laplacian(order: 150, edges: edges, grounded: [], seed: 3)
            matrix.diagonal = [Double](repeating: 0, count: 150)
            for (index, (row, column)) in edges.enumerated() {
                let conductance = 1e-5 * (1 + 9 * numbers.uniform()) * [1, 1e5, 1e12][numbers.index(3)]
                matrix.offDiagonal[index] = -conductance
                matrix.diagonal[row] += conductance
                matrix.diagonal[column] += conductance
            }
            if lane % 3 != 0 { matrix.diagonal[lane] += 1 }
            matrices.append(matrix)
        }
        let eight = LaneCase(matrices)
        let symbolic = SymbolicLDLT(pattern: SymmetricPattern(order: 150, entries: edges))
        var factor = LaneLDLT(symbolic)
        let sound = factor.factor(diagonal: eight.diagonal, offDiagonal: eight.offDiagonal)
        for lane in 0..<8 { #expect(sound[lane] == (eight.scalarSolution(lane, symbolic) != nil)) }
    }
}
