// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// The parts of `plan.yaml` that tell who pays, what money costs, and how supply and demand move.
extension PlanFile {
    static let financingKeys = [
        "drawing", "donor_discount_rate", "performance_contract", "consortium", "tax", "price_escalation", "price_base_year",
        "conversion_factor", "economic_discount_rate", "willingness_to_pay", "coping_cost", "household_use", "fixed_charge",
        "household_income", "low_income", "affordable_share", "lifeline_tariff", "lifeline_use", "deficit_m3_per_day",
        "take_or_pay_until", "purchases", "deferred_works", "demand_growth", "energy_intensity", "emission_factor", "carbon_price",
        "wet_season",
        "international_tender_from", "quotations_below", "asbestos_cement", "resettlement", "operation_paid_by",
        "owns_interface_and_keys",
    ]

    static func readFinancing(_ top: YAMLMapping, into plan: inout PlanSettings, problems: inout ProblemList) {
        func figure(_ key: String, _ units: FigureUnits, _ problems: inout ProblemList) -> SourcedValue {
            top.figure(key, units, problems: &problems)
        }
        var money = FinancingSettings()
        money.drawing = top.choice("drawing", of: FinancingSettings.Drawing.self, problems: &problems) ?? money.drawing
        money.donorDiscountRate = figure("donor_discount_rate", .sharePerYear, &problems)
        money.tax = figure("tax", .share, &problems)
        money.priceEscalation = figure("price_escalation", .sharePerYear, &problems)
        money.priceBaseYear = top.integer("price_base_year", 1990...2200, problems: &problems)
        money.conversionFactor = figure("conversion_factor", .number, &problems)
        money.economicDiscountRate = figure("economic_discount_rate", .sharePerYear, &problems)
        money.willingnessToPay = figure("willingness_to_pay", .perCubicMetre, &problems)
        money.copingCost = figure("coping_cost", .perCubicMetre, &problems)
        money.householdUse = figure("household_use", .monthlyVolume, &problems)
        money.fixedCharge = figure("fixed_charge", .perMonth, &problems)
        money.householdIncome = figure("household_income", .perMonth, &problems)
        money.lowIncome = figure("low_income", .perMonth, &problems)
        money.affordableShare = figure("affordable_share", .share, &problems)
        money.lifelineTariff = figure("lifeline_tariff", .perCubicMetre, &problems)
        money.lifelineUse = figure("lifeline_use", .monthlyVolume, &problems)
        money.contract = contract(top, plan, problems: &problems)
        money.consortium = consortium(top, problems: &problems)
        plan.financing = money
        var supply = SupplySettings()
        if top.node("deficit_m3_per_day") != nil { supply.deficits = numbers(top, "deficit_m3_per_day", problems: &problems) }
        supply.takeOrPayUntil = top.integer("take_or_pay_until", 1990...2200, problems: &problems)
        for (index, node) in top.list("purchases").enumerated() {
            let known = ["name", "quantity", "price", "until"]
            guard
                let entry = YAMLMapping(node, file: top.file, name: "purchases[\(index + 1)]", known: known, problems: &problems)
            else { continue }
            for key in ["quantity", "price"] where entry.node(key) == nil {
                problems.add(top.file, entry.line, "'\(entry.label(key))' is missing", "a contract needs it, or the word unknown")
            }
            supply.purchases.append(
                .init(
                    name: entry.requiredText("name", "who sells the water", problems: &problems),
                    quantity: entry.figure("quantity", .flow, problems: &problems).scaled(by: Units.day),
                    price: entry.figure("price", .perCubicMetre, problems: &problems),
                    until: entry.integer("until", 1990...2200, problems: &problems)))
        }
        supply.demandGrowth = figure("demand_growth", .sharePerYear, &problems)
        supply.energyIntensity = figure("energy_intensity", .energyIntensity, &problems)
        supply.emissionFactor = figure("emission_factor", .emissionFactor, &problems)
        supply.carbonPrice = figure("carbon_price", .carbonPrice, &problems)
        for (index, node) in top.list("deferred_works").enumerated() {
            let name = "deferred_works[\(index + 1)]"
            guard
                let entry = YAMLMapping(
                    node, file: top.file, name: name, known: ["name", "capital", "year", "demand_growth"], problems: &problems)
            else { continue }
            let works = entry.requiredText("name", "what is built", problems: &problems)
            guard let year = entry.integer("year", 1990...2200, problems: &problems) else {
                if entry.node("year") == nil { problems.add(top.file, entry.line, "'\(name).year' is missing", "give the year") }
                continue
            }
            supply.deferredWorks.append(
                .init(
                    name: works, capital: entry.figure("capital", .amount, problems: &problems), year: year,
                    demandGrowth: entry.figure("demand_growth", .flowPerYear, problems: &problems)))
        }
        plan.supply = supply
        var delivery = DeliverySettings()
        for text in top.texts("wet_season", problems: &problems) {
            guard let month = Int(text), (1...12).contains(month) else {
                problems.add(top.file, top.line(of: "wet_season"), "'wet_season' holds '\(text)'", "give months as numbers from 1 to 12")
                continue
            }
            delivery.wetSeason.insert(month)
        }
        if delivery.wetSeason.count == 12 {
            problems.add(top.file, top.line(of: "wet_season"), "'wet_season' leaves no month to build in", "give the wet months alone")
        }
        delivery.internationalTenderFrom = figure("international_tender_from", .amount, &problems)
        delivery.quotationsBelow = figure("quotations_below", .amount, &problems)
        delivery.hasAsbestosCement = top.boolean("asbestos_cement", problems: &problems)
        delivery.needsResettlement = top.boolean("resettlement", problems: &problems)
        delivery.operationPaidBy = top.text("operation_paid_by", problems: &problems)
        delivery.ownsInterfaceAndKeys = top.boolean("owns_interface_and_keys", problems: &problems)
        plan.delivery = delivery
    }

    /// Terms of a loan, where the entry gives them: all or none of interest and maturity.
    static func terms(_ entry: YAMLMapping, kind: PlanSettings.FundingSource.Kind, problems: inout ProblemList) -> LoanTerms? {
        let keys = ["interest_percent", "maturity_years", "grace_years", "repayment"]
        let given = keys.filter { entry.node($0) != nil }
        guard !given.isEmpty else { return nil }
        guard kind.isLoan else {
            problems.add(entry.file, entry.line, "'\(entry.name)' has \(given[0]) and is no loan", "take it out, or give a loan's kind")
            return nil
        }
        for key in keys.prefix(2) where entry.node(key) == nil {
            problems.add(entry.file, entry.line, "'\(entry.label(key))' is missing", "a loan's terms need it")
        }
        let grace = entry.integer("grace_years", 0...60, problems: &problems) ?? 0
        let repayment = entry.choice("repayment", of: LoanTerms.Repayment.self, problems: &problems) ?? .equalPrincipal
        guard let interest = entry.number("interest_percent", 0...100, "% per year", problems: &problems),
            let maturity = entry.integer("maturity_years", 1...60, problems: &problems)
        else { return nil }
        if grace >= maturity {
            problems.add(
                entry.file, entry.line(of: "grace_years"), "'\(entry.label("grace_years"))' \(grace) leaves no year to repay in",
                "give fewer years than 'maturity_years' \(maturity)")
        }
        return LoanTerms(interest: interest / 100, maturity: maturity, grace: grace, repayment: repayment)
    }

    private static func contract(
        _ top: YAMLMapping, _ plan: PlanSettings, problems: inout ProblemList
    ) -> PerformanceContractTerms? {
        let keys = [
            "basis", "fixed_fee_per_year", "fee_per_m3", "cap_m3_per_day", "penalty_per_year", "guaranteed_saving_m3_per_day", "years",
        ]
        guard let node = top.node("performance_contract"),
            let entry = YAMLMapping(node, file: top.file, name: "performance_contract", known: keys, problems: &problems)
        else { return nil }
        for key in ["fee_per_m3", "years"] where entry.node(key) == nil {
            problems.add(top.file, entry.line, "'\(entry.label(key))' is missing", "a contract that pays by performance needs it")
        }
        guard let fee = entry.number("fee_per_m3", 0...1e9, "currency of city.yaml", problems: &problems),
            let years = entry.integer("years", 1...plan.horizonYears, problems: &problems)
        else { return nil }
        var terms = PerformanceContractTerms(fee: fee, years: years)
        terms.basis = entry.choice("basis", of: PerformanceContractTerms.Basis.self, problems: &problems) ?? terms.basis
        terms.fixedFee = entry.number("fixed_fee_per_year", 0...1e15, "currency of city.yaml", problems: &problems) ?? 0
        terms.cap = entry.number("cap_m3_per_day", 0...1e15, "m3/d", problems: &problems)
        terms.penalty = entry.number("penalty_per_year", 0...1e15, "currency of city.yaml", problems: &problems) ?? 0
        terms.guaranteedSaving = entry.number("guaranteed_saving_m3_per_day", 0...1e15, "m3/d", problems: &problems)
        return terms
    }

    private static func consortium(_ top: YAMLMapping, problems: inout ProblemList) -> [ConsortiumMember] {
        var members: [ConsortiumMember] = []
        for (index, node) in top.list("consortium").enumerated() {
            guard
                let entry = YAMLMapping(
                    node, file: top.file, name: "consortium[\(index + 1)]", known: ["name", "role", "share_percent"], problems: &problems)
            else { continue }
            let name = entry.requiredText("name", "who it is", problems: &problems)
            let role = entry.choice("role", of: ConsortiumMember.Role.self, problems: &problems) ?? .member
            let share = entry.number("share_percent", 0...100, "%", problems: &problems) ?? 0
            members.append(ConsortiumMember(name: name, role: role, share: share / 100))
        }
        let sum = members.reduce(0) { $0 + $1.share }
        if !members.isEmpty, abs(sum - 1) > 1e-6 {
            problems.add(
                top.file, top.line(of: "consortium"), "the shares of 'consortium' add up to \(NumberText.exact(100 * sum)) %",
                "mend them: they must add up to 100 %")
        }
        return members
    }
}

extension FigureUnits {
    /// In the city's currency: the unit names what the money is for.
    static let perCubicMetre = FigureUnits(choices: [("currency/m3", 1)], standard: "currency/m3")
    static let perMonth = FigureUnits(choices: [("currency/month", 1), ("currency/year", 1.0 / 12)], standard: "currency/month")
    static let amount = FigureUnits(choices: [("currency", 1)], standard: "currency")
    static let monthlyVolume = FigureUnits(choices: [("m3/month", 1), ("m3/d", 365.0 / 12)], standard: "m3/month")
    static let energyIntensity = FigureUnits(choices: [("kWh/m3", 1)], standard: "kWh/m3")
    static let emissionFactor = FigureUnits(choices: [("kg/kWh", 1), ("g/kWh", 1e-3)], standard: "kg/kWh")
    static let carbonPrice = FigureUnits(choices: [("currency/t", 1)], standard: "currency/t")
}
