// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// A change of the level in the order of nights: at once, or through many nights, as a leak that grows changes it.
struct LevelChange: Hashable, Sendable {
    /// First position that is not at the old level.
    var place: Int
    /// First position at the new level: `place` for a change at once.
    var end: Int
    /// Of its course between: 1 linear, 2 as a growing leak's ((t − t₀)/T)².
    var power = 1

    var isSlow: Bool { end > place }

    /// Part of the change that has come about. [–]
    func share(_ position: Int, days: [Int]) -> Double {
        if position >= end { return 1 }
        guard isSlow, position >= place else { return 0 }
        let first = Double(days[place - 1]), last = Double(days[min(end, days.count - 1)])
        let part = (Double(days[position]) - first) / max(1, last - first)
        return power == 2 ? part * part : part
    }
}

/// Stairs of rises that are one slow rise: between the falls, and one rise by itself that took its time. Steps or one rise go by
/// Schwarz's criterion (1978), each in units of the deviation of a long mean.
enum SlowRise {
    /// Shorter ones count as steps. [nights]
    static let shortest = 7

    /// - places: of steps, ascending.
    static func joined(_ places: [Int], _ sequence: NightSequence, days: [Int]) -> [LevelChange] {
        var changes: [LevelChange] = []
        var index = 0
        while index < places.count {
            var last = index
            while isRise(index, places, sequence), last + 1 < places.count, isRise(last + 1, places, sequence) { last += 1 }
            let from = index > 0 ? places[index - 1] : 0
            let to = last + 1 < places.count ? places[last + 1] : sequence.count
            let run = places[index...last]
            changes +=
                isRise(index, places, sequence)
                ? joined(run, from..<to, sequence, days: days) : run.map { LevelChange(place: $0, end: $0) }
            index = last + 1
        }
        return changes
    }

    /// Rises that follow each other: the longest part of them that is one slow rise, then what is left on either side.
    private static func joined(
        _ run: ArraySlice<Int>, _ range: Range<Int>, _ sequence: NightSequence, days: [Int]
    ) -> [LevelChange] {
        for length in Swift.stride(from: run.count, to: 0, by: -1) {
            for first in run.startIndex...run.endIndex - length {
                let part = run[first..<first + length]
                let from = first > run.startIndex ? run[first - 1] : range.lowerBound
                let to = part.endIndex < run.endIndex ? run[part.endIndex] : range.upperBound
                guard let slow = slower(than: Array(part), from..<to, sequence, days: days) else { continue }
                return joined(run[..<first], range.lowerBound..<slow.place, sequence, days: days) + [slow]
                    + joined(run[part.endIndex...], slow.end..<range.upperBound, sequence, days: days)
            }
        }
        return run.map { LevelChange(place: $0, end: $0) }
    }

    private static func isRise(_ index: Int, _ places: [Int], _ sequence: NightSequence) -> Bool {
        let from = index > 0 ? places[index - 1] : 0
        let to = index + 1 < places.count ? places[index + 1] : sequence.count
        return sequence.mean(places[index]..<to) > sequence.mean(from..<places[index])
    }

    /// The slow rise that explains a stretch better than its steps; nil: the steps stand.
    private static func slower(
        than steps: [Int], _ range: Range<Int>, _ sequence: NightSequence, days: [Int]
    ) -> LevelChange? {
        guard range.count >= 3 * shortest else { return nil }
        let best = search(range, sequence, days: days)
        guard let best else { return nil }
        let ends = [range.lowerBound] + steps + [range.upperBound]
        let ofSteps = zip(ends, ends.dropFirst()).reduce(0) { $0 + sequence.squares(about: $1.0..<$1.1) }
        // Place and size of each step; start, end, course and size of the rise.
        let price = log(Double(range.count))
        guard best.squares + 4 * price < ofSteps + 2 * Double(steps.count) * price else { return nil }
        // A change at once beside it would be swallowed: where one stands out of what the rise leaves, the steps stand.
        let fit = fit(best.change, range, sequence, days: days)
        let rest = range.map { sequence.values[$0] - fit.level - fit.size * best.change.share($0, days: days) }
        let jumps = steps.contains { jump(at: $0 - range.lowerBound, in: rest) > largestJump }
        return jumps ? nil : best.change
    }

    /// Three standard deviations.
    private static let largestJump = 3.0

    /// Difference of the week after and the week before, over its deviation.
    private static func jump(at place: Int, in rest: [Double]) -> Double {
        let width = min(7, place, rest.count - place)
        guard width >= 3 else { return 0 }
        let before = rest[place - width..<place].reduce(0, +), after = rest[place..<place + width].reduce(0, +)
        return abs(after - before) / (2 * Double(width)).squareRoot()
    }

    /// Starts and ends on a grid of about forty, then night by night about the best.
    private static func search(
        _ range: Range<Int>, _ sequence: NightSequence, days: [Int]
    ) -> (change: LevelChange, squares: Double)? {
        var best: (change: LevelChange, squares: Double)?
        func attempt(_ first: Int, _ end: Int) {
            // A night at least before it; it may run on to the end of the record.
            guard first > range.lowerBound, end <= range.upperBound, end - first >= shortest else { return }
            for power in [1, 2] {
                let change = LevelChange(place: first, end: end, power: power)
                let squares = fit(change, range, sequence, days: days).squares
                if squares < best?.squares ?? .infinity { best = (change, squares) }
            }
        }
        let stride = max(1, range.count / 40)
        for first in Swift.stride(from: range.lowerBound + 1, to: range.upperBound, by: stride) {
            for end in Swift.stride(from: range.upperBound, to: first, by: -stride) { attempt(first, end) }
        }
        guard stride > 1, let coarse = best?.change else { return best }
        for first in coarse.place - stride...coarse.place + stride {
            for end in coarse.end - stride...coarse.end + stride { attempt(first, end) }
        }
        return best
    }

    /// Best level and size of a given course, and what they leave.
    private static func fit(
        _ change: LevelChange, _ range: Range<Int>, _ sequence: NightSequence, days: [Int]
    ) -> (level: Double, size: Double, squares: Double) {
        var sums = (x: 0.0, y: 0.0, xx: 0.0, xy: 0.0, yy: 0.0)
        for position in range {
            let x = change.share(position, days: days), y = sequence.values[position]
            sums = (sums.x + x, sums.y + y, sums.xx + x * x, sums.xy + x * y, sums.yy + y * y)
        }
        let count = Double(range.count)
        let spread = sums.xx - sums.x * sums.x / count, common = sums.xy - sums.x * sums.y / count
        // A fall is none.
        guard spread > 0, common > 0 else { return (0, 0, .infinity) }
        let size = common / spread
        return (
            (sums.y - size * sums.x) / count, size, sums.yy - sums.y * sums.y / count - common * common / spread
        )
    }

    /// Starts that do nearly as well with the same end: 95 % by the likelihood ratio.
    static func starts(of change: LevelChange, _ range: Range<Int>, _ sequence: NightSequence, days: [Int]) -> ClosedRange<Int> {
        let best = fit(change, range, sequence, days: days).squares
        let alike = (range.lowerBound + 1..<max(range.lowerBound + 2, change.end)).filter { first in
            fit(LevelChange(place: first, end: change.end, power: change.power), range, sequence, days: days).squares <= best + 3.841
        }
        return min(change.place, alike.min() ?? change.place)...max(change.place, alike.max() ?? change.place)
    }
}
