// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Planning
import TextFiles
import WaterFiles
import WaterModel

struct ZonesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zones",
        abstract: "Divide a network into zones (DMA): trunk left out, borders closed but for metered inlets, tried by the engine.",
        usage: "yusu zones <file> --output <output> [<options>]",
        discussion: """
            Writes zones.csv, valves.csv (what to close, where to meter), nodes.csv, isolation_test.csv, zones.geojson, zones.inp (the network \
            with the design) and summary.json. Exit code 1 where a zone misses its bounds or a pressure is not kept; the files say which.

            Example: yusu zones town.inp --connections 12000 --output zones
            """)

    @Argument(help: "Network model (EPANET INP).", completion: .file()) var file: String
    @Option(help: "Folder for the results.", completion: .directory) var output: String
    @Option(help: "Properties in the whole network, shared out by demand.") var connections: Double?
    @Option(help: "Without --connections: demand of a property, m³/d (assumed).") var demandPerProperty = 0.5
    @Option(help: "Properties of a zone at least.") var least = 500.0
    @Option(help: "Properties of a zone at most; twice the least or more.") var most = 3000.0
    @Option(help: "Pipes from this diameter up that hang together with a source are trunk, mm; default: chosen.") var trunkDiameter: Double?
    @Option(help: "Share of the properties that the trunk must leave to zones, in per cent, where its diameter is chosen.")
    var zonedShare = 85.0
    @Option(help: "Pressure at peak that no node may lose, m.") var pressure = 15.0
    @Option(help: "Pressure that no node may rise above, or above what it has today where that is more, m.") var mostPressure = 100.0
    @Option(help: "By how much a pressure may fall below the one to be kept, or rise above the most, m.") var tolerance = 0.5
    @Option(help: "Fire flow at one node on top of the peak, l/s; 0: none.") var fireFlow = 10.0
    @Option(help: "Pressure that the fire flow must leave, m.") var firePressure = 10.0
    @Option(help: "Cost of an inlet chamber with meter, for the sum; default: the catalogue's, in its currency.") var inletCost: Double?
    @Option(help: "Cost of a valve to be closed; default: the catalogue's, in its currency.") var valveCost: Double?
    @Option(help: "Zones of another program in place of our own partition: CSV with node,zone.", completion: .file()) var partition: String?
    @Option(help: "Random beginnings of the partition.") var attempts = 6
    @Option(help: "Seed of the random beginnings.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        for (name, value) in [
            ("demand-per-property", demandPerProperty), ("least", least), ("most", most), ("connections", connections ?? 1),
            ("trunk-diameter", trunkDiameter ?? 1), ("most-pressure", mostPressure),
        ] where !(value > 0) { throw ValidationError("--\(name) must be above 0") }
        guard most >= 2 * least else { throw ValidationError("--most must be at least twice --least") }
        guard fireFlow >= 0, tolerance >= 0, attempts > 0, (0...100).contains(zonedShare) else {
            throw ValidationError("--fire-flow and --tolerance must be 0 or more, --attempts 1 or more, --zoned-share 0 to 100")
        }
    }

    func run() throws {
        try OutputFiles.check(output)
        let network = try INP.read(file, constants: .exact)
        var options = ZoneDesignOptions()
        options.properties = connections
        options.demandPerProperty = demandPerProperty
        (options.leastProperties, options.mostProperties) = (least, most)
        options.trunkDiameter = trunkDiameter.map { $0 / 1000 }
        options.zonedShare = zonedShare / 100
        (options.minimumPressure, options.pressureTolerance) = (pressure, tolerance)
        options.mostPressure = mostPressure
        (options.fireFlow, options.firePressure) = (fireFlow / 1000, firePressure)
        (options.attempts, options.seed) = (attempts, seed)
        options.givenZones = try partition.map(Self.zones)
        let design: ZoneDesign
        do throws(ZoneDesignError) { design = try designZones(network, options) } catch {
            throw TextFileError.invalid([InputProblem(file: file, what: error.description, remedy: "mend the model or the options")])
        }
        let text = ZoneFiles(design: design, options: options, inletCost: inletCost, valveCost: valveCost)
        var files = text.files
        files.add("zones.inp", try INP.text(of: design.network, constants: .exact, file: file).text)
        try files.write(to: output)
        Console.result(text.sentence)
        for remark in text.faults { Console.warn(remark) }
        if !design.isAccepted { throw ExitStatus.answerIsBad }
    }

    private static func zones(_ path: String) throws(TextFileError) -> [String: String] {
        let table = try DelimitedText(path: path)
        let node = try table.requiredColumn("node"), zone = try table.requiredColumn("zone")
        return Dictionary(table.rows.filter { !$0.fields[zone].isEmpty }.map { ($0.fields[node], $0.fields[zone]) }) { first, _ in first }
    }
}
