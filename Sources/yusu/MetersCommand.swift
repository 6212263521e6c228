// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Metering
import TextFiles
import WaterFiles
import WaterModel

/// `yusu meters`: exports of customers' meters into a store, and what they say.
struct MetersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meters", abstract: "Import meter exports, check them, and sum them by zone and hour.",
        discussion: """
            Example: yusu meters import --store m.sqlite --profile hourly.yaml july.csv
            Example: yusu meters report --store m.sqlite --output report
            """,
        subcommands: [
            MetersImport.self, MetersStatus.self, MetersReport.self, MetersZones.self, MetersExport.self, MetersMap.self, MetersReduce.self,
        ])

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
        Self.warn(report, place: "kept in table 'rejected'")
        Console.result(
            "files: \(report.files.count - report.knownFiles) imported, \(report.knownFiles) known already, \(report.failed.count) failed\n"
                + "rows: \(report.rows); new readings: \(report.readings); duplicates: \(report.duplicates); conflicts: \(report.conflicts); "
                + "empty: \(report.emptyValues); rejected: \(report.rejected)\n")
        for error in report.failed { errors.add(error) }
        try errors.throwIfAny()
    }

    /// What of the files is not as it should be.
    /// - place: where rejected rows are to be found.
    static func warn(_ report: ImportReport, place: String) {
        for file in report.files {
            for (reason, rows) in file.rejectedBy {
                Console.warn("\(file.path): \(rows) rejected: \(reason.rawValue) (\(place))")
            }
            if file.conflicts > 0 {
                Console.warn(
                    "\(file.path): \(file.conflicts) readings differ from another of the same instant; the newer file stands (\(file.replaced) replaced)"
                )
            }
        }
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
