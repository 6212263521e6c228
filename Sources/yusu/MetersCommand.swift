// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Metering
import TextFiles
import WaterModel

/// `yusu meters`: exports of customers' meters into a store, and what they say.
struct MetersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meters", abstract: "Import meter exports, check them, and sum them by zone and hour.",
        discussion: """
            Example: yusu meters import --store m.sqlite --profile hourly.yaml july.csv
            Example: yusu meters report --store m.sqlite --output report
            """,
        subcommands: [MetersImport.self, MetersStatus.self, MetersReport.self, MetersZones.self, MetersExport.self])

    /// Runs work on a store; its errors end the command with the exit code that fits.
    static func withStoreErrors<T>(_ work: () throws -> T) throws -> T {
        do {
            return try work()
        } catch let error as MeterStoreError {
            throw error.textFileError
        }
    }
}

struct MetersImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Read exports (plain or .gz) into a store, each file whole or not at all.",
        usage: """
            yusu meters import --store <store> --profile <profile> <file> ...
                               [<options>]
                   yusu meters import --guess <file> ...
            """,
        discussion: """
            Example:
              yusu meters import --guess readings/july.csv > hourly.yaml
              yusu meters import --store meters.sqlite \\
                --profile readings/hourly.yaml readings/*.csv.gz
            """)

    @Option(help: "The store: an SQLite file, made if it is missing.", completion: .file()) var store: String?
    @Option(help: "YAML file that says how to read the exports.", completion: .file()) var profile: String?
    @Flag(help: "Propose a profile from the first file, tell why, and try it on all; nothing is imported.") var guess = false
    @Flag(help: "Read everything with the profile and tell what is found; nothing is imported.") var dryRun = false
    @Option(
        help: "Register of meters: columns meter, zone, class, diameter_mm, installed, dials, factor, parent, from.", completion: .file())
    var register: String?
    @Option(help: "Seconds to wait while another import writes into the store.") var wait = 600.0
    @Flag(help: "No progress on standard error.") var quiet = false
    @Argument(help: "Exports.", completion: .file()) var files: [String]

    func validate() throws {
        if guess {
            guard profile == nil, store == nil, !dryRun else {
                throw ValidationError("--guess proposes a profile and imports nothing; leave out --profile, --store and --dry-run.")
            }
            return
        }
        guard profile != nil else { throw ValidationError("Name a profile with --profile; --guess proposes one.") }
        guard dryRun || store != nil else { throw ValidationError("Name a store with --store; --dry-run does without.") }
    }

    func run() throws {
        if guess { return try MetersGuess.propose(files) }
        guard let profilePath = profile else { return }
        if dryRun { return try MetersGuess.dryRun(files, profile: try Profile(path: profilePath)) }
        guard let store else { return }
        var errors = InputErrors()
        let readProfile = try errors.keep { try Profile(path: profilePath) }
        // Of half a million meters the list takes much room: it goes as soon as it is in the store.
        var meters = try errors.keep { try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? [] } ?? []
        guard let profile = readProfile, errors.isEmpty else { throw errors }
        let (quiet, wait) = (quiet, wait)
        let isNew = !FileManager.default.fileExists(atPath: store)
        var line = ImportProgressLine(quiet: quiet)
        let report = try MetersCommand.withStoreErrors {
            let opened = try MeterStore(path: store, patience: wait) {
                Console.progress("another import is writing to \(store); waiting up to \(Int(wait)) s", quiet: quiet)
            }
            try opened.put(register: meters)
            meters = []
            return try opened.importFiles(files, profile: profile) { line.show($0) }
        }
        line.end()
        // A store that was made for files of which none could be used is no result.
        if isNew, report.files.isEmpty {
            for ending in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: store + ending) }
        }
        for file in report.files {
            for (reason, rows) in file.rejectedBy {
                Console.warn("\(file.path): \(rows) rejected: \(reason.rawValue) (kept in table 'rejected')")
            }
            if file.conflicts > 0 {
                Console.warn(
                    "\(file.path): \(file.conflicts) readings differ from another of the same instant; the newer file stands (\(file.replaced) replaced)"
                )
            }
        }
        Console.result(
            "files: \(report.files.count - report.knownFiles) imported, \(report.knownFiles) known already, \(report.failed.count) failed\n"
                + "rows: \(report.rows); new readings: \(report.readings); duplicates: \(report.duplicates); conflicts: \(report.conflicts); "
                + "empty: \(report.emptyValues); rejected: \(report.rejected)\n")
        for error in report.failed { errors.add(error) }
        try errors.throwIfAny()
    }
}

struct MetersStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What a store holds.",
        discussion: "Example: yusu meters status --store meters.sqlite --format json")

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "The store.", completion: .file()) var store: String
    @Option(help: "table or json.") var format = Format.table

    func run() throws {
        let status = try MetersCommand.withStoreErrors { try MeterStore.existing(path: store).status() }
        switch format {
        case .json:
            Console.result(
                JSON.object([
                    ("files", .integer(status.files)), ("readings", .integer(status.readings)), ("meters", .integer(status.meters)),
                    ("bytes", .integer(status.bytes)), ("rejected", .integer(status.rejected)), ("duplicates", .integer(status.duplicates)),
                    ("conflicts", .integer(status.conflicts)), ("first_utc", JSON(status.first?.description)),
                    ("last_utc", JSON(status.last?.description)),
                ]).text)
        case .table:
            let rows: [(String, String)] = [
                ("files", "\(status.files)"), ("readings", "\(status.readings)"), ("meters", "\(status.meters)"),
                ("bytes", "\(status.bytes)"),
                ("rejected", "\(status.rejected)"), ("duplicates", "\(status.duplicates)"), ("conflicts", "\(status.conflicts)"),
                ("first (UTC)", status.first?.description ?? "–"), ("last (UTC)", status.last?.description ?? "–"),
            ]
            for (name, value) in rows { Console.result(name + String(repeating: " ", count: max(1, 14 - name.count)) + value + "\n") }
        }
    }
}

struct MetersReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Validate the readings; write meters.csv, zones*.csv, findings.csv and .json, edits.csv.",
        usage: "yusu meters report --store <store> --output <output> [<options>]",
        discussion: """
            Example:
              yusu meters report --store meters.sqlite --output report \\
                --zones zones.csv --inflow flows/inflow.csv
            """)

    @Option(help: "The store.", completion: .file()) var store: String
    @Option(help: "Folder for the tables.", completion: .directory) var output: String
    @Option(help: "Register of meters, where it is newer than the store's.", completion: .file()) var register: String?
    @Option(
        help: """
            Inflow: zone (or sensor), timestamp, inflow_m3 | inflow_l | inflow_m3_per_h | inflow_l_per_s; or a column a zone or sensor with \
            its unit in the header, as control rooms write it; plain or .gz.
            """) var inflow: String?
    @Option(help: "Clock of a wide inflow table without offsets: Europe/Rome, +01:00. Without it: the place's clock without changes.")
    var timeZone: String?
    @Option(help: "Zones with their inflow sensors: zone,…,inflow_sensors.", completion: .file()) var zones: String?
    @Option(help: "Price of a cubic metre, for the money in the findings.") var price: Double?
    @Option(help: "Findings of a smaller chance are left out; meters at rest are listed from 0.15 on, flows that never stop from 0.3.")
    var leastProbability = 0.5
    @Flag(help: "Divide the volume of a gap evenly among its hours, not as the meter's own days.") var linearGaps = false
    @Flag(help: "Keep edits and the zones' hours in the store, too: tables exceptions and zone_hours.") var keep = false

    func run() throws {
        let zones = try zones.map { path throws(TextFileError) in try ZonesFile.read(path) } ?? []
        let meters = try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? []
        // What is kept is written when other reports have read the store.
        let patience = keep ? MeterStore.patienceToWrite : MeterStore.patienceToRead
        let source = try MetersCommand.withStoreErrors { try MeterStore.existing(path: store, patience: patience) }
        var findingRules = FindingRules()
        findingRules.leastProbability = leastProbability
        var rules = ChainRules()
        rules.shapesGaps = !linearGaps
        let edits = try GrowingFile("edits.csv", in: output)
        var table = TableText(header: ReportTables.editsHeader), kept: [MeterReport.Edit] = []
        let offset = try MetersCommand.withStoreErrors { try source.standardOffset() }
        let supplied = try inflow.map { try InflowFile.read($0, zones: zones, offset: offset, timeZone: timeZone) }
        // A balance is drawn up over the hours in which both sides were measured.
        let rows = MeterTable()
        func reported(_ edit: @escaping (MeterReport.Edit) -> Void) throws -> MeterReport {
            try MetersCommand.withStoreErrors {
                try source.report(
                    meters: meters, balancePeriod: supplied?.period, rules: rules, findingRules: findingRules, edit: edit, record: rows.add)
            }
        }
        // Edits and meters are many: they are written as they come.
        var report = try reported {
            ReportTables.add($0, to: &table)
            if keep { kept.append($0) }
            guard table.bytes.count > 1 << 18 else { return }
            edits.append(table.bytes)
            table.removeAll()
        }
        edits.append(table.bytes)
        var files = OutputFiles()
        let list = try GrowingFile("meters.csv", in: output, beside: edits)
        try MetersCommand.withStoreErrors { try rows.write(report, list.append) }
        files.add("zones_hourly.csv", ReportTables.hours(report, inflow: supplied))
        files.add("zones_quality.csv", ReportTables.quality(report))
        files.add("zones.csv", ReportTables.balances(report.balances(inflow: supplied)))
        let found = try GrowingFile("findings.csv", in: output, beside: edits)
        ReportTables.findings(report, price: price, found.append)
        let numbers = try GrowingFile("findings.json", in: output, beside: edits)
        ReportTables.findingsJSON(report, price: price, numbers.append)
        try files.write(to: output, with: [list, found, numbers, edits])
        if keep {
            report.edits = kept
            try MetersCommand.withStoreErrors { try source.keep(report) }
        }
        for name in ["meters.csv"] + files.names + ["findings.csv", "findings.json", "edits.csv"] { Console.result("\(output)/\(name)\n") }
    }
}

struct MetersExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Readings as CSV: meter,time,value,unit,kind,quality,register; time in UTC.",
        discussion: """
            Example: yusu meters export --store meters.sqlite > readings.csv
            Example: yusu meters export --store meters.sqlite --meter M0000017
            """)

    @Option(help: "The store.", completion: .file()) var store: String
    @Option(help: "This meter alone; may be given several times.") var meter: [String] = []

    func run() throws {
        try MetersCommand.withStoreErrors {
            let store = try MeterStore.existing(path: store)
            let known = try store.meterNames(among: meter)
            let missing = meter.filter { !known.contains($0) }
            guard missing.isEmpty else {
                throw TextFileError.invalid(
                    missing.map {
                        InputProblem(
                            file: self.store, what: "no readings of meter '\($0)'",
                            remedy: "names are case-sensitive; see 'yusu meters export'")
                    })
            }
            Console.result(MeterStore.exportHeader)
            try store.export(meters: meter.isEmpty ? nil : Set(meter)) { Console.result($0) }
        }
    }
}
