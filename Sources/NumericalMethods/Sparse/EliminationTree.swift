// SPDX-License-Identifier: GPL-3.0-or-later

/// The lower triangle of a pattern in elimination order: for each step its neighbours among the steps before it.
struct LowerLists {
    let starts: Column<Int32>
    let list: Column<Int32>

    var order: Int { starts.count - 1 }

    /// - Parameter permutation: the row eliminated in each step.
    init(pattern: SymmetricPattern, permutation: Column<Int32>) {
        let n = pattern.order
        let inverse = Column<Int32>(repeating: 0, count: n)
        for step in 0..<n { inverse[permutation[step]] = Int32(truncatingIfNeeded: step) }
        starts = Column(repeating: 0, count: n + 1)
        list = Column(repeating: 0, count: pattern.neighbours.count / 2)
        let (from, neighbours) = (IndexList(pattern.starts), IndexList(pattern.neighbours))
        let (place, row, start, out) = (IndexList(inverse), IndexList(permutation), IndexList(starts), IndexList(list))
        withExtendedLifetime(inverse) {
            var count = 0
            for step in 0..<n {
                let begin = from[row[step]]
                let end = from[row[step] + 1]
                for position in begin..<end {
                    let other = place[neighbours[position]]
                    if other < step {
                        out[count] = other
                        count += 1
                    }
                }
                start[step + 1] = count
            }
        }
    }
}

/// The elimination tree of a symmetric pattern in elimination order.
///
/// Liu (1990), *The role of elimination trees in sparse factorization*, SIAM J. Matrix Anal. Appl. 11(1).
struct EliminationTree {
    /// The first row below the diagonal in each column of the factor; −1 at a root.
    let parents: Column<Int32>

    init(_ lists: LowerLists) {
        let n = lists.order
        parents = Column(repeating: -1, count: n)
        let ancestors = Column<Int32>(repeating: -1, count: n)  // path compression
        let (parent, ancestor, start, list) = (IndexList(parents), IndexList(ancestors), IndexList(lists.starts), IndexList(lists.list))
        withExtendedLifetime((ancestors, lists)) {
            for step in 0..<n {
                for position in start[step]..<start[step + 1] {
                    var j = list[position]
                    while j >= 0 && j < step {
                        let above = ancestor[j]
                        ancestor[j] = step
                        if above < 0 { parent[j] = step }
                        j = above
                    }
                }
            }
        }
    }

    private init(parents: Column<Int32>) { self.parents = parents }

    /// Children before parents, each subtree in one run; children and roots ascending, so that a postorder stays as it is.
    func postorder() -> Column<Int32> {
        let n = parents.count
        let firstChild = Column<Int32>(repeating: -1, count: n)
        let nextSibling = Column<Int32>(repeating: -1, count: n)
        let (parent, first, next) = (IndexList(parents), IndexList(firstChild), IndexList(nextSibling))
        let result = Column<Int32>(repeating: 0, count: n)
        withExtendedLifetime((firstChild, nextSibling)) {
            for step in stride(from: n - 1, through: 0, by: -1) where parent[step] >= 0 {
                next[step] = first[parent[step]]
                first[parent[step]] = step
            }
            var count = 0
            for root in 0..<n where parent[root] < 0 {
                // Down to the first leaf, then from each step to its next sibling's first leaf, or up.
                var step = root
                while first[step] >= 0 { step = first[step] }
                while true {
                    result[count] = Int32(truncatingIfNeeded: step)
                    count += 1
                    if step == root { break }
                    if next[step] >= 0 {
                        step = next[step]
                        while first[step] >= 0 { step = first[step] }
                    } else {
                        step = parent[step]
                    }
                }
            }
        }
        return result
    }

    /// The same tree with its steps in another order, which must put children before parents.
    func renumbered(_ order: Column<Int32>) -> EliminationTree {
        let n = parents.count
        let places = Column<Int32>(repeating: 0, count: n)
        for place in 0..<n { places[order[place]] = Int32(truncatingIfNeeded: place) }
        let result = Column<Int32>(repeating: -1, count: n)
        for step in 0..<n where parents[step] >= 0 { result[places[step]] = places[parents[step]] }
        return EliminationTree(parents: result)
    }

    /// The pattern of the factor by columns: where each begins, and its rows, ascending. Row k of the factor is the part of the
    /// tree between the neighbours of k and k. Nil when there are more entries than 32-bit indices can count.
    func factorColumns(_ lists: LowerLists) -> (starts: Column<Int32>, rows: Column<Int32>)? {
        let n = parents.count
        let starts = Column<Int32>(repeating: 0, count: n + 1)
        let seen = Column<Int32>(repeating: -1, count: n)
        let (parent, start, mark) = (IndexList(parents), IndexList(starts), IndexList(seen))
        let (from, list) = (IndexList(lists.starts), IndexList(lists.list))
        return withExtendedLifetime((seen, lists)) {
            for step in 0..<n {
                mark[step] = step
                for position in from[step]..<from[step + 1] {
                    var j = list[position]
                    while mark[j] != step {
                        mark[j] = step
                        start[j + 1] += 1
                        j = parent[j]
                    }
                }
            }
            var total = 0
            for step in 0..<n {
                total += start[step + 1]
                if total >= Int(Int32.max) - n { return nil }
                start[step + 1] = total
            }
            let rows = Column<Int32>(repeating: 0, count: total)
            let cursors = starts.copy()
            let (row, cursor) = (IndexList(rows), IndexList(cursors))
            seen.fill(-1)
            for step in 0..<n {
                mark[step] = step
                for position in from[step]..<from[step + 1] {
                    var j = list[position]
                    while mark[j] != step {
                        mark[j] = step
                        row[cursor[j]] = step
                        cursor[j] += 1
                        j = parent[j]
                    }
                }
            }
            return (starts, rows)
        }
    }
}
