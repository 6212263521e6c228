// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Counts and figures of a network, for `yusu network info`.
struct NetworkSummary {
    private let rows: [(key: String, label: String, value: JSON)]
    private let oddities: [String]

    init(_ network: Network) {
        let pipes = network.links.compactMap(\.pipe)
        let valves = Dictionary(grouping: network.links.compactMap(\.valve), by: \.kind.rawValue).mapValues(\.count)
        let demand = network.nodes.reduce(0) { $0 + ($1.junction?.demands.reduce(0) { $0 + $1.baseFlow } ?? 0) }
        let zones = Set(network.nodes.compactMap(\.tag)).sorted()
        oddities = NetworkChecks.findings(in: network).map(\.message)
        rows = [
            ("junctions", "junctions", JSON(network.nodes.count { $0.isJunction })),
            ("reservoirs", "reservoirs", JSON(network.nodes.count { $0.reservoir != nil })),
            ("tanks", "tanks", JSON(network.nodes.count { $0.tank != nil })),
            ("pipes", "pipes", JSON(pipes.count)),
            ("pumps", "pumps", JSON(network.links.count { $0.pump != nil })),
            (
                "valves", "valves",
                .string(valves.isEmpty ? "0" : valves.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
            ),
            ("pipe_length_m", "length of pipes, m", JSON(NumberText.number(NumberText.fixed(network.pipeLength, 1)))),
            (
                "base_demand_m3_per_s", "base demand, m³/s",
                JSON(NumberText.number(NumberText.fixed(demand * network.hydraulics.demandMultiplier, 6)))
            ),
            ("head_loss_formula", "head-loss formula", .string(network.hydraulics.headLossFormula.rawValue)),
            ("flow_unit", "flow unit of the file", .string(network.hydraulics.flowUnit)),
            ("duration_s", "duration, s", JSON(network.times.duration)),
            ("zones", "zones ([TAGS])", .string(zones.isEmpty ? "none" : zones.prefix(20).joined(separator: ", "))),
            (
                "kept_sections", "sections kept, not used",
                .string(network.keptSections.map(\.name).joined(separator: ", "))
            ),
        ]
    }

    var json: JSON { .object(rows.map { ($0.key, $0.value) } + [("findings", JSON(oddities))]) }

    var table: String {
        let width = rows.map(\.label.count).max() ?? 0
        var text = ""
        for row in rows {
            let value: String
            switch row.value {
            case .string(let word): value = word
            case .integer(let number): value = "\(number)"
            case .number(let number): value = NumberText.exact(number)
            default: value = "–"
            }
            text += row.label + String(repeating: " ", count: width - row.label.count + 2) + value + "\n"
        }
        for oddity in oddities { text += "! " + oddity + "\n" }
        return text
    }
}
