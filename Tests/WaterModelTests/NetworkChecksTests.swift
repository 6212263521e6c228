// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import WaterModel

@Suite("checks of a network")
struct NetworkChecksTests {
    /// Reservoir R, junctions by name, pipes between them as given.
    func network(_ junctions: [String], _ pipes: [(String, String)], diameter: Double = 0.1, demand: Double = 0.001) -> Network {
        var network = Network()
        network.nodes = [Node(id: "R", elevation: 50, kind: .reservoir(Reservoir()))]
        network.nodes += junctions.map {
            Node(id: .init($0), elevation: 0, kind: .junction(Junction(demands: [Demand(baseFlow: demand)])))
        }
        network.links = pipes.enumerated().map { index, ends in
            Link(
                id: .init("P\(index + 1)"), start: .init(ends.0), end: .init(ends.1),
                kind: .pipe(Pipe(length: 100, diameter: diameter, roughness: 100)), status: .open)
        }
        return network
    }

    @Test("a whole network has no findings")
    func whole() {
        #expect(NetworkChecks.findings(in: network(["A", "B"], [("R", "A"), ("A", "B")])).isEmpty)
        #expect(network(["A", "B"], [("R", "A"), ("A", "B")]).pipeLength == 200)
    }

    @Test("each part without a source is one finding, with its nodes")
    func parts() {
        let findings = NetworkChecks.partsWithoutSource(
            network(["A", "X", "Y", "Z", "L"], [("R", "A"), ("Y", "X"), ("Z", "Y")]))
        #expect(findings.map(\.nodes) == [["X", "Y", "Z"], ["L"]])
        #expect(findings.first?.message == "3 junctions around 'X' are not joined to any reservoir or tank; add the link that feeds them")
    }

    @Test("a closed link still joins: whether it is open is the solver's question")
    func closedLink() {
        var joined = network(["A", "B"], [("R", "A"), ("A", "B")])
        joined.links[1].status = .closed
        #expect(NetworkChecks.partsWithoutSource(joined).isEmpty)
    }

    @Test("a network of one source, of nothing, and with a link to nowhere is checked without a trap")
    func degenerate() {
        #expect(NetworkChecks.partsWithoutSource(network([], [])).isEmpty)
        #expect(NetworkChecks.partsWithoutSource(Network()).isEmpty)
        #expect(NetworkChecks.partsWithoutSource(network(["A"], [("R", "A"), ("A", "nowhere")])).isEmpty)
    }

    @Test("pipes thinner than 5 mm are placeholders")
    func thin() {
        #expect(NetworkChecks.tinyDiameters(network(["A"], [("R", "A")], diameter: 0.0001)).count == 1)
        #expect(NetworkChecks.tinyDiameters(network(["A"], [("R", "A")], diameter: 0.013)).isEmpty)
    }

    @Test("a network that nobody drinks from is told")
    func noDemand() {
        var dry = network(["A"], [("R", "A")], demand: 0)
        #expect(NetworkChecks.noDemand(dry).count == 1)
        dry.nodes[1].kind = .junction(Junction(emitter: Emitter(coefficient: 1e-4)))
        #expect(NetworkChecks.noDemand(dry).isEmpty)
    }
}
