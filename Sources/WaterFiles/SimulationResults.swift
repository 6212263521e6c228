// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// One moment of the results that `yusu network simulate` wrote: `nodes.csv` and `links.csv` of its folder.
public struct SimulationResults: Sendable {
    public struct Node: Sendable, Hashable {
        /// [m]; nil where no open link joins the node to a source.
        public var head: Double?
        /// [m]
        public var pressure: Double?
        /// [m³/s]
        public var demand: Double?
    }

    public struct Link: Sendable, Hashable {
        /// [m³/s]
        public var flow: Double?
        public var status: String?
    }

    /// Since the start of the run. [s]
    public var time: Int
    public var nodes: [String: Node] = [:]
    public var links: [String: Link] = [:]

    /// - Parameters:
    ///   - folder: that `network simulate` wrote.
    ///   - time: nil for the first moment that is there. [s]
    /// - Throws: `TextFileError`, also where the moment is not among the results.
    public static func read(folder: String, time: Int? = nil) throws(TextFileError) -> SimulationResults {
        let nodes = try Moment(folder + "/nodes.csv", time)
        var results = SimulationResults(time: nodes.time)
        let links = try Moment(folder + "/links.csv", nodes.time)
        let node = try nodes.table.requiredColumn("node"), link = try links.table.requiredColumn("link")
        let head = try nodes.table.requiredColumn("head_m"), pressure = try nodes.table.requiredColumn("pressure_m")
        let demand = try nodes.table.requiredColumn("demand_m3_per_s")
        let flow = try links.table.requiredColumn("flow_m3_per_s"), status = try links.table.requiredColumn("status")
        for row in nodes.table.rows {
            results.nodes[row.fields[node]] = Node(
                head: NumberText.number(row.fields[head]), pressure: NumberText.number(row.fields[pressure]),
                demand: NumberText.number(row.fields[demand]))
        }
        for row in links.table.rows {
            results.links[row.fields[link]] = Link(flow: NumberText.number(row.fields[flow]), status: row.fields[status])
        }
        return results
    }

    /// The rows of one moment: the others are passed over before they are cut, because a long run has millions.
    private struct Moment {
        let time: Int
        let table: DelimitedText

        init(_ path: String, _ wanted: Int?) throws(TextFileError) {
            let bytes = FileBytes.utf8(try FileBytes.read(path))
            var kept: [UInt8] = []
            var time = wanted
            var times: [Int] = []
            var start = 0, isHeader = true
            while start < bytes.count {
                let end = INPText.lineEnd(bytes, start), next = INPText.nextLine(bytes, end)
                defer {
                    start = next
                    isHeader = false
                }
                if isHeader {
                    kept += bytes[start..<min(next, bytes.count)]
                    continue
                }
                guard let comma = bytes[start..<end].firstIndex(of: 44), let value = NumberText.number(bytes, start..<comma) else {
                    continue
                }
                guard let moment = Int(exactly: value) else { continue }
                if times.last != moment { times.append(moment) }
                if time == nil { time = moment }
                if moment == time { kept += bytes[start..<min(next, bytes.count)] }
            }
            table = try DelimitedText(text: String(decoding: kept, as: UTF8.self), file: path)
            guard table.header.first == "time_s", let time, !table.rows.isEmpty else {
                let known = times.prefix(8).map { "\($0)" }.joined(separator: ", ")
                throw .invalid([
                    InputProblem(
                        file: path, what: wanted.map { "no results at \($0) s" } ?? "no results",
                        remedy: times.isEmpty
                            ? "give the folder that 'yusu network simulate' wrote" : "times are \(known)\(times.count > 8 ? " …" : "") s")
                ])
            }
            self.time = time
        }
    }
}
