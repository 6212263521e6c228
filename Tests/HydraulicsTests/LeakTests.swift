// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Leaks of their own law, at junctions and along pipes")
struct LeakTests {
    /// Laws are met to the solver's energy bar; a pressure off by it moves q by n/p of it.
    private func bar(_ flow: Double, _ exponent: Double, _ pressure: Double) -> Double { flow * exponent / pressure * Bar.head + 1e-12 }

    /// R at 60 m, pipe P of 800 m to J at 10 m, which takes 2 L/s.
    private static func single(checkValve: Bool = false, _ leaks: [Leak]) throws -> Network {
        var network = try INP.parse(
            """
            [JUNCTIONS]
            J 10 2
            [RESERVOIRS]
            R 60
            [PIPES]
            P R J 800 150 110 0 \(checkValve ? "CV" : "OPEN")
            [OPTIONS]
            UNITS LPS
            """, file: "single.inp")
        network.leaks = leaks
        network.hydraulics.accuracy = 1e-9
        return network
    }

    private func loss(_ flow: Double, _ length: Double) -> Double { Formula.hazenWilliams(flow, length: length, diameter: 0.15, c: 110) }

    @Test("each leak of a junction has a coefficient and an exponent of its own, and they add up", arguments: [0.36, 0.5, 1, 1.5, 2.5])
    func lawsOfTheirOwn(exponent: Double) throws {
        let leaks = [
            Leak(place: .node("J"), coefficient: 1e-4, exponent: exponent), Leak(place: .node("J"), coefficient: 2e-4, exponent: 0.5),
            Leak(place: .node("J"), coefficient: 0, exponent: 1),
        ]
        let solved = try NetworkUnderTest(try Self.single(leaks))
        #expect(solved.state.verdict.isConverged, "\(solved.state.verdict)")
        let pressure = try solved.head("J") - 10
        let law = 1e-4 * pow(pressure, exponent) + 2e-4 * pressure.squareRoot()
        let leakage = try solved.state.leakage[solved.node("J")]
        #expect(abs(leakage - law) < bar(law, max(exponent, 0.5), pressure))
        #expect(abs(try solved.outflow("J") - 0.002 - leakage) < Bar.flow)
        #expect(abs(60 - pressure - 10 - loss(leakage + 0.002, 800)) < Bar.head)
    }

    @Test("a leak along a pipe divides its flow and its loss", arguments: [0.1, 0.25, 0.5, 0.9])
    func along(fraction: Double) throws {
        let c = 3e-4, n = 0.7
        let solved = try NetworkUnderTest(
            try Self.single([Leak(place: .pipe("P", fraction: fraction), coefficient: c, exponent: n)]))
        #expect(solved.state.verdict.isConverged)
        // By hand: the leak lies between 60 m and 10 m of elevation; q leaks where the head is 60 − loss(q + 2 L/s).
        let z = 60 + fraction * (10 - 60)
        var low = 0.0, high = 0.1
        for _ in 0..<200 {
            let q = (low + high) / 2
            let pressure = 60 - loss(q + 0.002, 800 * fraction) - z
            if pressure > 0, c * pow(pressure, n) > q { low = q } else { high = q }
        }
        let q = (low + high) / 2
        #expect(abs(try solved.flow("P") - (q + 0.002)) < bar(q, n, 60 - z) + 1e-10, "flow that enters the pipe")
        let head = 60 - loss(q + 0.002, 800 * fraction) - loss(0.002, 800 * (1 - fraction))
        #expect(abs(try solved.head("J") - head) < 2 * Bar.head)
        #expect(solved.state.heads.count == 2 && solved.state.flows.count == 1, "answers in the order of the given network")
    }

    @Test("several leaks on one pipe are those of the network divided by hand, in any order")
    func several() throws {
        var looped = try INP.read(Places.networks + "mains_with_valves.inp")
        looped.hydraulics.accuracy = 1e-9
        let index = looped.linkIndex(), nodes = looped.nodeIndex()
        let p3 = try #require(index["P3"])
        let pipe = try #require(looped.links[p3].pipe)
        let from = looped.nodes[try #require(nodes["A"])].elevation, to = looped.nodes[try #require(nodes["C"])].elevation
        var divided = looped
        let places = [0.2, 0.5, 0.8], coefficients = [1e-4, 2e-4, 5e-5], exponents = [0.5, 1.1, 0.8]
        var last: (fraction: Double, node: Node.ID) = (0, "A")
        for (k, fraction) in (places + [1]).enumerated() {
            var part = pipe
            part.length *= fraction - last.fraction
            part.minorLoss *= fraction - last.fraction
            let end: Node.ID = fraction < 1 ? Node.ID("L\(k)") : "C"
            let link = Link(id: Link.ID("part \(k)"), start: last.node, end: end, kind: .pipe(part), status: .open)
            if k == 0 { divided.links[p3] = link } else { divided.links.append(link) }
            if fraction < 1 {
                divided.nodes.append(Node(id: end, elevation: from + fraction * (to - from), kind: .junction(Junction())))
                divided.leaks.append(Leak(place: .node(end), coefficient: coefficients[k], exponent: exponents[k]))
            }
            last = (fraction, end)
        }
        let byHand = try NetworkUnderTest(divided)
        #expect(byHand.state.verdict.isConverged)
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            var leaking = looped
            leaking.leaks = order.map {
                Leak(place: .pipe("P3", fraction: places[$0]), coefficient: coefficients[$0], exponent: exponents[$0])
            }
            let solved = try NetworkUnderTest(leaking)
            #expect(solved.state.verdict.isConverged)
            for node in looped.nodes { #expect(abs(try solved.head(node.id.name) - byHand.head(node.id.name)) < Bar.head, "\(node.id)") }
            for link in looped.links where link.id != "P3" {
                #expect(abs(try solved.flow(link.id.name) - byHand.flow(link.id.name)) < 1e-9, "\(link.id)")
            }
            #expect(abs(try solved.flow("P3") - byHand.flow("part 0")) < 1e-9)
        }
    }

    @Test("two leaks at one point of a pipe, and leaks at its ends")
    func samePoint() throws {
        let one = try NetworkUnderTest(try Self.single([Leak(place: .pipe("P", fraction: 0.4), coefficient: 3e-4, exponent: 0.5)]))
        let two = try NetworkUnderTest(
            try Self.single([
                Leak(place: .pipe("P", fraction: 0.4), coefficient: 1e-4, exponent: 0.5),
                Leak(place: .pipe("P", fraction: 0.4), coefficient: 2e-4, exponent: 0.5),
            ]))
        #expect(abs(try one.flow("P") - two.flow("P")) < 1e-9)
        let end = try NetworkUnderTest(try Self.single([Leak(place: .pipe("P", fraction: 1), coefficient: 3e-4, exponent: 0.5)]))
        let node = try NetworkUnderTest(try Self.single([Leak(place: .node("J"), coefficient: 3e-4, exponent: 0.5)]))
        #expect(abs(try end.flow("P") - node.flow("P")) < Bar.flow)
        // At the reservoir's end the pressure is next to nothing: a millionth of the way lies 5e-5 m below the surface.
        let start = try NetworkUnderTest(try Self.single([Leak(place: .pipe("P", fraction: 0), coefficient: 3e-4, exponent: 0.5)]))
        #expect(start.state.verdict.isConverged)
        #expect(abs(try start.flow("P") - 0.002) < 3e-4 * (1e-4).squareRoot())
    }

    @Test("a leak behind a check valve is fed through it only forwards")
    func checkValve() throws {
        // Forwards the valve stands open, and all is as without one.
        let leak = Leak(place: .pipe("P", fraction: 0.5), coefficient: 3e-4, exponent: 0.5)
        let free = try NetworkUnderTest(try Self.single([leak])), guarded = try NetworkUnderTest(try Self.single(checkValve: true, [leak]))
        #expect(abs(try free.flow("P") - guarded.flow("P")) < 1e-9)
        // Against a higher source it shuts at the start of the pipe; the leak is fed from behind, over half the length.
        var network = try INP.parse(
            """
            [JUNCTIONS]
            J 10 2
            K 10 0
            [RESERVOIRS]
            R 60
            S 80
            [PIPES]
            P K J 800 150 110 0 CV
            A R K 100 150 110
            B S J 100 150 110
            [OPTIONS]
            UNITS LPS
            """, file: "against.inp")
        network.leaks = [leak]
        let solved = try NetworkUnderTest(network)
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.flow("P") == 0 && solved.status("P").isClosed)
        #expect(abs(try solved.head("K") - 60) < Bar.head)
        let q = try solved.flow("B") - 0.002
        let pressure = 80 - loss(q + 0.002, 100) - loss(q, 400) - 10
        #expect(abs(q - 3e-4 * pressure.squareRoot()) < bar(q, 0.5, pressure) + 1e-9)
    }

    @Test("a leak above the water gives nothing and draws nothing")
    func negativePressure() throws {
        var network = try Self.single([Leak(place: .node("J"), coefficient: 1e-3, exponent: 0.5)])
        network.nodes[0].elevation = 65
        let solved = try NetworkUnderTest(network)
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.state.leakage[solved.node("J")] == 0)
        #expect(abs(try solved.head("J") - (60 - loss(0.002, 800))) < Bar.head)
    }

    @Test(
        "a leak at a place that does not exist is refused",
        arguments: [Leak.Place.node("X"), .node("R"), .pipe("X", fraction: 0.5), .pipe("P", fraction: 1.5)])
    func refused(place: Leak.Place) throws {
        let network = try Self.single([Leak(place: place, coefficient: 1e-4, exponent: 0.5)])
        #expect(throws: HydraulicError.self) { try HydraulicModel(network) }
    }

    @Test("each junction keeps to its own limits of pressure-driven demand", arguments: [12.0, 20, 26, 40, 70])
    func pressureLimits(source: Double) throws {
        var network = try INP.parse(
            """
            [JUNCTIONS]
            A 5 4
            B 5 4
            C 5 4
            [RESERVOIRS]
            R \(source)
            [PIPES]
            P1 R A 100 200 110
            P2 A B 100 200 110
            P3 B C 100 200 110
            [OPTIONS]
            UNITS LPS
            DEMAND MODEL PDA
            MINIMUM PRESSURE 2
            REQUIRED PRESSURE 25
            PRESSURE EXPONENT 0.5
            """, file: "limits.inp")
        let own = [PressureLimits(minimum: 10, required: 15, exponent: 1), nil, PressureLimits(minimum: 0, required: 60, exponent: 0.7)]
        for index in 0..<3 {
            guard var junction = network.nodes[index].junction else { continue }
            junction.pressureLimits = own[index]
            network.nodes[index].kind = .junction(junction)
        }
        network.hydraulics.accuracy = 1e-9
        let solved = try NetworkUnderTest(network)
        #expect(solved.state.verdict.isConverged, "\(solved.state.verdict)")
        for (index, name) in ["A", "B", "C"].enumerated() {
            let limits = own[index] ?? PressureLimits(minimum: 2, required: 25, exponent: 0.5)
            let share = (try solved.head(name) - 5 - limits.minimum) / (limits.required - limits.minimum)
            let wagner = share <= 0 ? 0 : share >= 1 ? 0.004 : 0.004 * pow(share, limits.exponent)
            // The slope at a share of a hundredth or more is below 0.02 L/s per millimetre.
            #expect(abs(try solved.outflow(name) - wagner) < 1e-8, "\(name) at \(source) m: \(share)")
        }
    }
}
