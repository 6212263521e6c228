// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterModel

@testable import WaterFiles

/// The example folder as its generator wrote it. Expected figures are those of the truth file and of the generator's settings.
@Suite struct CityChanchamayoTests {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized.path
    let folder = package + "/Examples/Chanchamayo"

    /// The nodes and links of network.inp by name only, so that this test does not hang on the network reader.
    static func names(_ path: String) throws(TextFileError) -> Network {
        var network = Network()
        var section = ""
        for line in FileBytes.text(try FileBytes.read(path)).split(separator: "\n") {
            if line.hasPrefix("[") { section = String(line) }
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 1, !line.hasPrefix(";"), !line.hasPrefix("[") else { continue }
            switch section {
            case "[JUNCTIONS]": network.nodes.append(Node(id: .init(words[0]), elevation: 0, kind: .junction(Junction())))
            case "[RESERVOIRS]": network.nodes.append(Node(id: .init(words[0]), elevation: 0, kind: .reservoir(Reservoir())))
            case "[TANKS]":
                let tank = Tank(initialLevel: 3, minimumLevel: 0, maximumLevel: 4, diameter: 10)
                network.nodes.append(Node(id: .init(words[0]), elevation: 0, kind: .tank(tank)))
            case "[PIPES]":
                let pipe = Pipe(length: Double(words[3]) ?? 0, diameter: 0.1, roughness: 100)
                network.links.append(
                    Link(id: .init(words[0]), start: .init(words[1]), end: .init(words[2]), kind: .pipe(pipe), status: .open))
            case "[VALVES]":
                let valve = Valve(kind: .pressureReducing, diameter: 0.1, setting: 20)
                network.links.append(
                    Link(id: .init(words[0]), start: .init(words[1]), end: .init(words[2]), kind: .valve(valve), status: .active))
            default: break
            }
        }
        return network
    }

    @Test("the example is read without a complaint, all of it")
    func reads() throws {
        let city = try CityFolder.read(folder, network: Self.names)
        #expect(city.profile.isSynthetic && city.profile.currency == "PEN" && city.profile.facts.count == 37)
        #expect(city.profile.connections.value == 2310 && city.profile.tariff.status == .unverified)
        #expect(city.profile.facts.filter { $0.value.status == .unknown }.count == 7)
        #expect(city.zones.map(\.id) == ["Z1", "Z2", "Z3", "Z4", "Z5", "Z6"])
        #expect(city.zones.allSatisfy { $0.inflowMeters.count == 1 })
        #expect(city.plan.targetRevenueWaterRatio == 0.75 && city.plan.discountRate.value == 0.08 && city.plan.funding.count == 2)
        #expect(city.repairs.count == 33 && city.repairs.count { $0.kind == .main } == 7)
        // Thirty days of hours; seven flows, 21 pressures, two levels.
        let record = try #require(city.record)
        #expect(record.count == 720 && record.step == 3600 && record.series.count == 30)
        #expect(record.start == Instant(year: 2026, month: 3, day: 2))
        let profiles = try CityFolder.readingProfiles(folder)
        #expect(profiles.map { $0.files.count } == [5, 1])
    }

    @Test("the model's own reader finds nothing wrong with it, and every customer junction has a zone")
    func networkReader() throws {
        let city = try CityFolder.read(folder) { path throws(TextFileError) in try INP.read(path) }
        let network = try #require(city.network)
        // As the generator counted them, with one reservoir and two tanks.
        #expect(network.nodes.count == 637 + 3)
        #expect(
            network.nodes.filter { !($0.junction?.demands.isEmpty ?? true) && $0.junction?.demands.contains { $0.baseFlow > 0 } == true }
                .allSatisfy { $0.tag != nil })
        // The stated length leaves out the 3 km of raw water main, and is rounded to 0.1 km.
        #expect(abs(network.pipeLength - 3000 - (city.profile.mainsLength.value ?? 0)) < 51)
    }

    @Test("figures of the balance hold the planted truth within their margins")
    func balanceHoldsTruth() throws {
        let city = try CityFolder.read(folder, network: Self.names)
        let balance = try #require(city.balance)
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.package + "/Examples/Truth/Chanchamayo.json"))
        let truth = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let volumes = try #require(truth["balance_m3"] as? [String: Double])
        let pairs: [(BalanceInput.Line, String)] = [
            (.ownSources, "system_input"), (.billedMetered, "billed_metered"), (.billedUnmetered, "billed_unmetered"),
            (.unbilledMetered, "unbilled_metered"), (.unauthorised, "unauthorised"),
        ]
        for (line, key) in pairs {
            let figure = try #require(balance.volumes[line]), value = try #require(volumes[key])
            let low = try #require(figure.low), high = try #require(figure.high)
            #expect(low <= value && value <= high, "\(key)")
        }
        let share = try #require(balance.meterUnderRegistration), missed = try #require(truth["under_registration_percent"] as? Double)
        let low = try #require(share.low), high = try #require(share.high)
        #expect(low * 100 <= missed && missed <= high * 100)
        let zones = try #require(truth["zones"] as? [String: [String: Double]])
        // A flow meter's bias has a standard deviation of 1 %, gaps and noise add less: four of them.
        let tolerance = 0.04
        for zone in city.zones {
            let inflow = try #require(city.record?.timeSeries(Sensor.ID("Q_\(zone.id)"))?.mean) * Units.day
            let planted = try #require(zones[zone.id.name]?["inflow_m3_per_day"])
            #expect(abs(inflow / planted - 1) < tolerance, "\(zone.id)")
        }
    }
}
