// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import Testing
import WaterLoss
import WaterModel

@Suite("Delivery, monitoring and risk of a programme")
struct DeliveryTests {
    private static let rounding = 1e-9

    private static func plan(_ change: (inout City) -> Void = { _ in }, draws: Int = 200) -> ImprovementPlan {
        var city = Town.city()
        city.plan.objective = .volumeSaved
        change(&city)
        return improvementPlan(for: city, assessment: Town.assessment(), seed: 7, draws: draws)
    }

    @Test("the bill of quantities adds up to the plan's capital, and every line is in one lot")
    func estimate() throws {
        let plan = Self.plan()
        let estimate = try #require(plan.costEstimate)
        let works = estimate.base + estimate.physicalContingency
        #expect(abs(works - plan.selection.capital) <= 1e-6 * plan.selection.capital)
        let names = plan.lots.map(\.name)
        #expect(Set(names).count == names.count)
        for line in estimate.lines { #expect(names.contains(line.lot)) }
        #expect(abs(plan.lots.reduce(0) { $0 + $1.value } - works) <= 1e-6 * works)
        #expect(plan.lots.allSatisfy { !$0.terms.isEmpty })
        #expect(plan.lots.contains { $0.method == .toBeSettled })
        let settled = Self.plan {
            $0.plan.delivery.internationalTenderFrom = SourcedValue(1e5, status: .assumed)
            $0.plan.delivery.quotationsBelow = SourcedValue(1e4, status: .assumed)
        }
        #expect(!settled.lots.contains { $0.method == .toBeSettled })
    }

    @Test("works wait for design, tender, dry months and what they need")
    func schedule() throws {
        let jobs = [
            WorkSchedule.Job(measure: "b", catalogueKey: "b", start: 0, years: 1, isCivilWork: true, after: ["a"]),
            WorkSchedule.Job(measure: "a", catalogueKey: "a", start: 0, years: 1, isCivilWork: true),
        ]
        let schedule = try #require(
            WorkSchedule.plan(jobs, firstYear: 2027, wetSeason: [1, 2, 12], design: 3, tender: 4, commissioning: 2))
        let works = schedule.tasks.filter { $0.stage == .works }
        let first = try #require(works.first { $0.measure == "a" }), second = try #require(works.first { $0.measure == "b" })
        #expect(first.start == 7 && first.end == 11)
        // Nothing is dug in December, January and February.
        #expect(second.start == 14 && second.monthsLate == second.end - 12)
        for task in works { for month in [task.start, task.end - 1] { #expect(![1, 2, 12].contains(month % 12 + 1)) } }
    }

    @Test("jobs that wait for one another have no schedule, and the plan is refused with the reason")
    func circle() {
        let jobs = [
            WorkSchedule.Job(measure: "a", catalogueKey: "a", start: 0, years: 1, isCivilWork: true, after: ["b"]),
            WorkSchedule.Job(measure: "b", catalogueKey: "b", start: 0, years: 1, isCivilWork: true, after: ["a"]),
        ]
        #expect(WorkSchedule.plan(jobs, firstYear: 2027, wetSeason: [], design: 1, tender: 1, commissioning: 1) == nil)
        let plan = Self.plan(
            {
                $0.catalogue.prerequisites = ["mains_renewal": ["pressure_management"], "pressure_management": ["mains_renewal"]]
            }, draws: 0)
        #expect(plan.selection.refusal.contains { $0.contains("circle") })
        let odd = Self.plan({ $0.catalogue.exclusions = ["mains_renewal": ["moon"]] }, draws: 0)
        #expect(odd.selection.refusal.contains { $0.contains("moon") })
    }

    @Test("a circle among measures that have no size here is refused too, and so is a share above the whole")
    func circleOfTheCatalogue() {
        // Without zones to build there is no district metering, and no such job waits for another.
        let needs = ["district_metering": ["faster_repair"], "faster_repair": ["district_metering"]]
        let plan = Self.plan(
            {
                $0.zones.removeLast()
                $0.catalogue.prerequisites = needs
            }, draws: 0)
        #expect(!plan.measures.contains { $0.catalogueKey == "faster_repair" })
        #expect(
            plan.selection.refusal.contains {
                $0.contains("go round in a circle: district_metering needs faster_repair needs district_metering")
            })
        let percent = Self.plan({ $0.catalogue.values["active_leak_control"] = ["effect": SourcedValue(33, status: .assumed)] }, draws: 0)
        #expect(percent.selection.refusal.contains { $0.contains("active_leak_control.effect is 33") && $0.contains("not a percentage") })
        // A chain is no circle.
        let chain = Self.plan({ $0.catalogue.prerequisites = ["faster_repair": ["mains_renewal"]] }, draws: 0)
        #expect(chain.selection.refusal.isEmpty)
    }

    @Test("what the city's catalogue needs and excludes is kept by the choice")
    func relations() {
        let needing = Self.plan({ $0.catalogue.prerequisites = ["active_leak_control": ["mains_renewal"]] }, draws: 0)
        for measure in needing.measures where measure.isSelected && measure.catalogueKey == "active_leak_control" {
            #expect(needing.measures.contains { $0.isSelected && $0.catalogueKey == "mains_renewal" && $0.zone == measure.zone })
        }
        let apart = Self.plan({ $0.catalogue.exclusions = ["active_leak_control": ["mains_renewal"]] }, draws: 0)
        for measure in apart.measures where measure.isSelected && measure.catalogueKey == "active_leak_control" {
            #expect(!apart.measures.contains { $0.isSelected && $0.catalogueKey == "mains_renewal" && $0.zone == measure.zone })
        }
    }

    private static func selected(_ plan: ImprovementPlan, _ key: String) -> [PlannedMeasure] {
        plan.measures.filter { $0.isSelected && $0.catalogueKey == key }
    }

    @Test("a measure in a zone waits for what it needs of the whole city, and is chosen only with it")
    func needsOfTheCity() throws {
        let plan = Self.plan({ $0.catalogue.prerequisites = ["active_leak_control": ["remote_reading"]] }, draws: 0)
        #expect(plan.selection.refusal.isEmpty && plan.selection.isProvenOptimal)
        let surveys = Self.selected(plan, "active_leak_control")
        #expect(!surveys.isEmpty)
        let reading = try #require(Self.selected(plan, "remote_reading").first)
        for survey in surveys {
            #expect(survey.prerequisites.contains("remote_reading"))
            let (first, ready) = (try #require(survey.startYear), try #require(reading.startYear) + (reading.buildYears ?? 0))
            #expect(first >= ready)
        }
        // Without it, no survey anywhere.
        let without = Self.plan(
            {
                $0.catalogue.prerequisites = ["active_leak_control": ["remote_reading"]]
                $0.catalogue.exclusions = ["remote_reading": ["district_metering", "mains_renewal"]]
                $0.plan.mandatory = ["mains_renewal"]
            }, draws: 0)
        #expect(without.selection.refusal.isEmpty)
        #expect(!Self.selected(without, "mains_renewal").isEmpty)
        #expect(Self.selected(without, "remote_reading").isEmpty && Self.selected(without, "active_leak_control").isEmpty)
    }

    @Test("what is done for the whole city needs it of every area, and no circle is seen where zones need the city in turn")
    func needsOfEveryArea() {
        let plan = Self.plan(
            {
                $0.catalogue.prerequisites = ["active_leak_control": ["remote_reading"], "remote_reading": ["district_metering"]]
            }, draws: 0)
        #expect(plan.selection.refusal.isEmpty)
        #expect(plan.measures.first { $0.id == "remote_reading" }?.prerequisites == ["district_metering:Z3"])
        let ids = Set(plan.measures.filter(\.isSelected).map(\.id))
        #expect(ids.isSuperset(of: ["remote_reading", "district_metering:Z3", "active_leak_control:Z3"]))
        for measure in plan.measures where measure.isSelected { #expect(ids.isSuperset(of: measure.prerequisites)) }
    }

    @Test("where only totals are known, a measure on leakage needs one on meters of the same city")
    func needsOfTotals() {
        var (city, assessment) = Town.poor()
        city.plan.objective = .volumeSaved
        city.catalogue.prerequisites = ["active_leak_control": ["meter_replacement"]]
        let plan = improvementPlan(for: city, assessment: assessment, seed: 7, draws: 0)
        #expect(plan.selection.refusal.isEmpty)
        #expect(Self.selected(plan, "active_leak_control").count == 1)
        #expect(!Self.selected(plan, "meter_replacement").isEmpty)
    }

    @Test("a need that has no size here is told, and taken to be in place")
    func unsizedNeed() {
        let plan = Self.plan({ $0.catalogue.prerequisites = ["active_leak_control": ["service_renewal"]] }, draws: 0)
        #expect(plan.warnings.contains { $0.hasPrefix("active_leak_control needs service_renewal, which has no size here") })
        #expect(!Self.selected(plan, "active_leak_control").isEmpty)
    }

    @Test("every kind of asset has a trained post")
    func training() throws {
        let plan = Self.plan()
        let courses = try #require(plan.training).courses
        #expect(Set(courses.map(\.catalogueKey)) == Set(plan.measures.filter(\.isSelected).map(\.catalogueKey)))
        #expect(courses.allSatisfy { $0.onTheJobWeeks < $0.personWeeks })
    }

    @Test("indicators start from the balance, and a change smaller than the error cannot be claimed")
    func monitoring() throws {
        let plan = Self.plan()
        let monitoring = try #require(plan.monitoring)
        let losses = try #require(monitoring.indicators.first { $0.key == "real_losses" })
        let balance = try #require(plan.assessment.balance)
        #expect(abs(try #require(losses.baseline).value - balance.realLosses.value / 365) < 1e-6)
        #expect(losses.target.map { $0 < balance.realLosses.value / 365 } == true)
        #expect(abs(try #require(losses.detectableChange) - 1.96 * 2.0.squareRoot() * (losses.baseline?.standardDeviation ?? 0)) < 0.01)
        #expect(Set(monitoring.logic.map(\.level)) == Set(MonitoringPlan.LogicRow.Level.allCases))
    }

    @Test("new supply competes where water is short, and is not offered where it is not")
    func supply() throws {
        let surplus = Self.plan(draws: 0)
        #expect(surplus.notSized.contains { $0.catalogueKey == "new_supply" && $0.reason.contains("not short") })
        let short = Self.plan(
            {
                $0.plan.objective = .netPresentValue
                $0.plan.regime = .deficit
                $0.catalogue.values["general"] = ["supply_deficit": SourcedValue(3000, low: 2500, high: 3500, status: .assumed)]
            }, draws: 0)
        let plant = try #require(short.measures.first { $0.catalogueKey == "treatment_capacity" })
        #expect(plant.isNewSupply && plant.quantity == 3000 && plant.target == .supply)
        #expect(abs(plant.volumeSaved.value - 3000 * 365) < 1e-6)
        // The whole deficit closed at 2.1 a cubic metre less 0.5 of production pays for cheap works.
        #expect(plant.netPresentValue > 0 && plant.isSelected)
        #expect(!short.measures.contains { $0.catalogueKey == "new_supply" && $0.isSelected })
        #expect(short.selection.volumeSaved < 3000 * 365)
    }

    @Test("what is worth knowing: the known cases of one figure")
    func information() {
        // Half the cases lose 1, half gain 1: knowing all is worth a half, and a figure that tells them apart as much.
        let worths = (0..<1000).map { $0 % 2 == 0 ? 1.0 : -1.0 }
        #expect(abs(ValueOfInformation.perfect(worths) - 0.5) < 1e-12)
        let told = ValueOfInformation.partial(worths, figure: worths)
        #expect(abs(told.share - 1) < 1e-9 && abs(told.worth - 0.5) < 1e-9)
        let blind = ValueOfInformation.partial(worths, figure: (0..<1000).map { Double($0 / 2) })
        #expect(blind.share < 1e-9 && blind.worth < 1e-9)
        // A decision that no draw changes is worth no measuring.
        #expect(ValueOfInformation.perfect(worths.map { $0 + 2 }) == 0)
        #expect(ValueOfInformation.partial(worths.map { $0 + 2 }, figure: worths).worth == 0)
        // E[max(x, 0)] of a standard normal is 1/√(2π); its quantiles stand in for draws.
        let normal = (0..<2000).map { quantile((Double($0) + 0.5) / 2000) }
        #expect(abs(ValueOfInformation.partial(normal, figure: normal).worth - 0.398942) < 2e-3)
    }

    /// Of the standard normal, by bisection on the error function's series.
    private func quantile(_ probability: Double) -> Double {
        func distribution(_ x: Double) -> Double {
            var term = x, sum = x
            for k in 1..<200 {
                term *= x * x / Double(2 * k + 1)
                sum += term
            }
            return 0.5 + sum * 0.3989422804014327 * power(-x * x / 2)
        }
        var low = -6.0, high = 6.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if distribution(middle) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    private func power(_ x: Double) -> Double {
        var sum = 1.0, term = 1.0
        for k in 1..<120 {
            term *= -x / Double(k)
            sum += term
        }
        return 1 / sum
    }

    @Test("figures of the plan that matter are named, and every risk has an owner")
    func risks() throws {
        let plan = Self.plan()
        let information = try #require(plan.valueOfInformation)
        #expect(information.perfect >= 0 && !information.items.isEmpty)
        for item in information.items { #expect(item.worth <= information.perfect + 1e-6 && item.varianceShare > 0) }
        #expect(!plan.risks.isEmpty && plan.risks.allSatisfy { !$0.owner.isEmpty && !$0.response.isEmpty })
    }

    @Test("with totals only, measuring comes first and says what it makes possible")
    func diagnosisFirst() throws {
        let (city, assessment) = Town.poor()
        let plan = improvementPlan(for: city, assessment: assessment, seed: 7, draws: 20)
        let diagnosis = try #require(plan.diagnosis)
        #expect(diagnosis.comesFirst)
        #expect(diagnosis.steps.contains { $0.opens.contains("pressure_management") })
        #expect(diagnosis.steps.contains { $0.opens.contains("active_leak_control") })
        let rich = try #require(Self.plan().diagnosis)
        #expect(!rich.steps.contains { $0.key == "measure_zone_inflows" })
        let none = improvementPlan(for: city, assessment: CityAssessment(level: .totals), seed: 7, draws: 0)
        #expect(
            none.diagnosis?.steps.first?.key == "measure_balance" || none.diagnosis?.steps.contains { $0.key == "measure_balance" } == true)
    }

    @Test("works of several years go on as the parts that they need are built")
    func parts() throws {
        let jobs = [
            WorkSchedule.Job(measure: "zones", catalogueKey: "zones", start: 0, years: 4, isCivilWork: false),
            WorkSchedule.Job(measure: "control", catalogueKey: "control", start: 1, years: 4, isCivilWork: false, after: ["zones"]),
            WorkSchedule.Job(measure: "end", catalogueKey: "end", start: 1, years: 1, isCivilWork: false, after: ["zones"]),
        ]
        let schedule = try #require(WorkSchedule.plan(jobs, firstYear: 2027, wetSeason: [], design: 0, tender: 0, commissioning: 1))
        func works(_ name: String) throws -> WorkSchedule.Task {
            try #require(schedule.tasks.first { $0.measure == name && $0.stage == .works })
        }
        #expect(try works("zones").end == 48 && works("control").start == 12 && works("end").start == 48)
    }

    @Test("more zones than crews can build in a year take as many years as the crews need, and leakage control goes on with them")
    func crews() throws {
        func built(_ plan: ImprovementPlan, _ key: String) throws -> PlannedMeasure {
            try #require(plan.measures.first { $0.catalogueKey == key })
        }
        var city = Town.city(), assessment = Town.assessment()
        city.zones = []
        assessment.zones = []
        assessment.leaks = []
        let free = improvementPlan(for: city, assessment: assessment, seed: 7, draws: 50)
        let inlets = try built(free, "district_metering").quantity
        city.plan.crews = ["district_metering": inlets / 3]
        let bound = improvementPlan(for: city, assessment: assessment, seed: 7, draws: 50)
        #expect(try built(free, "district_metering").buildYears == 1 && built(free, "active_leak_control").buildYears == 1)
        #expect(try built(bound, "district_metering").buildYears == 3 && built(bound, "active_leak_control").buildYears == 3)
    }

    @Test("supervision is a lot of services of its own, bought for the works and not after, and no post of the utility's")
    func supervision() throws {
        let plan = Self.plan {
            $0.plan.mandatory = ["construction_supervision"]
            $0.catalogue.values["construction_supervision"] = [
                "quantity": SourcedValue(20, status: .assumed), "unit_cost": SourcedValue(5000, status: .assumed),
            ]
        }
        let lot = try #require(plan.lots.first { $0.name == "supervision" })
        #expect(lot.kind == .services && lot.measures == ["construction_supervision"] && lot.terms.contains("terms_coverage_proof"))
        let measure = try #require(plan.measures.first { $0.catalogueKey == "construction_supervision" })
        #expect(measure.isSelected && measure.buildYears == 4 && measure.volumeSaved.value == 0)
        #expect(plan.training?.courses.contains { $0.catalogueKey == "construction_supervision" } == false)
        #expect(plan.monitoring?.logic.contains { $0.item == "construction_supervision" } == false)
        // Training, which is sized by the same rule, is taken with a quantity too.
        let trained = Self.plan {
            $0.catalogue.values["organisation_training"] = [
                "quantity": SourcedValue(8, status: .assumed), "unit_cost": SourcedValue(900, status: .assumed),
            ]
        }
        #expect(trained.measures.contains { $0.catalogueKey == "organisation_training" && $0.quantity == 8 })
    }
}
