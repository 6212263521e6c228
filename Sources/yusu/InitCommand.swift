// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Reporting
import TextFiles
import WaterFiles
import WaterModel

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "A new city folder, from a template and from what you have.",
        usage: "yusu init <folder> --country <country> [<options>]",
        discussion: """
            Writes city.yaml, balance.yaml, plan.yaml and README.md with comments that teach, and takes over a network model and totals of \
            bills. What is not known stands as unknown. Nothing that is there is overwritten. The folder passes yusu check and \
            yusu plan at once.

            Example: yusu init la-merced --country PE
            Example: yusu init arima --country TT --network arima.inp --billing bills.csv --volume-unit MIG
            """)

    @Argument(help: "Folder to make; it may be there, without these files.", completion: .directory) var folder: String
    @Option(help: "Country, ISO 3166: PE, TT, KR …; gives language, currency and clock.") var country: String
    @Option(help: "Name of the city; by default the folder's.") var name: String?
    @Option(help: "Language of the documents, where it is not the country's.") var language: String?
    @Option(help: "Currency, ISO 4217, where it is not the country's.") var currency: String?
    @Option(help: "Clock: IANA name or offset, where it is not the capital's.") var timeZone: String?
    @Option(
        help: "Network model (EPANET INP), copied as network.inp; gives the length of mains and the zones of its [TAGS].",
        completion: .file()) var network: String?
    @Option(help: "Totals of bills: CSV with month (2026-03), billed, and supply where it is known.", completion: .file()) var billing:
        String?
    @Option(help: "Unit of the bills' volumes: \(VolumeUnit.allCases.map(\.rawValue).joined(separator: ", ")).") var volumeUnit: VolumeUnit?
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        guard country.count == 2, country.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
            throw ValidationError("--country is '\(country)'; give two capital letters of ISO 3166, such as PE")
        }
        if CountryDefaults.known[country] == nil, currency == nil {
            throw ValidationError("the currency of \(country) is not known here; give it with --currency, such as --currency USD")
        }
        if let currency, currency.count != 3 || !currency.allSatisfy({ $0.isASCII && $0.isUppercase }) {
            throw ValidationError("--currency is '\(currency)'; give three capital letters of ISO 4217, such as PEN")
        }
        if let language, !Catalogue.embedded.contains(language) {
            throw ValidationError(
                "there is no language '\(language)'; --language takes one of: \(Catalogue.embedded.joined(separator: ", "))")
        }
        if let timeZone, PlaceClock(timeZone) == nil {
            throw ValidationError("--time-zone is '\(timeZone)'; give a name such as America/Lima, or an offset such as -05:00")
        }
        if billing != nil, volumeUnit == nil { throw ValidationError("--billing needs --volume-unit: the unit of its volumes, such as m3") }
    }

    func run() throws {
        try OutputFiles.check(folder)
        var errors = InputErrors()
        let totals = try errors.keep { try billing.map { path throws(TextFileError) in try BillingTotals(path: path) } }
        let model = try errors.keep { try network.map { path throws(TextFileError) in try INP.read(path) } }
        let bytes = try errors.keep { try network.map { path throws(TextFileError) in try FileBytes.read(path) } }
        guard let totals, let model, let bytes else { throw errors }
        let place = CountryDefaults.known[country]
        var template = CityTemplate(
            name: name ?? URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent, country: country,
            language: language ?? place?.language ?? "en", currency: currency ?? place?.currency ?? "USD",
            timeZone: timeZone ?? place?.timeZone ?? "UTC", billing: totals, volumeUnit: volumeUnit ?? .cubicMetre,
            mainsLength: model.map(Self.mains), networkFile: network.map { URL(fileURLWithPath: $0).lastPathComponent })
        template.zones = model.map(Self.zones) ?? []
        var files = OutputFiles()
        files.add("city.yaml", template.profile)
        files.add("balance.yaml", template.balance)
        files.add("plan.yaml", CityTemplate.plan)
        files.add("README.md", template.guide)
        if let bytes { files.add("network.inp", bytes) }
        if let table = template.zoneTable { files.add("zones.csv", table) }
        let there = files.names.filter { FileManager.default.fileExists(atPath: folder + "/" + $0) }
        guard there.isEmpty else {
            throw TextFileError.cannotWrite(
                path: folder,
                reason: "\(there.joined(separator: ", ")) are there and are not overwritten; give a new folder. Nothing was written")
        }
        try files.write(to: folder)
        Console.result(files.names.map { "\(folder)/\($0)\n" }.joined())
        Console.progress("next: fill in \(folder)/city.yaml and balance.yaml, then yusu check \(folder)", quiet: quiet)
    }

    /// [m]
    private static func mains(_ network: Network) -> Double { network.links.reduce(0) { $0 + ($1.pipe?.length ?? 0) } }

    /// Zones by the tags of junctions; a pipe counts where both its ends lie in the zone.
    private static func zones(_ network: Network) -> [(id: String, mains: Double)] {
        var zone: [Node.ID: String] = [:]
        for node in network.nodes { if node.isJunction, let tag = node.tag, !tag.isEmpty { zone[node.id] = tag } }
        var lengths: [String: Double] = [:]
        for tag in zone.values { lengths[tag] = 0 }
        for link in network.links {
            if let pipe = link.pipe, let tag = zone[link.start], zone[link.end] == tag { lengths[tag, default: 0] += pipe.length }
        }
        return lengths.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension VolumeUnit: ExpressibleByArgument {}
