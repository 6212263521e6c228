// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import TextFiles
import WaterFiles
import WaterLoss
import WaterModel

struct SensorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sensors",
        abstract: "Where to put the next pressure loggers.",
        usage: "yusu sensors --network <network> [--sensors <sensors>] [--number <n>] --output <output> [<options>]",
        discussion: """
            Judges each junction by the length of pipe that crews would search until a leak is found, \
            with and without a logger there. Writes sensors.csv (every site) and sensors.json \
            (the set to buy, in its order, and the bound that no set comes below).

            Example:
              yusu sensors --network town.inp --sensors sensors.csv --number 3 --output result
            """)

    @Option(help: "Network model (EPANET INP).", completion: .file()) var network: String
    @Option(help: "Sensors that are there: sensor,kind,network_element,unit.", completion: .file()) var sensors: String?
    @Option(help: "Loggers to choose.") var number = 1
    @Option(help: "Junctions that could carry one, with commas between; all where not given.") var sites: String?
    @Option(help: "Folder for the results.", completion: .directory) var output: String
    @Option(help: "Models drawn with other roughness, demand and leaks.") var worlds = 4
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        guard (0...50).contains(number) else { throw ValidationError("--number must lie between 0 and 50") }
        guard (1...100).contains(worlds) else { throw ValidationError("--worlds must lie between 1 and 100") }
    }

    func run() throws {
        try OutputFiles.check(output)
        var errors = InputErrors()
        let read = try errors.keep { try INP.read(network) }
        let list = try sensors.map { path in try errors.keep { try SensorReadings.sensors(path: path) } }
        guard let model = read, sensors == nil || list != nil else { throw errors }
        let junctions = Set(model.nodes.filter { $0.junction != nil }.map(\.id))
        let named = sites.map { $0.split(separator: ",").map { Node.ID($0.trimmingCharacters(in: .whitespaces)) } }
        let unknown = (named ?? []).filter { !junctions.contains($0) }
        guard unknown.isEmpty else {
            throw TextFileError.invalid(
                unknown.map { InputProblem(file: network, what: "there is no junction '\($0.name)'", remedy: "mend --sites") })
        }
        var options = SensorPlacementOptions()
        options.worlds = worlds
        options.seed = seed
        let placement = SensorPlacement(network: model, sensors: (list ?? nil)?.map(\.sensor) ?? [], options: options)
        let plan: SensorPlan
        do {
            plan = try placement.plan(number, among: named)
        } catch {
            throw TextFileError.invalid([InputProblem(file: sensors ?? network, what: error.description, remedy: "")])
        }
        let files = SensorPlanFiles(plan: plan)
        var result = OutputFiles()
        result.add("sensors.csv", files.table)
        result.add("sensors.json", files.result.text)
        try result.write(to: output)
        Console.progress(files.sentence, quiet: quiet)
    }
}

/// `sensors.csv` and `sensors.json`.
struct SensorPlanFiles {
    let plan: SensorPlan

    var table: String {
        var text = "rank,node,expected_search_m,saved_m,saved_least_m,chosen\n"
        let order = Dictionary(plan.chosen.enumerated().map { ($1.node, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        for (index, site) in plan.sites.enumerated() {
            text += DelimitedText.line([
                "\(index + 1)", site.node.name, NumberText.fixed(site.expectedSearch, 2), NumberText.fixed(site.saved, 2),
                NumberText.fixed(site.leastSaved, 2), order[site.node].map { "\($0)" } ?? "",
            ])
        }
        return text
    }

    var result: JSON {
        .object([
            ("expected_search_now_m", JSON(plan.expectedSearchNow)),
            (
                "chosen",
                .array(
                    plan.chosen.map { site in
                        .object([
                            ("node", JSON(site.node.name)), ("expected_search_m", JSON(site.expectedSearch)),
                            ("saved_m", JSON(site.saved)), ("saved_least_m", JSON(site.leastSaved)),
                        ])
                    })
            ),
            ("expected_search_bound_m", JSON(plan.bound)), ("pipe_length_m", JSON(plan.pipeLength)),
            ("leaks_l_per_s", .array(plan.leakFlows.map { JSON($0 * 1000) })),
        ])
    }

    var sentence: String {
        let now = "a leak is found after \(NumberText.fixed(plan.expectedSearchNow, 0)) m on average"
        guard let last = plan.chosen.last else { return now }
        return now + ", with loggers at \(plan.chosen.map { "'\($0.node.name)'" }.joined(separator: ", ")) after "
            + "\(NumberText.fixed(last.expectedSearch, 0)) m; with one at every site after \(NumberText.fixed(plan.bound, 0)) m"
    }
}
