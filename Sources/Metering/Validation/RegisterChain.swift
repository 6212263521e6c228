// SPDX-License-Identifier: GPL-3.0-or-later

extension MeterChain {
    /// - millilitres: of one step of `block.values`. [mL]
    /// - modulus: the register starts again at it, in steps; nil where unknown.
    /// - flowLimit: [steps/h]
    /// - fallLimit: a possible fall that is less is reverse flow. [steps]
    /// - offset: place's clock less UTC: where the readings lie on its hours, the chain is a row of hours; nil makes none. [s]
    static func register(
        _ block: ReadingBlock, millilitres: Double, modulus: Double?, flowLimit: Double, fallLimit: Double, rules: ChainRules,
        offset: Int? = nil
    ) -> MeterChain {
        var chain = MeterChain()
        chain.begin(block)
        guard block.times.count > 1 else { return chain }
        let steps = ReadingSteps(block.times)
        chain.step = steps.usual
        chain.countGaps(block.times, at: steps.others, rules)
        var path = RegisterPath(
            block, chain, millilitres: millilitres, modulus: modulus, flowLimit: flowLimit, fallLimit: fallLimit, rules: rules)
        if let offset, chain.estimated == 0, let row = HourRow(block.times, step: chain.step, offset: offset, rules: rules) {
            var byHour = path
            byHour.otherSteps = steps.others
            if byHour.follow(in: row), !byHour.chain.mayRepeat { return byHour.chain }
        }
        _ = path.follow()
        path.chain.joinRepeats()
        return path.chain
    }

    /// Whether `joinRepeats` may find something.
    private var mayRepeat: Bool {
        guard negativeSteps == 0, let counts = hours?.counts else { return false }
        return counts.atRest > 0 && 10 * counts.atRest <= counts.steps
    }

    /// A register that is sent a second time and then makes up for it: only where the meter is else never at rest, else a rest is likelier.
    mutating func joinRepeats() {
        let reach = 12, least = 6
        guard negativeSteps == 0, segments.count > 2 * least else { return }
        guard 10 * segments.count(where: { $0.volume == 0 }) <= segments.count else { return }
        for i in least..<(segments.count - least) where segments[i].volume == 0 && segments[i].quality == .measured {
            let next = segments[i + 1].volume
            guard segments[i + 1].start == segments[i].end, segments[i + 1].quality == .measured, next > 1 else { continue }
            var smallest = Int.max, largest = 0
            for j in max(0, i - reach)..<min(segments.count, i + 2 + reach) where j != i && j != i + 1 {
                smallest = min(smallest, segments[j].volume)
                largest = max(largest, segments[j].volume)
                if smallest == 0 { break }
            }
            guard smallest > 0, next >= 2 * smallest, next <= 3 * largest else { continue }
            segments[i].volume = next / 2
            segments[i + 1].volume = next - next / 2
            segments[i].quality = .shapeEstimated
            segments[i + 1].quality = .shapeEstimated
            repeats += 1
            edits.append(ChainEdit(rule: .repeatedRegister, from: segments[i].start, to: segments[i + 1].end))
        }
    }
}

/// Goes along a register's readings and tells the meter's own path from what leaves it.
private struct RegisterPath {
    var chain: MeterChain
    private let raw: [Int]
    private let power: Double
    private let millilitres: Double
    private let modulus: Double?
    private let flowLimit: Double
    private let fallLimit: Double
    /// Leaves the path by so much, and returns: a wrong value though it is possible. [steps]
    private let pairLimit: Double
    private let longestStep: Int
    private let rules: ChainRules
    private var times: [Int]
    private var values: [Int]
    /// Estimated by the source, with no reading on one side of it; empty where there is none.
    private var isEstimate: [Bool] = []
    /// The last reading on the path.
    private var p = 0
    private var passed = 0, emitted = 0, deficit = 0, deficitSince = 0, common = 0
    /// What passed in the hours, while the row of hours is made.
    private var row: HourRow?
    /// Readings that do not come at the usual distance, while the row is made; those before `nextOther` are behind.
    var otherSteps: [Int] = []
    private var nextOther = 0
    /// A step did not fit into the row.
    private var isOffRow = false
    /// What was before the last reading was taken in; nil where it began anew.
    private var before: (p: Int, passed: Int, emitted: Int, deficit: Int)?

    init(
        _ block: ReadingBlock, _ chain: MeterChain, millilitres: Double, modulus: Double?, flowLimit: Double, fallLimit: Double,
        rules: ChainRules
    ) {
        self.chain = chain
        self.millilitres = millilitres
        self.modulus = modulus
        self.flowLimit = flowLimit
        self.fallLimit = fallLimit
        self.rules = rules
        pairLimit = max(2, max(fallLimit, rules.spikeShare * flowLimit))
        longestStep = Int(rules.gapFactor * Double(max(1, chain.step)))
        power = Double(DecimalText.powers[block.decimals])
        times = block.times
        values = block.values
        raw = block.values
        if chain.estimated > 0 { leaveOutEstimates(block) }
    }

    /// What passed between two readings is registered, whatever was estimated between them.
    private mutating func leaveOutEstimates(_ block: ReadingBlock) {
        let marks = block.origins.map { $0.quality == Profile.Quality.estimated.rawValue }
        guard let first = marks.firstIndex(of: false), let last = marks.lastIndex(of: false) else {
            isEstimate = marks
            return
        }
        times = []
        values = []
        for i in marks.indices {
            if marks[i], i > first, i < last {
                chain.edits.append(
                    ChainEdit(rule: .estimatedRead, from: block.times[i], to: block.times[i], old: Double(block.values[i]) / power))
                continue
            }
            times.append(block.times[i])
            values.append(block.values[i])
            isEstimate.append(marks[i])
        }
    }

    /// - row: takes the steps, instead of the chain's segments. False where they do not fit into it.
    mutating func follow(in row: HourRow? = nil) -> Bool {
        self.row = row
        if row == nil { chain.segments.reserveCapacity(times.count) }
        var i = 1
        while i < times.count {
            if row != nil {
                if isOffRow { return false }
                if deficit == 0, p == i - 1 { i = takePlain(i) }
                if i == times.count { break }
            }
            let delta = values[i] - values[p]
            if values[i] != values[i - 1] { chain.lastMove = times[i] }
            if delta >= 0, Double(delta) <= cap(p, i) {
                take(i, delta)
                i += 1
            } else {
                i = delta < 0 ? fall(i, Double(-delta)) : jump(i)
            }
        }
        chain.resolution = MeterChain.volume(common, millilitres)
        chain.edits.sort { ($0.from, $0.to) < ($1.from, $1.to) }
        self.row?.markHours()
        chain.hours = self.row
        return !isOffRow
    }

    private mutating func put(_ segment: MeterChain.Segment) {
        if row == nil { chain.segments.append(segment) } else if row?.put(segment) == false { isOffRow = true }
    }

    /// Takes readings an hour apart, none less than the one before and none more than can pass, into the row. Returns the first that is
    /// not so.
    private mutating func takePlain(_ from: Int) -> Int {
        while nextOther < otherSteps.count, otherSteps[nextOther] < from { nextOther += 1 }
        let bound = nextOther < otherSteps.count ? otherSteps[nextOther] : times.count
        guard bound > from, let hour = row?.index(times[p]), chain.step == 3600, ((row?.offset ?? 0) + times[p]) % 3600 == 0 else {
            return from
        }
        let most = Int(min(Double(Int32.max), flowLimit))
        let whole = Int(min(millilitres, 1e9))
        // Products that a double holds need no rounding.
        let isExact =
            Double(whole) == millilitres && most * whole <= Int(Int32.max) && passed < (1 << 53) / max(1, whole) - most * times.count
        guard Double(most) * millilitres <= Double(Int32.max) - 1 else { return from }
        var volumes = row?.takeVolumes() ?? []
        let end = unsafe volumes.withUnsafeMutableBufferPointer { volumes in
            unsafe values.withUnsafeBufferPointer { values in
                guard let v = values.baseAddress, let out = volumes.baseAddress else { return from }
                return unsafe Self.plainEnd(v, from, bound, most, isExact ? whole : 0, out + (hour - from))
            }
        }
        if end > from, !isExact {
            var emitted = emitted, passed = passed
            for i in from..<end {
                passed += values[i] - values[i - 1]
                let sum = MeterChain.volume(passed, millilitres)
                volumes[hour + i - from] = Int32(truncatingIfNeeded: sum - emitted)
                emitted = sum
            }
        }
        row?.volumes = volumes
        guard end > from else { return from }
        let delta = values[end - 1] - values[end - 2], volume = Int(volumes[hour + end - 1 - from])
        passed += values[end - 1] - values[from - 1]
        emitted = MeterChain.volume(passed, millilitres)
        before = (end - 2, passed - delta, emitted - volume, 0)
        var moved = end - 1
        while moved >= from, values[moved] == values[moved - 1] { moved -= 1 }
        if moved >= from { chain.lastMove = times[moved] }
        var i = from
        while i < end, common != 1 {
            if values[i] > values[i - 1] { common = MeterChain.greatestCommonDivisor(common, values[i] - values[i - 1]) }
            i += 1
        }
        p = end - 1
        return end
    }

    /// The first reading from `from` on, but before `bound`, that is less than the one before, or more by over `most`; else `bound`. What
    /// passes until then goes to `volumes` at the readings' own places, times `whole`, where that is not 0.
    private static func plainEnd(
        _ values: UnsafePointer<Int>, _ from: Int, _ bound: Int, _ most: Int, _ whole: Int, _ volumes: UnsafeMutablePointer<Int32>
    ) -> Int {
        let factor = Int32(truncatingIfNeeded: whole)
        var at = from
        while at < bound {
            let stop = min(bound, at &+ 32)
            // Without a branch, so that several are judged at once: a sign stays where a step, or what is left of the most, is below zero.
            var odd = 0
            for i in at..<stop {
                let step = unsafe values[i] &- values[i &- 1]
                odd |= step | (most &- step)
            }
            var end = stop
            if odd < 0 {
                end = at
                while unsafe UInt(bitPattern: values[end] &- values[end &- 1]) <= UInt(bitPattern: most) { end &+= 1 }
            }
            for i in at..<end { unsafe volumes[i] = Int32(truncatingIfNeeded: values[i] &- values[i &- 1]) &* factor }
            if odd < 0 { return end }
            at = stop
        }
        return bound
    }

    /// The most that can pass from one reading to another. [steps]
    private func cap(_ from: Int, _ to: Int) -> Double { flowLimit * Double(times[to] - times[from]) / 3600 }

    private mutating func take(_ i: Int, _ delta: Int) {
        before = (p, passed, emitted, deficit)
        if deficit > 0, times[i] - deficitSince > rules.reverseMemory { deficit = 0 }
        var forward = delta
        if deficit > 0 {
            forward = max(0, delta - deficit)
            deficit = max(0, deficit - delta)
        }
        if delta > 0, common != 1 { common = MeterChain.greatestCommonDivisor(common, delta) }
        passed += forward
        let sum = MeterChain.volume(passed, millilitres)
        var segment = MeterChain.Segment(start: times[p], end: times[i], volume: sum - emitted)
        if segment.end - segment.start > longestStep {
            segment.quality = .shapeEstimated
            chain.edits.append(ChainEdit(rule: .gap, from: segment.start, to: segment.end))
        }
        if !isEstimate.isEmpty, isEstimate[p] || isEstimate[i] { segment.quality = .volumeEstimated }
        put(segment)
        emitted = sum
        p = i
    }

    /// The register is below where it stood. Returns the next reading to look at.
    private mutating func fall(_ i: Int, _ fall: Double) -> Int {
        let most = cap(p, i)
        if let range = modulus, Double(values[p]) > rules.rolloverFrom * range, Double(values[i]) < rules.rolloverTo * range,
            fall <= range, range - fall <= most
        {
            return rollOver(i, range, .rollover)
        }
        if modulus == nil, let range = powerOfTen(above: values[p]), range - fall <= min(most, range / 1000) {
            return rollOver(i, range, .rolloverInferred)
        }
        if fall >= pairLimit, let earlier = before, values[i] >= values[earlier.p] {
            let rise = Double(values[p] - values[earlier.p]), rest = Double(values[i] - values[earlier.p])
            if rest <= cap(earlier.p, i), rise >= 3 * rest + pairLimit { return dropLast(earlier, i) }
        }
        if fall > most || fall >= pairLimit, let back = comesBack(i) { return skip(i, to: back) }
        if fall > most, let ratio = unitRatio(i) { return rescale(i, ratio) }
        let now = Double(values[i]), stood = Double(values[p])
        let hour = rules.exchangeHour * flowLimit * min(1, Double(times[i] - times[p]) / 3600)
        if fall > most || (now <= rules.exchangeShare * stood && fall >= fallLimit) || (now <= stood / 2 && fall >= max(fallLimit, hour)) {
            chain.replacements += 1
            return begin(i, .replacement)
        }
        chain.negativeSteps += 1
        if deficit == 0 { deficitSince = times[i] }
        deficit += Int(fall)
        chain.reverse += MeterChain.volume(Int(fall), millilitres)
        put(.init(start: times[p], end: times[i], volume: 0))
        edit(.reverse, i)
        before = nil
        p = i
        return i + 1
    }

    /// More than can pass.
    private mutating func jump(_ i: Int) -> Int {
        if let back = comesBack(i) { return skip(i, to: back) }
        if let ratio = unitRatio(i) { return rescale(i, ratio) }
        chain.spikes += 1
        return begin(i, .jump)
    }

    private mutating func rollOver(_ i: Int, _ range: Double, _ rule: EditRule) -> Int {
        chain.rollovers += 1
        edit(rule, i)
        take(i, values[i] - values[p] + Int(range))
        return i + 1
    }

    /// The series begins anew: what passed from the last reading to this one is not known.
    private mutating func begin(_ i: Int, _ rule: EditRule) -> Int {
        edit(rule, i)
        deficit = 0
        before = nil
        p = i
        return i + 1
    }

    private mutating func skip(_ i: Int, to back: Int) -> Int {
        chain.spikes += back - i
        for j in i..<back { edit(.spikePair, j) }
        return back
    }

    /// The last reading was the wrong one, though it was possible.
    private mutating func dropLast(_ earlier: (p: Int, passed: Int, emitted: Int, deficit: Int), _ i: Int) -> Int {
        if row == nil { chain.segments.removeLast() } else { row?.removeLast(end: times[p]) }
        if let last = chain.edits.last, last.rule == .gap, last.to == times[p] { chain.edits.removeLast() }
        chain.spikes += 1
        edit(.spikePair, p)
        (p, passed, emitted, deficit) = earlier
        before = nil
        return i
    }

    /// From here on the register is read in the unit it had before.
    private mutating func rescale(_ i: Int, _ ratio: Double) -> Int {
        chain.unitSteps += 1
        let old = Double(values[i]) / power
        for k in i..<values.count { values[k] = Int((Double(values[k]) / ratio).rounded()) }
        chain.edits.append(ChainEdit(rule: .unitStep, from: times[i], to: times[i], old: old, new: Double(values[i]) / power))
        before = nil
        return i
    }

    private mutating func edit(_ rule: EditRule, _ i: Int) {
        chain.edits.append(ChainEdit(rule: rule, from: times[i], to: times[i], old: Double(values[i]) / power))
    }

    /// The next reading, a few on, that lies on the path again; nil where there is none.
    private func comesBack(_ i: Int) -> Int? {
        var j = i + 1
        while j < times.count, j <= i + rules.spikeLookAhead {
            let delta = values[j] - values[p]
            if delta >= 0, Double(delta) <= cap(p, j) { return j }
            j += 1
        }
        return nil
    }

    private func powerOfTen(above value: Int) -> Double? {
        guard value > 0 else { return nil }
        var power = rules.shortestRange
        while power <= value, power < 1_000_000_000_000_000_000 { power *= 10 }
        return power > value ? Double(power) : nil
    }

    /// The ratio of two units by which the register changed, and went on; nil where it is none. Judged only where an hour's use is
    /// small against the register, so that no other change comes near a ratio by chance.
    private func unitRatio(_ i: Int) -> Double? {
        let stood = Double(values[p]), now = Double(values[i])
        guard stood >= 20 * flowLimit, now > 0, i + 1 < times.count else { return nil }
        for unit in rules.unitRatios {
            for ratio in [unit, 1 / unit] {
                let use = now / ratio - stood, next = Double(values[i + 1]) / ratio - now / ratio
                let rounding = max(1, 1 / ratio)
                if use >= -rounding, use <= min(cap(p, i), 0.01 * stood) + rounding, next >= -rounding, next <= cap(i, i + 1) + rounding {
                    return ratio
                }
            }
        }
        return nil
    }
}
