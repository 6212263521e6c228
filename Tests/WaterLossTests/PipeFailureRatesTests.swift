// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import WaterLoss

@Suite("how much likelier one pipe leaks than another, from what a utility has written down")
struct PipeFailureRatesTests {
    /// Pipes of 100 m, all of one diameter.
    private static func network(_ count: Int) -> Network {
        var network = Network()
        network.nodes = (0...count).map { Node(id: .init("N\($0)"), elevation: 0, kind: .junction(Junction())) }
        network.links = (0..<count).map { index in
            Link(
                id: .init("P\(index)"), start: .init("N\(index)"), end: .init("N\(index + 1)"),
                kind: .pipe(Pipe(length: 100, diameter: 0.1, roughness: 130)), status: .open)
        }
        return network
    }

    private static func repair(_ pipe: Int) -> LeakRepair { LeakRepair(date: "2025-01-01", pipe: .init("P\(pipe)")) }

    @Test("where nothing is given all metres are alike, and nothing is claimed")
    func nothing() {
        let rates = PipeFailureRates(network: Self.network(5), records: [], repairs: [])
        #expect((0..<5).allSatisfy { rates[.init("P\($0)")] == 1 } && rates.evidence.isEmpty && rates.repairs == 0)
        let elsewhere = PipeFailureRates(network: Self.network(5), records: [], repairs: [LeakRepair(date: "2025-01-01", zone: "Z1")])
        #expect(elsewhere.evidence.isEmpty && elsewhere["P1"] == 1)
    }

    @Test("rates that the utility gives stand in their own ratio; a pipe without one is as the mean of the others")
    func given() {
        let records = [(0, 0.4), (1, 0.1), (2, 0.1)].map { PipeRecord(pipe: .init("P\($0.0)"), breaksPerMetreYear: $0.1 / 1000) }
        let rates = PipeFailureRates(network: Self.network(4), records: records, repairs: [])
        #expect(rates.evidence == ["given_rates"])
        #expect(abs(rates["P0"] / rates["P1"] - 4) < 1e-12 && abs(rates["P3"] / rates["P1"] - 2) < 1e-12)
        #expect(abs((0..<4).reduce(0) { $0 + rates[.init("P\($1)")] } - 4) < 1e-12)
    }

    @Test("many repairs tell a material's rate; without a difference none is made")
    func material() {
        let network = Self.network(200)
        let records = (0..<200).map { PipeRecord(pipe: .init("P\($0)"), material: $0 < 100 ? "cast iron" : "PE") }
        // Three breaks on each pipe of one material, one on each of the other: a ratio of three to one.
        let repairs = (0..<100).flatMap { [Self.repair($0), Self.repair($0), Self.repair($0), Self.repair($0 + 100)] }
        let rates = PipeFailureRates(network: network, records: records, repairs: repairs)
        #expect(rates.evidence == ["past_repairs", "material"] && rates.repairs == 400)
        // Shrunk by no more than k of a few against counts of 300 and 100.
        #expect(abs(rates["P5"] / rates["P150"] - 3) < 0.15)
        let even = (0..<200).map(Self.repair)
        let alike = PipeFailureRates(network: network, records: records, repairs: even)
        #expect(abs(alike["P5"] / alike["P150"] - 1) < 1e-9)
    }

    @Test("a pipe that broke again and again is likelier to break, one break among many pipes says little")
    func ownRecord() {
        let network = Self.network(100)
        let often = PipeFailureRates(
            network: network, records: [], repairs: [Int](repeating: 7, count: 20).map(Self.repair) + (20..<40).map(Self.repair))
        #expect(often["P7"] > 10 && often["P7"] < 50.1)
        #expect(often["P25"] > often["P90"] && often["P90"] > 0)
        // Breaks as chance would spread them: hardly any pipe stands out.
        let once = PipeFailureRates(network: network, records: [], repairs: (0..<100).map(Self.repair))
        #expect(abs(once["P7"] - 1) < 1e-9)
    }

    /// Old iron all over, three breaks a pipe in ten years; half of the pipes were renewed in PE at the end of the fifth, since when one in
    /// ten of them broke.
    @Test("a pipe that was renewed is as its new age and material, not as what lay there before")
    func renewed() {
        let network = Self.network(200)
        func records(_ knows: Bool) -> [PipeRecord] {
            (0..<200).map { p in
                p < 100
                    ? PipeRecord(pipe: .init("P\(p)"), material: "cast iron", installed: 1955)
                    : PipeRecord(pipe: .init("P\(p)"), material: "PE", installed: 1955, renewed: knows ? 2019 : nil)
            }
        }
        func repair(_ pipe: Int, _ year: Int) -> LeakRepair { LeakRepair(date: "\(year)-06-15", pipe: .init("P\(pipe)")) }
        let repairs =
            (0..<100).flatMap { [repair($0, 2015), repair($0, 2018), repair($0, 2024)] }
            + (100..<200).flatMap { [repair($0, 2015), repair($0, 2018), repair($0, 2019)] } + (100..<110).map { repair($0, 2022) }
        let rates = PipeFailureRates(network: network, records: records(true), repairs: repairs)
        // 300 breaks in 9 years against 10 in the 4.4 since: a seventh of the iron's rate.
        let ratio = rates["P150"] / rates["P5"], expected = (10 / 4.4583) / (300 / 9.0)
        #expect(abs(ratio / expected - 1) < 0.25, "\(ratio), \(expected)")
        #expect(rates.repairs == 310)
        let unknown = PipeFailureRates(network: network, records: records(false), repairs: repairs)
        #expect(abs(unknown["P150"] / unknown["P5"] - 1) < 0.1 && unknown.repairs == 610)
        // Laid after the last repair of the log: nothing of its own, as all are.
        let late = PipeFailureRates(network: network, records: [PipeRecord(pipe: "P7", installed: 2030)], repairs: repairs)
        #expect(late["P7"] > 0.8 && late["P7"] < 1.2)
    }

    /// The posterior is likelihood × length × rate: the odds of two pipes change by the ratio of their rates, whatever the readings say.
    @Test("a rate moves the probability of a pipe by its own ratio")
    func posterior() throws {
        let town = LeakLocatorTests.town
        let plain = try LeakLocatorTests.leaking.get()
        let first = try #require(plain.candidates.first), second = plain.candidates[1]
        let records = [PipeRecord(pipe: second.pipe, breaksPerMetreYear: 5e-4), PipeRecord(pipe: first.pipe, breaksPerMetreYear: 1e-4)]
        let rates = PipeFailureRates(network: town.network, records: records, repairs: [])
        var locator = LeakLocator(network: town.network, sensors: town.sensors, options: LeakLocatorTests.options, failureRates: rates)
        let readings = try town.records(
            seed: 5, pipe: LeakLocatorTests.leakPipe, leak: LeakLocatorTests.leakFlow, leakHour: LeakLocatorTests.leakHour)
        let moved = try locator.locate(baseline: readings.baseline, readings: readings.readings)
        func odds(_ finding: LeakFinding) -> Double {
            func probability(_ pipe: Link.ID) -> Double { finding.candidates.first { $0.pipe == pipe }?.probability ?? 0 }
            return probability(second.pipe) / probability(first.pipe)
        }
        #expect(abs(odds(moved) / odds(plain) - 5) < 1e-6)
        #expect(moved.prior == ["given_rates"] && plain.prior.isEmpty)
        #expect(moved.pValue == plain.pValue && moved.isDetected)
        #expect(abs(moved.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        locator.failureRates = nil
        let back = try locator.locate(baseline: readings.baseline, readings: readings.readings)
        #expect(back.candidates.map(\.probability) == plain.candidates.map(\.probability))
    }
}
