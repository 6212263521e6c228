// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Gathers a report, one meter after the other.
struct ReportWork {
    let window: ReportWindow
    /// Hours of the zone balances, where they are not all.
    let balance: ReportWindow?
    let rules: ChainRules
    let findingRules: FindingRules
    private var balanceRecords: [MeterReport.Record] = []
    private var records: [MeterReport.Record] = []
    private var zones: [Zone.ID: HourSums] = [:]
    /// Meters of each zone, of one level: without those behind another meter.
    private var expected: [Zone.ID: Int] = [:]
    private var evidence: [MeterEvidence] = []
    private var edits: [MeterReport.Edit] = []

    init(window: ReportWindow, balance: ReportWindow? = nil, rules: ChainRules, findingRules: FindingRules = FindingRules()) {
        self.window = window
        self.balance = balance
        self.rules = rules
        self.findingRules = findingRules
    }

    mutating func add(_ entry: RegisterEntry, _ channels: [(Channel, ReadingBlock)]) {
        var flags: Set<String> = []
        let registers = chains(channels, entry.meter, &flags)
        let zone = entry.meter.zone ?? MeterReport.unassigned
        if zones[zone] == nil { zones[zone] = HourSums(start: window.start, hours: (window.end - window.start) / 3600) }
        let isSub = entry.meter.parent != nil
        if isSub { flags.insert("sub_meter") } else { expected[zone, default: 0] += 1 }
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
        evidence.append(MeterEvidence(chain, entry.meter, window: window, volume: summary.volume, rules: rules))
        for edit in chain.edits {
            edits.append(
                MeterReport.Edit(
                    meter: entry.meter.id, rule: edit.rule, from: Instant(seconds: edit.from), to: Instant(seconds: edit.to), old: edit.old,
                    new: edit.new))
        }
        if !isSub {
            for (number, register) in registers.enumerated() {
                zones[zone]?.add(
                    register.shaped(offset: window.offset, rules: rules), offset: window.offset, longest: rules.longestSpread,
                    counts: number == 0)
            }
        }
    }

    /// Channel names that are no part of what passed forwards: the register of reverse flow, and what was billed.
    private static let apart: Set<String> = ["reverse", "billed"]

    /// A meter's registers, the one with most readings first: one, or the high and the low one of a compound meter, which add up. Units
    /// that follow one another in time make one chain; what overlaps is left out and flagged.
    private func chains(_ channels: [(Channel, ReadingBlock)], _ meter: Meter, _ flags: inout Set<String>) -> [MeterChain] {
        var registers: [(name: String, chain: MeterChain)] = []
        let byName = Dictionary(grouping: channels.filter { !Self.apart.contains($0.0.register) }, by: \.0.register)
        for (name, channels) in byName.sorted(by: { $0.key < $1.key }) {
            let chains = channels.compactMap { chain($0.0, $0.1, meter, &flags) }.sorted {
                ($0.readings, $0.first) > ($1.readings, $1.first)
            }
            guard var joined = chains.first else { continue }
            for other in chains.dropFirst() where !joined.join(other) { flags.insert("overlapping_units") }
            registers.append((name, joined))
        }
        registers.sort { ($0.chain.readings, $1.name) > ($1.chain.readings, $0.name) }
        guard let first = registers.first, registers.count > 1 else { return registers.map(\.chain) }
        // A register without a name beside named ones may be their sum: not added.
        let parts = first.name.isEmpty ? [first] : registers.filter { !$0.name.isEmpty }
        if parts.count < registers.count { flags.insert("overlapping_units") }
        return parts.map(\.chain)
    }

    /// By a register of its own. [m³]
    private func reverseVolume(_ channels: [(Channel, ReadingBlock)], _ meter: Meter) -> Double {
        var flags: Set<String> = []
        return channels.filter { $0.0.register == "reverse" }.compactMap { chain($0.0, $0.1, meter, &flags) }
            .reduce(0) { $0 + measured($1, window).summary.volume }
    }

    private func measured(_ chain: MeterChain, _ window: ReportWindow) -> MeterReport.Record {
        var record = MeterReport.Record(summary: MeterSummary(meter: .init("")))
        measure(chain, window, &record)
        return record
    }

    private func chain(_ channel: Channel, _ block: ReadingBlock, _ meter: Meter, _ flags: inout Set<String>) -> MeterChain? {
        var unit = channel.unit.cubicMetres
        if channel.unit.isStep {
            guard let factor = meter.resolution else { flags.insert("no_factor"); return nil }
            unit = factor
        }
        if let seconds = channel.unit.seconds { unit *= Double(channel.interval) / Double(seconds) }
        let power = Double(DecimalText.powers[block.decimals])
        /// Volume of a step of the block's integers. [m³]
        let size = unit / power
        guard size > 0 else { return nil }
        let millilitres = unit * MeterChain.millilitresPerCubicMetre / power
        let limit = rules.largestFlow(diameter: meter.diameter) / size
        if channel.kind != .register {
            return .intervals(block, millilitres: millilitres, length: channel.interval, flowLimit: limit, rules: rules)
        }
        var modulus: Double?
        if let dials = meter.dials, (1...12).contains(dials), let factor = meter.resolution {
            modulus = (Double(DecimalText.powers[dials]) * factor / size).rounded()
        } else if let digits = channel.digits ?? meter.dials, (1...12).contains(digits) {
            modulus = Double(DecimalText.powers[digits]) * power
        }
        if let known = modulus, known >= 9e17 { modulus = nil }
        return .register(
            block, millilitres: millilitres, modulus: modulus, flowLimit: limit, fallLimit: rules.exchangeFall / size, rules: rules)
    }

    /// Volume in a period, its bounds, and how much of the period was read.
    private func measure(_ chain: MeterChain, _ window: ReportWindow, _ record: inout MeterReport.Record) {
        let from = window.start - window.offset, to = window.end - window.offset
        var volume = 0, low = 0, high = 0, covered = 0, unspread = 0
        var shapeVolume = 0, estimatedVolume = 0, shapeTime = 0, estimatedTime = 0
        var variance = 0.0
        let litres = MeterChain.millilitresPerCubicMetre
        for segment in chain.segments where segment.end > from && segment.start < to {
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

    func report() -> MeterReport {
        let (findings, atRest) = FindingSearch.findings(evidence, window: window, chain: rules, rules: findingRules)
        // A rest that is no longer than those of its class is no fault, however long the rule is.
        let records = self.records.map { record in
            guard record.summary.isStuck, atRest.contains(record.summary.meter) else { return record }
            var record = record
            record.summary.isStuck = false
            record.flags = (record.flags.filter { $0 != "stuck" } + ["at_rest"]).sorted()
            return record
        }
        var report = MeterReport(
            start: Instant(seconds: window.start), end: Instant(seconds: window.end), standardOffset: window.offset, records: records,
            zones: zones.keys.sorted().compactMap { id in
                zones[id].map { sums in
                    ZoneConsumption(
                        zone: id, hourly: sums.series, metersReporting: sums.meters,
                        estimated: sums.estimated.map { Double($0) / MeterChain.millilitresPerCubicMetre },
                        metersEstimated: sums.metersEstimated, metersExpected: expected[id])
                }
            }, edits: edits, findings: findings)
        if let balance { report.balance = (Instant(seconds: balance.start), Instant(seconds: balance.end), balanceRecords) }
        return report
    }
}
