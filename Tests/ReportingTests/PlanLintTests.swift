// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import Testing
import WaterModel

@testable import Reporting

@Suite("The content list of plans, and funders' forms")
struct PlanLintTests {
    private static func read(_ text: String) throws -> JSONValue {
        var records = JSONRecords()
        records.feed(Array(text.utf8))
        records.finish()
        guard case .record(let value, _, _) = try records.next() else { return .null }
        return value
    }

    /// A plan of which every row passes or does not apply, but for a district design and setpoints.
    private static let good = """
        {"format": "yusu-plan", "warnings": ["unverified figures"],
         "city": {"utility": "U",
          "population": {"value_persons": 1, "year": "2020", "source": "s", "status": "measured"},
          "connections": {"value": 1, "year": "2020", "source": "s", "status": "measured"},
          "supply_hours": {"value_h_per_day": 24, "year": "2020", "source": "s", "status": "measured"},
          "tariff": {"value_currency_per_m3": 1, "year": "2020", "source": "s", "status": "measured"}},
         "balance": {"water_supplied_m3": 1},
         "lots": [{"lot": "pipes", "method": "national_tender", "terms_of_reference": ["t"]}],
         "cost_estimate": {"currency": "PEN", "price_base_year": 2026, "base_currency": 100, "physical_contingency_currency": 10,
          "price_contingency_currency": 0, "tax_currency": 18, "total_currency": 128, "operation_currency_per_year": 5,
          "operation_paid_by": "utility", "lines": [{"item": "i", "quantity": 4, "rate_currency": 25, "amount_currency": 100, "lot": "pipes"}]},
         "financing": {"performance_contract": null, "sources": [{"name": "Bank", "kind": "commercial_loan", "interest_percent": 9,
           "grant_element_percent": 1}],
          "years": [{"year": 2027, "uses_currency": 128, "sources": [{"amount_currency": 100}, {"amount_currency": 28}], "uncovered_currency": 0}]}}
        """

    private static func verdict(_ text: String, _ row: Int) throws -> (PlanLint.Verdict, [String]) {
        let row = PlanLint(try read(text)).rows[row - 1]
        return (row.verdict, row.reasons)
    }

    @Test("there are 26 rows, one of them advisory")
    func rows() throws {
        let lint = PlanLint(try Self.read("{}"))
        #expect(lint.rows.count == 26 && lint.rows.map(\.number) == Array(1...26))
        #expect(lint.rows.filter { !$0.isRequired }.map(\.number) == [12])
        #expect(!lint.passes)
    }

    @Test(
        "a row passes with its content, and fails with the reason once it is broken",
        arguments: [
            (
                1, "\"year\": \"2020\", \"source\": \"s\", \"status\": \"measured\"}},", "\"source\": \"s\", \"status\": \"measured\"}},",
                "tariff has no year"
            ),
            (16, "\"base_currency\": 100", "\"base_currency\": 101", "not the sum of its lines"),
            (16, "\"price_base_year\": 2026", "\"price_base_year\": null", "base date"),
            (17, "\"lot\": \"pipes\"}]", "\"lot\": \"moon\"}]", "0 lots"), (17, "national_tender", "to_be_settled", "method"),
            (18, "\"uses_currency\": 128", "\"uses_currency\": 129", "sources are not uses"),
            (18, "\"interest_percent\": 9", "\"interest_percent\": null", "interest_percent"),
            (25, "\"operation_paid_by\": \"utility\"", "\"operation_paid_by\": null", "nobody is named"),
        ])
    func broken(row: Int, from: String, to: String, reason: String) throws {
        #expect(try Self.verdict(Self.good, row) == (.pass, []))
        #expect(Self.good.contains(from))
        let (verdict, reasons) = try Self.verdict(Self.good.replacing(from, with: to), row)
        #expect(verdict == .fail && reasons.contains { $0.contains(reason) }, "\(reasons)")
    }

    @Test(
        "pressure management passes with settings that the engine found, and fails without, with a node too low, or where no valve can stand"
    )
    func pressure() throws {
        let plan = """
            {"measures": [{"id": "pressure_management:Z1", "measure": "pressure_management", "zone": "Z1", "is_selected": true}],
             "assumptions": [{"item": "pressure_management.leakage_exponent", "low": 0.5, "high": 1.5}], "pressure_design": DESIGN}
            """
        let set = """
            {"largest_shortfall_m": -1, "zones": [{"zone": "Z1", "reason_for_none": null, "valves": [{"fixed_setting_m": 30}]}]}
            """
        #expect(try Self.verdict(plan.replacing("DESIGN", with: set), 7) == (.pass, []))
        for (design, reason) in [
            ("null", "no setpoint"), (set.replacing("-1", with: "2"), "below what it must keep"),
            (set.replacing("Z1", with: "Z2"), "no setpoint"),
            ("{\"zones\": [{\"zone\": \"Z1\", \"reason_for_none\": \"it has no inlet\", \"valves\": []}]}", "it has no inlet"),
        ] {
            let (verdict, reasons) = try Self.verdict(plan.replacing("DESIGN", with: design), 7)
            #expect(verdict == .fail && reasons.contains { $0.contains(reason) }, "\(reasons)")
        }
    }

    @Test("causes that do not add up, intervals that are missing, and payment by what nobody measures are found")
    func content() throws {
        let balance = """
            {"balance": {"period_days": 365, "unauthorised_m3": 1, "metering_inaccuracy_m3": 1, "data_handling_m3": 1, "real_losses_m3": 7,
             "water_losses_m3": LOSSES}, "diagnosis": {}}
            """
        #expect(try Self.verdict(balance.replacing("LOSSES", with: "10"), 3).0 == .pass)
        #expect(try Self.verdict(balance.replacing("LOSSES", with: "10.2"), 3).0 == .fail)
        let verification = """
            {"monitoring": {"adjustments": [{"adjustment": "hours", "is_measured": false}]}, "financing": {"performance_contract": CONTRACT}}
            """
        #expect(try Self.verdict(verification.replacing("CONTRACT", with: "null"), 24).0 == .pass)
        #expect(try Self.verdict(verification.replacing("CONTRACT", with: "{}"), 24).0 == .fail)
        let economic = """
            {"appraisal": [{"account": "financial", "price_basis": "constant", "net_present_value_currency": 1, "cost_currency_per_m3": 1,
              "internal_rates_found": "one", "parts": []},
             {"account": "economic", "price_basis": "constant", "net_present_value_currency": 1, "cost_currency_per_m3": 1,
              "internal_rates_found": "none", "parts": [{"part": "PART"}]}]}
            """
        #expect(try Self.verdict(economic.replacing("PART", with: "water_sold"), 19).0 == .pass)
        #expect(
            try Self.verdict(economic.replacing("PART", with: "recovered_revenue"), 19).1 == [
                "the economic account holds a transfer: recovered_revenue"
            ])
    }

    @Test("a funder's form reorders and renames, and loses no section", arguments: DonorProfile.all.map(\.name))
    func profiles(name: String) throws {
        let profile = try #require(DonorProfile.named(name))
        let language = try Catalogue.named("en")
        let plan = SyntheticPlan.plan()
        let own = PlanDocument(plan: plan, language: language)
        let form = PlanDocument(plan: plan, language: language, profile: profile)
        // A summary that is all of its chapter stands for itself.
        let inner = form.sections.flatMap { $0.sections.isEmpty ? [$0] : $0.sections }
        #expect(inner.map(\.id).sorted() == own.sections.map(\.id).sorted())
        let wording = Wording(language)
        for chapter in form.sections where chapter.sections.count == 1 {
            #expect(wording.text(chapter.sections[0].title) != wording.text(chapter.title))
        }
        for chapter in profile.chapters {
            #expect(language.names["chapter"]?[chapter.title] != nil, "\(chapter.title)")
        }
        #expect(html(of: form).contains("chapter-annexes"))
    }

    @Test("every member of the programme's lists has a name in every language", arguments: Catalogue.embedded)
    func names(code: String) throws {
        let names = try #require(try Catalogue.named(code).names["programme"])
        let members: [[String]] = [
            PlanSettings.WaterRegime.allCases.map { "regime_" + $0.rawValue }, ConsortiumMember.Role.allCases.map { "role_" + $0.rawValue },
            Appraisal.Account.allCases.map { "account_" + $0.rawValue }, Lot.Kind.allCases.map { "kind_" + $0.rawValue },
            Lot.Method.allCases.map { "method_" + $0.rawValue }, WorkSchedule.Task.Stage.allCases.map { "stage_" + $0.rawValue },
            MonitoringPlan.LogicRow.Level.allCases.map { "level_" + $0.rawValue }, ReadingNetwork.Way.allCases.map { "way_" + $0.rawValue },
            Meter.CustomerClass.allCases.map { "class_" + $0.rawValue },
            MeasureCatalogue.standard.measures.map { "lot_" + Lot.name(for: $0.key) },
        ]
        for member in members.joined() { #expect(names[member] != nil, "names.programme.\(member)") }
    }
}
