// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterModel

@testable import WaterLoss

@Suite("where to put the next loggers")
struct SensorPlacementTests {
    static let town = GridTown()

    static func options(worlds: Int = 2) -> SensorPlacementOptions {
        var options = SensorPlacementOptions()
        options.worlds = worlds
        options.places = 60
        return options
    }

    /// The worlds that the placement judges by, with the first `known` channels those of the town's sensors.
    static func worlds(_ sites: [Node.ID], sensors: [Sensor], options: SensorPlacementOptions) throws -> (PlacementWorlds, known: Int) {
        let more = sites.map { Sensor(id: .init("site \($0.name)"), kind: .pressure, element: $0.name) }
        let model = try ImposedModel(town.network, sensors: sensors + more, start: Instant(seconds: 4 * 86_400))
        return (try PlacementWorlds(model, options: options), model.channels.count - sites.count)
    }

    /// Expected search by the definition: a dense covariance of all channels at once, and the normal distribution of the library.
    static func dense(_ world: PlacementWorld, _ channels: [Int], pipeLength: Double) throws -> Double {
        let rows = channels.flatMap { channel in (0..<world.parts).map { channel * world.parts + $0 } }
        let factor = try CholeskyFactor(world.covariance(rows, rows))
        let places = world.signatures.columns
        let white = factor.whiten(Matrix(rows.map { world.signatures.row($0) }))
        var sum = 0.0
        for x in 0..<places {
            sum += 0.5
            for other in 0..<places where other != x {
                let square = (0..<rows.count).reduce(0) { $0 + (white[$1, x] - white[$1, other]) * (white[$1, x] - white[$1, other]) }
                sum += 0.5 * erfc(square.squareRoot() / 2 / 2.0.squareRoot())
            }
        }
        return sum / Double(places) * pipeLength / Double(places)
    }

    @Test("each site alone is worth what the dense computation says, and the set is within its bound of the best of all pairs")
    func bruteForce() throws {
        let sites: [Node.ID] = ["J00", "J05", "J13", "J22", "J34", "J40", "J51", "J55"]
        let sensors = Array(Self.town.sensors.prefix(3)), options = Self.options()
        let (worlds, known) = try Self.worlds(sites, sensors: sensors, options: options)
        let plan = try SensorPlacement(network: Self.town.network, sensors: sensors, options: options).plan(2, among: sites)
        let present = Array(0..<known)
        func mean(_ added: [Int]) throws -> Double {
            let all = try worlds.worlds.map { try Self.dense($0, present + added.map { known + $0 }, pipeLength: worlds.pipeLength) }
            return all.reduce(0, +) / Double(all.count)
        }
        let tolerance = 1e-3  // m, of the table of Φ
        #expect(abs(plan.expectedSearchNow - (try mean([]))) < tolerance)
        for site in plan.sites {
            let place = try #require(sites.firstIndex(of: site.node))
            #expect(abs(site.expectedSearch - (try mean([place]))) < tolerance, "\(site.node)")
        }
        #expect(plan.sites.first?.saved == plan.sites.map(\.saved).max())
        var pairs: [Double] = []
        for one in sites.indices { for other in 0..<one { pairs.append(try mean([one, other])) } }
        let best = try #require(pairs.min()), got = try #require(plan.chosen.last?.expectedSearch)
        #expect(plan.chosen.count == 2 && got >= best - tolerance)
        #expect(got - plan.expectedSearchNow <= 0.98 * (best - plan.expectedSearchNow), "\(got) against \(best)")
        #expect(plan.bound <= best + tolerance)
        #expect(abs(plan.bound - (try mean(Array(sites.indices)))) < tolerance)
    }

    @Test("the closed form is what a search of drawn leaks walks")
    func monteCarlo() throws {
        let (worlds, known) = try Self.worlds([], sensors: Self.town.sensors, options: Self.options(worlds: 1))
        let world = worlds.worlds[0], rows = Array(0..<known * world.parts), places = world.signatures.columns
        let factor = try CholeskyFactor(world.covariance(rows, rows)), white = factor.whiten(world.signatures)
        var noise = GridTown.Noise(seed: 5), lengths: [Double] = []
        for draw in 0..<6000 {
            let leak = draw % places
            let reading = rows.indices.map { white[$0, leak] + noise.next() }
            let distances = (0..<places).map { x in
                rows.indices.reduce(0) { $0 + (reading[$1] - white[$1, x]) * (reading[$1] - white[$1, x]) }
            }
            let before = distances.count { $0 < distances[leak] }
            lengths.append((Double(before) + 0.5) * worlds.pipeLength / Double(places))
        }
        let mean = lengths.reduce(0, +) / 6000
        let error = (lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6000 / 6000).squareRoot()
        let expected = try Self.dense(world, Array(0..<known), pipeLength: worlds.pipeLength)
        #expect(abs(mean - expected) < 4 * error, "\(mean) ± \(error) against \(expected)")
    }

    @Test("nothing known is half the network; each logger more shortens the search in every world; the same seed, the same plan")
    func monotone() throws {
        let placement = SensorPlacement(network: Self.town.network, sensors: [], options: Self.options())
        let sites: [Node.ID] = ["J02", "J20", "J35", "J53", "J44"]
        let plan = try placement.plan(3, among: sites)
        #expect(abs(plan.expectedSearchNow - plan.pipeLength / 2) < 1e-6 * plan.pipeLength)
        #expect(plan.chosen.count == 3 && plan.chosen.allSatisfy { $0.leastSaved > 0 && $0.saved >= $0.leastSaved })
        #expect(zip(plan.chosen, plan.chosen.dropFirst()).allSatisfy { $0.expectedSearch > $1.expectedSearch })
        #expect(plan.chosen.allSatisfy { $0.expectedSearch >= plan.bound })
        let again = try placement.plan(3, among: sites)
        #expect(again.chosen.map(\.node) == plan.chosen.map(\.node) && again.bound == plan.bound)
    }

    @Test("a site that has a logger is none, and more loggers than sites are as many as there are sites")
    func sites() throws {
        let plan = try SensorPlacement(network: Self.town.network, sensors: Self.town.sensors, options: Self.options()).plan(
            5, among: ["J03", "J00", "J00"])
        #expect(plan.sites.map(\.node) == ["J00"] && plan.chosen.map(\.node) == ["J00"])
    }

    @Test("a network without pipes, and a site that it does not have, are refused")
    func refused() {
        #expect(throws: LeakLocatorError.self) { try SensorPlacement(network: Network(), sensors: []).plan(1) }
        #expect(throws: LeakLocatorError.self) { try SensorPlacement(network: Self.town.network, sensors: []).plan(1, among: ["nowhere"]) }
    }
}
