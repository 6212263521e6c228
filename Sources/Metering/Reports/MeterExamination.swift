// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What one meter brings to a report, whatever the others are; but for its consumption by the hour, which is summed by zone at once.
struct MeterResult {
    /// Of a part of the balance's hours, in which the meter was in one zone.
    struct Part {
        var record: MeterReport.Record
        var window: ReportWindow
    }

    var record: MeterReport.Record
    /// For the zone balances; empty where the record itself serves for them.
    var parts: [Part] = []
    /// nil where nothing was read.
    var evidence: MeterEvidence?
    /// In order of time.
    var edits: [MeterReport.Edit] = []
}

/// Looks at one meter after the other.
struct MeterExamination {
    let window: ReportWindow
    /// Hours of the zone balances, where they are not all.
    let balance: ReportWindow?
    let rules: ChainRules
    private let maker: MeterChains

    init(window: ReportWindow, balance: ReportWindow?, rules: ChainRules) {
        self.window = window
        self.balance = balance
        self.rules = rules
        maker = MeterChains(rules: rules, offset: window.offset)
    }

    /// - hours: gets the meter's consumption, too.
    func examine(_ entry: RegisterEntry, _ channels: [(Channel, ReadingBlock)], hours: inout ZoneHours) -> MeterResult {
        var flags: MeterFlags = []
        let registers = maker.chains(channels, entry.meter, &flags)
        let isSub = entry.meter.parent != nil
        if isSub { flags.insert(.subMeter) }
        hours.add(registers, entry.meter)
        var summary = MeterSummary(meter: entry.meter.id, zone: entry.meter.zone)
        summary.duplicates = entry.duplicates
        guard let chain = registers.first, chain.readings > 0 else {
            var record = MeterReport.Record(summary: summary)
            record.isSubMeter = isSub
            record.customerClass = entry.meter.customerClass
            record.conflicts = entry.conflicts
            flags.insert(.noReadings)
            record.flags = flags.words
            return MeterResult(record: record, parts: parts(record, [], entry.meter))
        }
        let further = registers.dropFirst()
        if !further.isEmpty { flags.insert(.compound) }
        summary.readings = chain.readings
        summary.gaps = chain.gaps
        summary.spikes = chain.spikes
        summary.negativeSteps = chain.negativeSteps
        summary.rollovers = chain.rollovers
        summary.replacements = chain.replacements
        summary.isStuck = registers.allSatisfy { $0.last - $0.lastMove >= rules.stuckAfter }
        summary.hasContinuousFlow = registers.contains {
            ContinuousFlow.days($0, offset: window.offset, rules: rules) >= rules.continuousDays
        }
        var record = MeterReport.Record(summary: summary)
        record.isSubMeter = isSub
        record.customerClass = entry.meter.customerClass
        measure(chain, window, &record)
        for other in further { record.add(measured(other, window)) }
        let parts = parts(record, registers, entry.meter)
        record.missing = chain.missing
        record.conflicts = entry.conflicts
        record.estimated = chain.estimated
        record.unitSteps = chain.unitSteps
        record.repeats = chain.repeats
        record.reverseVolume = Double(registers.reduce(0) { $0 + $1.reverse }) / MeterChain.millilitresPerCubicMetre
        record.reverseVolume += reverseVolume(channels, entry.meter)
        record.first = Instant(seconds: chain.first)
        record.last = Instant(seconds: chain.last)
        if summary.isStuck { flags.insert(.stuck) }
        if summary.hasContinuousFlow { flags.insert(.continuousFlow) }
        if chain.replacements > 0 { flags.insert(.replacement) }
        if chain.rollovers > 0 { flags.insert(.rollover) }
        if chain.spikes > 0 { flags.insert(.spike) }
        if chain.negativeSteps > 0 || record.reverseVolume > 0 { flags.insert(.reverseFlow) }
        if entry.conflicts > 0 { flags.insert(.conflict) }
        if chain.gaps > 0 { flags.insert(.gap) }
        if chain.estimated > 0 { flags.insert(.estimated) }
        if chain.unitSteps > 0 { flags.insert(.unitStep) }
        if chain.repeats > 0 { flags.insert(.repeatedRegister) }
        if record.unspreadVolume > 0 { flags.insert(.longGap) }
        record.flags = flags.words
        return MeterResult(
            record: record, parts: parts,
            evidence: MeterEvidence(chain, entry.meter, window: window, volume: summary.volume, rules: rules),
            edits: chain.edits.map { e in
                MeterReport.Edit(
                    meter: entry.meter.id, rule: e.rule, from: Instant(seconds: e.from), to: Instant(seconds: e.to), old: e.old, new: e.new)
            })
    }

    /// - record: of the whole period.
    private func parts(_ record: MeterReport.Record, _ registers: [MeterChain], _ meter: Meter) -> [MeterResult.Part] {
        let stays = meter.zones(in: balance ?? window)
        guard balance != nil || stays.count > 1 else { return [] }
        return stays.map { stay in
            var part = MeterReport.Record(summary: record.summary)
            part.summary.zone = stay.zone
            part.isSubMeter = record.isSubMeter
            part.customerClass = record.customerClass
            if let chain = registers.first {
                measure(chain, stay.window, &part)
                for other in registers.dropFirst() { part.add(measured(other, stay.window)) }
            }
            return MeterResult.Part(record: part, window: stay.window)
        }
    }

    /// By a register of its own. [m³]
    private func reverseVolume(_ channels: [(Channel, ReadingBlock)], _ meter: Meter) -> Double {
        var flags: MeterFlags = []
        return channels.filter { $0.0.register == "reverse" }.compactMap { maker.chain($0.0, $0.1, meter, &flags) }
            .reduce(0) { $0 + measured($1, window).summary.volume }
    }

    private func measured(_ chain: MeterChain, _ window: ReportWindow) -> MeterReport.Record {
        var record = MeterReport.Record(summary: MeterSummary(meter: .init("")))
        measure(chain, window, &record)
        return record
    }

    /// Volume in a period, its bounds, and how much of the period was read.
    private func measure(_ chain: MeterChain, _ window: ReportWindow, _ record: inout MeterReport.Record) {
        let from = window.start - window.offset, to = window.end - window.offset
        var volume = 0, low = 0, high = 0, covered = 0, unspread = 0
        var shapeVolume = 0, estimatedVolume = 0, shapeTime = 0, estimatedTime = 0
        var variance = 0.0
        let litres = MeterChain.millilitresPerCubicMetre
        if let row = chain.hours {
            let inside = row.sum(from: from, to: to)
            volume = inside.volume
            low = volume
            high = volume
            covered = inside.hours * 3600
        }
        for segment in chain.hours?.longer ?? chain.segments where segment.end > from && segment.start < to {
            let part = HourSums.passed(segment, to) - HourSums.passed(segment, from)
            volume += part
            high += segment.volume
            if segment.start >= from, segment.end <= to { low += segment.volume }
            let length = min(segment.end, to) - max(segment.start, from)
            covered += length
            switch segment.quality {
            case .measured: break
            case .shapeEstimated:
                shapeVolume += part
                shapeTime += length
            case .volumeEstimated:
                estimatedVolume += part
                estimatedTime += length
            }
            if segment.end - segment.start > rules.longestSpread { unspread += part }
            let width = Double(segment.volume) / litres
            if segment.start < from { variance += width * width / 12 }
            if segment.end > to { variance += width * width / 12 }
            let seconds = segment.end - segment.start
            if seconds > rules.longestLinear {
                let day = width * min(1, 86_400 / Double(seconds))
                if segment.start < from { record.endDayUse += day }
                if segment.end > to { record.endDayUse += day }
            }
        }
        record.summary.volume = Double(volume) / litres
        record.volumeBounds = (Double(low) / litres, Double(high) / litres)
        record.unspreadVolume = Double(unspread) / litres
        record.endVariance = variance
        record.shapeEstimatedVolume = Double(shapeVolume) / litres
        record.estimatedVolume = Double(estimatedVolume) / litres
        if to > from {
            let whole = Double(to - from)
            record.shares = .init(
                measured: Double(covered - shapeTime - estimatedTime) / whole, shapeEstimated: Double(shapeTime) / whole,
                volumeEstimated: Double(estimatedTime) / whole, unread: max(0, 1 - Double(covered) / whole))
        }
        let unread = max(0, to - from - covered)
        if covered > 0 { record.unreadVolume = record.summary.volume * Double(unread) / Double(covered) }
        // Against the steps that the period holds; a meter that fell silent is short of readings until its end.
        let step = chain.step > 0 ? chain.step : max(3600, to - from)
        let ahead = max(0, chain.first - from), behind = max(0, to - chain.last)
        let expected = chain.readings + chain.missing + ahead / step + behind / step
        record.summary.completeness = expected > 0 ? Double(chain.readings) / Double(expected) : 0
    }
}
