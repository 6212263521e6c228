// SPDX-License-Identifier: GPL-3.0-or-later

/// The linear relaxation of a multiple choice: shares of options in place of one option, by the dual simplex method.
///
/// One basic option of each group, its key, is kept apart, so that only a matrix of the size of the limits is factored (generalised upper
/// bounds: Dantzig & Van Slyke 1967, J. Comput. Syst. Sci. 1). That matrix is small, and inverted anew at each step: no error piles up.
struct ChoiceRelaxation {
    enum Outcome { case optimal, impossible, stopped }

    /// A basic variable beside the keys: an option's share, what a limit has left, or its excess.
    enum Basic: Hashable { case option(Int), rest(Int), excess(Int) }

    /// Where a later solve may start from.
    struct Basis {
        var key: [Int]
        var working: [Basic]
    }

    let table: ChoiceTable
    var isBarred: [Bool]
    private(set) var basis: Basis
    /// Limits that take part, in the order of the working matrix; place of each limit, −1 where it does not.
    private(set) var rows: [Int] = []
    private var place: [Int]
    private(set) var prices: [Double]
    private(set) var steps = 0
    /// Shares of options that are above zero.
    private(set) var shares: [(option: Int, share: Double)] = []
    /// Limits in the proof that nothing is possible.
    private(set) var conflict: [Int] = []
    private var inverse: [Double] = []
    private var amounts: [Double] = []
    /// As `prices`, by place and as the basis has them, whatever their sign.
    private var duals: [Double] = []
    private var keyShare: [Double]
    /// Values with a tenth of a thousand-millionth of chance, so that equal ones (a package in any year) do not lead round in a circle.
    private let value: [Double]
    /// Mixes the order of exchanges where many have led nowhere.
    private var chance: UInt64 = 1
    private var isStalled = false
    /// Whether an option, the rest of a limit or its excess is basic.
    private var optionIsBasic: [Bool]
    private var restIsBasic: [Bool]
    private var excessIsBasic: [Bool]

    /// Price of breaking a limit that must hold, while the first basis is sought: far above any worth of a unit. [scaled]
    private static let penalty = 1e4
    private static let infeasible = 1e-9
    static let pivot = 1e-9

    init(_ table: ChoiceTable) {
        self.table = table
        isBarred = Array(repeating: false, count: table.options)
        place = Array(repeating: -1, count: table.rows)
        prices = Array(repeating: 0, count: table.rows)
        keyShare = Array(repeating: 1, count: table.groups)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        value = table.value.map {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return $0 + 1e-10 * Double(state >> 40) / 16_777_216
        }
        optionIsBasic = isBarred
        restIsBasic = Array(repeating: false, count: table.rows)
        excessIsBasic = restIsBasic
        let key = (0..<table.groups).map { group in
            let options = table.groupStart[group]..<table.groupStart[group + 1]
            return options.reduce(options.lowerBound) { table.value[$1] > table.value[$0] ? $1 : $0 }
        }
        basis = Basis(key: key, working: [])
        for option in key { optionIsBasic[option] = true }
        for row in 0..<table.rows where !table.isWatched[row] { add(row) }
    }

    private mutating func add(_ row: Int) {
        place[row] = rows.count
        rows.append(row)
        basis.working.append(.rest(row))
        restIsBasic[row] = true
    }

    private mutating func mark(_ basic: Basic, _ isBasic: Bool) {
        switch basic {
        case .option(let option): optionIsBasic[option] = isBasic
        case .rest(let row): restIsBasic[row] = isBasic
        case .excess(let row): excessIsBasic[row] = isBasic
        }
    }

    /// Counts work done elsewhere.
    mutating func count(_ done: Int) { steps = max(steps, done) }

    /// Goes on from another basis; limits added since it was kept enter with what they have left.
    mutating func start(from other: Basis) {
        for option in basis.key { optionIsBasic[option] = false }
        for basic in basis.working { mark(basic, false) }
        basis = other
        for row in rows[basis.working.count...] { basis.working.append(.rest(row)) }
        for option in basis.key { optionIsBasic[option] = true }
        for basic in basis.working { mark(basic, true) }
    }

    var basicOptions: [Int] {
        basis.key + basis.working.compactMap { if case .option(let option) = $0 { option } else { nil } }
    }

    /// The same on a table with fewer options, basic ones among them, at its basis.
    ///
    /// - place: new number of each option.
    func carried(to smaller: ChoiceTable, _ place: [Int]) -> ChoiceRelaxation {
        var result = ChoiceRelaxation(smaller)
        result.steps = steps
        for row in rows where result.place[row] < 0 { result.add(row) }
        let working = basis.working.map { basic -> Basic in if case .option(let option) = basic { .option(place[option]) } else { basic } }
        result.start(from: Basis(key: basis.key.map { place[$0] }, working: working))
        return result
    }

    /// Bound on the value of every choice among options that are not barred: that of the prices. [scaled]
    var bound: Double {
        var sum = 0.0
        for row in rows { sum += prices[row] * table.limit[row] }
        for group in 0..<table.groups {
            var best = -Double.infinity
            for option in table.groupStart[group]..<table.groupStart[group + 1] where !isBarred[option] {
                best = max(best, table.value[option] - table.priced(option, prices))
            }
            sum += best
        }
        return sum
    }

    /// - stepLimit: of this solve and all before it.
    mutating func solve(stepLimit: Int) -> Outcome {
        while true {
            let outcome = simplex(stepLimit: stepLimit)
            guard outcome == .optimal else { return outcome }
            guard watch() else { return .optimal }
        }
    }

    /// Brings in watched limits that the shares break.
    private mutating func watch() -> Bool {
        var sum = table.limit.map { -$0 }
        for (option, share) in shares {
            for k in table.useStart[option]..<table.useStart[option + 1] { sum[table.useRow[k]] += share * table.useAmount[k] }
        }
        var isBroken = false
        for row in 0..<table.rows where place[row] < 0 && sum[row] > 1e-7 {
            add(row)
            isBroken = true
        }
        return isBroken
    }

    private mutating func simplex(stepLimit: Int) -> Outcome {
        // A cycle of degenerate steps ends here; the bound of the prices holds all the same.
        let last = min(stepLimit, steps + 50 * (rows.count + 10) + 20 * table.groups)
        let patience = steps + 60 + 4 * rows.count
        while true {
            isStalled = steps > patience
            invert()
            evaluate()
            guard let leaving = leaving() else {
                shares = currentShares()
                return .optimal
            }
            guard steps < last else {
                shares = currentShares()
                return .stopped
            }
            steps += 1
            guard step(leaving) else { return .impossible }
        }
    }

    private func currentShares() -> [(option: Int, share: Double)] {
        var result: [(Int, Double)] = []
        for (group, key) in basis.key.enumerated() where keyShare[group] > Self.infeasible { result.append((key, keyShare[group])) }
        for (index, basic) in basis.working.enumerated() {
            if case .option(let option) = basic, amounts[index] > Self.infeasible { result.append((option, amounts[index])) }
        }
        return result
    }

    /// Inverse of the working matrix, row by row of the basic variables (Gauss–Jordan with row pivots).
    private mutating func invert() {
        let size = rows.count
        var matrix = [Double](repeating: 0, count: size * size)
        for (column, basic) in basis.working.enumerated() {
            switch basic {
            case .rest(let row): matrix[place[row] * size + column] += 1
            case .excess(let row): matrix[place[row] * size + column] -= 1
            case .option(let option):
                scatter(option, 1, column, size, &matrix)
                scatter(basis.key[table.groupOf[option]], -1, column, size, &matrix)
            }
        }
        var result = [Double](repeating: 0, count: size * size)
        for i in 0..<size { result[i * size + i] = 1 }
        for column in 0..<size {
            var best = column
            for row in column..<size where abs(matrix[row * size + column]) > abs(matrix[best * size + column]) { best = row }
            if best != column {
                for k in 0..<size {
                    matrix.swapAt(best * size + k, column * size + k)
                    result.swapAt(best * size + k, column * size + k)
                }
            }
            var pivot = matrix[column * size + column]
            if abs(pivot) < 1e-14 { pivot = pivot < 0 ? -1e-14 : 1e-14 }
            for k in 0..<size {
                matrix[column * size + k] /= pivot
                result[column * size + k] /= pivot
            }
            for row in 0..<size where row != column {
                let factor = matrix[row * size + column]
                guard factor != 0 else { continue }
                for k in 0..<size {
                    matrix[row * size + k] -= factor * matrix[column * size + k]
                    result[row * size + k] -= factor * result[column * size + k]
                }
            }
        }
        inverse = result
    }

    private func scatter(_ option: Int, _ sign: Double, _ column: Int, _ size: Int, _ matrix: inout [Double]) {
        for k in table.useStart[option]..<table.useStart[option + 1] {
            let row = place[table.useRow[k]]
            if row >= 0 { matrix[row * size + column] += sign * table.useAmount[k] }
        }
    }

    /// Amounts of the basic variables, and prices.
    private mutating func evaluate() {
        let size = rows.count
        var left = rows.map { table.limit[$0] }
        for key in basis.key {
            for k in table.useStart[key]..<table.useStart[key + 1] {
                let row = place[table.useRow[k]]
                if row >= 0 { left[row] -= table.useAmount[k] }
            }
        }
        var price = [Double](repeating: 0, count: size)
        amounts = Array(repeating: 0, count: size)
        for group in keyShare.indices { keyShare[group] = 1 }
        for (index, basic) in basis.working.enumerated() {
            var sum = 0.0
            for k in 0..<size { sum += inverse[index * size + k] * left[k] }
            amounts[index] = sum
            let worth: Double
            switch basic {
            case .rest: worth = 0
            case .excess(let row): worth = -min(table.excessPrice[row], Self.penalty)
            case .option(let option):
                let group = table.groupOf[option]
                keyShare[group] -= sum
                worth = value[option] - value[basis.key[group]]
            }
            if worth != 0 { for k in 0..<size { price[k] += worth * inverse[index * size + k] } }
        }
        duals = price
        for (index, row) in rows.enumerated() { prices[row] = min(max(0, price[index]), table.excessPrice[row]) }
    }

    /// Barred options, and the excess of limits that must hold.
    private func mustVanish(_ basic: Basic) -> Bool {
        switch basic {
        case .option(let option): isBarred[option]
        case .excess(let row): table.excessPrice[row] == .infinity
        case .rest: false
        }
    }

    private enum Leaving { case working(Int, tooHigh: Bool), key(Int, tooHigh: Bool) }

    /// The basic variable that breaks its range most: below zero, or a barred option above it.
    private mutating func leaving() -> Leaving? {
        guard isStalled else { return leaving { 1 } }
        var state = chance
        defer { chance = state }
        return leaving {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / 16_777_216 + 1e-3
        }
    }

    private func leaving(weight: () -> Double) -> Leaving? {
        var worst = 0.0
        var found: Leaving?
        for (index, amount) in amounts.enumerated() {
            let tooHigh = amount > 0
            guard abs(amount) > Self.infeasible, !tooHigh || mustVanish(basis.working[index]) else { continue }
            let merit = abs(amount) * weight()
            if merit > worst { (worst, found) = (merit, .working(index, tooHigh: tooHigh)) }
        }
        for (group, share) in keyShare.enumerated() {
            let tooHigh = share > 0
            guard abs(share) > Self.infeasible, !tooHigh || isBarred[basis.key[group]] else { continue }
            let merit = abs(share) * weight()
            if merit > worst { (worst, found) = (merit, .key(group, tooHigh: tooHigh)) }
        }
        return found
    }

    /// One exchange; false where nothing can take the place: no shares keep the limits.
    private mutating func step(_ leaving: Leaving) -> Bool {
        let size = rows.count
        var row = [Double](repeating: 0, count: table.rows)
        let tooHigh: Bool
        var keyGroup = -1
        switch leaving {
        case .working(let index, let high):
            tooHigh = high
            for k in 0..<size { row[rows[k]] = inverse[index * size + k] }
        case .key(let group, let high):
            tooHigh = high
            keyGroup = group
            for (index, basic) in basis.working.enumerated() {
                if case .option(let option) = basic, table.groupOf[option] == group {
                    for k in 0..<size { row[rows[k]] -= inverse[index * size + k] }
                }
            }
        }
        let sign = tooHigh ? 1.0 : -1.0
        guard let entering = entering(row, sign, keyGroup) else {
            conflict = rows.filter { abs(row[$0]) > 1e-7 }
            return false
        }
        exchange(leaving, entering)
        return true
    }

    /// The variable with the least loss of value for the change, among those that change the leaving one the right way.
    private func entering(_ row: [Double], _ sign: Double, _ keyGroup: Int) -> Basic? {
        var best: Basic?
        var ratio = Double.infinity, size = 0.0
        func offer(_ basic: @autoclosure () -> Basic, _ alpha: Double, _ reduced: Double) {
            let change = sign * alpha
            guard change > Self.pivot else { return }
            let cost = max(0, -reduced) / change
            if cost < ratio - 1e-12 || (cost <= ratio + 1e-12 && change > size) {
                (best, ratio, size) = (basic(), min(cost, ratio), change)
            }
        }
        for limit in rows {
            if !restIsBasic[limit] { offer(.rest(limit), row[limit], -prices[limit]) }
            let price = table.excessPrice[limit]
            if price < .infinity, !excessIsBasic[limit] { offer(.excess(limit), -row[limit], prices[limit] - price) }
        }
        for group in 0..<table.groups {
            let key = basis.key[group]
            let keyRow = table.priced(key, row) - (group == keyGroup ? 1 : 0)
            let keyValue = value[key] - table.priced(key, prices)
            for option in table.groupStart[group]..<table.groupStart[group + 1] where !isBarred[option] && option != key {
                var alpha = -keyRow, worth = value[option]
                for k in table.useStart[option]..<table.useStart[option + 1] {
                    alpha += row[table.useRow[k]] * table.useAmount[k]
                    worth -= prices[table.useRow[k]] * table.useAmount[k]
                }
                guard sign * alpha > Self.pivot, !optionIsBasic[option] else { continue }
                offer(.option(option), alpha, worth - keyValue)
            }
        }
        return best
    }

    private mutating func exchange(_ leaving: Leaving, _ entering: Basic) {
        switch leaving {
        case .working(let index, _):
            mark(basis.working[index], false)
            basis.working[index] = entering
        case .key(let group, _):
            optionIsBasic[basis.key[group]] = false
            let others = basis.working.indices.filter {
                if case .option(let option) = basis.working[$0] { table.groupOf[option] == group } else { false }
            }
            if case .option(let option) = entering, table.groupOf[option] == group {
                basis.key[group] = option
            } else if let index = others.max(by: { amounts[$0] < amounts[$1] }), case .option(let option) = basis.working[index] {
                // Another basic option of the group becomes its key, and the entering variable takes that one's place.
                basis.key[group] = option
                basis.working[index] = entering
            }
        }
        mark(entering, true)
    }

    // MARK: Primal simplex

    /// Improves a basis that is feasible, penalties counted, until no variable that enters would gain.
    ///
    /// - Returns: false where the steps did not suffice.
    mutating func climb(stepLimit: Int) -> Bool {
        while steps < stepLimit {
            invert()
            evaluate()
            guard let entering = mostGaining() else { return true }
            steps += 1
            guard let leaving = firstToVanish(entering) else { return false }
            exchange(leaving, entering)
        }
        return false
    }

    private func mostGaining() -> Basic? {
        var best: Basic?
        var most = 1e-9
        var price = [Double](repeating: 0, count: table.rows)
        for (index, row) in rows.enumerated() {
            price[row] = duals[index]
            if -duals[index] > most, !restIsBasic[row] { (most, best) = (-duals[index], .rest(row)) }
            if table.excessPrice[row] < .infinity, duals[index] - table.excessPrice[row] > most, !excessIsBasic[row] {
                (most, best) = (duals[index] - table.excessPrice[row], .excess(row))
            }
        }
        for group in 0..<table.groups {
            let key = basis.key[group]
            let keyWorth = value[key] - table.priced(key, price)
            for option in table.groupStart[group]..<table.groupStart[group + 1] where !isBarred[option] {
                let gain = value[option] - table.priced(option, price) - keyWorth
                if gain > most, !optionIsBasic[option] { (most, best) = (gain, .option(option)) }
            }
        }
        return best
    }

    /// The basic variable that is used up first as the entering one grows; the largest pivot among equals.
    private func firstToVanish(_ entering: Basic) -> Leaving? {
        let size = rows.count
        var column = [Double](repeating: 0, count: size)
        var group = -1
        switch entering {
        case .rest(let row): column[place[row]] = 1
        case .excess(let row): column[place[row]] = -1
        case .option(let option):
            group = table.groupOf[option]
            for (sign, other) in [(1.0, option), (-1.0, basis.key[group])] {
                for k in table.useStart[other]..<table.useStart[other + 1] where place[table.useRow[k]] >= 0 {
                    column[place[table.useRow[k]]] += sign * table.useAmount[k]
                }
            }
        }
        var best: Leaving?
        var ratio = Double.infinity, pivot = 0.0
        func offer(_ leaving: Leaving, _ amount: Double, _ rate: Double) {
            guard rate > Self.pivot else { return }
            let limit = max(0, amount) / rate
            if limit < ratio - 1e-12 || (limit <= ratio + 1e-12 && rate > pivot) {
                (best, ratio, pivot) = (leaving, min(limit, ratio), rate)
            }
        }
        var keyRate: [Int: Double] = group >= 0 ? [group: 1] : [:]
        for index in 0..<size {
            var rate = 0.0
            for k in 0..<size { rate += inverse[index * size + k] * column[k] }
            offer(.working(index, tooHigh: false), amounts[index], rate)
            if case .option(let option) = basis.working[index] { keyRate[table.groupOf[option], default: 0] -= rate }
        }
        for (group, rate) in keyRate.sorted(by: { $0.key < $1.key }) { offer(.key(group, tooHigh: false), keyShare[group], rate) }
        return best
    }
}
