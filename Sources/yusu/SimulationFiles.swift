// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import TextFiles
import WaterModel

/// What `yusu network simulate` writes beside the states: `balance.csv`, `summary.json`, and, where there is something to
/// say, `zones.csv`, `leakage.csv` and `pumps.csv`.
struct SimulationFiles {
    let network: Network
    let simulation: Simulation
    /// Seconds for reading, for building the equations, and for the run.
    var timing: (open: Double, setup: Double, solve: Double)?

    init(network: Network, simulation: Simulation) {
        self.network = network
        self.simulation = simulation
    }

    var files: OutputFiles {
        var files = OutputFiles()
        files.add("balance.csv", balance)
        if !simulation.zones.isEmpty { files.add("zones.csv", zones) }
        if network.links.contains(where: { $0.pipe?.leakage != nil }) { files.add("leakage.csv", leakage) }
        if !simulation.energy.isEmpty { files.add("pumps.csv", pumps) }
        files.add("summary.json", summary.text)
        return files
    }

    /// Volumes between one reporting step and the next.
    private var balance: String {
        var text = "from_s,to_s," + volumes(FlowBalance()).map(\.0).joined(separator: ",") + "\n"
        for (from, to, balance) in simulation.balances {
            text += "\(Int(from)),\(Int(to))," + volumes(balance).map { "\($0.1)" }.joined(separator: ",") + "\n"
        }
        return text
    }

    private func volumes(_ balance: FlowBalance) -> [(String, Double)] {
        [
            ("inflow_m3", balance.inflow), ("returned_m3", balance.returned), ("consumption_m3", balance.consumption),
            ("deficit_m3", balance.deficit), ("emitters_m3", balance.emitters), ("leakage_m3", balance.leakage),
            ("storage_m3", balance.storage), ("overflow_m3", balance.overflow),
        ]
    }

    private var zones: String {
        var text = "zone,inflow_m3,consumption_m3,leakage_m3\n"
        for zone in simulation.zones {
            text += DelimitedText.line([zone.zone, "\(zone.inflow)", "\(zone.consumption)", "\(zone.leakage)"])
        }
        return text
    }

    /// Background leakage of pipes over the whole run.
    private var leakage: String {
        var text = "pipe,leakage_m3\n"
        for (link, volume) in zip(network.links, simulation.leakageOfPipes) where link.pipe?.leakage != nil {
            text += DelimitedText.line([link.id.name, "\(volume)"])
        }
        return text
    }

    private var pumps: String {
        var text = "pump,hours,volume_m3,energy_kwh,kwh_per_m3,peak_kw,efficiency_percent,cost\n"
        for pump in simulation.energy {
            let specific = pump.volume > 0 ? "\(pump.energy / pump.volume)" : ""
            text += DelimitedText.line([
                pump.pump.name, "\(pump.hours)", "\(pump.volume)", "\(pump.energy)", specific, "\(pump.peakPower)", "\(pump.efficiency)",
                "\(pump.cost)",
            ])
        }
        return text
    }

    private var summary: JSON {
        let total = simulation.total
        let energy = simulation.energy.reduce(0) { $0 + $1.energy }
        let cost = simulation.energy.reduce(0) { $0 + $1.cost }
        let duration = network.times.duration > 0 ? Double(network.times.duration) : 3600
        let worst = simulation.solves.max { $0.verdict.energyResidual < $1.verdict.energyResidual }?.verdict
        let heaviest = simulation.solves.max { $0.verdict.massResidual < $1.verdict.massResidual }?.verdict
        var members: [(String, JSON)] = [
            ("converged", JSON(simulation.isConverged)),
            ("nodes", JSON(network.nodes.count)), ("links", JSON(network.links.count)),
            ("volumes_are_of_s", JSON(duration)),
            ("demand_volume_m3", JSON(total.consumption)), ("leakage_volume_m3", JSON(total.leakage + total.emitters)),
            ("volumes", .object(volumes(total).map { ($0.0, JSON($0.1)) })),
            ("closure", JSON(total.closure)),
            ("energy_kwh", JSON(energy)),
            ("energy_kwh_per_m3", JSON(total.inflow > 0 ? energy / total.inflow : nil)),
            ("energy_cost", JSON(cost + simulation.peakPower * network.energy.demandCharge)),
            ("peak_power_kw", JSON(simulation.peakPower)),
            ("energy_bar_m", JSON(network.hydraulics.headError)),
            ("worst_energy_residual_m", JSON(worst?.energyResidual)), ("worst_energy_link", JSON(worst?.energyWorstLink?.name)),
            ("worst_mass_residual_m3_per_s", JSON(heaviest?.massResidual)), ("worst_mass_node", JSON(heaviest?.massWorstNode?.name)),
            ("solves_detail", .array(simulation.solves.map(solve))),
        ]
        if let timing {
            members.append(("open_s", JSON(timing.open)))
            members.append(("setup_s", JSON(timing.setup)))
            members.append(("solve_s", JSON(timing.solve)))
        }
        members.append(("iterations", JSON(simulation.iterations)))
        members.append(("solves", JSON(simulation.solves.count)))
        return .object(members)
    }

    private func solve(_ solve: Simulation.Solve) -> JSON {
        let verdict = solve.verdict
        return .object([
            ("time_s", JSON(solve.time)), ("outcome", .string(verdict.outcome.rawValue)), ("iterations", JSON(verdict.iterations)),
            ("mass_residual_m3_per_s", JSON(verdict.massResidual)), ("mass_worst_node", JSON(verdict.massWorstNode?.name)),
            ("energy_residual_m", JSON(verdict.energyResidual)), ("energy_worst_link", JSON(verdict.energyWorstLink?.name)),
            ("isolated_nodes", JSON(verdict.isolatedNodes.map(\.name))),
        ])
    }

    /// One sentence on a solve that failed: what, where, what to do.
    func complaint(of solve: Simulation.Solve, file: String) -> String {
        let verdict = solve.verdict
        let when = "\(file): at \(NumberText.fixed(solve.time, 0)) s "
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
