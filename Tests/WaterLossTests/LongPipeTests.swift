// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// Long pipes are divided where leaks are tried, as a large leak within one is no mean of two at its ends.
@Suite("a leak within a long pipe")
struct LongPipeTests {
    /// One pipe of the town is long, another one longer than an undivided one by little.
    private static let town = ModelFaultsTests.town
        .replacingOccurrences(of: "P3 B K 400 150 120\n", with: "P3 B K 2400 150 120\n")
        .replacingOccurrences(of: "P1 B C 400 150 120\n", with: "P1 B C 310 150 120 0.9\n")

    /// The same, divided in the middle of the long pipe.
    private static let world = town.replacingOccurrences(of: "K 13 3 D\n", with: "K 13 3 D\nM 12.5 0\n")
        .replacingOccurrences(of: "P3 B K 2400 150 120\n", with: "P3 B M 1200 150 120\nP3M M K 1200 150 120\n")

    private static let network = Result { try INP.parse(town, file: "town.inp") }

    /// With a hole in the middle, of which 13 to 14 l/s run.
    private static let leaking = world.replacingOccurrences(of: "[TIMES]\n", with: "[EMITTERS]\nM 2.2\n[TIMES]\n")

    @Test("is found there with its size", arguments: [7, 8, 9] as [UInt64])
    func middle(seed: UInt64) throws {
        let healthy = try INP.parse(Self.world, file: "world.inp"), leaking = try INP.parse(Self.leaking, file: "leaking.inp")
        let before = try ModelFaultsTests.records(seed: seed, of: healthy).0,
            after = try ModelFaultsTests.records(seed: seed, of: leaking).1
        let finding = try LeakLocator(network: Self.network.get(), sensors: ModelFaultsTests.sensors).locate(
            baseline: before, readings: after)
        let solver = try HydraulicSolver(leaking), hole = try #require(leaking.nodeIndex()["M"])
        let flows = (0..<24).compactMap { solver.solve(BoundaryConditions(of: leaking, at: $0 * 3600)).demands[hole] }
        let flow = flows.reduce(0, +) / 24
        #expect(finding.isDetected && finding.leaks.first?.likeliest == "P3")
        // The world's demands are not the nominal ones, so that its hole is known to one or two per cent only.
        #expect(abs(finding.flow / flow - 1) < 0.1, "\(finding.flow * 1000), \(flow * 1000)")
    }

    @Test("pipes are divided into parts of at most 300 m, as far as six go; shut ones and check valves are not")
    func parts() throws {
        var network = try Self.network.get()
        let places = LeakPlaces(network), links = network.linkIndex(), nodes = network.nodeIndex()
        let (p1, p3) = try (#require(links["P1"]), #require(links["P3"]))
        let (b, c, k) = try (#require(nodes["B"]), #require(nodes["C"]), #require(nodes["K"]))
        // P1 in two, P2 and P4 of 400 m too, P3 in six.
        #expect(places.inner.count == 1 + 1 + 1 + 5)
        #expect(places.count == network.nodes.count + 8)
        #expect(places.path(p1, from: b, to: c).map(\.fraction) == [0, 0.5, 1])
        let path = places.path(p3, from: b, to: k)
        let sixths: [Double] = (0...6).map { Double($0) / 6 }
        #expect(path.map(\.fraction) == sixths)
        #expect(path.first?.place == b && path.last?.place == k)
        let ends = places.ends(path[3].place)
        #expect(ends.map(\.node) == [b, k] && ends.map(\.share) == [0.5, 0.5])
        #expect(places.ends(b).map(\.node) == [b])
        network.links[p1].status = .closed
        guard case .pipe(var pipe) = network.links[p3].kind else { throw CancellationError() }
        pipe.hasCheckValve = true
        network.links[p3].kind = .pipe(pipe)
        #expect(LeakPlaces(network).inner.count == 2)
        #expect(LeakPlaces(undivided: network).count == network.nodes.count)
    }

    /// The divided network is the same one to what flows through it, and small leaks within a pipe lie between those at its ends.
    @Test("the divided network has the same heads, and its linear answers are those in proportion")
    func divided() throws {
        let network = try Self.network.get(), places = LeakPlaces(network), divided = places.divided(network)
        let conditions = BoundaryConditions(of: network, at: 8 * 3600)
        let one = try HydraulicSolver(network), other = try HydraulicSolver(divided)
        let whole = one.solve(conditions), parts = other.solve(places.divided(conditions))
        #expect(divided.nodes.count == places.count && parts.verdict.outcome == .converged)
        for node in network.nodes.indices {
            let expected = try #require(whole.heads[node]), found = try #require(parts.heads[node])
            #expect(abs(found - expected) < 1e-4)
        }
        let observations = ["B", "K", "E"].map { Observation.head(Node.ID($0)) } + [.flow("P5")]
        let answers = Matrix(try #require(one.sensitivities(of: observations)))
        let completed = places.completed(answers), found = try #require(other.sensitivities(of: observations))
        for k in observations.indices {
            for place in 0..<places.count {
                let expected = completed[k, place]
                #expect(abs(found[k][place] - expected) < 1e-3 * abs(expected) + 1e-6)
            }
        }
        let heads = whole.heads.map { $0 ?? 0 }, all = places.completed(heads)
        let inner = places.inner[0], middle = (heads[inner.start] + heads[inner.end]) / 2
        #expect(inner.fraction == 0.5 && all[network.nodes.count] == middle)
    }
}
