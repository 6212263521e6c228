// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterLoss
import WaterModel

@Suite("Components and economic level of a city")
struct ComponentStudyTests {
    static func day(_ number: Int) -> Instant { Instant(year: 2025, month: 1, day: 1) + number * 86_400 }

    static func figure(_ value: Double, _ margin: Double = 0) -> SourcedValue {
        SourcedValue(value, low: value * (1 - margin), high: value * (1 + margin), status: .synthetic)
    }

    /// 40 km, 2,000 connections, 40 m; a log of the year 2025 with one burst of each kind, all dates known.
    static func city() -> City {
        var profile = CityProfile(name: "Invented", country: "PE", currency: "PEN")
        profile.mainsLength = figure(40_000)
        profile.connections = figure(2_000)
        profile.serviceLineLength = figure(5)
        profile.averagePressure = figure(40)
        profile.variableProductionCost = figure(0.2)
        var city = City(profile: profile)
        var first = LeakRepair(date: "2025-01-14", zone: nil, pipe: nil, flow: 1e-3)
        (first.kind, first.isReported, first.flowMargin95) = (.main, true, 0.2)
        (first.began, first.aware, first.repaired) = (day(10), day(11), day(13))
        var second = LeakRepair(date: "2025-07-20", flow: 0.5e-3)
        (second.kind, second.isReported, second.flowMargin95) = (.connection, false, 0.2)
        (second.began, second.aware, second.repaired) = (day(100), day(190), day(200))
        city.repairs = [first, second]
        city.components.logPeriod = day(0)..<day(365)
        city.components.conditionFactor = figure(2, 0.25)
        city.components.surveyCost = figure(50_000, 0.2)
        city.components.riseOfLeakage = figure(500, 0.4)
        return city
    }

    @Test("volumes are flow times run, the level is their sum, the backlog what the balance has beyond them")
    func closedForm() throws {
        let study = try #require(ComponentStudy(Self.city(), realLosses: Estimate(2e-2, standardDeviation: 1e-3)))
        let found = try #require(study.components)
        #expect(agrees(found.reported.value, 1e-3 * 3 * 86_400, relative: 1e-9))
        #expect(agrees(found.unreported.value, 0.5e-3 * 100 * 86_400, relative: 1e-9))
        // (20·40 + 1.25·2,000 + 33.3·10) l/h · 0.8^1.5, twice that.
        let background = 2 * (800 + 2_500 + 333) / 1000 * 24 * 0.8 * 0.8.squareRoot()
        #expect(agrees(found.background.value / 365, background, relative: 1e-9))
        #expect(agrees(study.recoverable?.value, 2e-2 * 86_400 - found.total.value / 365, relative: 1e-9))
        // E1 of the field page.
        let intervention = try #require(study.intervention), level = try #require(study.level)
        #expect(agrees(intervention.frequencyMonths.value, 19.8625, relative: 1e-5))
        #expect(agrees(intervention.annualBudget.value, 30_207.6, relative: 1e-5))
        #expect(agrees(level.level.value, background + found.reported.value / 365 + 151_038.0 / 365, relative: 1e-5))
        let counts = study.frequencies.filter { $0.count > 0 }
        #expect(counts.map(\.kind) == [.main, .connection] && counts.map(\.isReported) == [true, false])
        #expect(study.missing.isEmpty && study.assumptions.isEmpty, "\(study.assumptions)")
    }

    @Test("what is not written down is assumed in words, or not told; nothing is invented")
    func gaps() throws {
        var city = Self.city()
        city.repairs[0].kind = nil
        city.repairs[0].pipe = "P1"
        city.repairs[0].isReported = nil
        city.repairs[1].kind = nil
        city.components.surveyCost = .unknown
        city.components.conditionFactor = .unknown
        let study = try #require(ComponentStudy(city, realLosses: nil))
        #expect(study.components?.unreported.value == 0 && study.components?.reported.value ?? 0 > 0)
        for word in ["neither element nor pipe", "taken as bursts of mains", "taken as reported", "condition_factor"] {
            #expect(study.assumptions.contains { $0.contains(word) }, "\(word)")
        }
        #expect(study.intervention == nil && study.level == nil && study.recoverable == nil)
        #expect(study.missing.contains { $0.contains("survey_cost") })
        city.components.logPeriod = nil
        let undated = try #require(ComponentStudy(city, realLosses: nil))
        #expect(undated.components == nil && undated.estimate == nil && undated.missing.contains { $0.contains("log_from") })
        var bare = City(profile: city.profile)
        #expect(ComponentStudy(bare, realLosses: nil) == nil)
        bare.repairs = city.repairs
        bare.profile.averagePressure = .unknown
        #expect(ComponentStudy(bare, realLosses: nil)?.missing.first?.contains("average_pressure") == true)
    }

    @Test("a leak that runs still counts to the end of the log, one of another year not at all")
    func running() throws {
        var city = Self.city()
        city.repairs[0].date = ""
        city.repairs[0].repaired = nil
        city.repairs[0].aware = Self.day(360)
        city.repairs[0].began = Self.day(355)
        city.repairs[1].began = nil
        city.repairs[1].aware = Self.day(-90)
        city.repairs[1].repaired = Self.day(-80)
        let study = try #require(ComponentStudy(city, realLosses: nil))
        #expect(agrees(study.components?.reported.value, 1e-3 * 10 * 86_400, relative: 1e-9))
        #expect(study.components?.unreported.value == 0)
        #expect(study.assumptions.contains { $0.contains("outside the log's period") })
    }

    @Test("the assessment of a city brings balance and components together, and finds the one that stands apart of three")
    func together() throws {
        var (city, consumption) = try CityAssessmentTests.city()
        let invented = Self.city()
        city.profile.mainsLength = invented.profile.mainsLength
        city.profile.connections = invented.profile.connections
        city.profile.serviceLineLength = invented.profile.serviceLineLength
        city.profile.averagePressure = invented.profile.averagePressure
        city.repairs = invented.repairs
        city.components = invented.components
        let assessment = CityAssessment.assess(city: city, consumption: consumption)
        let found = try #require(assessment.reconciliation)
        #expect(found.estimates.map(\.name) == ["balance", "components", "night flows"])
        // 9 l/s leak; the two bursts and the background explain a fifth of it.
        #expect(!found.isConsistent && found.suspects.first?.name == "components")
        let rest = try #require(found.withoutSuspect)
        #expect(rest.name == "components" && abs(rest.loss.value / 9e-3 - 1) < 0.1)
        #expect(found.advice.count == 1 && found.advice[0].contains("without it the others agree"))
        #expect(assessment.components?.recoverable?.low95 ?? 0 > 0)
    }
}
