// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// A model that may be the true one: what leaks do to the readings in it, and the covariance of readings without a leak.
///
/// A row is the difference of a channel's mean over a part of the day after and before; its place is `channel * parts + part`.
struct PlacementWorld {
    let parts: Int
    /// Rows × places: what the leak does. [unit]
    let signatures: Matrix
    /// Rows × nodes: spread that each node's own demand brings within a part. [unit]
    private let ofNodes: Matrix
    /// Correlation of the means of a demand between parts. [–]
    private let betweenParts: Matrix
    /// Rows × causes that move all rows together. [unit]
    private let together: Matrix
    /// Variance of a row by itself. [unit²]
    private let alone: [Double]

    init(parts: Int, signatures: Matrix, ofNodes: Matrix, betweenParts: Matrix, together: Matrix, alone: [Double]) {
        self.parts = parts
        self.signatures = signatures
        self.ofNodes = ofNodes
        self.betweenParts = betweenParts
        self.together = together
        self.alone = alone
    }

    /// Covariance of some rows with others. [unit²]
    func covariance(_ rows: [Int], _ others: [Int]) -> Matrix {
        func part(_ matrix: Matrix, _ rows: [Int]) -> Matrix {
            Matrix(rows: rows.count, columns: matrix.columns, storage: rows.flatMap { matrix.row($0) })
        }
        var result = part(ofNodes, rows) * part(ofNodes, others).transposed
        let shared = part(together, rows) * part(together, others).transposed
        for (i, row) in rows.enumerated() {
            for (j, other) in others.enumerated() {
                result[i, j] = result[i, j] * betweenParts[row % parts, other % parts] + shared[i, j] + (row == other ? alone[row] : 0)
            }
        }
        return result
    }
}

/// The readings of some channels taken in: what the others still tell beyond them.
struct PlacementKnowledge {
    private let world: PlacementWorld
    /// Rows × places: signatures less what the known channels say of them. [unit]
    private var left: Matrix
    /// By known row, its share in every row. [unit]
    private var taken: [[Double]] = []
    private(set) var search: SearchLength

    init(_ world: PlacementWorld, pipeLength: Double) {
        self.world = world
        left = world.signatures
        search = SearchLength(places: world.signatures.columns, pipeLength: pipeLength)
    }

    private func rows(_ channels: [Int]) -> [Int] { channels.flatMap { channel in (0..<world.parts).map { channel * world.parts + $0 } } }

    /// Covariance of rows with others, given what is known. [unit²]
    private func covariance(_ rows: [Int], _ others: [Int]) -> Matrix {
        var result = world.covariance(rows, others)
        guard !taken.isEmpty else { return result }
        for share in taken {
            for (i, row) in rows.enumerated() {
                let own = share[row]
                for (j, other) in others.enumerated() { result[i, j] -= own * share[other] }
            }
        }
        return result
    }

    private func coordinates(_ rows: [Int], _ factor: CholeskyFactor) -> Matrix {
        factor.whiten(Matrix(rows: rows.count, columns: left.columns, storage: rows.flatMap { left.row($0) }))
    }

    /// Expected search with one more channel. [m]
    func metres(adding channel: Int) throws(NumericalError) -> Double {
        let rows = rows([channel])
        return search.metres(with: coordinates(rows, try CholeskyFactor(covariance(rows, rows))))
    }

    /// Takes channels in.
    mutating func add(_ channels: [Int]) throws(NumericalError) {
        guard !channels.isEmpty else { return }
        let rows = rows(channels)
        let factor = try CholeskyFactor(covariance(rows, rows))
        let told = coordinates(rows, factor)
        let shares = factor.whiten(covariance(rows, Array(0..<left.rows)))
        left.add((shares.transposed * told).scaled(by: -1))
        for i in 0..<shares.rows { taken.append(shares.row(i)) }
        search.add(told)
    }
}
