// SPDX-License-Identifier: GPL-3.0-or-later

/// A meter's readings as volumes that passed, never negative, each over a stretch of time; with what was found on the way.
///
/// Volumes are in whole millilitres and telescope: the sum over a stretch is the rounded difference of its ends, however it is cut.
struct MeterChain {
    struct Segment {
        /// UTC. [s]
        var start: Int, end: Int
        /// [mL]
        var volume: Int
    }

    var segments: [Segment] = []
    var readings = 0
    /// Usual distance between readings; 0 with fewer than two. [s]
    var step = 0
    var gaps = 0
    /// Readings that the gaps lack.
    var missing = 0
    var spikes = 0
    var negativeSteps = 0
    var rollovers = 0
    var replacements = 0
    /// Ran backwards. [mL]
    var reverse = 0
    var estimated = 0
    /// UTC. [s]
    var first = 0, last = 0
    /// End of the last step in which the meter moved, else the first reading. [s]
    var lastMove = 0

    static let millilitresPerCubicMetre = 1e6

    /// - millilitres: of one step of `block.values`. [mL]
    /// - modulus: the register starts again at it, in steps; nil where unknown.
    /// - flowLimit: [steps/h]
    /// - fallLimit: a possible fall that is less is reverse flow. [steps]
    static func register(
        _ block: ReadingBlock, millilitres: Double, modulus: Double?, flowLimit: Double, fallLimit: Double, rules: ChainRules
    ) -> MeterChain {
        var chain = MeterChain()
        chain.begin(block)
        let times = block.times, values = block.values
        guard times.count > 1 else { return chain }
        chain.step = usualStep(times)
        for i in 1..<times.count { chain.countGap(times[i] - times[i - 1], rules) }
        chain.segments.reserveCapacity(times.count)
        var passed = 0, deficit = 0, deficitSince = 0
        var p = 0, i = 1
        while i < times.count {
            let hours = Double(times[i] - times[p]) / 3600
            let cap = flowLimit * hours
            var delta = values[i] - values[p]
            if values[i] != values[i - 1] { chain.lastMove = times[i] }
            if delta < 0 {
                let fall = Double(-delta)
                if let modulus, Double(values[p]) > rules.rolloverFrom * modulus, Double(values[i]) < rules.rolloverTo * modulus,
                    modulus - fall <= cap
                {
                    delta += Int(modulus)
                    chain.rollovers += 1
                } else if fall > cap {
                    if let back = comesBack(times, values, from: p, wrong: i, flowLimit, rules) {
                        chain.spikes += back - i
                        i = back
                    } else {
                        chain.replacements += 1
                        deficit = 0
                        p = i
                        i += 1
                    }
                    continue
                } else if Double(values[i]) <= rules.exchangeShare * Double(values[p]), fall >= fallLimit {
                    chain.replacements += 1
                    deficit = 0
                    p = i
                    i += 1
                    continue
                } else {
                    chain.negativeSteps += 1
                    if deficit == 0 { deficitSince = times[i] }
                    deficit -= delta
                    chain.reverse += volume(-delta, millilitres)
                    chain.segments.append(Segment(start: times[p], end: times[i], volume: 0))
                    p = i
                    i += 1
                    continue
                }
            }
            if Double(delta) > cap {
                if let back = comesBack(times, values, from: p, wrong: i, flowLimit, rules) {
                    chain.spikes += back - i
                    i = back
                } else {
                    chain.spikes += 1
                    p = i
                    i += 1
                }
                continue
            }
            if deficit > 0, times[i] - deficitSince > rules.reverseMemory { deficit = 0 }
            let forward = max(0, delta - deficit)
            deficit = max(0, deficit - delta)
            let before = volume(passed, millilitres)
            passed += forward
            chain.segments.append(Segment(start: times[p], end: times[i], volume: volume(passed, millilitres) - before))
            p = i
            i += 1
        }
        return chain
    }

    /// - length: of an interval; the stored instants are the ends. [s]
    static func intervals(_ block: ReadingBlock, millilitres: Double, length: Int, flowLimit: Double, rules: ChainRules) -> MeterChain {
        var chain = MeterChain()
        chain.begin(block)
        guard let firstEnd = block.times.first else { return chain }
        chain.step = length
        chain.first = firstEnd - length
        chain.lastMove = chain.first
        chain.segments.reserveCapacity(block.times.count)
        var passed = 0, previous = firstEnd - length
        for (i, end) in block.times.enumerated() {
            let value = block.values[i]
            // A clock change makes an interval of days one hour shorter or longer: then it begins where the last one ended.
            let nominal = end - length
            let start = i > 0 && abs(nominal - previous) <= 3600 && length >= 86_400 ? previous : max(nominal, previous)
            if start > previous { chain.countGap(start - previous + length, rules) }
            previous = end
            if value != 0 { chain.lastMove = end }
            if value < 0 {
                chain.negativeSteps += 1
                chain.reverse += volume(-value, millilitres)
                continue
            }
            if Double(value) > flowLimit * Double(length) / 3600 {
                chain.spikes += 1
                continue
            }
            let before = volume(passed, millilitres)
            passed += value
            chain.segments.append(Segment(start: start, end: end, volume: volume(passed, millilitres) - before))
        }
        return chain
    }

    private mutating func begin(_ block: ReadingBlock) {
        readings = block.times.count
        first = block.times.first ?? 0
        last = block.times.last ?? 0
        lastMove = first
        for origin in block.origins where origin.quality == Profile.Quality.estimated.rawValue { estimated += 1 }
    }

    private mutating func countGap(_ distance: Int, _ rules: ChainRules) {
        guard step > 0, Double(distance) > rules.gapFactor * Double(step) else { return }
        gaps += 1
        missing += max(1, (distance + step / 2) / step - 1)
    }

    /// The next reading, a few on, that lies on the path of `from` again; nil where there is none.
    private static func comesBack(_ times: [Int], _ values: [Int], from p: Int, wrong i: Int, _ flowLimit: Double, _ rules: ChainRules)
        -> Int?
    {
        var j = i + 1
        while j < times.count, j <= i + rules.spikeLookAhead {
            let delta = values[j] - values[p]
            if delta >= 0, Double(delta) <= flowLimit * Double(times[j] - times[p]) / 3600 { return j }
            j += 1
        }
        return nil
    }

    private static func volume(_ steps: Int, _ millilitres: Double) -> Int {
        let volume = (Double(steps) * millilitres).rounded()
        return abs(volume) < 9e18 ? Int(volume) : 0
    }

    /// Median distance, the lower of two.
    private static func usualStep(_ times: [Int]) -> Int {
        var steps: [Int] = []
        steps.reserveCapacity(times.count - 1)
        for i in 1..<times.count { steps.append(times[i] - times[i - 1]) }
        if let first = steps.first, steps.allSatisfy({ $0 == first }) { return first }
        steps.sort()
        return steps[(steps.count - 1) / 2]
    }
}

extension MeterChain {
    /// Adds another channel of the same meter, where it lies outside of this one's time. False where it overlaps and was left out.
    mutating func join(_ other: MeterChain) -> Bool {
        guard other.readings > 0 else { return true }
        guard other.first >= last || other.last <= first else { return false }
        if other.first >= last { segments += other.segments } else { segments = other.segments + segments }
        readings += other.readings
        gaps += other.gaps
        missing += other.missing
        spikes += other.spikes
        negativeSteps += other.negativeSteps
        rollovers += other.rollovers
        replacements += other.replacements
        reverse += other.reverse
        estimated += other.estimated
        if other.last > last { lastMove = other.lastMove }
        first = min(first, other.first)
        last = max(last, other.last)
        return true
    }
}
