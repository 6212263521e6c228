// SPDX-License-Identifier: GPL-3.0-or-later

/// Options that no choice can hold, or need hold, told without a relaxation.
struct ChoiceReduction {
    private let table: ChoiceTable
    /// Limits that must hold.
    private let isHard: [Bool]
    /// Of the group that is looked at: least amount of each limit, and how many of its options touch it.
    private var least: [Double]
    private var touching: [Int]
    private var touched: [Int] = []
    private var amount: [Double]
    /// Limits with which the last proof that nothing is possible was made.
    private(set) var conflict: [Int] = []
    private var barredBy: [Int: Int] = [:]

    init(_ table: ChoiceTable) {
        self.table = table
        isHard = table.excessPrice.map { $0 == .infinity }
        least = Array(repeating: 0, count: table.rows)
        touching = Array(repeating: 0, count: table.rows)
        amount = least
    }

    /// Bars options with which a limit breaks even where every other group takes least of it, until there are no more.
    ///
    /// - Returns: false where a group has no option left: no choice keeps the limits.
    mutating func barImpossible(_ isBarred: inout [Bool]) -> Bool {
        barredBy = [:]
        for _ in 0..<20 {
            var sum = [Double](repeating: 0, count: table.rows)
            for group in 0..<table.groups {
                guard look(at: group, isBarred) else { return false }
                for row in touched { sum[row] += least[row] }
            }
            if let row = sum.indices.first(where: { isHard[$0] && sum[$0] > table.limit[$0] + table.tolerance($0) }) {
                conflict = [row]
                return false
            }
            var isChanged = false
            for group in 0..<table.groups {
                guard look(at: group, isBarred) else { return false }
                for option in options(of: group) where !isBarred[option] {
                    for k in table.useStart[option]..<table.useStart[option + 1] { amount[table.useRow[k]] = table.useAmount[k] }
                    let broken = touched.first { row in
                        isHard[row] && sum[row] - least[row] + amount[row] > table.limit[row] + table.tolerance(row)
                    }
                    for k in table.useStart[option]..<table.useStart[option + 1] { amount[table.useRow[k]] = 0 }
                    if let broken {
                        isBarred[option] = true
                        barredBy[option] = broken
                        isChanged = true
                    }
                }
            }
            if !isChanged { return true }
        }
        return true
    }

    private func options(of group: Int) -> Range<Int> { table.groupStart[group]..<table.groupStart[group + 1] }

    /// Least amounts of a group's options; false where none is left.
    private mutating func look(at group: Int, _ isBarred: [Bool]) -> Bool {
        for row in touched { touching[row] = 0 }
        touched.removeAll(keepingCapacity: true)
        var count = 0
        for option in options(of: group) where !isBarred[option] {
            count += 1
            for k in table.useStart[option]..<table.useStart[option + 1] {
                let row = table.useRow[k]
                if touching[row] == 0 {
                    touched.append(row)
                    least[row] = table.useAmount[k]
                } else {
                    least[row] = min(least[row], table.useAmount[k])
                }
                touching[row] += 1
            }
        }
        for row in touched where touching[row] < count { least[row] = min(0, least[row]) }
        if count == 0 { conflict = Set(options(of: group).compactMap { barredBy[$0] }).sorted() }
        return count > 0
    }

    /// Bars options beside which another of their group is worth as much or more and takes no more of any limit.
    mutating func barDominated(_ isBarred: inout [Bool]) {
        for group in 0..<table.groups {
            let options = options(of: group).filter { !isBarred[$0] }
            for option in options {
                for k in table.useStart[option]..<table.useStart[option + 1] { amount[table.useRow[k]] = table.useAmount[k] }
                for other in options where other != option && !isBarred[other] {
                    guard table.value[option] > table.value[other] || (table.value[option] == table.value[other] && option < other) else {
                        continue
                    }
                    if takesNoMore(option, than: other) { isBarred[other] = true }
                }
                for k in table.useStart[option]..<table.useStart[option + 1] { amount[table.useRow[k]] = 0 }
            }
        }
    }

    /// Whether the option whose amounts are laid out takes no more of any limit than another.
    private func takesNoMore(_ option: Int, than other: Int) -> Bool {
        var shared = 0
        for k in table.useStart[other]..<table.useStart[other + 1] {
            let own = amount[table.useRow[k]]
            guard own <= table.useAmount[k] else { return false }
            if own != 0 { shared += 1 }
        }
        // What the other does not touch counts nothing for it.
        var missing = table.useStart[option + 1] - table.useStart[option] - shared
        guard missing > 0 else { return true }
        for k in table.useStart[option]..<table.useStart[option + 1] where table.useAmount[k] > 0 {
            let row = table.useRow[k]
            if !(table.useStart[other]..<table.useStart[other + 1]).contains(where: { table.useRow[$0] == row }) { return false }
            missing -= 1
        }
        return true
    }
}
