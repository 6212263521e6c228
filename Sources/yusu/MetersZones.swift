// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Metering
import TextFiles
import WaterFiles
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
    @OptionGroup var period: ReportPeriod
    @Flag(help: "Divide the volume of a gap evenly among its hours, not as the meter's own days.") var linearGaps = false

    func run() throws {
        let meters = try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? []
        var rules = ChainRules()
        rules.shapesGaps = !linearGaps
        let zones = try MetersCommand.withStoreErrors {
            try MeterStore.existing(path: store).zoneHours(meters: meters, from: period.start, to: period.end, rules: rules)
        }
        let table = ReportTables.hours(zones)
        guard let output else { return Console.result(String(decoding: table, as: UTF8.self)) }
        var files = OutputFiles()
        let place = OutputFiles.place(of: output)
        files.add(place.name, table)
        try files.write(to: place.folder)
    }
}
