// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Tables beside a network model, of what an INP file has no place for.
public enum NetworkTables {
    /// Leaks: `place,fraction,coefficient,exponent`; place a junction, or a pipe with the fraction of its length from its start;
    /// coefficient in m³/s per mⁿ.
    /// - Throws: `TextFileError`; `.invalid` lists every problem.
    public static func leaks(_ path: String, for network: Network) throws(TextFileError) -> [Leak] {
        var reader = try TableReader(path, columns: ["place", "fraction", "coefficient", "exponent"])
        let names = Names(network)
        var leaks: [Leak] = []
        for row in reader.rows {
            let place = reader.place(row, "place", fraction: "fraction", names)
            let coefficient = reader.number(row, "coefficient", above: 0)
            let exponent = reader.number(row, "exponent", above: 0)
            if let place, let coefficient, let exponent { leaks.append(Leak(place: place, coefficient: coefficient, exponent: exponent)) }
        }
        try reader.finish()
        return leaks
    }

    /// Limits of pressure-driven demand: `junction,minimum_m,required_m,exponent`.
    /// - Throws: `TextFileError`; `.invalid` lists every problem.
    public static func pressureLimits(_ path: String, for network: Network) throws(TextFileError) -> [(node: Int, limits: PressureLimits)] {
        var reader = try TableReader(path, columns: ["junction", "minimum_m", "required_m", "exponent"])
        let names = Names(network)
        var found: [(node: Int, limits: PressureLimits)] = []
        for row in reader.rows {
            let name = reader.word(row, "junction")
            let node = names.nodes[Node.ID(name)]
            if node.map({ !network.nodes[$0].isJunction }) ?? true {
                reader.report(row, "'\(name)' is not a junction of the network", "correct the name")
            }
            let minimum = reader.number(row, "minimum_m"), required = reader.number(row, "required_m")
            let exponent = reader.number(row, "exponent", above: 0)
            guard let node, let minimum, let required, let exponent else { continue }
            if required <= minimum { reader.report(row, "required_m is not above minimum_m", "raise one or lower the other") }
            found.append((node, PressureLimits(minimum: minimum, required: required, exponent: exponent)))
        }
        try reader.finish()
        return found
    }

    /// One change of one scenario.
    public enum Change: Sendable, Hashable {
        case demandFactor(Double)
        /// [m³/s]
        case outflow(Node.ID, Double)
        case leak(Leak)
        case roughness(Link.ID, Double)
        case status(Link.ID, Link.Status)
    }

    /// Scenarios: `scenario,change,element,fraction,value,exponent`, any number of lines a scenario, in the order of their first
    /// lines. Changes: `demand_factor`, `outflow` (m³/s), `leak` (value C in m³/s per mⁿ, exponent n), `roughness` (as in the
    /// model: C, n, or the height in m), `status` (value open or closed).
    /// - Throws: `TextFileError`; `.invalid` lists every problem.
    public static func scenarios(_ path: String, for network: Network) throws(TextFileError) -> [(name: String, changes: [Change])] {
        var reader = try TableReader(path, columns: ["scenario", "change", "element", "fraction", "value", "exponent"])
        let names = Names(network)
        var found: [(name: String, changes: [Change])] = []
        var places: [String: Int] = [:]
        for row in reader.rows {
            let name = reader.word(row, "scenario")
            guard let change = reader.change(row, names) else { continue }
            if let place = places[name] {
                found[place].changes.append(change)
            } else {
                places[name] = found.count
                found.append((name, [change]))
            }
        }
        try reader.finish()
        return found
    }

    /// What a crew brings back: `pipe,result`, the result `dry` or `found`.
    /// - Throws: `TextFileError`; `.invalid` lists every problem.
    public static func walked(_ path: String, for network: Network) throws(TextFileError) -> [Link.ID: Bool] {
        var reader = try TableReader(path, columns: ["pipe", "result"])
        let names = Names(network)
        var found: [Link.ID: Bool] = [:]
        for row in reader.rows {
            let name = reader.word(row, "pipe"), result = reader.word(row, "result")
            guard let link = names.links[Link.ID(name)], network.links[link].pipe != nil else {
                reader.report(row, "'\(name)' is not a pipe of the network", "correct the name")
                continue
            }
            if result != "dry", result != "found" { reader.report(row, "result is '\(result)'", "write dry or found") }
            found[Link.ID(name)] = result == "found"
        }
        try reader.finish()
        return found
    }

    struct Names {
        let nodes: ElementIndex<Node>
        let links: ElementIndex<Link>
        let network: Network

        init(_ network: Network) {
            nodes = network.nodeIndex()
            links = network.linkIndex()
            self.network = network
        }
    }
}

/// Reads rows by column and collects what is wrong.
struct TableReader {
    let table: DelimitedText
    private let columns: [String: Int]
    private var problems = ProblemList()

    var rows: [DelimitedText.Row] { table.rows }

    init(_ path: String, columns names: [String]) throws(TextFileError) {
        table = try DelimitedText(path: path)
        var columns: [String: Int] = [:]
        for name in names {
            if let column = table.column(name) {
                columns[name] = column
            } else {
                problems.add(path, 1, "column '\(name)' is missing", "the columns are \(names.joined(separator: ","))")
            }
        }
        self.columns = columns
        try problems.throwIfAny()
    }

    func word(_ row: DelimitedText.Row, _ column: String) -> String { columns[column].map { row.fields[$0] } ?? "" }

    mutating func report(_ row: DelimitedText.Row, _ what: String, _ remedy: String) { problems.add(table.file, row.line, what, remedy) }

    mutating func number(_ row: DelimitedText.Row, _ column: String, above limit: Double? = nil) -> Double? {
        let text = word(row, column)
        guard let value = NumberText.number(text), value.isFinite, limit.map({ value > $0 }) ?? true else {
            report(row, "\(column) is '\(text)'", limit == nil ? "give a number" : "give a number above \(NumberText.exact(limit ?? 0))")
            return nil
        }
        return value
    }

    mutating func place(
        _ row: DelimitedText.Row, _ column: String, fraction: String, _ names: NetworkTables.Names
    ) -> Leak.Place? {
        let name = word(row, column), share = word(row, fraction)
        if share.isEmpty {
            guard let node = names.nodes[Node.ID(name)], names.network.nodes[node].isJunction else {
                report(
                    row, "'\(name)' is not a junction of the network", "correct the name; for a pipe give the fraction of its length too")
                return nil
            }
            return .node(Node.ID(name))
        }
        guard let link = names.links[Link.ID(name)], names.network.links[link].pipe != nil else {
            report(row, "'\(name)' is not a pipe of the network", "correct the name; for a junction leave the fraction empty")
            return nil
        }
        guard let value = NumberText.number(share), value >= 0, value <= 1 else {
            report(row, "\(fraction) is '\(share)'", "give a number between 0 and 1")
            return nil
        }
        return .pipe(Link.ID(name), fraction: value)
    }

    mutating func change(_ row: DelimitedText.Row, _ names: NetworkTables.Names) -> NetworkTables.Change? {
        let element = word(row, "element")
        func link() -> Link.ID? { names.links[Link.ID(element)] == nil ? nil : Link.ID(element) }
        switch word(row, "change") {
        case "demand_factor": return number(row, "value").map { .demandFactor($0) }
        case "outflow":
            guard let node = names.nodes[Node.ID(element)], names.network.nodes[node].isJunction else {
                report(row, "'\(element)' is not a junction of the network", "correct the name")
                return nil
            }
            return number(row, "value").map { .outflow(Node.ID(element), $0) }
        case "leak":
            let place = place(row, "element", fraction: "fraction", names)
            let coefficient = number(row, "value", above: 0), exponent = number(row, "exponent", above: 0)
            guard let place, let coefficient, let exponent else { return nil }
            return .leak(Leak(place: place, coefficient: coefficient, exponent: exponent))
        case "roughness":
            guard let id = link(), names.network.links[names.links[id] ?? 0].pipe != nil else {
                report(row, "'\(element)' is not a pipe of the network", "correct the name")
                return nil
            }
            return number(row, "value", above: 0).map { .roughness(id, $0) }
        case "status":
            guard let id = link() else {
                report(row, "'\(element)' is not a link of the network", "correct the name")
                return nil
            }
            guard let status = Link.Status(rawValue: word(row, "value")) else {
                report(row, "value is '\(word(row, "value"))'", "write open or closed")
                return nil
            }
            return .status(id, status)
        case let other:
            report(row, "change is '\(other)'", "write demand_factor, outflow, leak, roughness or status")
            return nil
        }
    }

    func finish() throws(TextFileError) { try problems.throwIfAny() }
}
