// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Gathers a report, one meter after the other, in order of meter: sums of floating-point numbers then are the same whoever looked at the meters.
struct ReportWork {
    let window: ReportWindow
    let findingRules: FindingRules
    private let examination: MeterExamination
    private var records: [MeterReport.Record] = []
    private var sums: BalanceSums
    private var zones: ZoneHours
    /// By class, as they are judged.
    private var evidence = Dictionary(uniqueKeysWithValues: Meter.CustomerClass.allCases.map { ($0, EvidenceLog($0)) })
    private var edits: [MeterReport.Edit] = []

    /// Take the edits and the records, instead of the report.
    private let edit: ((MeterReport.Edit) -> Void)?
    private let record: ((MeterReport.Record) -> Void)?

    init(
        window: ReportWindow, balance: ReportWindow? = nil, rules: ChainRules, findingRules: FindingRules = FindingRules(),
        edit: ((MeterReport.Edit) -> Void)? = nil, record: ((MeterReport.Record) -> Void)? = nil
    ) {
        self.edit = edit
        self.record = record
        sums = BalanceSums(window: balance ?? window)
        self.window = window
        self.findingRules = findingRules
        examination = MeterExamination(window: window, balance: balance, rules: rules)
        zones = ZoneHours(window: window, rules: rules)
    }

    mutating func add(_ entry: RegisterEntry, _ channels: [(Channel, ReadingBlock)]) {
        take(examination.examine(entry, channels, hours: &zones))
    }

    /// A meter that was examined before; its consumption by the hour comes with a `ZoneHours.Share`.
    mutating func take(_ result: MeterResult) {
        if result.parts.isEmpty { sums.add(result.record) }
        for part in result.parts { sums.add(part.record, part.window) }
        if let take = record { take(result.record) } else { records.append(result.record) }
        if let found = result.evidence { evidence[found.meter.customerClass]?.append(found) }
        if let take = edit { result.edits.forEach(take) } else { edits += result.edits }
    }

    mutating func add(_ share: ZoneHours.Share) { zones.add(share) }

    /// The report of what was gathered, which is then gone.
    /// - Throws: what reading it again throws.
    mutating func report() throws -> MeterReport {
        let (findings, atRest) = try FindingSearch.findings(evidence, window: window, chain: examination.rules, rules: findingRules)
        evidence = [:]
        var records: [MeterReport.Record] = []
        swap(&records, &self.records)
        // A rest that is no longer than those of its class is no fault, however long the rule is.
        for i in records.indices where records[i].summary.isStuck && atRest.contains(records[i].summary.meter) {
            records[i] = records[i].atRest
        }
        return MeterReport(
            start: Instant(seconds: window.start), end: Instant(seconds: window.end), standardOffset: window.offset, records: records,
            sums: sums, zones: zones.consumption, edits: edits, findings: findings, atRest: atRest)
    }
}
