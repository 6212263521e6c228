// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Metering
import TextFiles
import WaterModel

struct MetersZones: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zones", abstract: "Consumption of each zone by the hour, as the report has it, and nothing else.",
        discussion: """
            Example: yusu meters zones --store meters.sqlite > zones_hourly.csv
            Example:
              yusu meters zones --store meters.sqlite --from 2026-06-01 \\
                --to 2026-07-01 --output june.csv
            """)

    @Option(help: "The store.", completion: .file()) var store: String
    @Option(help: "The table; standard output without it.", completion: .file()) var output: String?
    @Option(help: "Register of meters, where it is newer than the store's.", completion: .file()) var register: String?
    @Option(help: "First day, on the place's clock without changes: 2026-06-01.") var from: String?
    @Option(help: "Day after the last: 2026-07-01.") var to: String?
    @Flag(help: "Divide the volume of a gap evenly among its hours, not as the meter's own days.") var linearGaps = false

    func validate() throws {
        let days = try [from, to].compactMap { try $0.map(Self.day) }
        if days.count == 2, days[0] >= days[1] { throw ValidationError("--from must be before --to.") }
    }

    private static func day(_ text: String) throws -> Instant {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        if parts.count == 3, (1...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2]) {
            let day = Instant(year: parts[0], month: parts[1], day: parts[2])
            if day.description == text + "T00:00" { return day }
        }
        throw ValidationError("'\(text)' is no day; write it as 2026-06-01.")
    }

    func run() throws {
        let meters = try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? []
        var rules = ChainRules()
        rules.shapesGaps = !linearGaps
        let (start, end) = (try from.map(Self.day), try to.map(Self.day))
        let zones = try MetersCommand.withStoreErrors {
            try MeterStore.existing(path: store).zoneHours(meters: meters, from: start, to: end, rules: rules)
        }
        let table = ReportTables.hours(zones)
        guard let output else { return Console.result(String(decoding: table, as: UTF8.self)) }
        var files = OutputFiles()
        let place = OutputFiles.place(of: output)
        files.add(place.name, table)
        try files.write(to: place.folder)
    }
}
