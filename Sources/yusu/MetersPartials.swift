// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Metering
import TextFiles
import WaterFiles

struct MetersMap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Look at some of the meters, as a part of a report that is too large for one machine.",
        usage: "yusu meters map --profile <profile> [<options>] [<file> ...]",
        discussion: """
            Reads a shard of an export from files or from standard input and writes a partial result; any number of them make the report, \
            with 'yusu meters reduce'. A shard must hold all readings of its meters: divide exports by meter, and keep the order of their rows. \
            Name the same period, profile, rules and inflow for all shards.

            Example:
              yusu meters map --profile hourly.yaml --register meters.csv \\
                --from 2026-06-01 --to 2026-07-01 --output a.part a.csv
            Example: ls shard*.csv | xargs -P 8 -I {} yusu meters map \\
                --profile hourly.yaml --output {}.part {}
            """)

    @Option(help: "YAML file that says how to read the exports.") var profile: String
    @Option(help: "Register of meters, of all or of those of the shard.") var register: String?
    @OptionGroup var period: ReportPeriod
    @OptionGroup var supply: InflowOptions
    @Flag(help: "Divide the volume of a gap evenly among its hours, not as the meter's own days.") var linearGaps = false
    @Option(help: "The partial result; standard output without it.") var output: String?
    @Flag(help: "No progress on standard error.") var quiet = false
    @Argument(help: "Exports, or the shard's part of them; standard input without any.") var files: [String] = []

    func run() throws {
        var errors = InputErrors()
        let readProfile = try errors.keep { try Profile(path: profile) }
        let meters =
            try errors.keep { try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? [] } ?? []
        guard let profile = readProfile, errors.isEmpty else { throw errors }
        let inflow = try supply.read(supply.readZones(), offset: profile.standardOffset)
        let partial = try PartialOutput(output)
        var line = ImportProgressLine(quiet: quiet)
        var rules = ChainRules()
        rules.shapesGaps = !linearGaps
        try MetersCommand.withStoreErrors {
            let store = try MeterStore.temporary()
            let report = try store.importFiles(files.isEmpty ? ["/dev/stdin"] : files, profile: profile) { line.show($0) }
            line.end()
            MetersImport.warn(report, place: "counted, not kept")
            for error in report.failed { errors.add(error) }
            guard errors.isEmpty else { return }
            try store.writePartial(
                meters: meters, standardOffset: profile.standardOffset, from: period.start, to: period.end,
                balancePeriod: inflow?.period, rules: rules, partial.append)
        }
        try errors.throwIfAny()
        try partial.finish()
    }
}

struct MetersReduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reduce",
        abstract: "Make partial results one: the report of all meters, or a partial result again.",
        usage: """
            yusu meters reduce --output <output> [<options>] <partial> ...
                   yusu meters reduce --partial <partial> <partial> ...
            """,
        discussion: """
            Takes any number of partial results of 'yusu meters map', or of an earlier reduction, in any order, and writes to the last digit \
            what 'yusu meters import' and 'yusu meters report' give for all readings at once.

            Example:
              yusu meters reduce --output report \\
                --register meters.csv shard*.part
            Example: yusu meters reduce --partial ab.part a.part b.part
            """)

    @Option(help: "Folder for the tables of the report.") var output: String?
    @Option(help: "A partial result of all, instead of the report; '-' is standard output.") var partial: String?
    @Option(help: "Register of meters: those that no partial has are listed as without readings.") var register: String?
    @OptionGroup var supply: InflowOptions
    @OptionGroup var findings: FindingOptions
    @Argument(help: "Partial results.") var partials: [String]

    func validate() throws {
        guard (output == nil) != (partial == nil) else {
            throw ValidationError("Name a folder for the report with --output, or a file for a partial result with --partial.")
        }
    }

    func run() throws {
        let all = try PartialReduction(partials)
        if let partial {
            let file = try PartialOutput(partial == "-" ? nil : partial)
            try all.write(file.append)
            return try file.finish()
        }
        guard let output else { return }
        let meters = try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? []
        let inflow = try supply.read(supply.readZones(), offset: all.standardOffset)
        guard all.fits(inflow) else {
            throw TextFileError.invalid([
                InputProblem(
                    file: partials[0], what: "zone balances are over other hours than the inflow's",
                    remedy: "name the same inflow (--inflow, --zones, --time-zone) for 'meters map' and 'meters reduce'")
            ])
        }
        _ = try ReportFiles(output).write(inflow: inflow, price: findings.price) { edit, record in
            (try all.report(register: meters, findingRules: findings.rules, edit: edit, record: record), all.counts)
        }
        for name in ReportFiles.names { Console.result("\(output)/\(name)\n") }
    }
}

/// Where a partial result goes: a file that is there whole or not at all, or standard output.
private final class PartialOutput {
    private let file: GrowingFile?
    private let folder: String

    /// - path: nil is standard output.
    init(_ path: String?) throws {
        guard let path else {
            guard isatty(STDOUT_FILENO) == 0 else {
                throw ValidationError("A partial result is no text for a terminal; name a file for it, or lead it into one.")
            }
            (file, folder) = (nil, "")
            return
        }
        let place = OutputFiles.place(of: path)
        folder = place.folder
        file = try GrowingFile(place.name, in: folder)
    }

    func append(_ bytes: [UInt8]) { if let file { file.append(bytes) } else { Console.result(bytes) } }

    func finish() throws(TextFileError) { if let file { try OutputFiles().write(to: folder, with: [file]) } }
}
