// SPDX-License-Identifier: GPL-3.0-or-later

/// Which option to take from each group so that their value is greatest and every limit holds: the multiple-choice knapsack with any
/// number of limits.
///
///     maximise  Σ v(o) − Σ price(r) · excess(r)     over one option of each group,
///     where     Σ a(r, o) ≤ limit(r) + excess(r),   and no excess without a price.
///
/// Amounts may be negative: a floor is a limit of the negative. Solved by decomposition: the limits are relaxed at prices (Lagrange), which
/// takes the problem apart into groups; the best prices are those of the linear relaxation, found by a dual simplex that keeps one basic
/// option for each group apart (generalised upper bounds: Dantzig & Van Slyke 1967). Branch and bound on that relaxation closes the
/// gap, options that cannot improve on the best known choice are struck out by their reduced values, and every bound that is told is
/// that of the prices, Σ price·limit + Σ_groups max(v − price·a) (Geoffrion 1974), whatever the rounding of the simplex.
/// Made for hundreds of groups, tens of options each and tens of limits. Value adds up over groups: where the effect of two things
/// together is not the sum, make them options of one group.
public struct MultipleChoice: Sendable {
    /// What an option takes of one limit.
    public struct Use: Sendable, Hashable {
        /// Number of the limit.
        public var limit: Int
        public var amount: Double

        public init(_ limit: Int, _ amount: Double) {
            self.limit = limit
            self.amount = amount
        }
    }

    public struct Option: Sendable {
        public var value: Double
        /// Limits that are not named are not touched.
        public var uses: [Use]

        public init(value: Double, uses: [Use] = []) {
            self.value = value
            self.uses = uses
        }
    }

    public struct Limit: Sendable, Hashable {
        public var amount: Double
        /// What each unit beyond it costs, 0 or more; nil: it must hold.
        public var excessPrice: Double?
        /// Looked at only where a choice breaks it: for limits that are many and seldom bind, such as prerequisites.
        public var isWatched: Bool

        public init(_ amount: Double, excessPrice: Double? = nil, isWatched: Bool = false) {
            self.amount = amount
            self.excessPrice = excessPrice
            self.isWatched = isWatched
        }
    }

    public struct Effort: Sendable {
        /// Bound less value, over the greater of the two, at which the search may stop. Default 1e-9, range 0 or more.
        public var gap: Double
        /// Steps of the simplex, the measure of work: the same everywhere, unlike time. Default 60,000, range 1 or more.
        public var steps: Int
        /// Gap that is good enough once `patience` steps are done. Default 1e-3, range `gap` or more.
        public var acceptedGap: Double
        /// Default 15,000.
        public var patience: Int

        public init(gap: Double = 1e-9, steps: Int = 60_000, acceptedGap: Double = 1e-3, patience: Int = 15_000) {
            self.gap = gap
            self.steps = steps
            self.acceptedGap = acceptedGap
            self.patience = patience
        }
    }

    public struct Solution: Sendable {
        /// Number of the option taken in each group.
        public var choice: [Int]
        public var value: Double
        /// No choice is worth more.
        public var bound: Double
        /// That the bound equals the value, within `Effort.gap`.
        public var isProvenOptimal: Bool
        /// Worth of one more unit of each limit, in the linear relaxation: 0 where a limit does not bind.
        public var prices: [Double]
        /// What the choice takes of each limit.
        public var used: [Double]
        /// Value of the linear relaxation: how much indivisibility costs at most.
        public var relaxedValue: Double
        public var nodes: Int
        public var steps: Int

        /// (bound − value)/|bound|. [–]
        public var gap: Double { bound > value ? (bound - value) / max(abs(bound), 1e-300) : 0 }
    }

    public enum Outcome: Sendable {
        case solved(Solution)
        /// No choice keeps these limits together; one of them alone where that is so.
        case impossible(limits: [Int])
        /// Neither a choice that keeps the limits nor a proof that there is none was found within the steps.
        case unknown
    }

    public let groups: [[Option]]
    public let limits: [Limit]

    /// - Throws: `NumericalError` that names the group or limit whose figures are not admissible.
    public init(groups: [[Option]], limits: [Limit]) throws(NumericalError) {
        let name = "multiple choice"
        for (index, limit) in limits.enumerated() {
            guard limit.amount.isFinite else { throw NumericalError.invalid(name, "limit \(index) is not a number") }
            if let price = limit.excessPrice, !(price >= 0 && price.isFinite) {
                throw NumericalError.invalid(name, "limit \(index): the price of excess must be finite and not negative")
            }
        }
        for (index, options) in groups.enumerated() {
            guard !options.isEmpty else { throw NumericalError.invalid(name, "group \(index) has no option") }
            for option in options {
                guard option.value.isFinite, option.uses.allSatisfy({ $0.amount.isFinite }) else {
                    throw NumericalError.invalid(name, "group \(index): values and amounts must be finite")
                }
                guard option.uses.allSatisfy({ limits.indices.contains($0.limit) }) else {
                    throw NumericalError.invalid(name, "group \(index) names a limit that does not exist")
                }
                guard Set(option.uses.map(\.limit)).count == option.uses.count else {
                    throw NumericalError.invalid(name, "group \(index): an option names a limit twice")
                }
            }
        }
        self.groups = groups
        self.limits = limits
    }

    /// The best choice, how good any can be, and the prices of the limits.
    public func solve(effort: Effort = Effort()) -> Outcome {
        if let limit = limitOutOfReach { return .impossible(limits: [limit]) }
        var search = ChoiceSearch(ChoiceTable(self), effort)
        return search.run()
    }

    /// A limit that even the options that take least of it break.
    private var limitOutOfReach: Int? {
        var least = [Double](repeating: 0, count: limits.count)
        var scale = limits.map { abs($0.amount) }
        for options in groups {
            var touched: [Int: (least: Double, count: Int)] = [:]
            for use in options.lazy.flatMap(\.uses) {
                let known = touched[use.limit] ?? (.infinity, 0)
                touched[use.limit] = (min(known.least, use.amount), known.count + 1)
                scale[use.limit] = max(scale[use.limit], abs(use.amount))
            }
            for (limit, part) in touched { least[limit] += part.count == options.count ? part.least : min(0, part.least) }
        }
        return limits.indices.first { limits[$0].excessPrice == nil && least[$0] > limits[$0].amount + ChoiceTable.slack * scale[$0] }
    }
}

/// The problem as columns, one an option, with values and limits scaled to the order of one.
struct ChoiceTable {
    /// Part of a limit's scale by which rounding may exceed it.
    static let slack = 1e-9

    let groupStart: [Int]
    let groupOf: [Int]
    let value: [Double]
    /// Uses of option j: `useStart[j]..<useStart[j + 1]`.
    let useStart: [Int]
    let useRow: [Int]
    let useAmount: [Double]
    let limit: [Double]
    /// Infinite where the limit must hold.
    let excessPrice: [Double]
    let isWatched: [Bool]
    let valueScale: Double
    let rowScale: [Double]

    var groups: Int { groupStart.count - 1 }
    var options: Int { value.count }
    var rows: Int { limit.count }

    init(_ problem: MultipleChoice) {
        var start = [0], of: [Int] = [], uses = [0], row: [Int] = [], amount: [Double] = [], values: [Double] = []
        var scale = problem.limits.map { _ in 0.0 }
        for use in problem.groups.joined().lazy.flatMap(\.uses) { scale[use.limit] = max(scale[use.limit], abs(use.amount)) }
        scale = scale.map { $0 > 0 ? $0 : 1 }
        let largest = problem.groups.joined().reduce(0) { max($0, abs($1.value)) }
        valueScale = largest > 0 ? largest : 1
        for (group, options) in problem.groups.enumerated() {
            for option in options {
                of.append(group)
                values.append(option.value / valueScale)
                for use in option.uses where use.amount != 0 {
                    row.append(use.limit)
                    amount.append(use.amount / scale[use.limit])
                }
                uses.append(row.count)
            }
            start.append(of.count)
        }
        (groupStart, groupOf, useStart, useRow, useAmount, value, rowScale) = (start, of, uses, row, amount, values, scale)
        limit = zip(problem.limits, scale).map { $0.amount / $1 }
        let unit = valueScale
        excessPrice = zip(problem.limits, scale).map { limit, scale in limit.excessPrice.map { $0 * scale / unit } ?? .infinity }
        isWatched = problem.limits.map(\.isWatched)
    }

    /// The same with fewer options, and the number here of each that is left.
    func restricted(to keep: [Bool]) -> (table: ChoiceTable, options: [Int]) {
        let options = keep.indices.filter { keep[$0] }
        var start = [0], uses = [0], row: [Int] = [], amount: [Double] = []
        for (place, option) in options.enumerated() {
            if place > 0, groupOf[option] != groupOf[options[place - 1]] { start.append(place) }
            row += useRow[useStart[option]..<useStart[option + 1]]
            amount += useAmount[useStart[option]..<useStart[option + 1]]
            uses.append(row.count)
        }
        start.append(options.count)
        let table = ChoiceTable(
            groupStart: start, groupOf: options.map { groupOf[$0] }, value: options.map { value[$0] }, useStart: uses, useRow: row,
            useAmount: amount, limit: limit, excessPrice: excessPrice, isWatched: isWatched, valueScale: valueScale, rowScale: rowScale)
        return (table, options)
    }

    private init(
        groupStart: [Int], groupOf: [Int], value: [Double], useStart: [Int], useRow: [Int], useAmount: [Double], limit: [Double],
        excessPrice: [Double], isWatched: [Bool], valueScale: Double, rowScale: [Double]
    ) {
        (self.groupStart, self.groupOf, self.value, self.useStart, self.useRow) = (groupStart, groupOf, value, useStart, useRow)
        (self.useAmount, self.limit, self.excessPrice, self.isWatched) = (useAmount, limit, excessPrice, isWatched)
        (self.valueScale, self.rowScale) = (valueScale, rowScale)
    }

    /// Σ a over limits at the given prices. [value]
    func priced(_ option: Int, _ prices: [Double]) -> Double {
        var sum = 0.0
        for k in useStart[option]..<useStart[option + 1] { sum += prices[useRow[k]] * useAmount[k] }
        return sum
    }

    func tolerance(_ row: Int) -> Double { Self.slack * max(1, abs(limit[row])) }
}
