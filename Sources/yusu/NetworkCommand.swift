// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Hydraulics
import TextFiles
import WaterFiles
import WaterModel

struct NetworkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Look into a network model and compute its flows and pressures.",
        discussion: """
            Example: yusu network info Examples/Chanchamayo/network.inp
            Example: yusu network check town.inp
            Example: yusu network simulate town.inp --output result
            """,
        subcommands: [Info.self, Check.self, Simulate.self, Convert.self, Scenarios.self, Sensitivity.self])

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a network model holds, and what is odd about it.",
            discussion: "Example: yusu network info Examples/Chanchamayo/network.inp")

        @Argument(help: "Network model (EPANET INP).", completion: .file()) var file: String
        @Option(help: "table or json.") var format = OutputFormat.table

        func run() throws {
            let network = try INP.read(file)
            let summary = NetworkSummary(network)
            Console.result(format == .json ? summary.json.text : summary.table)
        }
    }

    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Flows and pressures, with a verdict on every solve.",
            usage: "yusu network simulate <file> --output <output> [<options>]",
            discussion: """
                Writes nodes.csv, links.csv and summary.json. Exit code 1 where a solve did not converge.

                Example: yusu network simulate town.inp --output result
                """)

        @Argument(help: "Network model (EPANET INP).", completion: .file()) var file: String
        @Option(help: "Folder for the results.", completion: .directory) var output: String
        @Option(help: "exact: exact units and standard gravity; epanet: EPANET's rounded constants.") var constants = ConstantsMode.exact
        @Option(help: "Relative flow change at which a solve has converged (the residual bars hold besides).") var accuracy: Double?
        @Option(
            name: .customLong("head-error"),
            help: "Largest head that an open link's loss may miss, in m: the energy bar of a converged solve.")
        var headError = HydraulicOptions().headError
        @Option(name: .customLong("demand-model"), help: "dda or pda, in place of the file's own.") var demandModel: DemandModelName?
        @Option(help: "Table of leaks: place,fraction,coefficient,exponent (C in m3/s per m^n; fraction for pipes).", completion: .file())
        var leaks: String?
        @Option(help: "Table of limits of pressure-driven demand: junction,minimum_m,required_m,exponent.", completion: .file()) var limits:
            String?
        @Flag(help: "Add the times of the processor to summary.json: open_s, setup_s, solve_s.") var timing = false
        @Flag(help: "No messages on standard error.") var quiet = false

        func validate() throws {
            if let accuracy, !(accuracy > 0 && accuracy <= 0.1) { throw ValidationError("--accuracy must lie between 0 and 0.1") }
            guard headError >= 1e-9, headError <= 0.1 else { throw ValidationError("--head-error must lie between 1e-9 and 0.1") }
        }

        func run() throws {
            let began = ProcessorTime.now
            var network = try INP.read(file, constants: constants)
            if let accuracy { network.hydraulics.accuracy = accuracy }
            network.hydraulics.headError = headError
            demandModel?.apply(to: &network)
            if let leaks { network.leaks = try NetworkTables.leaks(leaks, for: network) }
            if let limits { try apply(NetworkTables.pressureLimits(limits, for: network), to: &network) }
            let opened = ProcessorTime.now
            let model = try SolvedStart.model(network, constants, file: file)
            let built = ProcessorTime.now
            let states = try StateFiles(
                of: network, in: output, flowFactor: INP.flowCorrection(of: network, constants: constants))
            var writing = 0.0
            let simulation = Simulation(of: model, keepsSteps: false) { time, state in
                let begins = ProcessorTime.now
                states.add(state(), at: time)
                writing += ProcessorTime.now - begins
            }
            let solved = ProcessorTime.now
            var result = SimulationFiles(network: network, simulation: simulation)
            if timing { result.timing = (opened - began, built - opened, solved - built - writing) }
            try result.files.write(to: output, with: states.grown)
            if let worst = simulation.solves.first(where: { !$0.verdict.isConverged }) {
                Console.warn(result.complaint(of: worst, file: file))
                throw ExitStatus.answerIsBad
            }
            Console.progress("\(simulation.solves.count) solves converged; results are in \(output)", quiet: quiet)
        }

        private func apply(_ limits: [(node: Int, limits: PressureLimits)], to network: inout Network) {
            for (node, limits) in limits {
                guard case .junction(var junction) = network.nodes[node].kind else { continue }
                junction.pressureLimits = limits
                network.nodes[node].kind = .junction(junction)
            }
        }
    }
}

/// Time that this process has had of the processors, which other work on the machine does not lengthen. [s]
enum ProcessorTime {
    /// POSIX counts it in millionths.
    static var now: Double { Double(clock()) * 1e-6 }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case table, json }

extension ConstantsMode: ExpressibleByArgument {}

enum DemandModelName: String, ExpressibleByArgument, CaseIterable {
    case dda, pda

    /// Pressure-driven demand takes the file's limits, or 0 and 20 m with exponent ½ (Wagner) where the file gives none.
    func apply(to network: inout Network) {
        switch (self, network.hydraulics.demandModel) {
        case (.dda, _): network.hydraulics.demandModel = .demandDriven
        case (.pda, .demandDriven):
            network.hydraulics.demandModel = .pressureDriven(PressureLimits(minimum: 0, required: 20, exponent: 0.5))
        case (.pda, .pressureDriven): break
        }
    }
}
