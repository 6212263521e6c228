// SPDX-License-Identifier: GPL-3.0-or-later

/// The connected pieces of an undirected graph.
public struct ConnectedComponents: Sendable, Equatable {
    /// The rows of each component, ascending; components by their lowest row.
    public let components: [[Int]]
    /// For each row the number of its component.
    public let componentOfRow: [Int]

    /// - Parameters:
    ///   - order: number of vertices.
    ///   - edges: pairs of vertices in `0..<order`.
    public init(order: Int, edges: [(row: Int, column: Int)]) {
        self = SymmetricPattern(order: order, entries: edges).connectedComponents
    }

    init(starts: Column<Int32>, neighbours: Column<Int32>) {
        let order = starts.count - 1
        var labels = [Int](repeating: -1, count: order)
        var count = 0
        var queue: [Int] = []
        for seed in 0..<order where labels[seed] < 0 {
            labels[seed] = count
            queue.append(seed)
            while let vertex = queue.popLast() {
                for position in Int(starts[vertex])..<Int(starts[vertex + 1]) {
                    let other = Int(neighbours[position])
                    guard labels[other] < 0 else { continue }
                    labels[other] = count
                    queue.append(other)
                }
            }
            count += 1
        }
        var components = [[Int]](repeating: [], count: count)
        for row in 0..<order { components[labels[row]].append(row) }
        self.components = components
        self.componentOfRow = labels
    }
}
