// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing

/// Sums of a dozen values in another order, of values of the order of a hundred.
private let sumTolerance = 1e-7

/// The greatest value over every choice, tried one after the other; nil where none keeps the limits.
private func bruteForce(_ problem: MultipleChoice) -> Double? {
    var best: Double?
    func go(_ group: Int, _ value: Double, _ used: [Double]) {
        guard group < problem.groups.count else {
            var total = value
            for (limit, amount) in zip(problem.limits, used) {
                let excess = amount - limit.amount
                if let price = limit.excessPrice { total -= price * max(0, excess) } else if excess > 1e-9 { return }
            }
            best = max(best ?? total, total)
            return
        }
        for option in problem.groups[group] {
            var next = used
            for use in option.uses { next[use.limit] += use.amount }
            go(group + 1, value + option.value, next)
        }
    }
    go(0, 0, Array(repeating: 0, count: problem.limits.count))
    return best
}

@Suite("one option of each group under many limits")
struct MultipleChoiceTests {
    /// Random groups with hard limits, priced limits, floors and prerequisites.
    private func problem(_ seed: Int) throws -> MultipleChoice {
        var numbers = TestNumbers(UInt64(seed) &* 31 &+ 5)
        let groupCount = 3 + numbers.index(4), budgets = 1 + numbers.index(4)
        var limits = (0..<budgets).map { _ in
            MultipleChoice.Limit(numbers.uniform() * 40 * Double(groupCount) / Double(budgets))
        }
        limits.append(.init(numbers.uniform() * 60, excessPrice: numbers.uniform()))
        // A floor under something that options give.
        limits.append(.init(-numbers.uniform() * 12 * Double(groupCount)))
        let floor = limits.count - 1
        var groups: [[MultipleChoice.Option]] = []
        for _ in 0..<groupCount {
            var options = [MultipleChoice.Option(value: 0)]
            for _ in 0..<(1 + numbers.index(5)) {
                var uses = [MultipleChoice.Use(numbers.index(budgets), Double(numbers.index(40)))]
                uses.append(.init(budgets, numbers.uniform() * 30))
                uses.append(.init(floor, -numbers.uniform() * 30))
                options.append(.init(value: 100 * numbers.uniform() - 20, uses: uses))
            }
            groups.append(options)
        }
        // The last option of the first group stands only with some option of the second.
        limits.append(.init(0, isWatched: true))
        let watched = limits.count - 1
        groups[0][groups[0].count - 1].uses.append(.init(watched, 1))
        for option in groups[1].indices.dropFirst() { groups[1][option].uses.append(.init(watched, -1)) }
        return try MultipleChoice(groups: groups, limits: limits)
    }

    @Test("the best choice is that of trying all", arguments: 0..<300)
    func againstBruteForce(seed: Int) throws {
        let problem = try problem(seed)
        let expected = bruteForce(problem)
        switch problem.solve() {
        case .solved(let solution):
            let value = try #require(expected)
            #expect(abs(solution.value - value) < sumTolerance)
            #expect(solution.isProvenOptimal)
            #expect(solution.bound >= value - sumTolerance && solution.relaxedValue >= value - sumTolerance)
            let fixed = zip(problem.groups, solution.choice).map { [$0[$1]] }
            let own = try bruteForce(MultipleChoice(groups: fixed, limits: problem.limits))
            #expect(abs(try #require(own) - solution.value) < sumTolerance)
        case .impossible: #expect(expected == nil)
        case .unknown: Issue.record("not solved")
        }
    }

    @Test("prices are what one more unit of a limit is worth to the relaxation")
    func prices() throws {
        // Divisible by nature: many small equal lots.
        let groups = (0..<100).map { index in
            [MultipleChoice.Option(value: 0), .init(value: Double(100 - index), uses: [.init(0, 1)])]
        }
        let problem = try MultipleChoice(groups: groups, limits: [.init(40.5)])
        // No choice reaches the relaxation's half lot: the proof would go through all of them.
        guard case .solved(let solution) = problem.solve(effort: .init(steps: 2_000)) else {
            throw NumericalError(code: 0, function: "", reason: "not solved")
        }
        #expect(abs(solution.prices[0] - 60) < 1e-6)  // the relaxation is solved with a small perturbation
        #expect(solution.choice.reduce(0, +) == 40)
        #expect(solution.used == [40])
    }

    @Test("a limit that no choice keeps is named")
    func impossible() throws {
        let must = [MultipleChoice.Option(value: 5, uses: [.init(1, 3)]), .init(value: 9, uses: [.init(1, 4)])]
        let problem = try MultipleChoice(groups: [must, must], limits: [.init(1), .init(5)])
        guard case .impossible(let limits) = problem.solve() else {
            Issue.record("solved")
            return
        }
        #expect(limits == [1])
    }

    @Test("a search that is cut short tells how good the best can be")
    func cutShort() throws {
        var numbers = TestNumbers(3)
        let groups = (0..<40).map { _ in
            [MultipleChoice.Option(value: 0)]
                + (0..<5).map { _ in
                    MultipleChoice.Option(
                        value: 50 + 50 * numbers.uniform(), uses: (0..<5).map { .init($0, 10 + 50 * numbers.uniform()) })
                }
        }
        let problem = try MultipleChoice(groups: groups, limits: (0..<5).map { _ in .init(500) })
        guard case .solved(let short) = problem.solve(effort: .init(steps: 60)) else {
            Issue.record("no choice")
            return
        }
        #expect(!short.isProvenOptimal && short.bound > short.value && short.gap > 0)
        #expect(zip(short.used, problem.limits).allSatisfy { $0 <= $1.amount + 1e-6 })
    }

    @Test("figures that are not admissible are refused")
    func refused() {
        #expect(throws: NumericalError.self) { try MultipleChoice(groups: [[]], limits: []) }
        #expect(throws: NumericalError.self) { try MultipleChoice(groups: [[.init(value: .nan)]], limits: []) }
        #expect(throws: NumericalError.self) { try MultipleChoice(groups: [[.init(value: 1, uses: [.init(0, 1)])]], limits: []) }
        #expect(throws: NumericalError.self) { try MultipleChoice(groups: [], limits: [.init(.infinity)]) }
        #expect(throws: NumericalError.self) { try MultipleChoice(groups: [], limits: [.init(1, excessPrice: -1)]) }
    }
}
