// SPDX-License-Identifier: GPL-3.0-or-later

/// A meter's readings as volumes that passed, never negative, each over a stretch of time; with what was found on the way.
///
/// Volumes are in whole millilitres and telescope: the sum over a stretch is the rounded difference of its ends, however it is cut.
struct MeterChain {
    /// How well a volume and its place in time are known.
    enum Quality: UInt8 {
        case measured
        /// The volume is registered, when it passed is not.
        case shapeEstimated
        /// The volume itself is an estimate.
        case volumeEstimated
    }

    struct Segment {
        /// UTC. [s]
        var start: Int, end: Int
        /// [mL]
        var volume: Int
        var quality = Quality.measured
    }

    /// In order of time; empty where `hours` says the same.
    var segments: [Segment] = []
    var hours: HourRow?
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
    /// Changes of unit or multiplier.
    var unitSteps = 0
    /// Registers sent twice, then a double step.
    var repeats = 0
    /// Ran backwards. [mL]
    var reverse = 0
    var estimated = 0
    /// UTC. [s]
    var first = 0, last = 0
    /// End of the last step in which the meter moved, else the first reading. [s]
    var lastMove = 0
    /// Smallest step of the register or interval that was seen. [mL]
    var resolution = 0
    /// In order of time.
    var edits: [ChainEdit] = []

    static let millilitresPerCubicMetre = 1e6

    /// - length: of an interval; the stored instants are the ends. [s]
    static func intervals(_ block: ReadingBlock, millilitres: Double, length: Int, flowLimit: Double, rules: ChainRules) -> MeterChain {
        var chain = MeterChain()
        chain.begin(block)
        guard let firstEnd = block.times.first else { return chain }
        chain.step = length
        chain.first = firstEnd - length
        chain.lastMove = chain.first
        chain.segments.reserveCapacity(block.times.count)
        let power = Double(DecimalText.powers[block.decimals])
        var passed = 0, previous = firstEnd - length, common = 0
        for (i, end) in block.times.enumerated() {
            let value = block.values[i]
            // A clock change makes an interval of days one hour shorter or longer: then it begins where the last one ended.
            let nominal = end - length
            let start = i > 0 && abs(nominal - previous) <= 3600 && length >= 86_400 ? previous : max(nominal, previous)
            if start > previous {
                chain.countGap(start - previous + length, rules)
                chain.edits.append(ChainEdit(rule: .gapOfIntervals, from: previous, to: start))
            }
            previous = end
            if value != 0 { chain.lastMove = end }
            if value < 0 {
                chain.negativeSteps += 1
                chain.reverse += volume(-value, millilitres)
                chain.edits.append(ChainEdit(rule: .negativeInterval, from: start, to: end, old: Double(value) / power))
                continue
            }
            if Double(value) > flowLimit * Double(length) / 3600 {
                chain.spikes += 1
                chain.edits.append(ChainEdit(rule: .spikeInterval, from: start, to: end, old: Double(value) / power))
                continue
            }
            if value > 0, common != 1 { common = greatestCommonDivisor(common, value) }
            let before = volume(passed, millilitres)
            passed += value
            let isEstimated = block.origins[i].quality == Profile.Quality.estimated.rawValue
            chain.segments.append(
                Segment(
                    start: start, end: end, volume: volume(passed, millilitres) - before,
                    quality: isEstimated ? .volumeEstimated : .measured)
            )
        }
        chain.resolution = volume(common, millilitres)
        return chain
    }

    mutating func begin(_ block: ReadingBlock) {
        readings = block.times.count
        first = block.times.first ?? 0
        last = block.times.last ?? 0
        lastMove = first
        var start = 0
        for run in block.origins.runs {
            if run.origin.quality == Profile.Quality.estimated.rawValue { estimated += run.end - start }
            start = run.end
        }
    }

    mutating func countGap(_ distance: Int, _ rules: ChainRules) {
        guard step > 0, Double(distance) > rules.gapFactor * Double(step) else { return }
        gaps += 1
        missing += max(1, (distance + step / 2) / step - 1)
    }

    mutating func countGaps(_ times: [Int], at others: [Int], _ rules: ChainRules) {
        for i in others { countGap(times[i] - times[i - 1], rules) }
    }

    static func volume(_ steps: Int, _ millilitres: Double) -> Int {
        let volume = (Double(steps) * millilitres).rounded()
        return abs(volume) < 9e18 ? Int(volume) : 0
    }

    static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}

extension MeterChain {
    /// Adds another channel of the same meter, where it lies outside of this one's time. False where it overlaps and was left out.
    mutating func join(_ further: MeterChain) -> Bool {
        guard further.readings > 0 else { return true }
        self = byStep()
        let other = further.byStep()
        guard other.first >= last || other.last <= first else { return false }
        if other.first >= last {
            segments += other.segments
            edits += other.edits
        } else {
            segments = other.segments + segments
            edits = other.edits + edits
        }
        readings += other.readings
        gaps += other.gaps
        missing += other.missing
        spikes += other.spikes
        negativeSteps += other.negativeSteps
        rollovers += other.rollovers
        replacements += other.replacements
        unitSteps += other.unitSteps
        repeats += other.repeats
        reverse += other.reverse
        estimated += other.estimated
        resolution = max(resolution, other.resolution)
        if other.last > last { lastMove = other.lastMove }
        first = min(first, other.first)
        last = max(last, other.last)
        return true
    }
}
