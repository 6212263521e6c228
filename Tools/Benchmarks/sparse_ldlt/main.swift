// SPDX-License-Identifier: GPL-3.0-or-later

// Times the sparse factorisation on the graph whose edge list stands in a file: the order, then a pair of rows a line.
// Built together with Sources/NumericalMethods/Sparse by sparse_ldlt.py.

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
print("\(matrix.symbolic.factorNonZeros) \(analysis) \(best) \(isSound)")
