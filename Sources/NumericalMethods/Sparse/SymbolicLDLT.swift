// SPDX-License-Identifier: GPL-3.0-or-later

/// What the factorisation of a pattern needs and its values do not change: the ordering, the pattern of the factor, and where
/// each value of the caller goes. Made once per topology and shared by any number of ``SparseLDLT``.
///
/// Elimination tree and row patterns after Liu (1990), *The role of elimination trees in sparse factorization*, SIAM J. Matrix
/// Anal. Appl. 11(1). Cost: ordering, then linear in the non-zeros of the factor.
public struct SymbolicLDLT: Sendable {
    public let pattern: SymmetricPattern
    /// Row of the matrix that is eliminated as number `k`.
    public let permutation: [Int]
    /// Non-zeros of the strictly lower factor.
    public let factorNonZeros: Int

    /// All index lists in one array, so that a kernel takes one pointer. The offsets say where each begins.
    let indices: [Int32]
    let layout: Layout

    struct Layout: Sendable {
        /// `order` entries: the permutation.
        var permutation = 0
        /// `order + 1`: where a column of the factor begins.
        var columnStarts = 0
        /// Rows of the factor's entries, by column, ascending.
        var rows = 0
        /// `order + 1`: where a row of the factor begins in the two lists that follow.
        var rowStarts = 0
        /// Columns of a row, ascending.
        var columns = 0
        /// Where the entry of that row and column stands among the columns' values.
        var positions = 0
        /// `order + 1`: where a row's values of the caller begin in the two lists that follow.
        var sourceStarts = 0
        /// Column in elimination order of a value of the caller.
        var sourceColumns = 0
        /// Its number in the caller's list.
        var sources = 0
    }

    public init(pattern: SymmetricPattern) {
        self.init(
            pattern: pattern,
            ordering: ApproximateMinimumDegree.ordering(starts: pattern.starts, neighbours: pattern.neighbours))
    }

    /// With an ordering of one's own.
    ///
    /// - Parameter ordering: each row once, in the order of elimination. It is replaced by a postorder of its elimination tree,
    ///   which has the same fill and better locality.
    public init(pattern: SymmetricPattern, ordering: [Int]) {
        let n = pattern.order
        precondition(Set(ordering).count == n && ordering.count == n && ordering.allSatisfy { $0 >= 0 && $0 < n }, "not a permutation")
        let first = EliminationTree(pattern: pattern, permutation: ordering)
        let permutation = first.postorder().map { ordering[$0] }
        let tree = EliminationTree(pattern: pattern, permutation: permutation)

        let columnStarts = tree.columnStarts(pattern: pattern)
        let nonZeros = columnStarts[n]
        precondition(nonZeros < Int(Int32.max), "the factor has more than 2³¹ entries")
        let rows = tree.factorRows(pattern: pattern, columnStarts: columnStarts)

        // The rows of the factor are its columns transposed.
        var rowStarts = [Int](repeating: 0, count: n + 1)
        for row in rows { rowStarts[Int(row) + 1] += 1 }
        for k in 0..<n { rowStarts[k + 1] += rowStarts[k] }
        var cursor = rowStarts
        var columns = [Int32](repeating: 0, count: nonZeros)
        var positions = columns
        for column in 0..<n {
            for position in columnStarts[column]..<columnStarts[column + 1] {
                let row = Int(rows[position])
                columns[cursor[row]] = Int32(column)
                positions[cursor[row]] = Int32(position)
                cursor[row] += 1
            }
        }

        // The caller's values by the later of their two rows.
        var sourceStarts = [Int](repeating: 0, count: n + 1)
        for (row, column) in pattern.entries { sourceStarts[max(tree.inverse[row], tree.inverse[column]) + 1] += 1 }
        for k in 0..<n { sourceStarts[k + 1] += sourceStarts[k] }
        cursor = sourceStarts
        var sourceColumns = [Int32](repeating: 0, count: pattern.entries.count)
        var sources = sourceColumns
        for (index, (row, column)) in pattern.entries.enumerated() {
            let (i, j) = (tree.inverse[row], tree.inverse[column])
            sourceColumns[cursor[max(i, j)]] = Int32(min(i, j))
            sources[cursor[max(i, j)]] = Int32(index)
            cursor[max(i, j)] += 1
        }

        var indices: [Int32] = []
        indices.reserveCapacity(4 * n + 3 + 3 * nonZeros + 2 * pattern.entries.count)
        var layout = Layout()
        func append(_ list: [Int]) -> Int {
            let begin = indices.count
            for value in list { indices.append(Int32(value)) }
            return begin
        }
        func append(_ list: [Int32]) -> Int {
            let begin = indices.count
            indices.append(contentsOf: list)
            return begin
        }
        layout.permutation = append(permutation)
        layout.columnStarts = append(columnStarts)
        layout.rows = append(rows)
        layout.rowStarts = append(rowStarts)
        layout.columns = append(columns)
        layout.positions = append(positions)
        layout.sourceStarts = append(sourceStarts)
        layout.sourceColumns = append(sourceColumns)
        layout.sources = append(sources)

        self.pattern = pattern
        self.permutation = permutation
        self.factorNonZeros = nonZeros
        self.indices = indices
        self.layout = layout
    }
}

/// The elimination tree of a symmetric pattern under a permutation.
struct EliminationTree {
    let permutation: [Int]
    let inverse: [Int]
    /// The first row below the diagonal in each column of the factor; −1 at a root.
    let parent: [Int]

    init(pattern: SymmetricPattern, permutation: [Int]) {
        let n = pattern.order
        var inverse = [Int](repeating: 0, count: n)
        for (k, row) in permutation.enumerated() { inverse[row] = k }
        var parent = [Int](repeating: -1, count: n)
        var ancestor = parent  // path compression
        for k in 0..<n {
            let row = permutation[k]
            for position in pattern.starts[row]..<pattern.starts[row + 1] {
                var j = inverse[pattern.neighbours[position]]
                while j >= 0 && j < k {
                    let above = ancestor[j]
                    ancestor[j] = k
                    if above < 0 { parent[j] = k }
                    j = above
                }
            }
        }
        self.permutation = permutation
        self.inverse = inverse
        self.parent = parent
    }

    /// Children before parents, each subtree in one run.
    func postorder() -> [Int] {
        let n = parent.count
        var firstChild = [Int](repeating: -1, count: n)
        var nextSibling = firstChild
        for k in stride(from: n - 1, through: 0, by: -1) where parent[k] >= 0 {
            nextSibling[k] = firstChild[parent[k]]
            firstChild[parent[k]] = k
        }
        var result: [Int] = []
        result.reserveCapacity(n)
        var stack: [Int] = []
        for root in 0..<n where parent[root] < 0 {
            stack.append(root)
            while let top = stack.last {
                let child = firstChild[top]
                if child >= 0 {
                    firstChild[top] = nextSibling[child]
                    stack.append(child)
                } else {
                    result.append(top)
                    stack.removeLast()
                }
            }
        }
        return result
    }

    /// Where each column of the factor begins, and the number of its entries at the end.
    func columnStarts(pattern: SymmetricPattern) -> [Int] {
        var starts = [Int](repeating: 0, count: parent.count + 1)
        forEachEntry(pattern: pattern) { _, column in starts[column + 1] += 1 }
        for k in parent.indices { starts[k + 1] += starts[k] }
        return starts
    }

    /// The rows of the factor's entries, column by column, ascending in each.
    func factorRows(pattern: SymmetricPattern, columnStarts: [Int]) -> [Int32] {
        var cursor = columnStarts
        var rows = [Int32](repeating: 0, count: columnStarts[parent.count])
        forEachEntry(pattern: pattern) { row, column in
            rows[cursor[column]] = Int32(row)
            cursor[column] += 1
        }
        return rows
    }

    /// Row k of the factor is the part of the tree between the neighbours of k and k.
    private func forEachEntry(pattern: SymmetricPattern, _ body: (_ row: Int, _ column: Int) -> Void) {
        var seen = [Int](repeating: -1, count: parent.count)
        for k in parent.indices {
            seen[k] = k
            let row = permutation[k]
            for position in pattern.starts[row]..<pattern.starts[row + 1] {
                var j = inverse[pattern.neighbours[position]]
                while j < k && seen[j] != k {
                    body(k, j)
                    seen[j] = k
                    j = parent[j]
                }
            }
        }
    }
}
