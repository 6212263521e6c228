// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Something in a model that an engineer should look at.
public struct NetworkFinding: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        /// The model cannot be right, or cannot be solved.
        case error
        /// Probably a slip.
        case warning
        /// Unusual; may be meant.
        case note
    }

    /// Name of the check, snake_case, stable: `roughness`.
    public var check: String
    public var severity: Severity
    /// Names of the nodes, links, patterns or curves that it is about, in the order of the file.
    public var elements: [String]
    /// What, where, and what to do.
    public var message: String

    init(_ check: String, _ severity: Severity, _ elements: [String], _ message: String) {
        self.check = check
        self.severity = severity
        self.elements = elements
        self.message = message
    }
}

/// Consistency of a model, before and beyond solving it. Each check is one function that gives at most a few findings; numbers in
/// messages are SI. The limits are engineering judgement, stated beside each check.
public enum NetworkCheck {
    /// All findings, gravest first, otherwise in a fixed order.
    public static func findings(in network: Network) -> [NetworkFinding] {
        let graph = NetworkGraph(network)
        let found =
            connection(network, graph) + pipes(network) + map(network, graph) + nodes(network, graph) + devices(network, graph)
            + operation(network) + solution(network)
        return NetworkFinding.Severity.allCases.flatMap { severity in found.filter { $0.severity == severity } }
    }
}

/// Who is joined to whom, by indices.
struct NetworkGraph {
    /// Ends of each link; −1 where the node is missing.
    let ends: [(start: Int, end: Int)]
    /// Links at each node.
    let links: [[Int]]

    init(_ network: Network) {
        let index = network.nodeIndex()
        ends = network.links.map { (index[$0.start] ?? -1, index[$0.end] ?? -1) }
        var links = [[Int]](repeating: [], count: network.nodes.count)
        for (link, ends) in ends.enumerated() where ends.start >= 0 && ends.end >= 0 {
            links[ends.start].append(link)
            if ends.end != ends.start { links[ends.end].append(link) }
        }
        self.links = links
    }

    func other(_ link: Int, from node: Int) -> Int { ends[link].start == node ? ends[link].end : ends[link].start }

    /// Nodes joined to the first ones by links that pass.
    func spread(from first: [Int], over passes: (Int) -> Bool) -> [Bool] {
        var isReached = [Bool](repeating: false, count: links.count)
        var queue = first
        for node in first { isReached[node] = true }
        while let node = queue.popLast() {
            for link in links[node] where passes(link) {
                let next = other(link, from: node)
                guard !isReached[next] else { continue }
                isReached[next] = true
                queue.append(next)
            }
        }
        return isReached
    }
}

/// `12 pipes ('P1', 'P2', 'P3' …)`, `pipe 'P1'`.
func counted(_ names: [String], _ singular: String, _ plural: String) -> String {
    if names.count == 1 { return "\(singular) '\(names[0])'" }
    let shown = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    return "\(names.count) \(plural) (\(shown)\(names.count > 4 ? " …" : ""))"
}

/// Three figures or so, without the machine's locale.
func figure(_ value: Double) -> String {
    let size = abs(value)
    guard size < 1e12, size > 0 else { return "\(value)" }
    if size >= 100 { return "\(Int(value.rounded()))" }
    let digits = size >= 10 ? 10.0 : size >= 1 ? 100 : size >= 0.1 ? 1000 : 1e5
    return "\((value * digits).rounded() / digits)"
}
