// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles

@Suite("yusu billing, and components on a city folder")
struct BillingCommandTests {
    let city: TemporaryCity

    init() throws { city = try TemporaryCity() }

    func yusu(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(arguments, in: city) }

    @Test("the published bills of Gangnam lose their saw-tooth, the cumulative ratio is kept, and a revision is told")
    func gangnam() throws {
        let outcome = try yusu(
            "billing", Program.root + "/Examples/billing.csv", "--cumulative", "2021-01:2021-10=97.90", "--format", "json")
        #expect(outcome.status == 0 && outcome.messages.isEmpty)
        let all = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
        let record = try #require(all?.first)
        let months = try #require(record["months"] as? [[String: Any]])
        #expect(months.count == 22 && months.first?["month"] as? String == "2021-01")
        let ratios = months.prefix(10).compactMap { $0["ratio_percent"] as? Double }
        let days = [31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31]
        let mean = zip(ratios, days).reduce(0) { $0 + $1.0 * $1.1 } / days.reduce(0, +)
        #expect(abs(mean - 97.90) < 1e-9)
        #expect((ratios.max() ?? 0) - (ratios.min() ?? 0) < 5, "bills swing by twenty points")
        for month in months {
            let low = month["ratio_low95_percent"] as? Double ?? 0, high = month["ratio_high95_percent"] as? Double ?? 0
            #expect(low < high)
        }
        #expect((record["revised"] as? [[String: Any]])?.first?["month"] as? String == "2021-04")
        let table = try yusu("billing", Program.root + "/Examples/billing.csv")
        #expect(table.status == 0 && table.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("blocks are told apart, volumes give the ratio, and a month that the file leaves out is told with an interval")
    func zones() throws {
        var text = "month,zone,billed,supply\n"
        for month in 1...12 where month != 6 {
            for zone in ["A", "B"] {
                let supply = 1000 + 31.0 * Double(month)
                text += "2025-\(month < 10 ? "0" : "")\(month),\(zone),\(supply * (zone == "A" ? 0.9 : 0.7)),\(supply)\n"
            }
        }
        try city.write("blocks.csv", text)
        let outcome = try yusu("billing", "blocks.csv", "--monthly", "--lags", "0", "--format", "csv")
        let rows = outcome.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(outcome.status == 0 && rows.count == 25)
        #expect(rows[1][0] == "A" && abs((Double(rows[1][3]) ?? 0) - 90) < 0.01 && abs((Double(rows[14][3]) ?? 0) - 70) < 0.01)
        #expect(rows[6][1] == "2025-06" && rows[6][2].isEmpty && (Double(rows[6][5]) ?? 0) > 89)
    }

    @Test("reads of routes are shared out to months by days, example W5")
    func reads() throws {
        try city.write("reads.csv", "start,end,volume,route\n2025-12-11,2026-01-11,33.204,7\n2026-01-11,2026-02-11,36.66,7\n")
        let outcome = try yusu("billing", "reads.csv", "--format", "csv")
        let rows = outcome.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(outcome.status == 0 && rows.count == 4 && rows[2][1] == "2026-01")
        #expect(abs((Double(rows[2][2]) ?? 0) - 35.5452) < 5e-5 && Double(rows[2][3]) == 100)
    }

    @Test("bad files and options are told with their lines, and code")
    func wrong() throws {
        try city.write("bad.csv", "month,ratio_percent,suply\n2025-1,90,\n2025-02,x,\n")
        try city.write("bad2.csv", "month,ratio_percent\n2025-1,90\n2025-02,x\n2025-03,-4\n")
        try city.write("few.csv", "month,ratio_percent\n2025-01,90\n2025-02,91\n")
        try city.write("twice.csv", "start,end,volume\n2025-01-01,2025-02-01,5\n2025-01-15,2025-03-01,5\n2025-03-01,2025-02-01,1\n")
        try city.write("empty.csv", "")
        for (file, words) in [
            ("bad.csv", ["unknown column 'suply'"]),
            ("bad2.csv", [":2: month is '2025-1'", ":3: ratio_percent is 'x'", ":4: ratio_percent is '-4'"]),
            ("few.csv", ["2 months with bills"]), ("twice.csv", [":3: the period overlaps", ":4: the period ends"]),
            ("empty.csv", ["empty"]),
        ] {
            let outcome = try yusu("billing", file)
            #expect(outcome.status == 65 && outcome.isClean, "\(file): \(outcome.messages)")
            for word in words { #expect(outcome.messages.contains(word), "\(word) in \(outcome.messages)") }
        }
        #expect(try yusu("billing", "none.csv").status == 66)
        #expect(try yusu("billing", "few.csv", "--lags", "3-1").status == 64)
        #expect(try yusu("billing", "few.csv", "--cumulative", "2021").status == 64)
    }

    @Test("a folder with a log shows components, economic level and estimates side by side, in the table, JSON and CSV")
    func components() throws {
        try city.write(
            "city/leaks.csv",
            "date,element,kind,aware,flow_l_per_s\n2026-01-10,main,reported,2026-01-08,1.2\n,connection,reported,2026-03-01,\n")
        try city.write(
            "city/components.yaml",
            "log_from: 2025-04-01\nlog_to: 2026-03-31\n"
                + "survey_cost: {value: 900, unit: PEN, year: 2026, source: invented, status: synthetic}\n"
                + "rise_of_leakage: {value: 3, unit: m3/d/year, year: 2026, source: invented, status: synthetic}\n")
        let table = try yusu("balance", "city", "--samples", "0", "--quiet")
        #expect(table.status == 0 && table.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        for words in ["Real losses by component (BABE)", "reported bursts, mains", "economic intervention frequency", "ways"] {
            #expect(table.output.contains(words), "\(words) in \(table.output)")
        }
        let json = try yusu("balance", "city", "--samples", "0", "--quiet", "--format", "json")
        let members = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let components = try #require(members["components"] as? [String: Any])
        #expect((components["total_m3_per_day"] as? Double ?? 0) > 0)
        #expect(((members["reconciliation"] as? [String: Any])?["estimates"] as? [Any])?.count ?? 0 >= 2)
        #expect((members["economic_level_of_leakage"] as? [String: Any])?["intervention_months"] is Double)
        let csv = try yusu("balance", "city", "--samples", "0", "--quiet", "--format", "csv")
        #expect(csv.output.contains("component_total,") && csv.output.contains("real_losses_by_components,"))
    }
}
