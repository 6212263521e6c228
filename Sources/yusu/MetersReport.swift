// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Metering
import TextFiles
import WaterFiles
import WaterModel

struct MetersReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Validate the readings; write meters.csv, zones*.csv, findings.csv and .json, edits.csv, counts.json.",
        usage: "yusu meters report --store <store> --output <output> [<options>]",
        discussion: """
            Example:
              yusu meters report --store meters.sqlite --output report \\
                --zones zones.csv --inflow flows/inflow.csv
            """)

    @Option(help: "The store.", completion: .file()) var store: String
    @Option(help: "Folder for the tables.", completion: .directory) var output: String
    @Option(help: "Register of meters, where it is newer than the store's.", completion: .file()) var register: String?
    @OptionGroup var period: ReportPeriod
    @OptionGroup var supply: InflowOptions
    @OptionGroup var findings: FindingOptions
    @Flag(help: "Divide the volume of a gap evenly among its hours, not as the meter's own days.") var linearGaps = false
    @Flag(help: "Keep edits and the zones' hours in the store, too: tables exceptions and zone_hours.") var keep = false

    func run() throws {
        let zones = try supply.readZones()
        let meters = try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? []
        // What is kept is written when other reports have read the store.
        let patience = keep ? MeterStore.patienceToWrite : MeterStore.patienceToRead
        let source = try MetersCommand.withStoreErrors { try MeterStore.existing(path: store, patience: patience) }
        var rules = ChainRules()
        rules.shapesGaps = !linearGaps
        let offset = try MetersCommand.withStoreErrors { try source.standardOffset() }
        let inflow = try supply.read(zones, offset: offset)
        // A balance is drawn up over the hours in which both sides were measured.
        let files = try ReportFiles(output)
        var report = try files.write(inflow: inflow, price: findings.price, keepsEdits: keep) { edit, record in
            try MetersCommand.withStoreErrors {
                let report = try source.report(
                    meters: meters, from: period.start, to: period.end, balancePeriod: inflow?.period, rules: rules,
                    findingRules: findings.rules, edit: edit, record: record)
                return (report, try source.counts())
            }
        }
        if keep {
            report.edits = files.kept
            try MetersCommand.withStoreErrors { try source.keep(report) }
        }
        for name in ReportFiles.names { Console.result("\(output)/\(name)\n") }
    }
}

/// `--from`, `--to`: the period of a report.
struct ReportPeriod: ParsableArguments {
    @Option(help: "Begin of the period, on the place's clock without changes: 2026-06-01 or 2026-06-01T05:00. Without it: of the readings.")
    var from: String?
    @Option(help: "End of the period, the first day or hour that is not in it: 2026-07-01.") var to: String?

    func validate() throws {
        let ends = try [from, to].compactMap { try $0.map(Self.hour) }
        if ends.count == 2, ends[0] >= ends[1] { throw ValidationError("--from must be before --to.") }
    }

    var start: Instant? { from.flatMap { try? Self.hour($0) } }
    var end: Instant? { to.flatMap { try? Self.hour($0) } }

    private static func hour(_ text: String) throws -> Instant {
        let parts = text.split(separator: "T", maxSplits: 1)
        let day = parts.first.map { $0.split(separator: "-").compactMap { Int($0) } } ?? []
        if day.count == 3, (1...9999).contains(day[0]), (1...12).contains(day[1]), (1...31).contains(day[2]) {
            let hour = parts.count == 2 ? Int(parts[1].prefix(2)) ?? 0 : 0
            let instant = Instant(year: day[0], month: day[1], day: day[2], hour: hour)
            if instant.description == (parts.count == 2 ? text : text + "T00:00"), instant.seconds % 3600 == 0 { return instant }
        }
        throw ValidationError("'\(text)' is no day and no full hour; write it as 2026-06-01 or 2026-06-01T05:00.")
    }
}

/// Inflow of the zones, for their balances.
struct InflowOptions: ParsableArguments {
    @Option(
        help: """
            Inflow: zone (or sensor), timestamp, inflow_m3 | inflow_l | inflow_m3_per_h | inflow_l_per_s; or a column a zone or sensor with \
            its unit in the header, as control rooms write it; plain or .gz.
            """) var inflow: String?
    @Option(help: "Clock of a wide inflow table without offsets: Europe/Rome, +01:00. Without it: the place's clock without changes.")
    var timeZone: String?
    @Option(help: "Zones with their inflow sensors: zone,…,inflow_sensors.", completion: .file()) var zones: String?

    func readZones() throws -> [Zone] { try zones.map { path throws(TextFileError) in try ZonesFile.read(path) } ?? [] }

    /// - offset: place's clock without changes less UTC. [s]
    func read(_ zones: [Zone], offset: Int) throws -> ZoneInflow? {
        try inflow.map { try InflowFile.read($0, zones: zones, offset: offset, timeZone: timeZone) }
    }
}

/// What is told of the meters.
struct FindingOptions: ParsableArguments {
    @Option(help: "Price of a cubic metre, for the money in the findings.") var price: Double?
    @Option(help: "Findings of a smaller chance are left out; meters at rest are listed from 0.15 on, flows that never stop from 0.3.")
    var leastProbability = 0.5

    var rules: FindingRules {
        var rules = FindingRules()
        rules.leastProbability = leastProbability
        return rules
    }
}
