// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

typealias Edge = (row: Int, column: Int)

/// Numbers for test cases that do not come from the code under test.
struct TestNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / 9_007_199_254_740_992
    }

    mutating func index(_ count: Int) -> Int { min(count - 1, Int(uniform() * Double(count))) }

    /// Roughly normal: the sum of twelve uniform numbers.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }
}

/// A sparse symmetric matrix with the values in the caller's order.
struct SparseCase {
    var order: Int
    var entries: [Edge]
    var diagonal: [Double]
    var offDiagonal: [Double]

    /// A graph Laplacian with conductances in 0.1 … 10, grounded at some vertices.
    static func laplacian(order: Int, edges: [Edge], grounded: [Int], seed: UInt64) -> SparseCase {
        var numbers = TestNumbers(seed)
        var result = SparseCase(
            order: order, entries: edges, diagonal: [Double](repeating: 0, count: order), offDiagonal: [])
        for (row, column) in edges {
            let conductance = 0.1 + 9.9 * numbers.uniform()
            result.diagonal[row] += conductance
            result.diagonal[column] += conductance
            result.offDiagonal.append(-conductance)
        }
        for row in grounded { result.diagonal[row] += 1 }
        return result
    }

    /// Random symmetric, made definite by a dominant diagonal. Off-diagonal values of both signs, some pairs twice.
    static func random(order: Int, entries count: Int, seed: UInt64) -> SparseCase {
        var numbers = TestNumbers(seed)
        var result = SparseCase(order: order, entries: [], diagonal: [Double](repeating: 0.01, count: order), offDiagonal: [])
        guard order > 1 else { return result }
        for _ in 0..<count {
            let row = numbers.index(order)
            let column = (row + 1 + numbers.index(order - 1)) % order
            let value = 2 * numbers.uniform() - 1
            result.entries.append((row, column))
            result.offDiagonal.append(value)
            result.diagonal[row] += abs(value)
            result.diagonal[column] += abs(value)
        }
        return result
    }

    func times(_ x: [Double]) -> [Double] {
        var result = zip(diagonal, x).map { $0 * $1 }
        for (index, (row, column)) in entries.enumerated() {
            result[row] += offDiagonal[index] * x[column]
            if row != column { result[column] += offDiagonal[index] * x[row] }
        }
        return result
    }

    var dense: [[Double]] {
        var result = [[Double]](repeating: [Double](repeating: 0, count: order), count: order)
        for row in 0..<order { result[row][row] = diagonal[row] }
        for (index, (row, column)) in entries.enumerated() {
            result[row][column] += offDiagonal[index]
            if row != column { result[column][row] += offDiagonal[index] }
        }
        return result
    }
}

enum Graphs {
    static func grid(_ width: Int, _ height: Int) -> [Edge] {
        var edges: [Edge] = []
        for y in 0..<height {
            for x in 0..<width {
                if x + 1 < width { edges.append((y * width + x, y * width + x + 1)) }
                if y + 1 < height { edges.append((y * width + x, (y + 1) * width + x)) }
            }
        }
        return edges
    }

    static func tree(_ order: Int, seed: UInt64) -> [Edge] {
        var numbers = TestNumbers(seed)
        return (1..<order).map { (numbers.index($0), $0) }
    }

    static func random(_ order: Int, extra: Int, seed: UInt64) -> [Edge] {
        var numbers = TestNumbers(seed + 17)
        var edges = tree(order, seed: seed)
        for _ in 0..<extra {
            let row = numbers.index(order)
            edges.append((row, (row + 1 + numbers.index(order - 1)) % order))
        }
        return edges
    }
}

/// Dense LDLᵀ without pivoting, as in any textbook: the independent way to the same answer.
func denseSolution(_ matrix: [[Double]], _ b: [Double]) -> [Double] {
    let n = b.count
    var a = matrix
    var x = b
    for k in 0..<n {
        for i in (k + 1)..<max(k + 1, n) where a[i][k] != 0 {
            let factor = a[i][k] / a[k][k]
            for j in k..<n { a[i][j] -= factor * a[k][j] }
            x[i] -= factor * x[k]
        }
    }
    for k in stride(from: n - 1, through: 0, by: -1) {
        for j in (k + 1)..<max(k + 1, n) { x[k] -= a[k][j] * x[j] }
        x[k] /= a[k][k]
    }
    return x
}

func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).map { abs($0 - $1) }.max() ?? 0
}
