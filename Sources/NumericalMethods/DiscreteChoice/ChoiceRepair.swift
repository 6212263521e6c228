// SPDX-License-Identifier: GPL-3.0-or-later

/// Makes whole choices: mends one that breaks limits, and improves one by exchanges in one group or two.
struct ChoiceRepair {
    private let table: ChoiceTable
    /// Options of each group that are looked at in exchanges of two groups, most valuable at the prices first.
    private static let core = 8
    /// Gap within which exchanges are tried. [–]
    private static let near = 0.03

    init(_ table: ChoiceTable) { self.table = table }

    /// What the choice takes of each limit. [scaled]
    func used(_ choice: [Int]) -> [Double] {
        var sum = [Double](repeating: 0, count: table.rows)
        for option in choice { add(option, 1, &sum) }
        return sum
    }

    private func add(_ option: Int, _ sign: Double, _ sum: inout [Double]) {
        for k in table.useStart[option]..<table.useStart[option + 1] { sum[table.useRow[k]] += sign * table.useAmount[k] }
    }

    /// By how much a limit that must hold is broken, beyond rounding.
    private func broken(_ row: Int, _ used: Double) -> Double {
        guard table.excessPrice[row] == .infinity else { return 0 }
        let excess = used - table.limit[row]
        return excess > table.tolerance(row) ? excess : 0
    }

    /// What is paid for the excess of a limit.
    private func paid(_ row: Int, _ used: Double) -> Double {
        let price = table.excessPrice[row]
        return price == .infinity ? 0 : price * max(0, used - table.limit[row])
    }

    func value(_ choice: [Int], _ used: [Double]) -> Double {
        var sum = choice.reduce(0) { $0 + table.value[$1] }
        for row in used.indices { sum -= paid(row, used[row]) }
        return sum
    }

    /// Broken amount and value that `option` adds to `sum`.
    private func change(_ option: Int, _ sum: [Double]) -> (broken: Double, value: Double) {
        var excess = 0.0, value = table.value[option]
        for k in table.useStart[option]..<table.useStart[option + 1] {
            let row = table.useRow[k]
            let before = sum[row], after = before + table.useAmount[k]
            excess += broken(row, after) - broken(row, before)
            value -= paid(row, after) - paid(row, before)
        }
        return (excess, value)
    }

    /// A choice that keeps every limit, near the one given; nil where none is found.
    func mended(_ start: [Int], prices: [Double]) -> (value: Double, choice: [Int])? {
        var choice = start
        var sum = used(choice)
        var excess = sum.indices.reduce(0) { $0 + broken($1, sum[$1]) }
        var rounds = 0
        while excess > 0 {
            rounds += 1
            guard rounds <= 4 * table.groups + 20 else { return nil }
            var best: (group: Int, option: Int, excess: Double)?
            var merit = 0.0
            for group in 0..<table.groups {
                let old = choice[group]
                add(old, -1, &sum)
                let base = change(old, sum)
                let oldWorth = table.value[old] - table.priced(old, prices)
                for option in table.groupStart[group]..<table.groupStart[group + 1] where option != old {
                    let new = change(option, sum)
                    let gain = base.broken - new.broken
                    guard gain > 1e-12 else { continue }
                    let loss = max(0, oldWorth - table.value[option] + table.priced(option, prices))
                    let score = gain / (loss + 1e-6)
                    if score > merit { (merit, best) = (score, (group, option, excess - gain)) }
                }
                add(old, 1, &sum)
            }
            guard let best else { return nil }
            add(choice[best.group], -1, &sum)
            add(best.option, 1, &sum)
            choice[best.group] = best.option
            excess = sum.indices.reduce(0) { $0 + broken($1, sum[$1]) }
        }
        improveSingly(&choice, &sum)
        return (value(choice, sum), choice)
    }

    /// Takes a better option of one group that keeps the limits, as long as there is one.
    private func improveSingly(_ choice: inout [Int], _ sum: inout [Double]) {
        var isBetter = true
        while isBetter {
            isBetter = false
            for group in 0..<table.groups {
                let old = choice[group]
                add(old, -1, &sum)
                let base = change(old, sum)
                var best = old, gain = 1e-12
                for option in table.groupStart[group]..<table.groupStart[group + 1] where option != old {
                    let new = change(option, sum)
                    if new.broken <= base.broken, new.value - base.value > gain { (best, gain) = (option, new.value - base.value) }
                }
                add(best, 1, &sum)
                choice[group] = best
                if best != old { isBetter = true }
            }
        }
    }

    /// Exchanges options of two groups at once while that gains, among the options that the prices hold for good.
    /// - bound: on every value. Far from it nothing is tried: branching does better.
    func improved(_ start: [Int], value: Double, prices: [Double], bound: Double) -> (value: Double, choice: [Int]) {
        guard bound - value < Self.near * abs(bound) else { return (value, start) }
        var choice = start
        var sum = used(choice)
        let cores = (0..<table.groups).map { group in
            let options = table.groupStart[group]..<table.groupStart[group + 1]
            let worth = options.map { table.value[$0] - table.priced($0, prices) }
            // An option that falls behind the best by the whole gap is in no better choice.
            let least = (worth.max() ?? 0) - (bound - value)
            return options.filter { worth[$0 - options.lowerBound] > least }
                .sorted { (worth[$0 - options.lowerBound], $1) > (worth[$1 - options.lowerBound], $0) }.prefix(Self.core)
        }
        var passes = 0
        var isBetter = true
        while isBetter, passes < 4 {
            isBetter = false
            passes += 1
            for group in 0..<table.groups {
                for option in cores[group] where option != choice[group] {
                    if exchange(group, option, cores, &choice, &sum) { isBetter = true }
                }
            }
            improveSingly(&choice, &sum)
        }
        // A choice of the same value may have taken another way through rounding: the better one is told.
        let found = self.value(choice, used(choice))
        return found > value ? (found, choice) : (value, start)
    }

    /// Takes `option` in its group and the best partner elsewhere, where both together gain and keep the limits.
    private func exchange(
        _ group: Int, _ option: Int, _ cores: [ArraySlice<Int>], _ choice: inout [Int], _ sum: inout [Double]
    ) -> Bool {
        let old = choice[group]
        add(old, -1, &sum)
        let base = change(old, sum), new = change(option, sum)
        add(option, 1, &sum)
        let gain = new.value - base.value, excess = new.broken - base.broken
        // Alone it is better and keeps the limits, or it frees something for another.
        var best: (group: Int, option: Int)?
        var most = 1e-12
        for other in 0..<table.groups where other != group {
            let partner = choice[other]
            add(partner, -1, &sum)
            let from = change(partner, sum)
            for candidate in cores[other] where candidate != partner {
                let to = change(candidate, sum)
                guard excess + to.broken - from.broken <= 1e-15 else { continue }
                let total = gain + to.value - from.value
                if total > most { (most, best) = (total, (other, candidate)) }
            }
            add(partner, 1, &sum)
        }
        guard let best else {
            add(option, -1, &sum)
            add(old, 1, &sum)
            return false
        }
        add(choice[best.group], -1, &sum)
        add(best.option, 1, &sum)
        choice[group] = option
        choice[best.group] = best.option
        return true
    }
}
