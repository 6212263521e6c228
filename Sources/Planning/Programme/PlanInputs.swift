// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// All that a plan is computed from, with every figure named once, before anything is chosen.
struct PlanInputs {
    let city: City
    let balance: WaterBalance?
    let horizon: Int
    let base: LossBase
    let figures: Figures
    let measures: [SizedMeasure]
    let notSized: [ImprovementPlan.NotSized]
    let simulation: ProgrammeSimulation
    let worth: ProgrammeWorth
    /// nil: no limit. [currency]
    let budget: Double?
    /// In which the effect of a survey wears off. [years]
    let effectLife: Double
    /// [m]
    let minimumPressure: Double
    /// Months and shares by their keys in the catalogue's general part.
    let stageMonths: [String: Double]
    let reading: ReadingFigures
    /// Designed on the network of a city that has no zones; nil: none.
    let zones: TownZones?
    /// Why no programme can be right: what the inputs say of themselves cannot all be true.
    let contradictions: [String]
    var warnings: [String]

    /// Measures that wait for one another, or that need what they shut out; names of relations that the catalogue does not have.
    private static func contradictions(_ measures: [SizedMeasure], _ catalogue: MeasureCatalogue, _ city: City) -> [String] {
        var reasons: [String] = []
        let jobs = measures.map {
            WorkSchedule.Job(
                measure: $0.id, catalogueKey: $0.key, start: $0.start, years: $0.buildYears, isCivilWork: false, after: $0.prerequisites)
        }
        if WorkSchedule.order(jobs) == nil {
            let circle = measures.filter { measure in
                measure.prerequisites.contains { id in measures.contains { $0.id == id && $0.prerequisites.contains(measure.id) } }
            }.map(\.id)
            reasons.append("prerequisites go round in a circle: \((circle.isEmpty ? measures.map(\.id) : circle).joined(separator: ", "))")
        } else if let circle = circle(of: catalogue, with: city.catalogue.prerequisites) {
            // Of measures that have no size here, or are in place: a circle is wrong whether or not it bites.
            reasons.append("prerequisites go round in a circle: \(circle.joined(separator: " needs "))")
        }
        reasons += sharesAboveOne(catalogue, city.catalogue)
        for measure in measures {
            for id in measure.prerequisites where measure.exclusions.contains(id) {
                reasons.append("measure \(measure.id) needs \(id) and excludes it")
            }
        }
        let known = Set(MeasureCatalogue.standard.measures.map(\.key))
        let named = city.catalogue.prerequisites.merging(city.catalogue.exclusions) { $0 + $1 }.flatMap { [$0.key] + $0.value }
        for name in Set(named).subtracting(known).sorted() {
            reasons.append("the catalogue has no measure \(name) that could be needed or excluded")
        }
        if let price = city.profile.tariff.value, price < 0 { reasons.append("the tariff is below zero") }
        if let cost = city.profile.variableProductionCost.value, cost < 0 { reasons.append("the cost of production is below zero") }
        if city.plan.objective == .supplyHours {
            if let hours = city.profile.supplyHours.value {
                if hours >= 24 { reasons.append("longer hours of supply are the objective, and supply is 24 hours a day already") }
            } else {
                reasons.append("longer hours of supply are the objective, and supply_hours of city.yaml is not known")
            }
        }
        if city.plan.objective == .leastCapital, !city.plan.isTargetRequired {
            reasons.append(
                "the least capital is the objective, and nothing must be reached: give target_is_required and the target in plan.yaml")
        }
        if let ratio = city.plan.targetRevenueWaterRatio, ratio > 1 { reasons.append("the target lies above 100 %") }
        return reasons
    }

    /// Measures of the catalogue that need one another in turn, the first again at the end; nil where there are none.
    private static func circle(of catalogue: MeasureCatalogue, with own: [String: [String]]) -> [String]? {
        var needs: [String: [String]] = [:]
        for measure in catalogue.measures { needs[measure.key] = (measure.prerequisites + (own[measure.key] ?? [])).sorted() }
        // Without those that need nothing that is left, again and again, only circles and what needs them are left.
        while let free = needs.keys.filter({ !(needs[$0] ?? []).contains { needs[$0] != nil } }).min() { needs[free] = nil }
        guard var name = needs.keys.min() else { return nil }
        var path: [String] = []
        while !path.contains(name) {
            path.append(name)
            name = (needs[name] ?? []).first { needs[$0] != nil } ?? name
        }
        return path.drop { $0 != name } + [name]
    }

    /// What the city calls a share and gives as more than the whole, as per cent would be.
    private static func sharesAboveOne(_ catalogue: MeasureCatalogue, _ own: CatalogueOverrides) -> [String] {
        own.values.sorted { $0.key < $1.key }.flatMap { measure, figures in
            figures.sorted { $0.key < $1.key }.compactMap { key, value -> String? in
                guard let unit = catalogue.parameter(measure, key)?.unit, unit.hasPrefix("share"), let most = value.value, most > 1 else {
                    return nil
                }
                return "\(measure).\(key) is \(text(most)), more than the whole: it is a share (\(unit)), not a percentage"
            }
        }
    }

    init(city: City, assessment: CityAssessment) {
        self.city = city
        balance = assessment.balance
        var figures = Figures()
        var warnings: [String] = []
        horizon = max(1, city.plan.horizonYears)
        if city.plan.horizonYears < 1 { warnings.append("The plan's horizon is below one year; one year is used.") }
        let (catalogue, nameWarnings) = MeasureCatalogue.standard.overridden(by: city.catalogue, currency: city.profile.currency)
        warnings += nameWarnings
        if let amount = city.plan.budget, amount < 0 || !amount.isFinite {
            warnings.append(
                "The budget of \(text(amount)) \(city.profile.currency) is not an amount of money; nothing can be bought with it.")
            budget = 0
        } else {
            budget = city.plan.budget
        }
        worth = Self.worth(city, catalogue, &figures, &warnings)
        let rise: Int
        if city.plan.naturalRiseOfLeakage.value != nil {
            rise = figures.add(
                "plan.natural_rise_of_leakage", unit: "share of present real losses per year", city.plan.naturalRiseOfLeakage)
        } else {
            let parameter = catalogue.parameter("general", "natural_rise_of_leakage")
            rise = figures.add(
                "general.natural_rise_of_leakage", unit: parameter?.unit ?? "", parameter?.value ?? SourcedValue(0, status: .assumed))
            warnings.append(
                "How fast leakage rises here where nothing is done is not known: the plan takes \(text(figures.list[rise].distribution.central)) "
                    + "of the present losses a year from published cases, which are contested.")
        }
        figures.use(rise, in: "trajectory")
        let spare = catalogue.parameter("general", "contingency")
        let contingency = figures.add(
            "general.contingency", unit: spare?.unit ?? "", spare?.value ?? SourcedValue(0, status: .assumed))
        figures.use(contingency, in: "capital of every measure")
        minimumPressure = catalogue.parameter("general", "minimum_pressure")?.value.value ?? 0
        if let parameter = catalogue.parameter("active_leak_control", "effect_life"), let life = parameter.value.value {
            figures.use(figures.add("active_leak_control.effect_life", unit: parameter.unit, parameter.value), in: "rebound")
            effectLife = life
        } else {
            effectLife = 1
        }
        base = LossBase(city: city, assessment: assessment, figures: &figures, warnings: &warnings)
        let central = figures.central
        zones = TownZones.of(city, excluded: catalogue.excluded, minimumPressure: minimumPressure, &warnings)
        var sizing = MeasureSizing(
            city: city, assessment: assessment, catalogue: catalogue, base: base, zones: zones, figures: figures, rise: rise,
            waterWorth: worth.water(central).firstWorth, tariff: central[worth.tariff] * central[worth.collection],
            rate: central[worth.rate])
        sizing.run()
        var all = sizing.figures
        let conversion = sizing.money
        func settled(_ measure: String, _ key: String, in use: String) -> (central: Double, low: Double, high: Double)? {
            guard let parameter = catalogue.parameter(measure, key), let value = parameter.value.value else { return nil }
            guard let factor = parameter.currency.map(conversion.factor) ?? 1 else { return nil }
            let scaled = parameter.value.scaled(by: factor)
            // The programme's worth does not rest on it: it stays at its centre in every draw.
            let index = all.add(
                "\(measure).\(key)", unit: parameter.currency == nil ? parameter.unit : "\(city.profile.currency) per \(parameter.unit)",
                scaled, distribution: .fixed(value * factor))
            all.use(index, in: use)
            return (value * factor, scaled.low ?? value * factor, scaled.high ?? value * factor)
        }
        var stages: [String: Double] = [:]
        for key in ["design_months", "tender_months", "commissioning_months"] {
            stages[key] = settled("general", key, in: "schedule")?.central
        }
        for key in ["training_person_weeks", "on_the_job_share", "connections_per_post"] {
            stages[key] = settled("general", key, in: "training")?.central
        }
        stageMonths = stages
        var readings: [String: (central: Double, low: Double, high: Double)] = [:]
        for parameter in catalogue.measure("reading_network")?.parameters ?? [] {
            readings[parameter.key] = settled("reading_network", parameter.key, in: "reading_network")
        }
        reading = ReadingFigures(values: readings)
        contradictions = Self.contradictions(sizing.measures, catalogue, city)
        self.figures = all
        measures = sizing.measures
        notSized = sizing.notSized
        simulation = ProgrammeSimulation(horizon: horizon, rise: rise, contingency: contingency)
        self.warnings = warnings + sizing.warnings
    }

    /// The worth of water and the discount rate, or what stands in where the city does not know them.
    private static func worth(
        _ city: City, _ catalogue: MeasureCatalogue, _ figures: inout Figures, _ warnings: inout [String]
    ) -> ProgrammeWorth {
        let profile = city.profile
        func price(_ value: SourcedValue, _ id: String, _ warning: String, _ figures: inout Figures, _ warnings: inout [String]) -> Int {
            if let amount = value.value, amount >= 0 {
                let index = figures.add(id, unit: "\(profile.currency)/m³", value)
                figures.use(index, in: "worth of water")
                return index
            }
            warnings.append(warning)
            return figures.add(id, unit: "\(profile.currency)/m³", SourcedValue(0, source: "not known, counted as 0", status: .unknown))
        }
        let tariff = price(
            profile.tariff, "profile.tariff",
            "The tariff is not known: water that is sold after the programme is counted as worth nothing.",
            &figures, &warnings)
        let cost = price(
            profile.variableProductionCost, "profile.variable_production_cost",
            "The cost of one more cubic metre is not known: water that need not be produced is counted as worth nothing.", &figures,
            &warnings)
        let collectionValue = catalogue.parameter("general", "collection_rate")?.value
        let collection = figures.add(
            "general.collection_rate", unit: "share of bills paid",
            collectionValue?.value == nil
                ? SourcedValue(1, source: "not given: every bill counts as paid", status: .assumed) : collectionValue ?? .unknown)
        figures.use(collection, in: "worth of water")
        var rateValue = city.plan.discountRate
        if rateValue.value.map({ $0 <= -1 || $0 > 1 || !$0.isFinite }) ?? true {
            warnings.append("The discount rate is missing or not between 0 and 1 a year; 0.08 is used.")
            rateValue = SourcedValue(0.08, source: "Yusu: in place of a rate that is missing", status: .assumed)
        }
        let rate = figures.add("plan.discount_rate", unit: "per year", rateValue, distribution: .fixed(rateValue.value ?? 0.08))
        figures.use(rate, in: "present values")
        var deficit: Double?
        if let parameter = catalogue.parameter("general", "supply_deficit"), let daily = parameter.value.value {
            deficit = daily * 365
            let index = figures.add("general.supply_deficit", unit: parameter.unit, parameter.value)
            figures.use(index, in: "worth of water")
        } else if city.plan.regime == .deficit {
            warnings.append(
                "How much water is short is not known (general.supply_deficit in catalogue.yaml): all water saved is counted as sold at the tariff."
            )
        }
        let central = figures.central
        if city.plan.regime == .deficit, deficit != nil, central[tariff] * central[collection] < central[cost] {
            warnings.append("A cubic metre costs more to produce than it earns: in a deficit all water saved is counted at the tariff.")
            deficit = nil
        }
        let supply = city.plan.supply
        if let days = supply.deficits, !days.isEmpty, deficit == nil { deficit = 365 * days.reduce(0, +) / Double(days.count) }
        let purchases = supply.purchases.compactMap { purchase -> (volume: Double, price: Int, firstFree: Int?)? in
            guard let daily = purchase.quantity.value, purchase.price.value != nil else { return nil }
            let price = figures.add("plan.purchase_price:\(purchase.name)", unit: "\(profile.currency)/m³", purchase.price)
            figures.use(price, in: "worth of water")
            return (365 * daily, price, purchase.until.map { max(0, $0 - city.plan.startYear + 1) })
        }
        let contractEnd = supply.takeOrPayUntil ?? supply.purchases.compactMap(\.until).min()
        return ProgrammeWorth(
            tariff: tariff, marginalCost: cost, collection: collection, rate: rate, regime: city.plan.regime, deficit: deficit,
            deficits: supply.deficits.flatMap { $0.isEmpty ? nil : $0.map { 365 * $0 } },
            endOfTakeOrPay: contractEnd.map { $0 - city.plan.startYear + 1 }, purchases: purchases)
    }
}
