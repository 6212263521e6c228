// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterFiles
import WaterModel

/// The sparse factorisation on the graph matrices of every network at hand, our own and the shared ones.
@Suite("the matrix of a network")
struct NetworkMatrixTests {
    /// Files that can be read, the broken ones left out.
    static let files: [String] = {
        let folders = [Places.package + "/Networks/", Places.shared + "own/", Places.shared + "small/", Places.shared + "published/"]
        return folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
                $0.hasSuffix(".inp") && !$0.hasPrefix("broken")
            }
            .sorted().map { folder + $0 }
        }
    }()

    /// Relative to the size of the right side: conductances over six decades cost as many digits of sixteen.
    static let tolerance = 1e-7

    @Test("grounded at its sources it is factored, and solves to its residual; ungrounded it is singular", arguments: files)
    func graph(file: String) throws {
        let network = try INP.read(file)
        let index = network.nodeIndex()
        let junctions = network.nodes.indices.filter { network.nodes[$0].isJunction }
        guard !junctions.isEmpty else { return }
        let row = Dictionary(uniqueKeysWithValues: junctions.enumerated().map { ($1, $0) })
        var entries: [(row: Int, column: Int)] = [], values: [Double] = []
        var grounded = [Double](repeating: 0, count: junctions.count), loose = grounded
        for (number, link) in network.links.enumerated() {
            let start = try #require(index[link.start]), end = try #require(index[link.end])
            // A conductance of 10⁻³ … 10³, the same at each run.
            let conductance = pow(10, Double(number * 37 % 61) / 10 - 3)
            for (node, other) in [(start, end), (end, start)] {
                guard let i = row[node] else { continue }
                grounded[i] += conductance
                if row[other] != nil { loose[i] += conductance }
            }
            if let i = row[start], let j = row[end] {
                entries.append((row: i, column: j))
                values.append(-conductance)
            }
        }
        let parts = ConnectedComponents(order: junctions.count, edges: entries).components
        var matrix = SparseLDLT(order: junctions.count, entries: entries)
        guard NetworkChecks.partsWithoutSource(network).isEmpty else { return }
        #expect(matrix.factor(diagonal: grounded, offDiagonal: values) == .factored)
        var x = (0..<junctions.count).map { Double($0 % 7) - 3 }
        let b = x
        matrix.solve(&x)
        var residual = b
        for i in residual.indices { residual[i] -= grounded[i] * x[i] }
        for (entry, value) in zip(entries, values) {
            residual[entry.row] -= value * x[entry.column]
            residual[entry.column] -= value * x[entry.row]
        }
        #expect((residual.map(abs).max() ?? 0) <= Self.tolerance * 3)

        // Without its sources each part is singular; the answer names one of them whole.
        guard case .singular(let component) = matrix.factor(diagonal: loose, offDiagonal: values) else {
            Issue.record("an ungrounded network was factored")
            return
        }
        #expect(parts.contains(component))
    }
}
