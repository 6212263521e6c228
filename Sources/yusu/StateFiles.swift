// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import TextFiles
import WaterModel

/// `nodes.csv` and `links.csv` of a simulation, written as it goes.
struct StateFiles {
    private let nodes: GrowingFile
    private let links: GrowingFile
    private let network: Network
    private let flowFactor: Double
    private let nodeNames: [String]
    private let linkNames: [String]

    var grown: [GrowingFile] { [nodes, links] }

    /// - Parameter flowFactor: see `INP.flowCorrection`.
    init(of network: Network, in folder: String, flowFactor: Double) throws(TextFileError) {
        nodes = try GrowingFile("nodes.csv", in: folder)
        links = try GrowingFile("links.csv", in: folder, beside: nodes)
        self.network = network
        self.flowFactor = flowFactor
        nodeNames = network.nodes.map { String(DelimitedText.line([$0.id.name]).dropLast()) }
        linkNames = network.links.map { String(DelimitedText.line([$0.id.name]).dropLast()) }
        nodes.append("time_s,node,head_m,pressure_m,demand_m3_per_s\n")
        links.append("time_s,link,flow_m3_per_s,status\n")
    }

    /// Heads and pressures are empty at nodes that no open link joins to a source.
    func add(_ state: HydraulicState, at seconds: Int) {
        let time = "\(seconds),"
        for index in nodeNames.indices {
            nodes.append(time)
            nodes.append(nodeNames[index])
            nodes.append(",")
            if let head = state.heads[index] {
                nodes.append(head)
                nodes.append(",")
                nodes.append(head - network.nodes[index].elevation)
                nodes.append(",")
            } else {
                nodes.append(",,")
            }
            nodes.append(state.demands[index] * flowFactor)
            nodes.append("\n")
        }
        for index in linkNames.indices {
            links.append(time)
            links.append(linkNames[index])
            links.append(",")
            links.append(state.flows[index] * flowFactor)
            links.append(",")
            links.append(state.statuses[index].rawValue)
            links.append("\n")
        }
    }
}
