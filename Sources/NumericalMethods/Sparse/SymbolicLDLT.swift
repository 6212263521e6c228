// SPDX-License-Identifier: GPL-3.0-or-later

/// What the factorisation of a pattern needs and its values do not change: the ordering, the pattern of the factor, where each
/// value of the caller goes, and which entries of the factor each elimination step changes. Made once per topology and shared by
/// any number of ``SparseLDLT`` and ``LaneLDLT``.
///
/// Cost: ordering, then linear in the non-zeros of the factor for network matrices.
public struct SymbolicLDLT: Sendable {
    public let pattern: SymmetricPattern
    /// Non-zeros of the strictly lower factor.
    public var factorNonZeros: Int { rows.count }
    /// Whether the rows are eliminated in the order in which they are numbered; the kernels then save themselves an indirection.
    public let isInGivenOrder: Bool

    /// Row of the matrix eliminated in each step.
    let steps: Column<Int32>
    /// `order + 1`: where a column of the factor begins.
    let columnStarts: Column<Int32>
    /// Rows of the factor's entries, by column, ascending.
    let rows: Column<Int32>
    /// For each entry of the caller its place in the factor; `factorNonZeros` plus the step for one on the diagonal.
    let places: Column<Int32>
    let plan: UpdatePlan

    /// Row of the matrix that is eliminated as number `k`. Made anew at each call.
    public var permutation: [Int] { steps.array.map { Int($0) } }

    public init(pattern: SymmetricPattern) {
        self.init(pattern: pattern, steps: ApproximateMinimumDegree.ordering(of: pattern))
    }

    /// With an ordering of one's own.
    ///
    /// - Parameters:
    ///   - pattern: of the matrix.
    ///   - ordering: each row once, in the order of elimination. It is replaced by a postorder of its elimination tree, which has
    ///     the same fill and better locality.
    public init(pattern: SymmetricPattern, ordering: [Int]) {
        let n = pattern.order
        precondition(ordering.count == n, "not a permutation")
        var isThere = [Bool](repeating: false, count: n)
        for row in ordering {
            precondition(row >= 0 && row < n && !isThere[row], "not a permutation")
            isThere[row] = true
        }
        self.init(pattern: pattern, steps: Column(ordering.map { Int32(truncatingIfNeeded: $0) }))
    }

    /// For rows that are numbered in the order of elimination, as ``SymmetricPattern/eliminationOrder`` gives it. (Rows numbered
    /// otherwise are right too: what is not a postorder is made one.)
    public init(inGivenOrder pattern: SymmetricPattern) {
        self.init(pattern: pattern, steps: Column((0..<pattern.order).lazy.map { Int32(truncatingIfNeeded: $0) }))
    }

    private init(pattern: SymmetricPattern, steps given: Column<Int32>) {
        let n = pattern.order
        var steps = given
        var lists = LowerLists(pattern: pattern, permutation: steps)
        var tree = EliminationTree(lists)
        let order = tree.postorder()
        if !order.isCounting {
            steps = Column(order.array.lazy.map { given[$0] })
            lists = LowerLists(pattern: pattern, permutation: steps)
            tree = tree.renumbered(order)
        }
        guard let factor = tree.factorColumns(lists) else { preconditionFailure("the factor has more than 2³¹ entries") }
        self.pattern = pattern
        self.steps = steps
        isInGivenOrder = steps.isCounting
        columnStarts = factor.starts
        rows = factor.rows
        plan = UpdatePlan(columnStarts: factor.starts, rows: factor.rows)

        let inverse = Column<Int32>(repeating: 0, count: n)
        for step in 0..<n { inverse[steps[step]] = Int32(truncatingIfNeeded: step) }
        let places = Column<Int32>(repeating: 0, count: pattern.entryCount)
        for index in 0..<pattern.entryCount {
            let one = inverse[pattern.rows[index]]
            let other = inverse[pattern.columns[index]]
            guard one != other else {
                places[index] = Int32(truncatingIfNeeded: factor.rows.count) + one
                continue
            }
            let row = max(one, other)
            var low = Int(factor.starts[min(one, other)])
            var high = Int(factor.starts[min(one, other) + 1])
            while high - low > 1 {
                let middle = (low + high) / 2
                if factor.rows[middle] <= row { low = middle } else { high = middle }
            }
            places[index] = Int32(truncatingIfNeeded: low)
        }
        self.places = places
    }
}

extension Column where Element == Int32 {
    /// Whether the values are 0, 1, 2, …
    var isCounting: Bool {
        for index in 0..<count where Int(self[index]) != index { return false }
        return true
    }
}
