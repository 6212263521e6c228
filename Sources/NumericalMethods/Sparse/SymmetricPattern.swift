// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a sparse symmetric matrix may differ from zero: its order, and the off-diagonal places as the caller lists them.
///
/// Each place is one pair of rows, in either order. The same pair may stand in the list more than once (two parallel pipes);
/// its values are then added. A pair of a row with itself stands on the diagonal.
public struct SymmetricPattern: Sendable {
    /// Number of rows.
    public let order: Int
    /// Number of the caller's entries.
    public var entryCount: Int { rows.count }
    /// Number of distinct off-diagonal pairs.
    public let pairCount: Int

    /// The caller's entries, in the caller's order.
    let rows: Column<Int32>
    let columns: Column<Int32>
    /// Neighbours of row `i`: `neighbours[starts[i]..<starts[i + 1]]`, each once, both triangles, without the diagonal.
    let starts: Column<Int32>
    let neighbours: Column<Int32>
    let hasDiagonalEntries: Bool

    /// - Parameters:
    ///   - order: number of rows, 0 or more.
    ///   - entries: off-diagonal places; rows and columns in `0..<order`. A place outside is a programmer's mistake and traps.
    public init(order: Int, entries: [(row: Int, column: Int)]) {
        let rows = Column<Int32>(repeating: 0, count: entries.count)
        let columns = Column<Int32>(repeating: 0, count: entries.count)
        for (index, entry) in entries.enumerated() {
            rows[index] = Int32(clamping: entry.row)
            columns[index] = Int32(clamping: entry.column)
        }
        self.init(order: order, rows: rows, columns: columns)
    }

    /// The same from two columns, which the pattern keeps: nobody may write to them any more.
    ///
    /// - Parameters:
    ///   - order: number of rows, 0 or more.
    ///   - rows: the row of each entry, in `0..<order`. A place outside is a programmer's mistake and traps.
    ///   - columns: its column, likewise; as many.
    public init(order: Int, rows: Column<Int32>, columns: Column<Int32>) {
        precondition(order >= 0 && order < Int(Int32.max), "the order of a matrix is not negative and below 2³¹")
        precondition(rows.count == columns.count && rows.count < Int(Int32.max) / 2, "entries without a row or a column, or too many")
        let count = rows.count
        let starts = Column<Int32>(repeating: 0, count: order + 1)
        let start = IndexList(starts)
        var hasDiagonalEntries = false
        for index in 0..<count {
            let row = Int(rows[index])
            let column = Int(columns[index])
            precondition(row >= 0 && row < order && column >= 0 && column < order, "an entry lies outside the matrix")
            if row != column {
                start[row + 1] += 1
                start[column + 1] += 1
            } else {
                hasDiagonalEntries = true
            }
        }
        for row in 0..<order { start[row + 1] += start[row] }
        let all = Column<Int32>(repeating: 0, count: start[order])
        let list = IndexList(all)
        let cursors = starts.copy()
        let cursor = IndexList(cursors)
        for index in 0..<count {
            let row = Int(rows[index])
            let column = Int(columns[index])
            guard row != column else { continue }
            list[cursor[row]] = column
            cursor[row] += 1
            list[cursor[column]] = row
            cursor[column] += 1
        }
        // Each neighbour once: `cursor` now remembers the last row that a neighbour was seen in.
        cursors.fill(-1)
        var out = 0
        var begin = 0
        for row in 0..<order {
            let end = start[row + 1]
            for position in begin..<end {
                let other = list[position]
                guard cursor[other] != row else { continue }
                cursor[other] = row
                list[out] = other
                out += 1
            }
            begin = end
            start[row + 1] = out
        }
        self.order = order
        self.rows = rows
        self.columns = columns
        self.starts = starts
        self.neighbours = out == all.count ? all : all.prefix(out)
        self.hasDiagonalEntries = hasDiagonalEntries
        pairCount = out / 2
    }

    /// The caller's entries, in the caller's order.
    public var entries: [(row: Int, column: Int)] { rows.indices.map { (Int(rows[$0]), Int(columns[$0])) } }

    /// For each caller entry, the number of its pair among the distinct off-diagonal pairs; −1 for an entry on the diagonal.
    /// Worked out anew at each call.
    public var slots: [Int] {
        // A counting sort by the smaller row; duplicates meet in a marker array, so the cost is linear.
        var lowStarts = [Int](repeating: 0, count: order + 1)
        for index in rows.indices where rows[index] != columns[index] { lowStarts[Int(min(rows[index], columns[index])) + 1] += 1 }
        for row in 0..<order { lowStarts[row + 1] += lowStarts[row] }
        var cursor = lowStarts
        var sorted = [Int](repeating: 0, count: lowStarts[order])
        for index in rows.indices where rows[index] != columns[index] {
            let low = Int(min(rows[index], columns[index]))
            sorted[cursor[low]] = index
            cursor[low] += 1
        }
        var slots = [Int](repeating: -1, count: entryCount)
        var slotOfHigh = [Int](repeating: -1, count: order)
        var pairs = 0
        for low in 0..<order {
            let firstOfLow = pairs
            for position in lowStarts[low]..<lowStarts[low + 1] {
                let high = Int(max(rows[sorted[position]], columns[sorted[position]]))
                if slotOfHigh[high] < firstOfLow {
                    slotOfHigh[high] = pairs
                    pairs += 1
                }
                slots[sorted[position]] = slotOfHigh[high]
            }
        }
        return slots
    }

    /// The pieces into which the matrix falls.
    public var connectedComponents: ConnectedComponents { ConnectedComponents(starts: starts, neighbours: neighbours) }

    /// An order in which to eliminate the rows that keeps the factor sparse: approximate minimum degree, then a postorder of the
    /// elimination tree, in which what is close in the factor is close in memory.
    ///
    /// A caller who numbers its rows (and sorts its entries) by it saves the factorisation all indirection: build a pattern on the
    /// new numbers, and ``SymbolicLDLT/init(inGivenOrder:)`` on that.
    public var eliminationOrder: [Int32] {
        let ordering = ApproximateMinimumDegree.ordering(of: self)
        let lists = LowerLists(pattern: self, permutation: ordering)
        let places = EliminationTree(lists).postorder()
        return places.array.map { ordering[$0] }
    }
}
