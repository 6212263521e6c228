// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import Testing
import WaterModel

@testable import WaterFiles

@Suite("One water system in one file")
struct WaterSystemFileTests {
    static let origin = "origin: {year: 2024, source: \"works\", status: measured}\n"

    static func read(_ text: String) throws -> WaterSystem { try WaterSystemFile.parse(origin + text, file: "s.yaml") }

    /// All that is wrong with a file, a line a problem.
    static func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }

    static let least = "period_days: 365\nown_sources: {value: 2, unit: million_m3}\nbilled_metered: {value: 1, unit: million_m3}\n"

    @Test("every estimator is read, in SI, with the origin that stands once")
    func everything() throws {
        let system = try Self.read(
            """
            name: A
            currency: USD
            period_days: 365
            own_sources:
              - {name: well, value: 10, margin_percent: 2, unit: ML, meter_error: {value: -1, unit: "%"}, error_group: meters, correlation: 0.5}
              - {name: lake, value: 20, low: 18, high: 25, unit: ML, distribution: lognormal}
            billed_metered: {value: 15, unit: ML, status: published}
            unauthorised_use:
              illegal_households: {number: {value: 500}, persons: {value: 5}, use_per_person: {value: 150, unit: L/d}}
              illegal_others: {number: {value: 50}, use: {value: 1, unit: m3/d}}
              tampering: {number: {value: 1000}, use: {value: 200, unit: L/d}}
              others: [{name: hydrants, value: 100, unit: m3/d}]
            meter_errors:
              classes:
                - {name: new, registered: {value: 5, unit: ML}, under_registration: {value: 2, unit: "%"}}
                - name: large
                  registered: {value: 6, unit: ML}
                  flow_profile:
                    - {part_percent: 10, registration: {value: 90, unit: "%"}}
                    - {part_percent: 90, registration: {value: 98, unit: "%"}}
                - {name: old, registered: {value: 4, unit: ML}, new: {value: 1, unit: "%"}, per_year: {value: 0.3, unit: "%/year"}, years: {value: 12}}
              exported: {value: 1, unit: "%"}
              unbilled_metered: {value: 2, unit: "%"}
              corrupt_reading: {value: 0.5, unit: "%"}
              office_volume: {value: 30, unit: m3}
            connections: {value: 900}
            mains_length: {value: 12, unit: km}
            pressure_zones: [{connections: 30000, pressure_m: 35}, {connections: 11000, pressure_m: 25}]
            pressure_margin_percent: 10
            supply_zones: [{connections: 30000, days_per_week: 7, hours_per_day: 20}, {connections: 11000, days_per_week: 3.5, hours_per_day: 12}]
            what_if: {pressure_m: 30, coverage_from_percent: 80, coverage_to_percent: 90}
            grades: {own_sources: 7}
            break_even: 5000

            """)
        let sources = try #require(system.balance.parts[.ownSources])
        #expect(sources.map(\.name) == ["well", "lake"] && sources[0].volume.value == 10_000 && sources[0].meterError?.value == -0.01)
        #expect(sources[0].volume.errorGroup == ErrorGroup(name: "meters", correlation: 0.5) && sources[1].volume.shape == .lognormal)
        #expect(sources[0].volume.status == .measured && sources[0].volume.source == "works")
        #expect(system.balance.volumes[.billedMetered]?.status == .published, "a figure's own status stands")
        let use = try #require(system.balance.unauthorisedUse)
        #expect(
            use.illegalHouseholds?.usePerPerson.value == 0.15 && use.tampering?.use.value == 0.2 && use.others.map(\.name) == ["hydrants"])
        let errors = try #require(system.balance.meterErrors)
        #expect(errors.classes.map(\.registered) == [5_000, 6_000, 4_000] && errors.officeVolume?.value == 30)
        // W12 of the reference page: 32.317073 m and 16.243902 h/d.
        #expect(abs((system.profile.averagePressure.value ?? 0) - 32.317073) < 1e-6)
        #expect(abs((system.profile.supplyHours.value ?? 0) - 16.243902) < 1e-6)
        #expect(
            system.whatIf?.pressure == 30 && system.whatIf?.hours == nil && system.breakEven == 5000 && system.grades == ["own_sources": 7])
    }

    @Test("lines of the Korean statistics are parts of IWA lines, and the relief credit says what it is")
    func koreanStatistics() throws {
        func lines(_ relief: String) -> String {
            """
            period_days: 365
            own_sources: {value: 1000, unit: m3}
            korean_statistics:
              charged_metered: {value: 800, unit: m3}
              waterworks_metered: {value: 10, unit: m3}
              public_metered: {value: 20, unit: m3}
              relief_credit: {value: 5, unit: m3}

            """ + relief
        }
        let errors = try Self.read(lines("  relief_credit_is: data_handling\n")).balance
        #expect(errors.total(.billedMetered) == 800 && errors.total(.unbilledMetered) == 30 && errors.total(.dataHandling) == 5)
        #expect(errors.parts[.unbilledMetered]?.map(\.name) == ["수도사업용수량", "공공수량"])
        #expect(try Self.read(lines("  relief_credit_is: real_loss\n")).balance.total(.dataHandling) == nil)
        #expect(Self.problems(lines("")).contains { $0.contains("does not say what it is") })
        #expect(Self.problems(lines("billed_metered: {value: 1, unit: m3}\n")).contains { $0.contains("are both given") })
    }

    @Test("months and zones are balances of their own")
    func parts() throws {
        let month = "{period_days: 30, own_sources: {value: 9, unit: ML}, billed_metered: {value: 7, unit: ML}}"
        let system = try Self.read("months:\n  - \(month.replacing("{period", with: "{name: May, period"))\n  - \(month)\n")
        #expect(system.partKind == .months && system.parts.map(\.name) == ["May", "months[2]"])
        #expect(system.parts[0].balance.volumes[.ownSources]?.value == 9_000)
    }

    @Test(
        "whatever is wrong is told at once, with its line and what to do",
        arguments: [
            (least + "tarif: {value: 1}\n", "s.yaml:5: unknown key 'tarif'"),
            (least + "tariff: {value: 1, unit: USD/m3}\ncurrency: dollars\n", "three capital letters"),
            ("period_days: 365\nbilled_metered: {value: 1, unit: ML}\n", "neither 'own_sources' nor 'imported' is given"),
            (least + "unauthorised_use: {tampering: {number: {value: 5}}}\n", "'unauthorised_use.tampering.use' is missing"),
            (least + "meter_errors: {classes: [{name: x, registered: {value: 1, unit: m3}}]}\n", "does not say what its meters miss"),
            (least + "connections: {value: 5, distribution: pert}\n", "a distribution and no range"),
            (least + "connections: {value: 5, margin_percent: 5, distribution: bell}\n", "give one of: normal, split_normal"),
            (least + "connections: {value: 5, margin_percent: 5, correlation: 0.5}\n", "no 'error_group'"),
            (least + "pressure_zones: [{connections: 5}]\n", "'pressure_zones[1].pressure_m' is missing"),
            (
                least
                    + "unauthorised: {value: 1, unit: m3}\nunauthorised_use: {tampering: {number: {value: 5}, use: {value: 1, unit: m3/d}}}\n",
                "both given"
            ),
            (least + "zones: [{period_days: 30, own_sources: {value: 1, unit: m3}}]\n", "stands beside 'zones'"),
            (least + "grades: {own_sources: 11}\n", "whole number from 1 to 10"),

        ])
    func faults(text: String, says: String) {
        let problems = Self.problems(text)
        #expect(problems.contains { $0.hasPrefix("s.yaml") && $0.contains(says) }, "\(problems)")
    }
}
