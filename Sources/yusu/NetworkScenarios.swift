// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Hydraulics
import TextFiles
import WaterFiles
import WaterModel

extension NetworkCommand {
    struct Scenarios: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Many variants of one network at the start of its run: leaks, demands, roughness, statuses.",
            usage: "yusu network scenarios <file> --scenarios <table> --output <output> [<options>]",
            discussion: """
                The table has the columns scenario,change,element,fraction,value,exponent; changes are demand_factor, outflow (m3/s), \
                leak (C in m3/s per m^n, at a junction or at a fraction of a pipe), roughness and status. \
                Writes scenarios.csv, heads.csv and summary.json. Exit code 1 where a scenario did not converge.

                Example: yusu network scenarios town.inp --scenarios leaks.csv --at N12,N40 --output result
                """)

        @Argument(help: "Network model (EPANET INP).", completion: .file()) var file: String
        @Option(help: "Table of the scenarios (CSV).", completion: .file()) var scenarios: String
        @Option(help: "Folder for the results.", completion: .directory) var output: String
        @Option(help: "Nodes whose heads are written, with commas between; default: all.") var at: String?
        @Option(help: "exact: exact units and standard gravity; epanet: EPANET's rounded constants.") var constants = ConstantsMode.exact
        @Option(help: "Scenarios are shared among so many threads; default: all processors.") var threads: Int?
        @Flag(help: "Add the times to summary.json: open_s, setup_s, solve_s.") var timing = false
        @Flag(help: "No messages on standard error.") var quiet = false

        func validate() throws {
            if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
        }

        func run() throws {
            let clock = ContinuousClock()
            let began = clock.now
            let network = try INP.read(file, constants: constants)
            let table = try NetworkTables.scenarios(scenarios, for: network)
            let nodes = try chosen(at, of: network, file: file)
            let opened = clock.now
            let model = try SolvedStart.model(network, constants, file: file)
            let batch = ScenarioBatch(model, BoundaryConditions(of: network, at: 0))
            let built = clock.now
            let list = table.map { Scenario($0.changes) }
            let results = batch.solve(list, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
            let solved = clock.now
            var verdicts = "scenario,outcome,iterations,mass_residual_m3_per_s,energy_residual_m,solved_singly\n"
            var heads = "scenario,node,head_m,pressure_m\n"
            for (item, result) in zip(table, results) {
                verdicts += DelimitedText.line([
                    item.name, result.outcome.rawValue, "\(result.iterations)", "\(result.massResidual)", "\(result.energyResidual)",
                    result.isSingle ? "yes" : "no",
                ])
                for node in nodes {
                    let head = result.heads[node]
                    heads += DelimitedText.line([
                        item.name, network.nodes[node].id.name, head.map { "\($0)" } ?? "",
                        head.map { "\($0 - network.nodes[node].elevation)" } ?? "",
                    ])
                }
            }
            let failed = results.filter { $0.outcome != .converged }.count
            var summary: [(String, JSON)] = [
                ("converged", JSON(failed == 0 && batch.base.verdict.isConverged)), ("scenarios", JSON(results.count)),
                ("not_converged", JSON(failed)), ("solved_singly", JSON(results.filter(\.isSingle).count)),
                ("base_outcome", .string(batch.base.verdict.outcome.rawValue)),
            ]
            if timing {
                summary += [
                    ("open_s", JSON((opened - began).seconds)), ("setup_s", JSON((built - opened).seconds)),
                    ("solve_s", JSON((solved - built).seconds)),
                ]
            }
            var files = OutputFiles()
            files.add("scenarios.csv", verdicts)
            files.add("heads.csv", heads)
            files.add("summary.json", JSON.object(summary).text)
            try files.write(to: output)
            if failed > 0 {
                Console.warn("\(file): \(failed) of \(results.count) scenarios did not converge; scenarios.csv says which")
                throw ExitStatus.answerIsBad
            }
            Console.progress("\(results.count) scenarios converged; results are in \(output)", quiet: quiet)
        }
    }

    struct Sensitivity: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How heads answer to an outflow anywhere, at the start of the run.",
            usage: "yusu network sensitivity <file> --at <nodes> --output <output> [<options>]",
            discussion: """
                Writes sensitivity.csv: for each node of --at and each junction, the change of the node's head with an outflow at the \
                junction, in m per m3/s. One factorisation serves all.

                Example: yusu network sensitivity town.inp --at N12,N40 --output result
                """)

        @Argument(help: "Network model (EPANET INP).", completion: .file()) var file: String
        @Option(help: "Nodes with sensors, with commas between.") var at: String
        @Option(help: "Folder for the results.", completion: .directory) var output: String
        @Option(help: "exact: exact units and standard gravity; epanet: EPANET's rounded constants.") var constants = ConstantsMode.exact
        @Flag(help: "Add the times to summary.json: solve_s (the state itself), sensitivity_s.") var timing = false
        @Flag(help: "No messages on standard error.") var quiet = false

        func run() throws {
            let clock = ContinuousClock()
            let network = try INP.read(file, constants: constants)
            let nodes = try chosen(at, of: network, file: file)
            let solver = HydraulicSolver(try SolvedStart.model(network, constants, file: file))
            let began = clock.now
            let state = solver.solve(BoundaryConditions(of: network, at: 0))
            let solved = clock.now
            let found = solver.sensitivities(of: nodes.map { .head(network.nodes[$0].id) })
            let ended = clock.now
            guard state.verdict.isConverged, let found else {
                Console.warn("\(file): the state did not converge; 'yusu network simulate' says where")
                throw ExitStatus.answerIsBad
            }
            var text = "sensor,junction,m_per_m3_per_s\n"
            for (sensor, row) in zip(nodes, found) {
                for (index, node) in network.nodes.enumerated() where node.isJunction {
                    text += DelimitedText.line([network.nodes[sensor].id.name, node.id.name, "\(row[index])"])
                }
            }
            var summary: [(String, JSON)] = [("converged", JSON(true)), ("sensors", JSON(nodes.count))]
            if timing { summary += [("solve_s", JSON((solved - began).seconds)), ("sensitivity_s", JSON((ended - solved).seconds))] }
            var files = OutputFiles()
            files.add("sensitivity.csv", text)
            files.add("summary.json", JSON.object(summary).text)
            try files.write(to: output)
            Console.progress("sensitivities of \(nodes.count) heads are in \(output)", quiet: quiet)
        }
    }
}

/// Places of the named nodes; all where none are named.
private func chosen(_ names: String?, of network: Network, file: String) throws -> [Int] {
    guard let names else { return Array(network.nodes.indices) }
    let index = network.nodeIndex()
    var problems: [InputProblem] = []
    let places = names.split(separator: ",").compactMap { name -> Int? in
        let place = index[Node.ID(String(name))]
        if place == nil {
            problems.append(InputProblem(file: file, what: "node '\(name)' of --at does not exist", remedy: "correct the name"))
        }
        return place
    }
    if !problems.isEmpty { throw TextFileError.invalid(problems) }
    return places
}

enum SolvedStart {
    /// The equations of a network, or what is wrong with it.
    static func model(_ network: Network, _ constants: ConstantsMode, file: String) throws -> HydraulicModel {
        let apart = NetworkChecks.partsWithoutSource(network)
        guard apart.isEmpty else {
            throw TextFileError.invalid(apart.map { InputProblem(file: file, what: $0.message, remedy: "") })
        }
        do {
            return try HydraulicModel(network, constants: constants == .epanet ? .epanet : .exact)
        } catch {
            throw TextFileError.invalid([InputProblem(file: file, what: error.description, remedy: "mend the model")])
        }
    }
}

extension Scenario {
    init(_ changes: [NetworkTables.Change]) {
        self.init()
        for change in changes {
            switch change {
            case .demandFactor(let value): demandFactor *= value
            case .outflow(let node, let value): outflows[node, default: 0] += value
            case .leak(let leak): leaks.append(leak)
            case .roughness(let link, let value): roughness[link] = value
            case .status(let link, let value): statuses[link] = value
            }
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
