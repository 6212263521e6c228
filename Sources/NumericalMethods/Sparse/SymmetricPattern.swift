// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a sparse symmetric matrix may differ from zero: its order, and the off-diagonal places as the caller lists them.
///
/// Each place is one pair of rows, in either order. The same pair may stand in the list more than once (two parallel pipes);
/// its values are then added. A pair of a row with itself stands on the diagonal.
public struct SymmetricPattern: Sendable {
    /// Number of rows.
    public let order: Int
    /// The caller's entries, in the caller's order.
    public let entries: [(row: Int, column: Int)]
    /// For each caller entry, the number of its pair among the distinct off-diagonal pairs; −1 for an entry on the diagonal.
    public let slots: [Int]
    /// The distinct off-diagonal pairs.
    public let pairCount: Int

    /// Neighbours of row `i`: `neighbours[starts[i]..<starts[i + 1]]`, each once, both triangles, without the diagonal.
    let starts: [Int]
    let neighbours: [Int]

    /// - Parameters:
    ///   - order: number of rows, 0 or more.
    ///   - entries: off-diagonal places; rows and columns in `0..<order`. A place outside is a programmer's mistake and traps.
    public init(order: Int, entries: [(row: Int, column: Int)]) {
        precondition(order >= 0, "the order of a matrix is not negative")
        // Counting sort by the smaller row, then by walking: duplicates meet in a marker array, so the cost is linear.
        var lowStarts = [Int](repeating: 0, count: order + 1)
        for (row, column) in entries {
            precondition(row >= 0 && row < order && column >= 0 && column < order, "an entry lies outside the matrix")
            if row != column { lowStarts[min(row, column) + 1] += 1 }
        }
        for i in 0..<order { lowStarts[i + 1] += lowStarts[i] }
        var cursor = lowStarts
        var sorted = [Int](repeating: 0, count: lowStarts[order])
        for (index, (row, column)) in entries.enumerated() where row != column {
            let low = min(row, column)
            sorted[cursor[low]] = index
            cursor[low] += 1
        }

        var slots = [Int](repeating: -1, count: entries.count)
        var slotOfHigh = [Int](repeating: -1, count: order)
        var pairs: [(low: Int, high: Int)] = []
        pairs.reserveCapacity(sorted.count)
        var degrees = [Int](repeating: 0, count: order + 1)
        for low in 0..<order {
            let firstOfLow = pairs.count
            for position in lowStarts[low]..<lowStarts[low + 1] {
                let entry = entries[sorted[position]]
                let high = max(entry.row, entry.column)
                if slotOfHigh[high] < firstOfLow {
                    slotOfHigh[high] = pairs.count
                    pairs.append((low, high))
                    degrees[low + 1] += 1
                    degrees[high + 1] += 1
                }
                slots[sorted[position]] = slotOfHigh[high]
            }
        }
        for i in 0..<order { degrees[i + 1] += degrees[i] }
        var fill = degrees
        var neighbours = [Int](repeating: 0, count: 2 * pairs.count)
        for (low, high) in pairs {
            neighbours[fill[low]] = high
            neighbours[fill[high]] = low
            fill[low] += 1
            fill[high] += 1
        }
        self.order = order
        self.entries = entries
        self.slots = slots
        self.pairCount = pairs.count
        self.starts = degrees
        self.neighbours = neighbours
    }

    /// The pieces into which the matrix falls.
    public var connectedComponents: ConnectedComponents { ConnectedComponents(starts: starts, neighbours: neighbours) }
}

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

    init(starts: [Int], neighbours: [Int]) {
        let order = starts.count - 1
        var labels = [Int](repeating: -1, count: order)
        var count = 0
        var queue: [Int] = []
        for seed in 0..<order where labels[seed] < 0 {
            labels[seed] = count
            queue.append(seed)
            while let vertex = queue.popLast() {
                for position in starts[vertex]..<starts[vertex + 1] where labels[neighbours[position]] < 0 {
                    labels[neighbours[position]] = count
                    queue.append(neighbours[position])
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
