// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles

@Suite("yusu balance on one system")
struct SystemBalanceTests {
    let city: TemporaryCity

    init() throws {
        city = try TemporaryCity()
        try city.write("d.yaml", Self.caseD)
    }

    /// Case D of the reference page (W13).
    static let caseD = """
        name: D
        currency: USD
        origin: {year: 2024, source: "reference page, W13", status: published}
        period_days: 365
        own_sources: {value: 3650, margin_percent: 5, unit: thousand_m3}
        billed_metered: {value: 2555, unit: thousand_m3}
        unbilled_unmetered: {value: 36.5, margin_percent: 50, unit: thousand_m3}
        meter_under_registration: {value: 3, margin_percent: 50, unit: "%"}
        mains_length: {value: 120, margin_percent: 5, unit: km}
        customers: {value: 10000, margin_percent: 2}
        connections: {value: 9000, margin_percent: 5}
        service_line_length: {value: 0, unit: m}
        average_pressure: {value: 40, margin_percent: 10, unit: m}
        supply_hours: {value: 24}
        tariff: {value: 1, unit: USD/m3}
        variable_production_cost: {value: 0.3, unit: USD/m3}
        operating_cost: {value: 3000000, unit: USD/year}
        what_if: {pressure_m: 30}

        """

    func yusu(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(arguments, in: city) }

    func json(_ arguments: String...) throws -> [String: Any] {
        let outcome = try Program.yusu(["balance"] + arguments + ["--format", "json"], in: city)
        #expect(outcome.status == 0 && outcome.messages.isEmpty)
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test("the table is that of the IWA, in 80 columns, with indicators, ranking and what-if")
    func table() throws {
        let outcome = try yusu("balance", "d.yaml")
        #expect(outcome.status == 0 && outcome.messages.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
        // Boxes: every line of them is as wide as the first.
        let boxes = lines.filter { "┌├│└".contains($0.first ?? " ") }
        #expect(Set(boxes.map(\.count)) == [80] && boxes.count > 20)
        for word in [
            "3,650,000", "Revenue water", "979,479", "infrastructure leakage index", "7.17", "Performance group", "What if", "own_sources",
        ] {
            #expect(outcome.output.contains(word), "\(word)")
        }
    }

    @Test("JSON: keys end in their unit, intervals are there, the same bytes twice")
    func jsonOfSystem() throws {
        let read = try json("d.yaml")
        let balance = try #require(read["balance"] as? [String: Any])
        let real = try #require(balance["real_losses_m3"] as? Double)
        let displayed = 1e-6
        #expect(abs(real - 979_479.3814) < displayed * real)
        let low = try #require(balance["real_losses_low95_m3"] as? Double), high = try #require(balance["real_losses_high95_m3"] as? Double)
        #expect(low < real && real < high)
        let indicators = try #require(read["indicators"] as? [String: [String: Any]])
        let index = try #require(indicators["infrastructure_leakage_index"])
        #expect(abs((index["value"] as? Double ?? 0) - 7.167481716) < 7e-6)
        #expect(index["formula"] as? String == "real losses / UARL" && (index["variance_shares"] as? [String: Double])?.isEmpty == false)
        #expect(indicators["real_losses_per_connection"]?["value_l_per_connection_day"] is Double)
        #expect((read["worth_of_halving_currency_per_year"] as? [[String: Any]])?.first?["input"] as? String == "own_sources")
        let whatIf = try #require(read["what_if"] as? [String: Double])
        #expect(abs((whatIf["real_losses_m3_per_day"] ?? 0) - 2_683.505155 * 30 / 40) < 1e-5)
        let twice = try [0, 1].map { _ in try yusu("balance", "d.yaml", "--format", "json", "--seed", "9", "--samples", "256").output }
        #expect(twice[0] == twice[1] && !twice[0].isEmpty)
        let linear = try json("d.yaml", "--samples", "0")
        let exact = try #require((linear["balance"] as? [String: Any])?["real_losses_high95_m3"] as? Double)
        // Of case D's displayed margin, with the factor 1/0.97 on the meters' part.
        let losses = 1_058_500 * 0.1732737176, meters = 79_020.61856 * 0.5 / 0.97
        #expect(abs(exact - real - (losses * losses + meters * meters).squareRoot()) < 1)
    }

    @Test("--compatibility easycalc shows what the workbook displays")
    func compatibility() throws {
        let read = try json("d.yaml", "--compatibility", "easycalc")
        let figures = try #require(read["figures"] as? [String: [String: Any]])
        let displayed = 1e-6
        #expect(abs((figures["nrw_fraction_siv"]?["margin95_fraction"] as? Double ?? 0) - 0.166667) < displayed)
        #expect(abs((figures["al_fraction_auth"]?["margin95_fraction"] as? Double ?? 0) - 0.550762) < displayed)
        #expect(try yusu("balance", "d.yaml", "--compatibility", "easycalc").output.contains("± 55.08 %"))
        try city.write("a.csv", "audit,volume_unit,own_sources,billed_metered\na,ML,2,1\n")
        #expect(try yusu("balance", "a.csv", "--compatibility", "easycalc").status == 64)
    }

    @Test("CSV of a system, the Korean tree, AWWA defaults")
    func forms() throws {
        let csv = try DelimitedText(text: try yusu("balance", "d.yaml", "--format", "csv").output, file: "d")
        #expect(csv.header == ["figure", "value", "low95", "high95", "unit"] && csv.rows.contains { $0.fields[0] == "real_losses" })
        let korea = try yusu("balance", "d.yaml", "--standard", "korea").output
        #expect(korea.contains("유수율") && korea.contains("70.00 %") && korea.contains("누수량 leakage (the residual)"))
        let awwa = try yusu("balance", "d.yaml", "--standard", "awwa").output
        #expect(awwa.contains("unauthorised: 0.25 % of water supplied"))
    }

    @Test("what is wrong is told with its line; a balance that cannot be drawn names the line of the balance")
    func faults() throws {
        try city.write("bad.yaml", Self.caseD.replacing("unit: km", with: "unit: leagues"))
        let bad = try yusu("balance", "bad.yaml", "--output", "out.txt")
        #expect(bad.status == 65 && bad.messages.contains("bad.yaml:9:") && bad.isClean)
        try city.write(
            "half.yaml", "origin: {year: 2024, source: x, status: measured}\nperiod_days: 365\nown_sources: {value: 3, unit: m3}\n")
        let half = try yusu("balance", "half.yaml")
        #expect(half.status == 65 && half.messages.contains("billed_metered is missing"))
        #expect(try yusu("balance", "none.yaml").status == 66 && yusu("balance", "d.yaml", "--samples", "3").status == 64)
    }

    @Test("the example runs as written: values of the invented town")
    func example() throws {
        let read = try json(Program.root + "/Examples/system.yaml")
        let indicators = try #require(read["indicators"] as? [String: [String: Any]])
        // Case A of the reference page: ILI 6.238746.
        #expect(abs((indicators["infrastructure_leakage_index"]?["value"] as? Double ?? 0) - 6.238746) < 1e-6)
        let shares = try #require(indicators["current_annual_real_losses"]?["variance_shares"] as? [String: Double])
        #expect(shares["common error of works meters"] ?? 0 > 0.2)
        // A skewed number of illegal households reaches further up than down.
        let balance = try #require(read["balance"] as? [String: Any])
        let theft = try ["unauthorised_low95_m3", "unauthorised_m3", "unauthorised_high95_m3"].map { try #require(balance[$0] as? Double) }
        #expect(theft[2] - theft[1] > 1.2 * (theft[1] - theft[0]))
    }

    @Test("months in a file: a row each, and the total")
    func months() throws {
        let month = "period_days: 30, own_sources: {value: 9, margin_percent: 5, unit: ML}, billed_metered: {value: 7, unit: ML}}\n"
        try city.write(
            "m.yaml", "origin: {year: 2024, source: x, status: measured}\nmonths:\n  - {name: May, \(month)  - {name: June, \(month)")
        let read = try json("m.yaml", "--samples", "0")
        let total = try #require(read["balance"] as? [String: Any])
        #expect(total["period_days"] as? Double == 60 && total["real_losses_m3"] as? Double == 4000)
        // The same meter: 450 + 450.
        #expect(abs((total["real_losses_linear_margin95_m3"] as? Double ?? 0) - 900) < 1e-6)
        #expect((read["parts"] as? [Any])?.count == 2)
    }

    @Test("JSON of audits: an object a line")
    func auditsAsJSON() throws {
        try city.write("a.csv", "audit,volume_unit,own_sources,billed_metered\na,ML,100,80\nb,ML,x,80\n")
        let lines = try yusu("balance", "a.csv", "--format", "json", "--quiet").output.split(separator: "\n")
        let read = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(read.count == 2 && read[0]?["non_revenue_water"] as? Double == 20 && read[1]?["water_supplied"] is NSNull)
    }
}
