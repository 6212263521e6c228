// SPDX-License-Identifier: GPL-3.0-or-later

/// Which of a list of indivisible things to take so that their value is greatest and a budget holds.
///
/// A thing may require others, and of a group at most one may be taken. Solved exactly by branch and bound; the bound is the
/// linear relaxation of the multiple-choice knapsack (Sinha and Zoltners, 1979, Oper. Res. 27(3)) without the requirements.
/// Made for tens of things. Values add up: where the effect of two together is not the sum, group them into things of their own.
public struct BudgetSelection: Sendable {
    public struct Item: Sendable {
        /// What taking it adds; may be negative for something that others require.
        public var value: Double
        /// Part of the budget that it takes, 0 or more.
        public var cost: Double
        /// Part of a second resource (staff, for instance), 0 or more.
        public var secondCost: Double
        /// Items, by number, without which it cannot be taken.
        public var requires: [Int]

        public init(value: Double, cost: Double, secondCost: Double = 0, requires: [Int] = []) {
            self.value = value
            self.cost = cost
            self.secondCost = secondCost
            self.requires = requires
        }
    }

    public struct Options: Sendable {
        /// Default 2,000,000; range 1 or more.
        public var maximumNodes: Int
        /// Whether the second-best set is searched too, which costs more nodes. Default true.
        public var findsRunnerUp: Bool

        public init(maximumNodes: Int = 2_000_000, findsRunnerUp: Bool = true) {
            self.maximumNodes = maximumNodes
            self.findsRunnerUp = findsRunnerUp
        }
    }

    /// One admissible set.
    public struct Choice: Sendable, Equatable {
        /// Numbers of the items, ascending.
        public let items: [Int]
        public let value: Double
        public let cost: Double
        public let secondCost: Double
    }

    public struct Solution: Sendable, Equatable {
        public let best: Choice
        /// The best of the other sets in which every item has a positive value or is required by one taken. Nil when there is
        /// none, or when it was not searched.
        public let runnerUp: Choice?
        /// No admissible set is worth more than this.
        public let bound: Double
        public let nodes: Int
        /// False when the limit of nodes came first; `bound` then tells how far off the best set may be.
        public let provenOptimal: Bool

        /// How much the best set may fall short of the optimum.
        public var gap: Double { max(0, bound - best.value) }
    }

    public let items: [Item]
    public let budget: Double
    public let secondBudget: Double
    /// Groups of item numbers, of each of which at most one may be taken.
    public let exclusiveGroups: [[Int]]

    /// - Parameters:
    ///   - budget: 0 or more; infinite for none.
    ///   - secondBudget: of the second resource; none by default.
    /// - Throws: `NumericalError` that names the item whose figures or references are not admissible.
    public init(
        items: [Item], budget: Double, secondBudget: Double = .infinity, exclusiveGroups: [[Int]] = []
    ) throws(NumericalError) {
        let name = "selection under a budget"
        guard budget >= 0, secondBudget >= 0 else { throw NumericalError.invalid(name, "a budget is negative or not a number") }
        for (index, item) in items.enumerated() {
            guard item.value.isFinite, item.cost.isFinite, item.cost >= 0, item.secondCost.isFinite, item.secondCost >= 0 else {
                throw NumericalError.invalid(name, "item \(index): value and costs must be finite, costs not negative")
            }
            for other in item.requires where !items.indices.contains(other) {
                throw NumericalError.invalid(name, "item \(index) requires item \(other), which does not exist")
            }
        }
        for other in exclusiveGroups.joined() where !items.indices.contains(other) {
            throw NumericalError.invalid(name, "an exclusive group names item \(other), which does not exist")
        }
        self.items = items
        self.budget = budget
        self.secondBudget = secondBudget
        self.exclusiveGroups = exclusiveGroups
    }

    /// The best admissible set, the next best, and what is proven about them.
    public func solve(options: Options = Options()) -> Solution {
        var search = BudgetSearch(self, options)
        return search.run()
    }
}
