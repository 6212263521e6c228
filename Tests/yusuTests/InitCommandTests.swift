// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("yusu init")
struct InitCommandTests {
    let city: TemporaryCity

    init() throws { city = try TemporaryCity() }

    private func yusu(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(arguments, in: city) }

    @Test("a folder of nothing but its country passes check and plan at once", arguments: [("PE", "es"), ("KR", "ko"), ("TT", "en")])
    func nothingKnown(country: String, language: String) throws {
        #expect(try yusu("init", "new", "--country", country).status == 0)
        let check = try yusu("check", "new", "--quiet")
        #expect(check.status == 0 && check.messages.isEmpty, "\(check.messages)")
        let plan = try yusu("plan", "new", "--output", "out", "--pdf", "none", "--quiet")
        #expect(plan.status == 0 && plan.messages.isEmpty, "\(plan.messages)")
        let page = try city.text("out/plan.html")
        #expect(page.contains("lang=\"\(language)\"") && page.contains("class=\"notice missing\""))
    }

    @Test("a model and bills give the length of mains, the zones and the volumes, with where they come from")
    func model() throws {
        // 31 + 28 + 31 days, 120 + 115 + 118 supplied, 81 + 79 + 80 billed; five pipes of the test's network lie in each zone.
        try city.write("bills.csv", "month,billed,supply\n2025-03,80,118\n2025-01,81,120\n2025-02,79,115\n")
        let outcome = try yusu(
            "init", "new", "--country", "TT", "--network", "city/network.inp", "--billing", "bills.csv", "--volume-unit", "ML", "--name",
            "Arima: \"upper\" # town")
        #expect(outcome.status == 0, "\(outcome.messages)")
        let balance = try city.text("new/balance.yaml")
        for line in [
            "period_days: 90", "period_start: 2025-01-01", "{value: 353, margin_percent: 5, unit: ML",
            "{value: 240, margin_percent: 3, unit: ML",
        ] { #expect(balance.contains(line), "\(line)") }
        #expect(try city.bytes("new/network.inp") == city.bytes("city/network.inp"))
        #expect(
            try city.text("new/zones.csv").hasPrefix("zone,name,connections,mains_length_km,average_pressure_m,inflow_sensors\nZ1,Z1,,"))
        let check = try yusu("check", "new", "--format", "json")
        #expect(check.status == 0 && check.messages == "read new\n", "\(check.messages)")
        let plan = try yusu("plan", "new", "--output", "out", "--quiet")
        #expect(plan.status == 0, "\(plan.messages)")
        let profile = try #require(try city.json("out/plan.json")["city"] as? [String: Any])
        #expect(profile["name"] as? String == "Arima: \"upper\" # town")
        #expect(try city.text("out/plan.html").contains("MIGD"))
    }

    @Test("nothing is overwritten, and then nothing is written")
    func noOverwriting() throws {
        try city.write("new/plan.yaml", "horizon_years: 3\n")
        let outcome = try yusu("init", "new", "--country", "PE")
        #expect(outcome.status == 73 && outcome.messages.contains("plan.yaml"))
        #expect(city.files(in: "new") == ["plan.yaml"])
        #expect(try city.text("new/plan.yaml") == "horizon_years: 3\n")
        // A folder that holds other things is filled.
        try city.write("other/notes.txt", "mine")
        #expect(try yusu("init", "other", "--country", "PE").status == 0)
        #expect(try city.text("other/notes.txt") == "mine")
    }

    @Test("what is wrong is said, with what to do")
    func wrong() throws {
        #expect(try yusu("init", "new", "--country", "Peru").status == 64)
        #expect(try yusu("init", "new", "--country", "ZZ").messages.contains("--currency"))
        #expect(try yusu("init", "new", "--country", "PE", "--language", "tlh").status == 64)
        #expect(try yusu("init", "new", "--country", "PE", "--billing", "none.csv").status == 64)
        try city.write("bills.csv", "month,billed\n2025-01,81\n2025-03,x\n2025-1,3\n2025-01,82\n")
        let bills = try yusu("init", "new", "--country", "PE", "--billing", "bills.csv", "--volume-unit", "m3", "--network", "none.inp")
        #expect(bills.status == 65 && bills.isClean)
        for words in ["bills.csv:3", "bills.csv:4", "bills.csv:5", "none.inp"] {
            #expect(bills.messages.contains(words), "\(words): \(bills.messages)")
        }
        #expect(city.files(in: "new").isEmpty)
    }
}
