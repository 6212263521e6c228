// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Gathers a report, one meter after the other.
struct ReportWork {
    let window: ReportWindow
    /// Hours of the zone balances, where they are not all.
    let balance: ReportWindow?
    let rules: ChainRules
    let findingRules: FindingRules
    private let maker: MeterChains
    private var balanceRecords: [MeterReport.Record] = []
    private var records: [MeterReport.Record] = []
    private var zones: ZoneHours
    /// By class, as they are judged.
    private var evidence: [Meter.CustomerClass: [MeterEvidence]] = [:]
    private var edits: [MeterReport.Edit] = []

    /// Takes the edits, instead of the report.
    private let edit: ((MeterReport.Edit) -> Void)?

    init(
        window: ReportWindow, balance: ReportWindow? = nil, rules: ChainRules, findingRules: FindingRules = FindingRules(),
        edit: ((MeterReport.Edit) -> Void)? = nil
    ) {
        self.edit = edit
        self.window = window
        self.balance = balance
        self.rules = rules
        self.findingRules = findingRules
        maker = MeterChains(rules: rules, offset: window.offset)
        zones = ZoneHours(window: window, rules: rules)
    }

    /// Makes room for so many meters of a class at once: lists that grow by doubling hold what they outgrew beside it.
    mutating func reserve(_ count: Int, _ customerClass: Meter.CustomerClass) {
        evidence[customerClass, default: []].reserveCapacity(count)
        records.reserveCapacity(records.capacity + count)
        if balance != nil { balanceRecords.reserveCapacity(balanceRecords.capacity + count) }
    }

    mutating func add(_ entry: RegisterEntry, _ channels: [(Channel, ReadingBlock)]) {
        var flags: Set<String> = []
        let registers = maker.chains(channels, entry.meter, &flags)
        let isSub = entry.meter.parent != nil
        if isSub { flags.insert("sub_meter") }
        zones.add(registers, entry.meter)
        var summary = MeterSummary(meter: entry.meter.id, zone: entry.meter.zone)
        summary.duplicates = entry.duplicates
        guard let chain = registers.first, chain.readings > 0 else {
            var record = MeterReport.Record(summary: summary)
            record.isSubMeter = isSub
            record.customerClass = entry.meter.customerClass
            record.conflicts = entry.conflicts
            flags.insert("no_readings")
            record.flags = flags.sorted()
            records.append(record)
            if balance != nil { balanceRecords.append(record) }
            return
        }
        let further = registers.dropFirst()
        if !further.isEmpty { flags.insert("compound") }
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
        if let balance {
            var part = record
            measure(chain, balance, &part)
            for other in further { part.add(measured(other, balance)) }
            balanceRecords.append(part)
        }
        measure(chain, window, &record)
        for other in further { record.add(measured(other, window)) }
        record.missing = chain.missing
        record.conflicts = entry.conflicts
        record.estimated = chain.estimated
        record.unitSteps = chain.unitSteps
        record.repeats = chain.repeats
        record.reverseVolume = Double(registers.reduce(0) { $0 + $1.reverse }) / MeterChain.millilitresPerCubicMetre
        record.reverseVolume += reverseVolume(channels, entry.meter)
        record.first = Instant(seconds: chain.first)
        record.last = Instant(seconds: chain.last)
        if summary.isStuck { flags.insert("stuck") }
        if summary.hasContinuousFlow { flags.insert("continuous_flow") }
        if chain.replacements > 0 { flags.insert("replacement") }
        if chain.rollovers > 0 { flags.insert("rollover") }
        if chain.spikes > 0 { flags.insert("spike") }
        if chain.negativeSteps > 0 || record.reverseVolume > 0 { flags.insert("reverse_flow") }
        if entry.conflicts > 0 { flags.insert("conflict") }
        if chain.gaps > 0 { flags.insert("gap") }
        if chain.estimated > 0 { flags.insert("estimated") }
        if chain.unitSteps > 0 { flags.insert("unit_step") }
        if chain.repeats > 0 { flags.insert("repeated_register") }
        if record.unspreadVolume > 0 { flags.insert("long_gap") }
        record.flags = flags.sorted()
        records.append(record)
        evidence[entry.meter.customerClass, default: []].append(
            MeterEvidence(chain, entry.meter, window: window, volume: summary.volume, rules: rules))
        for e in chain.edits {
            let edit = MeterReport.Edit(
                meter: entry.meter.id, rule: e.rule, from: Instant(seconds: e.from), to: Instant(seconds: e.to), old: e.old, new: e.new)
            if let take = self.edit { take(edit) } else { edits.append(edit) }
        }
    }

    /// By a register of its own. [m³]
    private func reverseVolume(_ channels: [(Channel, ReadingBlock)], _ meter: Meter) -> Double {
        var flags: Set<String> = []
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

    /// The report of what was gathered, which is then gone.
    mutating func report() -> MeterReport {
        let (findings, atRest) = FindingSearch.findings(evidence, window: window, chain: rules, rules: findingRules)
        evidence = [:]
        var records: [MeterReport.Record] = []
        swap(&records, &self.records)
        // A rest that is no longer than those of its class is no fault, however long the rule is.
        for i in records.indices where records[i].summary.isStuck && atRest.contains(records[i].summary.meter) {
            records[i].summary.isStuck = false
            records[i].flags = (records[i].flags.filter { $0 != "stuck" } + ["at_rest"]).sorted()
        }
        var report = MeterReport(
            start: Instant(seconds: window.start), end: Instant(seconds: window.end), standardOffset: window.offset, records: records,
            zones: zones.consumption, edits: edits, findings: findings)
        if let balance { report.balance = (Instant(seconds: balance.start), Instant(seconds: balance.end), balanceRecords) }
        return report
    }
}
