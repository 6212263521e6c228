// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `yusu monitor` and `yusu sensors` as a user runs them, on a ladder of streets whose readings `yusu network simulate` makes.
@Suite("yusu monitor and yusu sensors")
struct LeakRecordCommandTests {
    let city: TemporaryCity

    init() throws { city = try TemporaryCity() }

    func yusu(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(arguments, in: city) }

    static let rungs = 5

    /// Two lines of junctions with rungs between them, fed at one end.
    static func network(leak: Double = 0) -> String {
        var text = "[JUNCTIONS]\n"
        for i in 1...rungs { text += "A\(i) 10\nB\(i) 11\n" }
        text += "[RESERVOIRS]\nR 60\n[PIPES]\nIN R A1 300 150 120 0 Open\n"
        for i in 1...rungs {
            text += "C\(i) A\(i) B\(i) 90 80 120 0 Open\n"
            if i < rungs { text += "A\(i)\(i + 1) A\(i) A\(i + 1) 110 80 120 0 Open\nB\(i)\(i + 1) B\(i) B\(i + 1) 110 80 120 0 Open\n" }
        }
        text += "[DEMANDS]\n"
        for i in 1...rungs { text += "A\(i) 0.4 day\nB\(i) 0.3 day\n" }
        if leak > 0 { text += "B4 \(leak) flat\n" }
        text += """
            [PATTERNS]
            flat 1
            day 0.4 0.4 0.4 0.4 0.5 0.8 1.4 1.6 1.4 1.2 1.1 1.1
            day 1.2 1.2 1.1 1.0 1.0 1.1 1.4 1.5 1.3 1.0 0.7 0.5
            [TIMES]
            Duration 23:00
            Hydraulic Timestep 1:00
            Pattern Timestep 1:00
            Report Timestep 1:00
            [OPTIONS]
            Units LPS
            Headloss H-W
            [END]

            """
        return text
    }

    static let sensors = "sensor,kind,network_element,unit\nQ,flow,IN,l/s\nPA,pressure,A3,m\nPB,pressure,B5,m\nPC,pressure,A5,m\n"

    /// Flow and pressures of each hour of a day, as the model has them.
    func day(leak: Double) throws -> [[Double]] {
        try city.write("world.inp", Self.network(leak: leak))
        let outcome = try yusu("network", "simulate", "world.inp", "--output", "world", "--quiet")
        try #require(outcome.status == 0, "\(outcome.messages)")
        func column(_ file: String, _ element: String, _ place: Int) throws -> [Double] {
            try city.text(file).split(separator: "\n").map { $0.split(separator: ",") }.filter { $0[1] == element }.compactMap {
                Double($0[place])
            }
        }
        let flow = try column("world/links.csv", "IN", 2).map { $0 * 1000 }
        let pressures = try ["A3", "B5", "A5"].map { try column("world/nodes.csv", $0, 3) }
        return (0..<24).map { hour in [flow[hour]] + pressures.map { $0[hour] } }
    }

    @Test("a leak that begins in a record is told with its day, size and repair; the same bytes twice")
    func monitor() throws {
        let healthy = try day(leak: 0), leaking = try day(leak: 1.2)
        try city.write("town.inp", Self.network())
        try city.write("sensors.csv", Self.sensors)
        var text = "timestamp,Q,PA,PB,PC\n"
        for hour in 0..<30 * 24 {
            let of = hour % 24, number = hour / 24 + 1
            let row = hour >= 16 * 24 && hour < 25 * 24 ? leaking[of] : healthy[of]
            // Scatter by the middle digits of a square, as the oldest random numbers were made.
            let noise = (0..<4).map { k in Double((hour * 7919 + k * 1301 + 17) * (hour * 7919 + k * 1301 + 17) / 997 % 1000) / 1000 - 0.5 }
            let values = row.indices.map { $0 == 0 ? row[$0] * (1 + 0.02 * noise[$0]) : row[$0] + 0.1 * noise[$0] }
            text += "2026-06-\(number < 10 ? "0" : "")\(number)T\(of < 10 ? "0" : "")\(of):00,"
            text += values.map { "\($0)" }.joined(separator: ",") + "\n"
        }
        try city.write("readings.csv", text)
        let arguments = ["monitor", "--network", "town.inp", "--sensors", "sensors.csv", "--readings", "readings.csv", "--output"]
        let outcome = try Program.yusu(arguments + ["out"], in: city)
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        #expect(city.files(in: "out") == ["alarms.csv", "leaks.csv"])
        let leaks = try city.text("out/leaks.csv").split(separator: "\n")
        #expect(leaks.first == "pipe,start,end,leak_m3_per_h,probability,onset,start_earliest,detected")
        let new = try #require(
            leaks.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }.first { $0[5] == "abrupt" })
        #expect(new[1].hasPrefix("2026-06-17") && new[2].hasPrefix("2026-06-2"), "\(new)")
        #expect(abs((Double(new[3]) ?? 0) / 4.32 - 1) < 0.25, "\(new)")
        _ = try Program.yusu(arguments + ["again"], in: city)
        #expect(try city.text("again/leaks.csv") == (try city.text("out/leaks.csv")))
        let short = try yusu(
            "monitor", "--network", "town.inp", "--sensors", "sensors.csv", "--readings", "none.csv", "--output", "out")
        #expect(short.status == 66 && short.messages.contains("none.csv"))
    }

    @Test("sensors judges every junction without a logger, and tells a set with its bound")
    func sensors() throws {
        try city.write("town.inp", Self.network())
        try city.write("sensors.csv", Self.sensors)
        let outcome = try yusu(
            "sensors", "--network", "town.inp", "--sensors", "sensors.csv", "--number", "2", "--output", "out")
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        #expect(city.files(in: "out") == ["sensors.csv", "sensors.json"])
        let rows = try city.text("out/sensors.csv").split(separator: "\n")
        #expect(rows.first == "rank,node,expected_search_m,saved_m,saved_least_m,chosen")
        #expect(rows.count == 1 + 2 * Self.rungs - 3)
        let json = try city.json("out/sensors.json")
        let now = try #require(json["expected_search_now_m"] as? Double), bound = try #require(json["expected_search_bound_m"] as? Double)
        let chosen = try #require(json["chosen"] as? [[String: Any]])
        let lengths = chosen.compactMap { $0["expected_search_m"] as? Double }
        #expect(lengths.count == 2 && now > lengths[0] && lengths[0] > lengths[1] && lengths[1] >= bound)
        let wrong = try yusu("sensors", "--network", "town.inp", "--sites", "A1,nowhere", "--output", "out")
        #expect(wrong.status == 65 && wrong.messages.contains("nowhere"))
        #expect(try yusu("sensors", "--network", "town.inp", "--number", "-1", "--output", "out").status == 64)
    }
}
