// SPDX-License-Identifier: GPL-3.0-or-later

// Times the sparse factorisation on the graph whose edge list stands in a file: the order, then a pair of rows a line.
// Built together with Sources/NumericalMethods/Sparse and /Storage by sparse_ldlt.py.

import Foundation

func milliseconds(_ body: () -> Void) -> Double {
    let time = ContinuousClock().measure(body).components
    return Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15
}

let path = CommandLine.arguments.dropFirst().first ?? "edges.txt"
let numbers = try String(contentsOfFile: path, encoding: .utf8).split { " \n".contains($0) }.compactMap { Int($0) }
let order = numbers[0]
let edges = stride(from: 1, to: numbers.count - 1, by: 2).map { (row: numbers[$0], column: numbers[$0 + 1]) }

// Conductances over three decades by a fixed rule; a weak leak to the ground in each row, so that pieces without a fixed head solve.
var diagonal = [Double](repeating: 1e-3, count: order)
var offDiagonal: [Double] = []
for (index, edge) in edges.enumerated() {
    let conductance = 0.01 + Double((index * 7919) % 1000) / 100
    diagonal[edge.row] += conductance
    diagonal[edge.column] += conductance
    offDiagonal.append(-conductance)
}

var matrix = SparseLDLT(order: 0, entries: [])
let analysis = milliseconds { matrix = SparseLDLT(order: order, entries: edges) }
let start = diagonal.indices.map { Double($0 % 17) - 8 }
var solution = start
var best = Double.infinity
var isSound = true
for _ in 0..<max(5, 2_000_000 / max(1, matrix.symbolic.factorNonZeros)) {
    solution = start
    let time = milliseconds {
        isSound = matrix.factor(diagonal: diagonal, offDiagonal: offDiagonal) == .factored && isSound
        if isSound { matrix.solve(&solution) }
    }
    best = min(best, time)
}

// The same with the rows numbered in the order of elimination, in one call; and eight such matrices at once.
let sequence = matrix.symbolic.pattern.eliminationOrder
var place = [Int32](repeating: 0, count: order)
for (step, row) in sequence.enumerated() { place[Int(row)] = Int32(step) }
let pattern = SymmetricPattern(order: order, rows: Column(edges.map { place[$0.row] }), columns: Column(edges.map { place[$0.column] }))
let symbolic = SymbolicLDLT(inGivenOrder: pattern)
var renumbered = SparseLDLT(symbolic)
var eight = LaneLDLT(symbolic)
let ownDiagonal = Column(sequence.map { diagonal[Int($0)] })
let ownOffDiagonal = Column(offDiagonal)
let right = Column(sequence.map { start[Int($0)] })
let lanes = Column(ownDiagonal.array.map { SIMD8(repeating: $0) })
let offLanes = Column(offDiagonal.map { SIMD8(repeating: $0) })
let rightLanes = Column(right.array.map { SIMD8(repeating: $0) })
let x = right.copy()
let y = rightLanes.copy()
var bestInOrder = Double.infinity
var bestOfEight = Double.infinity
for _ in 0..<max(5, 1_000_000 / max(1, symbolic.factorNonZeros)) {
    x.take(right)
    let time = milliseconds {
        isSound = renumbered.factor(diagonal: ownDiagonal, offDiagonal: ownOffDiagonal, solving: x) == .factored && isSound
    }
    bestInOrder = min(bestInOrder, time)
    y.take(rightLanes)
    bestOfEight = min(
        bestOfEight, milliseconds { isSound = all(eight.factor(diagonal: lanes, offDiagonal: offLanes, solving: y)) && isSound })
}
print("\(matrix.symbolic.factorNonZeros) \(analysis) \(best) \(bestInOrder) \(bestOfEight / 8) \(isSound)")
