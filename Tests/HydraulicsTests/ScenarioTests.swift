// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterFiles
import WaterModel

@testable import Hydraulics

/// Scenarios in lanes against each scenario solved on a network of its own.
@Suite("scenario batches")
struct ScenarioTests {
    /// Both solves end within these of the true answer.
    private enum Near {
        static let head = 2e-6  // m
        static let flow = 1e-8  // m³/s
    }

    /// A town with a reservoir, a tank, a reducing valve to a lower part, and demands that answer to pressure or not.
    private func town(_ model: String = "DDA", formula: String = "H-W") throws -> Network {
        let rough = formula == "D-W" ? "0.1" : formula == "C-M" ? "0.012" : "120"
        var pipes = ""
        for (name, from, to, size) in [
            ("P1", "R", "A", 300), ("P2", "A", "B", 200), ("P3", "B", "C", 150), ("P4", "C", "D", 150), ("P5", "D", "A", 150),
            ("P6", "B", "D", 100), ("P7", "C", "T", 150), ("P8", "V2", "E", 100), ("P9", "E", "F", 100), ("P10", "D", "V1", 150),
            ("P11", "F", "V2", 80),
        ] { pipes += "\(name) \(from) \(to) 350 \(size) \(rough)\n" }
        return try INP.parse(
            """
            [JUNCTIONS]
            A 12 3
            B 10 4
            C 11 5
            D 9 6
            V1 5 0
            V2 5 0
            E 4 3
            F 3 2
            [RESERVOIRS]
            R 60
            [TANKS]
            T 48 4 0 8 15
            [PIPES]
            \(pipes)
            [VALVES]
            PR V1 V2 100 PRV 25 0.5
            [EMITTERS]
            B 0.05
            [OPTIONS]
            UNITS LPS
            HEADLOSS \(formula)
            DEMAND MODEL \(model)
            REQUIRED PRESSURE 20
            ACCURACY 1e-8
            """, file: "town.inp")
    }

    private func scenarios() -> [Scenario] {
        var list: [Scenario] = []
        for place in ["A", "B", "C", "D", "E", "F"] {
            for (coefficient, exponent) in [(2e-4, 0.5), (5e-4, 0.5), (1e-4, 1.18)] {
                var leak = Scenario()
                leak.leaks = [Leak(place: .node(Node.ID(place)), coefficient: coefficient, exponent: exponent)]
                list.append(leak)
            }
        }
        for factor in [0.2, 0.7, 1.5, 3] {
            var demand = Scenario()
            demand.demandFactor = factor
            demand.outflows = ["C": 0.002]
            list.append(demand)
        }
        for pipe in ["P2", "P3", "P9"] {
            var closed = Scenario()
            closed.statuses = [Link.ID(pipe): .closed]
            list.append(closed)
        }
        var along = Scenario()
        along.leaks = [Leak(place: .pipe("P2", fraction: 0.3), coefficient: 3e-4, exponent: 0.5)]
        list.append(along)
        return list
    }

    private func alone(_ scenario: Scenario, _ network: Network) throws -> HydraulicState {
        var changed = network
        changed.leaks = scenario.leaks
        for index in changed.links.indices {
            if let value = scenario.roughness[changed.links[index].id], case .pipe(var pipe) = changed.links[index].kind {
                pipe.roughness = value
                changed.links[index].kind = .pipe(pipe)
            }
        }
        var conditions = BoundaryConditions(of: changed, at: 0)
        for node in conditions.demands.indices {
            conditions.demands[node] = conditions.demands[node] * scenario.demandFactor
            conditions.demands[node] += scenario.outflows[network.nodes[node].id] ?? 0
        }
        for link in conditions.statuses.indices {
            if let status = scenario.statuses[network.links[link].id] { conditions.statuses[link] = status }
        }
        return try HydraulicSolver(changed).solve(conditions)
    }

    private func compare(_ network: Network, _ list: [Scenario]) throws -> Int {
        let batch = ScenarioBatch(try HydraulicModel(network), BoundaryConditions(of: network, at: 0))
        #expect(batch.base.verdict.isConverged)
        let results = batch.solve(list, threads: 2)
        #expect(results.count == list.count)
        for (scenario, result) in zip(list, results) {
            let single = try alone(scenario, network)
            #expect(result.outcome == single.verdict.outcome)
            for node in network.nodes.indices {
                #expect(abs((result.heads[node] ?? -1) - (single.heads[node] ?? -1)) < Near.head, "\(network.nodes[node].id) \(scenario)")
            }
            for link in network.links.indices {
                #expect(abs(result.flows[link] - single.flows[link]) < Near.flow, "\(network.links[link].id) \(scenario)")
            }
        }
        return results.filter(\.isSingle).count
    }

    @Test("each scenario gives what its network gives alone", arguments: ["DDA", "PDA"], ["H-W", "D-W", "C-M"])
    func sameAsAlone(model: String, formula: String) throws {
        let list = scenarios()
        let singles = try compare(try town(model, formula: formula), list)
        // A leak along a pipe needs a network of its own; the lanes must do most of the others.
        #expect(singles >= 1 && singles <= list.count / 3)
    }

    @Test("roughness in lanes", arguments: [("H-W", 90.0), ("C-M", 0.02), ("D-W", 0.5)])
    func roughness(formula: String, value: Double) throws {
        let list = ["P1", "P2", "P9", "P7"].map { pipe in
            var scenario = Scenario()
            scenario.roughness = [Link.ID(pipe): formula == "D-W" ? value / 1000 : value]
            return scenario
        }
        _ = try compare(try town("DDA", formula: formula), list)
    }

    @Test("neither neighbours nor threads change a scenario by a bit")
    func deterministic() throws {
        let network = try town("PDA")
        let batch = ScenarioBatch(try HydraulicModel(network), BoundaryConditions(of: network, at: 0))
        let list = scenarios()
        let one = batch.solve(list, threads: 1), two = batch.solve(list, threads: 2)
        let reversed = Array(batch.solve(list.reversed(), threads: 3).reversed())
        for index in list.indices {
            #expect(one[index].heads == two[index].heads && one[index].flows == two[index].flows)
            #expect(one[index].heads == reversed[index].heads && one[index].flows == reversed[index].flows)
        }
    }
}
