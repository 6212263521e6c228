// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing

@testable import WaterLoss

@Suite("when a growing leak began")
struct GrowthDatesTests {
    static let days = 200, order = 10

    /// Days with one leak in them whose share of its size at the end is `share`, and errors that go from one day to the next.
    /// - Parameters:
    ///   - strength: deviation that the full leak makes of a day's reading along its answer. [standard deviations]
    ///   - memory: correlation of a day's errors with those of the day before; changes from day to day have unit variance, as the space
    ///     is made.
    static func space(seed: UInt64, strength: Double, memory: Double, share: (Double) -> Double) -> DaySpace {
        var noise = GridTown.Noise(seed: seed)
        let answer = (0..<order).map { _ in noise.next() }
        let length = dotProduct(answer, answer).squareRoot()
        var rows: [[Double]] = []
        for f in 0..<order {
            let level = 3 * noise.next()
            var error = noise.next() / (1 - memory).squareRoot()
            rows.append(
                (0..<days).map { day in
                    error = memory * error + (1 + memory).squareRoot() * noise.next()
                    return level + strength * answer[f] / length * share(Double(day) + 0.5) + error
                })
        }
        let table = Matrix(rows: order, columns: 1, storage: answer.map { $0 / length })
        return DaySpace(
            days: Matrix(rows), standing: [Double](repeating: 9, count: order), answers: [table],
            squares: [Matrix(rows: order, columns: 1, storage: table.storage.map { $0 * $0 })], sizes: [0])
    }

    static let prior = LeakPrior(size: 5, answerError: 0.1, courseError: 0.5, logLengths: [0], logBefore: 0, logNew: 0, logRepair: 0)

    /// First and last day, where the search found the leak with the square of its age, a few days off.
    static func found(_ space: DaySpace, day: Double, growth: Double) -> (earliest: Double, latest: Double) {
        let leak = RunningLeak(pipe: 0, course: LeakCourse(onset: .at(day, growth: growth)), size: 8)
        return GrowthDates(space: space, prior: prior).start(of: leak, day: day, among: [leak])
    }

    static let start = 83.0, duration = 60.0

    /// Courses that `monitor` does not look for by themselves: shares of the full size by age over the days of growth.
    static let shapes: [(name: String, share: @Sendable (Double) -> Double)] = [
        ("the time", { $0 }), ("its power 1.5", { pow($0, 1.5) }), ("its square", { $0 * $0 }), ("its cube", { $0 * $0 * $0 }),
        ("its power 2.5 to a size that it keeps soon", { min(pow(2 * $0, 2.5), 1) }),
        ("slow, fast, slow", { $0 * $0 * (3 - 2 * $0) }), ("in steps", { (4 * $0).rounded(.down) / 4 }),
    ]

    @Test("the interval holds the truth in most records, whatever the leak's course", arguments: shapes.indices)
    func coverage(shape: Int) {
        let (name, share) = Self.shapes[shape]
        var inside = 0, widths: [Double] = []
        let records = 40
        for seed in 0..<UInt64(records) {
            let space = Self.space(seed: 100 + seed, strength: 8, memory: 0.5) { day in
                share(min(max((day - Self.start) / Self.duration, 0), 1))
            }
            let (earliest, latest) = Self.found(space, day: Self.start + Double(seed % 9) - 4, growth: Self.duration)
            if earliest <= Self.start, Self.start <= latest { inside += 1 }
            widths.append(latest - earliest)
        }
        // Nine in ten are asked for over all courses, not for each: those at the ends of the family are held less often.
        let least = name == "its cube" ? 20 : 28
        #expect(inside >= least, "\(name): \(inside) of \(records), \(OrderStatistics.median(widths) ?? 0) days wide")
        #expect((OrderStatistics.median(widths) ?? 0) < 1.2 * Self.duration, "\(name)")
    }

    @Test("errors that last for days widen it, and a larger leak narrows it")
    func width() {
        func width(strength: Double, memory: Double) -> Double {
            let widths = (0..<10).map { seed in
                let space = Self.space(seed: UInt64(seed) + 7, strength: strength, memory: memory) { day in
                    pow(min(max((day - Self.start) / Self.duration, 0), 1), 2)
                }
                let (earliest, latest) = Self.found(space, day: Self.start, growth: Self.duration)
                return latest - earliest
            }
            return OrderStatistics.median(widths) ?? 0
        }
        let usual = width(strength: 8, memory: 0)
        #expect(width(strength: 8, memory: 0.7) > usual)
        #expect(width(strength: 32, memory: 0) < usual)
    }

    @Test("sums of independent days have the variance of as many, sums of days that go together a larger one")
    func dispersion() {
        var noise = GridTown.Noise(seed: 3)
        let plain = (0..<4000).map { _ in noise.next() }
        var value = 0.0
        let memory = 0.6
        let lasting = plain.map { innovation in
            value = memory * value + innovation
            return value
        }
        // An autoregressive series of innovations 1: variance of long sums 1 / (1 − ρ)² each, of ten somewhat less.
        let tolerance = 0.2
        #expect(abs(GrowthDates.dispersion(plain) - 1) < tolerance)
        let expected = 1 / ((1 - memory) * (1 - memory))
        #expect(GrowthDates.dispersion(lasting) > 0.7 * expected && GrowthDates.dispersion(lasting) < 1.1 * expected)
    }
}
