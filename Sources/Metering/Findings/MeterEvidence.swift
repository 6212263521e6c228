// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What is kept of a meter's readings to judge it by, once all meters have been read: a few hundred numbers a year.
struct MeterEvidence {
    var meter: Meter
    /// Registered in the period. [m³]
    var volume = 0.0
    var readings = 0
    var spikes = 0
    var unitSteps: [ChainEdit] = []
    /// Instant of the first reading that was not believed, UTC. [s]
    var firstSpike: Int?
    /// UTC. [s]
    var first: Int, last: Int, lastMove: Int
    /// [s]
    var step: Int
    /// [L]
    var resolution: Float
    var rest: RestRecord
    var episodes: [FlowEpisode] = []
    var weeks: [Float]
    var lowShare: [Float] = []
    /// Size of the draws by blocks of four weeks; empty where the register's steps hide it. [L]
    var draws: [Float] = []
    var shape = ShapeRecord([])
    /// Largest hourly use that one day in fifty reaches. [L]
    var peak: Float?
    var hoursBelowLeast = 0.0, hoursAtRest = 0.0
    /// Ran backwards. [L]
    var reverse = 0.0
    /// Days with steps backwards.
    var reverseSteps = 0

    /// The variance of hourly use must be so many times what the register's steps make of it. [–]
    static let stepsInDraws: Float = 3

    init(_ chain: MeterChain, _ meter: Meter, window: ReportWindow, volume: Double, rules: ChainRules) {
        self.meter = meter
        self.volume = volume
        readings = chain.readings
        spikes = chain.spikes
        for edit in chain.edits {
            if edit.rule == .unitStep { unitSteps.append(edit) }
            if firstSpike == nil, edit.rule == .jump || edit.rule == .spikeInterval { firstSpike = edit.from }
        }
        first = chain.first
        last = chain.last
        lastMove = chain.lastMove
        step = chain.step
        resolution = Float(chain.resolution) / 1000
        rest = RestRecord(chain)
        reverse = Double(chain.reverse) / 1000
        reverseSteps = chain.negativeSteps
        let count = max(0, (window.end - window.start + 3600 * WeekRecord.hours - 1) / (3600 * WeekRecord.hours))
        if chain.step > 0, chain.step <= rules.continuousStep {
            let column = HourColumn(chain, offset: window.offset, longest: Int(rules.gapFactor * Double(chain.step)))
            if FlowEpisode.mayBe(chain, resolution: resolution) { episodes = FlowEpisode.all(column, resolution: resolution) }
            let record = WeekRecord(
                column, start: window.start / 3600, weeks: count, least: Float(1000 * MeterSizes.leastFlow(meter.diameter)))
            weeks = record.use
            lowShare = record.lowShare
            // The steps of a register add a sixth of their square to the variance.
            let known = record.draws.enumerated().filter { $0.element > 0 }
            let ofSteps = resolution * resolution / 6
            let isHidden = known.contains { $0.element * meanUse(record.use, block: $0.offset) < Self.stepsInDraws * ofSteps }
            if !known.isEmpty, !isHidden { draws = record.draws }
            shape = ShapeRecord(record.shapes)
            peak = Self.highQuantile(record.dailyPeaks, 0.98)
            hoursBelowLeast = record.hoursBelowLeast
            hoursAtRest = record.hoursAtRest
        } else {
            weeks = WeekRecord(chain, offset: window.offset, start: window.start / 3600, weeks: count).use
        }
    }

    /// As `OrderStatistics.quantile`, of a probability near 1: no more than the largest few are put in order for it.
    static func highQuantile(_ values: [Float], _ probability: Double) -> Float? {
        guard let first = values.first else { return nil }
        let place = probability * Double(values.count - 1)
        let below = Int(place), part = place - Double(below)
        var largest = [first]
        for value in values.dropFirst() where largest.count < values.count - below || value > largest[0] {
            if largest.count == values.count - below { largest.removeFirst() }
            largest.insert(value, at: largest.firstIndex { $0 > value } ?? largest.count)
        }
        if largest.count == 1 { return largest[0] }
        return Float((1 - part) * Double(largest[0]) + part * Double(largest[1]))
    }

    /// Of the weeks that were read. [L/h]
    private func meanUse(_ use: [Float], block: Int) -> Float {
        let known = use[(block * WeekRecord.blockWeeks)..<min(use.count, (block + 1) * WeekRecord.blockWeeks)].filter { $0 >= 0 }
        return known.isEmpty ? 0 : known.reduce(0, +) / Float(known.count)
    }

    /// Median size of the draws before and after a week, of the blocks that lie wholly on one side; nil where either is not known. [L]
    func draws(around week: Int) -> (before: Double, after: Double)? {
        let block = week / WeekRecord.blockWeeks
        let early = draws.prefix(block).filter { $0 > 0 }, late = draws.dropFirst(block + 1).filter { $0 > 0 }
        guard let before = OrderStatistics.median(early.map(Double.init)), let after = OrderStatistics.median(late.map(Double.init)) else {
            return nil
        }
        return (before, after)
    }
}
