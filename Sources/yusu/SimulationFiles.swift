// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import TextFiles
import WaterModel

/// `nodes.csv`, `links.csv` and `summary.json` of a simulation.
struct SimulationFiles {
    let network: Network
    let simulation: Simulation
    /// Seconds for reading and for solving.
    var timing: (open: Double, solve: Double)?

    init(network: Network, simulation: Simulation) {
        self.network = network
        self.simulation = simulation
    }

    var files: OutputFiles {
        var files = OutputFiles()
        files.add("nodes.csv", nodes)
        files.add("links.csv", links)
        files.add("summary.json", summary.text)
        return files
    }

    /// Heads and pressures are empty at nodes that no open link joins to a source.
    private var nodes: String {
        var text = "time_s,node,head_m,pressure_m,demand_m3_per_s\n"
        let names = network.nodes.map { DelimitedText.line([$0.id.name]).dropLast() }
        for step in simulation.steps {
            for (index, node) in network.nodes.enumerated() {
                let head = step.state.heads[index]
                text += "\(step.time),\(names[index]),\(head.map { "\($0)" } ?? ""),\(head.map { "\($0 - node.elevation)" } ?? ""),"
                text += "\(step.state.demands[index])\n"
            }
        }
        return text
    }

    private var links: String {
        var text = "time_s,link,flow_m3_per_s,status\n"
        let names = network.links.map { DelimitedText.line([$0.id.name]).dropLast() }
        for step in simulation.steps {
            for index in network.links.indices {
                text += "\(step.time),\(names[index]),\(step.state.flows[index]),\(step.state.statuses[index].rawValue)\n"
            }
        }
        return text
    }

    private var summary: JSON {
        var demand = 0.0, leakage = 0.0
        for step in simulation.steps {
            for (index, node) in network.nodes.enumerated() where node.isJunction {
                demand += step.state.demands[index] - step.state.leakage[index]
                leakage += step.state.leakage[index]
            }
        }
        let seconds = simulation.steps.count > 1 ? Double(network.times.reportStep) : 3600
        var members: [(String, JSON)] = [
            ("converged", JSON(simulation.isConverged)),
            ("omissions", JSON(simulation.omissions)),
            ("nodes", JSON(network.nodes.count)), ("links", JSON(network.links.count)),
            ("volumes_are_of_s", JSON(seconds * Double(simulation.steps.count))),
            ("demand_volume_m3", JSON(demand * seconds)), ("leakage_volume_m3", JSON(leakage * seconds)),
            ("solves_detail", .array(simulation.steps.map(solve))),
        ]
        if let timing {
            members.append(("open_s", JSON(timing.open)))
            members.append(("solve_s", JSON(timing.solve)))
        }
        members.append(("solves", JSON(simulation.steps.count)))
        return .object(members)
    }

    private func solve(_ step: Simulation.Step) -> JSON {
        let verdict = step.state.verdict
        return .object([
            ("time_s", JSON(step.time)), ("outcome", .string(verdict.outcome.rawValue)), ("iterations", JSON(verdict.iterations)),
            ("mass_residual_m3_per_s", JSON(verdict.massResidual)), ("mass_worst_node", JSON(verdict.massWorstNode?.name)),
            ("energy_residual_m", JSON(verdict.energyResidual)), ("energy_worst_link", JSON(verdict.energyWorstLink?.name)),
            ("isolated_nodes", JSON(verdict.isolatedNodes.map(\.name))),
        ])
    }

    /// One sentence on a solve that failed: what, where, what to do.
    func complaint(of step: Simulation.Step, file: String) -> String {
        let verdict = step.state.verdict
        let when = "\(file): at \(step.time) s "
        switch verdict.outcome {
        case .converged: return when + "the solve converged"
        case .demandWithoutSource:
            let names = verdict.isolatedNodes.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
            let more = verdict.isolatedNodes.count > 5 ? " …" : ""
            return when + "\(verdict.isolatedNodes.count) junctions have no open path to a source (\(names)\(more)); "
                + "open or add the link that feeds them, or set their demand to zero"
        case .statusesCycle:
            return when + "pumps or valves keep opening and closing; look at the settings near link "
                + "'\(verdict.energyWorstLink?.name ?? "?")'"
        case .notConverged:
            return when + "no balance was found: \(NumberText.significant(verdict.energyResidual)) m are left at link "
                + "'\(verdict.energyWorstLink?.name ?? "?")', \(NumberText.significant(verdict.massResidual * 1000)) l/s at node "
                + "'\(verdict.massWorstNode?.name ?? "?")'; look for impossible demands, diameters or settings there"
        case .singular: return when + "the equations cannot be solved; look for valves that cut a part off from every source"
        }
    }
}
