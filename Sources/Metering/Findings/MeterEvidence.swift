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
    var shape = ShapeRecord([])
    /// Largest hourly use that one day in fifty reaches. [L]
    var peak: Float?
    var hoursBelowLeast = 0.0, hoursAtRest = 0.0
    /// Ran backwards. [L]
    var reverse = 0.0
    /// Days with steps backwards.
    var reverseSteps = 0

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
            shape = ShapeRecord(record.shapes)
            peak = OrderStatistics.quantile(record.dailyPeaks.map(Double.init), 0.98).map { Float($0) }
            hoursBelowLeast = record.hoursBelowLeast
            hoursAtRest = record.hoursAtRest
        } else {
            weeks = WeekRecord(chain, offset: window.offset, start: window.start / 3600, weeks: count).use
        }
    }
}
