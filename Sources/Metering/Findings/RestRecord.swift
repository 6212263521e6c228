// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// How long a meter stood still, and how often.
///
/// Only time that was read counts: what is missing is not zero.
struct RestRecord {
    /// Completed rests of a day or more, and of ten of the meter's usual pauses. [h]
    var rests: [Float] = []
    /// At rest until the end of its readings. [h]
    var now = 0.0
    /// Read in all. [h]
    var read = 0.0
    /// A shorter rest is use as usual. [h]
    var shortest = RestRecord.day

    static let day = 24.0
    /// Pauses as long as this multiple of the mean one come once in 20,000 where use comes at random (e⁻¹⁰).
    static let pauses = 10.0

    init(rests: [Float], now: Double, read: Double, shortest: Double) {
        self.rests = rests
        self.now = now
        self.read = read
        self.shortest = shortest
    }

    init(_ chain: MeterChain) {
        var run = 0, pauses = 0, pauseTime = 0, covered = 0
        if let still = chain.hours?.hoursAtRest {
            covered = 3600 * still.count
            if still.hasRunOfDay {
                var at = 0
                while let hours = still.nextRun(from: &at) {
                    if at == still.count {
                        run = 3600 * hours
                    } else if hours >= 24 {
                        rests.append(Float(3600 * hours) / 3600)
                    } else {
                        pauseTime += 3600 * hours
                        pauses += 1
                    }
                }
            } else {
                let last = still.lastRun
                run = 3600 * last
                pauses = still.numberOfRuns - (last > 0 ? 1 : 0)
                pauseTime = 3600 * (still.number - last)
            }
        } else {
            for segment in chain.byStep().segments {
                let length = segment.end - segment.start
                covered += length
                if segment.volume == 0 { run += length; continue }
                guard run > 0 else { continue }
                if run >= 86_400 { rests.append(Float(run) / 3600) } else { pauseTime += run; pauses += 1 }
                run = 0
            }
        }
        now = Double(min(run, max(0, chain.last - chain.lastMove))) / 3600
        read = Double(covered) / 3600
        // Where most pauses are days long, the register is too coarse, or read too seldom, to tell a rest of a day.
        let long = rests.count
        if long > pauses {
            shortest = max(Self.day, Self.pauses * Double(rests.reduce(0, +)) / Double(long))
        } else if pauses > 0 {
            shortest = max(Self.day, Self.pauses * Double(pauseTime) / Double(pauses) / 3600)
        }
        let least = Float(shortest)
        rests = rests.filter { $0 >= least }
    }
}

/// How long meters of one class stand still where nothing is wrong with them, and the odds that one that stands still is stuck.
///
/// Rests begin at a rate of the meter's own, drawn towards its class's, and last as the class's rests do (Kaplan and Meier's estimate,
/// those that last still counted by the chance that they are no fault). Meters stick at one rate for the class. The odds that a rest
/// which has lasted for L is a fault are rate of sticking / (rate of rests × share that lasts longer than L).
struct RestOdds {
    /// Ends of the steps of the survival curve, four an octave from a day. [h]
    private static let edges: [Double] = (0...60).map { RestRecord.day * exp2(Double($0) / 4) }
    /// Rests a year of which nothing is known, and stuck meters: each as if half of one had been seen.
    private static let pseudo = 0.5
    /// Meters of a class differ in how often they rest, as a gamma distribution of this shape.
    private static let shape = 1.0
    fileprivate static let mostRests = 2.0
    /// Hazard of steps in which few rests were left is drawn to that of the whole curve with the weight of so many rests.
    private static let weight = 1.0

    private var survival: [Double]
    /// [1/h]
    private var restRate = 0.0, stuckRate = 0.0

    init(_ records: [RestRecord]) {
        var sums = RestSums()
        for record in records { sums.add(record) }
        self.init(sums)
    }

    init(_ sums: RestSums) {
        let (ended, read, rests, open) = (sums.ended, sums.read, sums.rests, sums.open)
        let count = Self.edges.count
        survival = [Double](repeating: 1, count: count)
        restRate = (rests + Self.pseudo) / max(1, read)
        stuckRate = Self.pseudo / max(1, read)
        // The open rests are divided between rest and fault until the division agrees with itself.
        var chances = [Double](repeating: 0.5, count: open.count)
        for _ in 0..<30 {
            var censored = [Double](repeating: 0, count: count)
            for (record, chance) in zip(open, chances) { censored[Self.step(record.now)] += 1 - chance }
            survival = Self.survival(ended, censored)
            restRate = (rests + censored.reduce(0, +) + Self.pseudo) / max(1, read)
            stuckRate = (chances.reduce(0, +) + Self.pseudo) / max(1, read)
            chances = open.map { chance($0) }
        }
    }

    fileprivate static var steps: Int { edges.count }

    fileprivate static func step(_ hours: Double) -> Int {
        min(edges.count - 1, max(0, Int((4 * log2(hours / RestRecord.day)).rounded(.down))))
    }

    private static func survival(_ ended: [Double], _ censored: [Double]) -> [Double] {
        var left = ended.reduce(0, +) + censored.reduce(0, +)
        let events = ended.reduce(0, +)
        var exposure = 0.0, rest = left
        for k in ended.indices {
            exposure += max(0, rest - censored[k] / 2)
            rest -= ended[k] + censored[k]
        }
        let common = (events + pseudo) / (exposure + 2 * pseudo)
        var share = 1.0
        return ended.indices.map { k in
            let atRisk = max(0, left - censored[k] / 2)
            let hazard = (ended[k] + weight * common) / (atRisk + weight)
            left -= ended[k] + censored[k]
            let now = share
            share *= 1 - min(0.98, hazard)
            return now
        }
    }

    /// Share of the class's rests that last longer, log-linear between the steps. [–]
    func survival(_ hours: Double) -> Double {
        guard hours > RestRecord.day else { return 1 }
        let k = Self.step(hours)
        guard k + 1 < survival.count else { return survival[k] }
        let part = 4 * log2(hours / Self.edges[k])
        return survival[k] * pow(survival[k + 1] / survival[k], min(1, max(0, part)))
    }

    /// Chance that a meter which stands still is stuck. [–]
    func chance(_ record: RestRecord) -> Double {
        guard record.now >= max(record.shortest, RestRecord.day) else { return 0 }
        return chance(OpenRest(record))
    }

    private func chance(_ open: OpenRest) -> Double {
        let rate = (Self.shape + Double(open.own)) / (Self.shape / restRate + open.read)
        // Its own rests as long as this one speak of it more than its class's.
        let asLong = Double(open.asLong)
        let share = (survival(open.now) + asLong) / (1 + asLong)
        let rest = rate * share
        return stuckRate / (stuckRate + rest)
    }
}

/// A rest that lasts, with what its meter's other rests say of it.
struct OpenRest {
    /// [h]
    var now: Double, read: Double
    /// Rests of the meter, and those about as long as this one or longer.
    var own: Int32, asLong: Int32

    init(_ record: RestRecord) {
        now = record.now
        read = record.read
        own = Int32(truncatingIfNeeded: record.rests.count)
        asLong = Int32(truncatingIfNeeded: record.rests.count { Double($0) >= 0.8 * record.now })
    }
}

/// What the rests of a class's meters say together, gathered one meter after the other.
struct RestSums {
    /// Rests that ended, by the step of the survival curve that they reached, weighted.
    fileprivate var ended = [Double](repeating: 0, count: RestOdds.steps)
    /// [h]
    fileprivate var read = 0.0
    fileprivate var rests = 0.0
    fileprivate var open: [OpenRest] = []

    mutating func add(_ record: RestRecord) {
        read += record.read
        // A second home rests as often as many dwellings: no meter counts for more than two rests.
        let weight = min(1, RestOdds.mostRests / Double(max(1, record.rests.count)))
        for rest in record.rests { ended[RestOdds.step(Double(rest))] += weight; rests += weight }
        if record.now >= max(record.shortest, RestRecord.day) { open.append(OpenRest(record)) }
    }
}
