// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `yusu nightflow` as a user runs it.
@Suite("yusu nightflow")
struct NightFlowCommandTests {
    let city: TemporaryCity

    init() throws { city = try TemporaryCity() }

    /// Six weeks of hours of two zones, the second with a leak of 2 m³/h from the 25th day on.
    static let inflows: String = {
        var text = "timestamp,Alta (m3/h),Baja (m3/h)\n"
        for hour in 0..<42 * 24 {
            let day = hour / 24 + 1, month = day > 31 ? 2 : 1
            let date = "2026-0\(month)-\(day > 31 ? day - 31 : day)".replacing(/-(\d)$/) { "-0\($0.1)" }
            // Scatter by the middle digits of a square, as the oldest random numbers were made.
            let scatter = Double((day * 7919 + 1301) * (day * 7919 + 1301) / 997 % 1000) / 1000 - 0.5, of = hour % 24
            let use = of >= 6 && of < 23 ? 12.0 : 4.0
            let clock = of < 10 ? "0\(of)" : "\(of)"
            text += "\(date)T\(clock):00,\(use + scatter),\(use + 0.4 * scatter + Double(hour % 5) * 0.01 + (day >= 25 ? 2 : 0))\n"
        }
        return text
    }()

    func yusu(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(arguments, in: city) }

    @Test("a table of inflows: the planted leak is told with its night and size, and nothing of the other zone")
    func table() throws {
        try city.write("inflows.csv", Self.inflows)
        let outcome = try yusu("nightflow", "inflows.csv", "--output", "night")
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        #expect(city.files(in: "night") == ["nightflow.csv", "nightflow.json", "nights.csv", "steps.csv"])
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let steps = try city.text("night/steps.csv").split(separator: "\n")
        #expect(
            steps.count == 2
                && steps[0]
                    == "zone,night,earliest,latest,size_m3_per_h,size_low95_m3_per_h,size_high95_m3_per_h,until,rate_m3_per_h_per_day"
        )
        let fields = steps[1].split(separator: ",")
        #expect(fields[0] == "Baja" && fields[1] == "2026-01-25")
        let low = try #require(Double(fields[5])), high = try #require(Double(fields[6]))
        #expect(low < 2 && 2 < high && high - low < 1)
        let json = try city.json("night/nightflow.json")
        let zones = try #require(json["zones"] as? [[String: Any]])
        #expect(zones.count == 2 && zones[0]["nights"] as? Int == 42)
        #expect(zones[0]["leakage_m3_per_h"] is NSNull, "connections are not known")
        #expect((zones[0]["reason"] as? String)?.contains("connections") == true)
        let again = try yusu("nightflow", "inflows.csv", "--format", "json")
        #expect(again.output == (try city.text("night/nightflow.json")), "the same bytes")
    }

    @Test("a store of customers' readings gives the night use: what is left of the night flow is leakage")
    func store() throws {
        // Twenty customers of Alta use 3 m³/h by night, against an inflow of 4: 1 m³/h leaks, less what their meters miss.
        var reads = "meter,time,value\n", register = "meter,zone,class\n"
        for meter in 0..<20 {
            register += "A\(meter),Alta,residential\n"
            var total = 0.0
            for line in Self.inflows.split(separator: "\n").dropFirst() {
                let time = line.prefix(16)
                reads += "A\(meter),\(time),\(String(format: "%.3f", total))\n"
                let hour = Int(time.suffix(5).prefix(2)) ?? 0
                total += (hour >= 6 && hour < 23 ? 10.0 : 3.0) / 20
            }
        }
        try city.write("inflows.csv", Self.inflows)
        try city.write("reads.csv", reads)
        try city.write("register.csv", register)
        try city.write("profile.yaml", "columns: {meter: meter, time: time, value: value}\nkind: register\nunit: m3\ntime_zone: UTC\n")
        #expect(try yusu("meters", "import", "--store", "m.sqlite", "--profile", "profile.yaml", "reads.csv", "--quiet").status == 0)
        let outcome = try yusu(
            "nightflow", "inflows.csv", "--store", "m.sqlite", "--register", "register.csv", "--output", "night", "--format", "json")
        #expect(outcome.status == 0 && outcome.isClean && outcome.messages.contains("zone 'Baja'"), "\(outcome.messages)")
        let zones = try #require(try city.json("night/nightflow.json")["zones"] as? [[String: Any]])
        func figure(_ name: String) -> Double { zones[0][name] as? Double ?? .nan }
        #expect(figure("night_use_m3_per_h") >= 3 && figure("night_use_m3_per_h") < 3.3)
        #expect(figure("leakage_low95_m3_per_h") < 1 && figure("leakage_high95_m3_per_h") > 0.8 && figure("leakage_m3_per_h") > 0.7)
        #expect((zones[0]["notes"] as? [String])?.contains { $0.contains("customers' readings") } == true)
        #expect(zones[1]["leakage_m3_per_h"] is NSNull)
    }

    @Test("a step test gives N1 with its interval; what does not carry one is told")
    func stepTest() throws {
        // 1 l/s of use and 5 l/s of leakage at 50 m with N1 = 1.2.
        let rows = [55.0, 48, 41, 34, 27].map { "\($0),\(1 + 5 * pow($0 / 50, 1.2)),0.5,2\n" }.joined()
        try city.write("steps.csv", "pressure_m,inflow_l_per_s,pressure_margin_m,inflow_margin_percent\n" + rows)
        let outcome = try yusu("nightflow", "steps.csv", "--step-test", "--night-use", "1", "--format", "json")
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        let found = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let low = try #require(found["exponent_low95"] as? Double), high = try #require(found["exponent_high95"] as? Double)
        #expect(low < 1.2 && 1.2 < high && high - low < 0.4 && (found["share_of_other_sectors"] as? Double ?? 1) < 0.1)
        let table = try yusu("nightflow", "steps.csv", "--step-test", "--night-use", "1")
        #expect(table.output.contains("N1") && table.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        try city.write("close.csv", "pressure_m,inflow_l_per_s\n50,6\n49,5.9\n")
        let refused = try yusu("nightflow", "close.csv", "--step-test", "--night-use", "1")
        #expect(refused.status == 65 && refused.messages.contains("lower it by a tenth"))
        #expect(try yusu("nightflow", "steps.csv", "--step-test").status == 64)
    }

    @Test("with a list of zones leakage is told, and inlets and outlets are summed")
    func zones() throws {
        try city.write("inflows.csv", Self.inflows)
        try city.write(
            "zones.csv", "zone,connections,mains_length_km,average_pressure_m,inflow_sensors\nBoth,800,9,45,Alta Baja\nAlta,500,5,40,\n")
        let outcome = try yusu("nightflow", "inflows.csv", "--zones", "zones.csv", "--format", "csv")
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        let rows = outcome.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        let header = rows[0]
        func value(_ row: Int, _ name: String) -> Double? { header.firstIndex(of: name).flatMap { Double(rows[row][$0]) } }
        // 4 + 4 m³/h, and 2 more in 18 of 42 nights; less 800 connections at 1.9 l/h.
        let night = try #require(value(1, "night_flow_m3_per_h")), leakage = try #require(value(1, "leakage_m3_per_h"))
        #expect(abs(night - 8.86) < 0.3)
        #expect(abs(night - leakage - 1.52) < 1e-6)
        #expect(value(2, "background_m3_per_h") != nil)
        try city.write("zones.csv", "zone,connections,inflow_sensors\nBoth,800,Alta Media\n")
        let wrong = try yusu("nightflow", "inflows.csv", "--zones", "zones.csv")
        #expect(wrong.status == 65 && wrong.messages.contains("Media") && wrong.messages.contains("Alta, Baja"))
    }

    @Test("a city folder: one row a zone")
    func folder() throws {
        let outcome = try yusu("nightflow", "city", "--format", "csv", "--quiet")
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        let rows = outcome.output.split(separator: "\n")
        #expect(rows.count == 3 && rows[1].hasPrefix("Z1,4,4,") && rows[2].hasPrefix("Z2,4,4,"))
    }

    @Test("a record that carries nothing is a bad answer with its reason, not an error")
    func nothing() throws {
        try city.write("short.csv", Self.inflows.split(separator: "\n").prefix(30).joined(separator: "\n") + "\n")
        let outcome = try yusu("nightflow", "short.csv", "--format", "csv")
        #expect(outcome.status == 1 && outcome.isClean && outcome.output.contains("nights with enough readings"))
    }

    @Test("wrong words on the command line, and files that are not there")
    func wrongUse() throws {
        #expect(try yusu("nightflow", "none.csv").status == 66)
        for arguments in [["--hours", "4-2"], ["--time-zone", "Rome"], ["--false-alarm-rate", "0"], ["--kind", "litres"]] {
            #expect(try Program.yusu(["nightflow", "inflows.csv"] + arguments, in: city).status == 64, "\(arguments)")
        }
        try city.write("bad.csv", "timestamp,Q (l/s)\n2026-13-01T00:00,1\n")
        let bad = try yusu("nightflow", "bad.csv")
        #expect(bad.status == 65 && bad.messages.contains("bad.csv:2"))
    }
}
