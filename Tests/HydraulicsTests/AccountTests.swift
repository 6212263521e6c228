// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Accounts of a run: water, zones, leakage by pipe, energy")
struct AccountTests {
    private let hour = 3600.0

    /// A grid with two tanks, background leakage, an emitter, single leaks, zones and demands by pattern.
    private func town(seed: UInt64, pressureDriven: Bool) -> Network {
        var network = RandomNetworks.grid(seed: seed, size: 5, formula: .hazenWilliams)
        var random = Seeded(state: seed &+ 99)
        network.patterns = [Pattern(id: "DAY", multipliers: [0.4, 0.3, 0.5, 1.2, 1.6, 1.1, 1.3, 0.8])]
        network.hydraulics.defaultPattern = "DAY"
        network.times.patternStep = 3 * 3600
        network.times.duration = 24 * 3600
        if pressureDriven { network.hydraulics.demandModel = .pressureDriven(PressureLimits(minimum: 5, required: 60, exponent: 0.5)) }
        for index in network.nodes.indices {
            network.nodes[index].tag = index % 5 < 2 ? "WEST" : "EAST"
            guard var junction = network.nodes[index].junction else { continue }
            if index == 7 { junction.emitter = Emitter(coefficient: 1e-4) }
            network.nodes[index].kind = .junction(junction)
        }
        for index in network.links.indices {
            guard var pipe = network.links[index].pipe else { continue }
            pipe.leakage = PipeLeakage(areaPerLength: random.number(0, 2e-7), expansionPerLength: random.number(0, 2e-9))
            network.links[index].kind = .pipe(pipe)
        }
        network.leaks = [
            Leak(place: .node("N12"), coefficient: 1e-4, exponent: 0.9),
            Leak(place: .pipe("P5", fraction: 0.3), coefficient: 5e-5, exponent: 0.5),
        ]
        for (name, joined, canOverflow) in [("T1", "N4", false), ("T2", "N20", true)] {
            let tank = Tank(initialLevel: 3, minimumLevel: 0.5, maximumLevel: 5, diameter: 8, canOverflow: canOverflow)
            network.nodes.append(Node(id: Node.ID(name), elevation: 55, kind: .tank(tank)))
            network.links.append(
                Link(
                    id: Link.ID("to " + name), start: Node.ID(joined), end: Node.ID(name),
                    kind: .pipe(Pipe(length: 200, diameter: 0.15, roughness: 120)), status: .open))
        }
        return network
    }

    @Test("what flows in is what is used, lost, stored and spilled", arguments: [true, false], 1...4)
    func closure(pressureDriven: Bool, seed: Int) throws {
        let network = town(seed: UInt64(seed), pressureDriven: pressureDriven)
        let simulation = try Simulation(of: network)
        #expect(simulation.isConverged)
        let total = simulation.total
        // Each solve balances to 1e-9 of its throughput.
        #expect(abs(total.closure) < 1e-9, "\(total)")
        // Wanted, by the pattern alone: the multipliers of a day sum to 7.2 in steps of three hours.
        let base = network.nodes.reduce(0) { $0 + ($1.junction?.demands.reduce(0) { $0 + $1.baseFlow } ?? 0) }
        let wanted = base * 7.2 * 3 * hour
        #expect(abs(total.consumption + total.deficit - wanted) < 1e-9 * wanted)
        if !pressureDriven { #expect(total.deficit == 0) } else { #expect(total.deficit > 0) }
        // What the tanks store is what their levels say.
        let first = try #require(simulation.steps.first?.state.heads), last = try #require(simulation.steps.last?.state.heads)
        var stored = 0.0
        for index in network.nodes.indices where network.nodes[index].tank != nil {
            stored += Double.pi * 16 * (try #require(last[index]) - #require(first[index]))
        }
        #expect(abs(total.storage - stored) < 1e-6 * max(total.inflow, 1), "\(total.storage), by levels \(stored)")
        #expect(total.leakage > 0 && total.emitters > 0)
        // Zones: what their borders bring is what they use and lose.
        #expect(simulation.zones.map(\.zone) == ["EAST", "WEST"])
        for zone in simulation.zones {
            #expect(abs(zone.inflow - zone.consumption - zone.leakage) < 1e-9 * total.inflow, "\(zone)")
        }
        #expect(abs(simulation.zones.reduce(0) { $0 + $1.consumption } - total.consumption) < 1e-9 * total.inflow)
        #expect(abs(simulation.zones.reduce(0) { $0 + $1.leakage } - total.leakage - total.emitters) < 1e-9 * total.inflow)
        // The reports divide the run.
        #expect(abs(simulation.balances.reduce(0) { $0 + $1.balance.leakage } - total.leakage) < 1e-9 * total.leakage)
        #expect(abs(simulation.balances.reduce(0) { $0 + $1.balance.inflow } - total.inflow) < 1e-9 * total.inflow)
    }

    @Test("consumption, emitters and leakage of a steady day are rates times its length")
    func split() throws {
        var network = try INP.parse(
            """
            [JUNCTIONS]
            A 10 3
            B 12 2
            [RESERVOIRS]
            R 60
            [PIPES]
            P1 R A 500 200 120
            P2 A B 400 150 120
            [EMITTERS]
            A 0.3
            [LEAKAGE]
            P1 20 0.5
            P2 40 0
            [TIMES]
            DURATION 24:00
            [OPTIONS]
            UNITS LPS
            """, file: "split.inp")
        network.leaks = [Leak(place: .node("B"), coefficient: 1e-4, exponent: 1.2)]
        let run = try RunUnderTest(network)
        let day = 24 * hour
        let a = try run.head("A", at: 0) - 10, b = try run.head("B", at: 0) - 12
        // Areas in mm² per 100 m: P1 gives all to A, P2 half to either end.
        let orifice = 0.6 * (2 * Formula.g).squareRoot()
        let p1 = orifice * (20e-6 * 5 * a.squareRoot() + 0.5e-6 * 5 * pow(a, 1.5))
        let p2 = orifice * 40e-6 * 4 / 2 * (a.squareRoot() + b.squareRoot())
        let single = 1e-4 * pow(b, 1.2)
        // Heads are good to 1e-6 m or so of 50: laws to 1e-7 of themselves.
        #expect(abs(run.leakageOfPipes[0] - p1 * day) < 2e-7 * p1 * day)
        #expect(abs(run.leakageOfPipes[1] - p2 * day) < 2e-7 * p2 * day)
        #expect(abs(run.total.leakage - (p1 + p2 + single) * day) < 2e-7 * run.total.leakage)
        #expect(abs(run.total.emitters - 3e-4 * a.squareRoot() * day) < 2e-7 * run.total.emitters)
        #expect(abs(run.total.consumption - 0.005 * day) < 1e-9 * 0.005 * day)
        #expect(abs(run.total.inflow - run.total.consumption - run.total.emitters - run.total.leakage) < 1e-9 * run.total.inflow)
    }

    @Test("the parts of a pipe divided at a leak count for the pipe")
    func dividedPipe() throws {
        var network = try INP.parse(
            """
            [JUNCTIONS]
            A 10 3
            B 10 0.5
            [RESERVOIRS]
            R 60
            [PIPES]
            P1 R A 500 200 120
            P2 A B 400 150 120
            [LEAKAGE]
            P2 40 0
            [OPTIONS]
            UNITS LPS
            """, file: "divided.inp")
        let whole = try Simulation(of: network)
        network.leaks = [Leak(place: .pipe("P2", fraction: 0.25), coefficient: 1e-9, exponent: 0.5)]
        let divided = try Simulation(of: network)
        #expect(divided.leakageOfPipes.count == 2)
        // The pressure along the pipe varies by some 0.1 m of 49, and the leak itself is next to nothing.
        #expect(abs(divided.leakageOfPipes[1] - whole.leakageOfPipes[1]) < 2e-3 * whole.leakageOfPipes[1])
        #expect(divided.leakageOfPipes[0] == 0)
        // A run of no length stands for an hour.
        let orifice = 0.6 * (2 * Formula.g).squareRoot()
        #expect(abs(whole.leakageOfPipes[1] - orifice * 40e-6 * 4 * (49.0).squareRoot() * hour) < 1e-2 * whole.leakageOfPipes[1])
    }

    /// R at 10 m, a pump of one point (30 L/s, 20 m), 20 L/s.
    private func pumping(_ energy: String, _ pump: String = "", demand: String = "20") throws -> RunUnderTest {
        try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 \(demand)
            [RESERVOIRS]
            R 10
            [PUMPS]
            U R J HEAD H \(pump)
            [CURVES]
            H 30 20
            E 0 40
            E 20 70
            E 40 80
            E 60 60
            [PATTERNS]
            PRICE 1 2 0.5
            SPEED 1 0.8
            [ENERGY]
            \(energy)
            [TIMES]
            DURATION 24:00
            [OPTIONS]
            UNITS LPS
            """)
    }

    private func lift(_ speed: Double, _ flow: Double) -> Double { speed * speed * 80 / 3 - 20.0 / 3 * pow(flow / 0.030, 2) }

    @Test("a pump's work is flow times lift over efficiency, and its cost follows the price of the hour")
    func energy() throws {
        let run = try pumping("GLOBAL EFFIC 65\nGLOBAL PRICE 0.12\nGLOBAL PATTERN PRICE\nDEMAND CHARGE 5")
        let kilowatts = 0.020 * lift(1, 0.020) * Formula.g / 0.65
        let pump = try #require(run.energy.first)
        #expect(abs(pump.hours - 24) < 1e-9)
        #expect(abs(pump.volume - 0.020 * 24 * hour) < 1e-6)
        #expect(abs(pump.energy - kilowatts * 24) < 1e-6 * pump.energy)
        #expect(abs(pump.peakPower - kilowatts) < 1e-6 * kilowatts)
        #expect(abs(pump.efficiency - 65) < 1e-9)
        // Eight times three hours at 1, 2 and half the price.
        #expect(abs(pump.cost - kilowatts * 8 * 3.5 * 0.12) < 1e-6 * pump.cost)
        #expect(abs(run.peakPower - kilowatts) < 1e-6 * kilowatts)
    }

    @Test("efficiency follows its curve at the flow over the speed, and falls with a lower speed")
    func efficiency() throws {
        let run = try pumping("PUMP U EFFIC E\nPUMP U PRICE 0.2", "PATTERN SPEED")
        func efficiency(_ speed: Double) -> Double {
            // Between 20 L/s, 70 % and 40 L/s, 80 %.
            let atFull = 70 + (20 / speed - 20) / 20 * 10
            return 100 - (100 - atFull) * pow(1 / speed, 0.1)
        }
        func kilowatts(_ speed: Double) -> Double { 0.020 * lift(speed, 0.020) * Formula.g / (efficiency(speed) / 100) }
        let pump = try #require(run.energy.first)
        let expected = 12 * (kilowatts(1) + kilowatts(0.8))
        #expect(abs(pump.energy - expected) < 1e-6 * expected)
        #expect(abs(pump.efficiency - (efficiency(1) + efficiency(0.8)) / 2) < 1e-6)
        #expect(abs(pump.cost - 0.2 * expected) < 1e-6 * pump.cost)
        #expect(abs(pump.peakPower - max(kilowatts(1), kilowatts(0.8))) < 1e-6 * pump.peakPower)
    }

    @Test("a pump that stands still costs nothing")
    func standingStill() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 20
            [RESERVOIRS]
            R 10
            LOW 8
            [PIPES]
            C LOW J 1000 200 100 0 CV
            [PUMPS]
            U R J HEAD H PATTERN SPEED
            [CURVES]
            H 30 20
            [PATTERNS]
            SPEED 1 0 0
            [ENERGY]
            GLOBAL PRICE 0.1
            [TIMES]
            DURATION 24:00
            [OPTIONS]
            UNITS LPS
            """)
        let kilowatts = 0.020 * lift(1, 0.020) * Formula.g / 0.75
        let pump = try #require(run.energy.first)
        #expect(abs(pump.hours - 8) < 1e-9)
        #expect(abs(pump.energy - 8 * kilowatts) < 1e-6 * pump.energy)
        #expect(abs(pump.cost - 0.8 * kilowatts) < 1e-6 * pump.cost)
        #expect(abs(run.total.inflow - 0.020 * 24 * hour) < 1e-6)
    }
}
