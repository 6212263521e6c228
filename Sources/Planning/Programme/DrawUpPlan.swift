// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// The improvement plan of a city: measures sized and priced, the best set under the budget, its path over the years, its money, its risk,
/// and every figure that it rests on.
///
/// Never fails: what the data do not allow is left out and named in `warnings` and `notSized`. The same input and seed give the same plan.
///
/// - city: as its folder tells it.
/// - assessment: its losses; the more of it there is, the more can be planned.
/// - seed: of the Monte Carlo over losses, effects and costs.
/// - draws: of the Monte Carlo; 0: no intervals.
public func improvementPlan(for city: City, assessment: CityAssessment, seed: UInt64, draws: Int = 1000) -> ImprovementPlan {
    let inputs = PlanInputs(city: city, assessment: assessment)
    let central = inputs.figures.central
    let choice = ProgrammeChoice(inputs, draw: central)
    var result: SelectionResult?
    var refusal: [String] = []
    do throws(SelectionError) {
        result = try choice.problem.solve(for: city.plan.objective)
    } catch {
        refusal = error.reasons
    }
    refusal += inputs.contradictions
    if refusal.isEmpty, let reason = choice.problem.budgetBelowCheapest { refusal.append(reason) }
    let chosen = result.map(choice.chosen) ?? choice.groups.map { _ in [] }
    let samples = inputs.figures.draws(draws, seed: seed)
    let risk = ProgrammeRisk(inputs: inputs, chosen: chosen, draws: samples)
    let book = PlanBook(
        inputs: inputs, choice: choice, result: result, chosen: chosen, central: central, samples: samples, risk: risk)
    let measures = book.measures()
    let selected = measures.filter(\.isSelected)
    let selection = ImprovementPlan.Selection(
        objective: city.plan.objective, budget: inputs.budget, capital: selected.reduce(0) { $0 + $1.capital.value },
        netPresentValue: book.netPresentValue, volumeSaved: selected.filter { !$0.isNewSupply }.reduce(0) { $0 + $1.volumeSaved.value },
        isProvenOptimal: result?.isProvenOptimal ?? false, value: result?.value, bound: result?.bound, gap: result?.gap,
        prices: (result?.prices ?? []).map { .init(limit: $0.limit.name, price: $0.price) }, refusal: refusal,
        frontier: result == nil ? [] : choice.frontier())
    let target = book.target()
    let cashFlow = book.cashFlow()
    var plan = ImprovementPlan(
        city: city, assessment: assessment, measures: measures, selection: selection, trajectory: book.trajectory(), cashFlow: cashFlow,
        finance: book.finance(cashFlow), assumptions: [], warnings: [], notSized: inputs.notSized, target: target)
    plan.sensitivity = book.tornado()
    plan.financing = book.financing()
    plan.appraisals = book.appraisals()
    plan.affordability = Affordability(city.plan.financing, tariff: city.profile.tariff.value)
    plan.waterValue = book.waterValueYears()
    plan.deferrals = book.deferrals()
    plan.rebound = book.rebound()
    plan.supplyDemand = book.supplyDemand()
    plan.questions = planQuestions(city)
    plan.costEstimate = book.costEstimate(plan.financing)
    plan.lots = book.lots(plan.costEstimate)
    plan.schedule = book.schedule()
    plan.training = book.training()
    plan.monitoring = book.monitoring(measures, plan.trajectory)
    plan.reading = book.readingNetwork(measures)
    plan.valueOfInformation = book.valueOfInformation()
    plan.diagnosis = DiagnosisProgramme(assessment, notSized: inputs.notSized)
    plan.townZones = inputs.zones
    let reduced = Set(selected.filter { $0.catalogueKey == "pressure_management" }.compactMap { $0.zone?.name })
    plan.pressureDesign =
        inputs.zones?.pressure ?? ZonesAsTheyAre.reducingValves(city, in: reduced, minimumPressure: inputs.minimumPressure)
    plan.districts =
        inputs.zones.map { DistrictCheck.of($0, minimumPressure: inputs.minimumPressure) }
        ?? DistrictCheck.of(city, assessment, minimumPressure: inputs.minimumPressure)
    plan.risks = riskRegister(plan)
    plan.assumptions = assumptionRegister(inputs)
    plan.warnings = inputs.warnings + planWarnings(plan, inputs: inputs, netPresentValueWithoutRise: book.netPresentValueWithoutRise)
    return plan
}

/// Writes the parts of a plan from the programme that was chosen.
struct PlanBook {
    let inputs: PlanInputs
    let choice: ProgrammeChoice
    /// nil: nothing could be chosen.
    let result: SelectionResult?
    /// Measures of each group, in order of rank, with the years in which they begin.
    let chosen: [[SizedMeasure]]
    let central: [Double]
    let samples: [[Double]]
    let risk: ProgrammeRisk
    /// Of the whole programme, at central figures.
    let outcome: ProgrammeSimulation.Outcome
    /// Real losses today. [m³/year]
    let today: Double

    init(
        inputs: PlanInputs, choice: ProgrammeChoice, result: SelectionResult?, chosen: [[SizedMeasure]], central: [Double],
        samples: [[Double]], risk: ProgrammeRisk
    ) {
        self.inputs = inputs
        self.choice = choice
        self.result = result
        self.chosen = chosen
        self.central = central
        self.samples = samples
        self.risk = risk
        (outcome, today) = ProgrammeRisk.outcome(inputs, chosen, central)
    }

    var netPresentValue: Double { inputs.worth.netPresentValue(outcome, central) }

    /// As `netPresentValue`, had leakage no natural rise. [currency]
    var netPresentValueWithoutRise: Double {
        var still = central
        still[inputs.simulation.rise] = 0
        return inputs.worth.netPresentValue(ProgrammeRisk.outcome(inputs, chosen, still).outcome, still)
    }

    private var firstYear: Int { inputs.city.plan.startYear }

    /// Draws used for the intervals of single measures: a spread needs fewer than a probability.
    private var measureSamples: ArraySlice<[Double]> { samples.prefix(400) }

    /// Every measure: chosen ones with what they add to those before them in their area, so that volumes and worths add up; others as if
    /// they stood alone. By rising cost per cubic metre, those without one last.
    func measures() -> [PlannedMeasure] {
        var result: [PlannedMeasure] = []
        var running = ProgrammeSimulation.Outcome(horizon: inputs.horizon)
        var worth = 0.0
        let model = self.result.map { _ in choice.model }
        let sampleLosses = measureSamples.map { ProgrammeChoice.losses(inputs.base, $0) }
        for (group, set) in chosen.enumerated() {
            var before: [SizedMeasure] = []
            for measure in set {
                let after = before + [measure]
                let total = running + inputs.simulation.run(after, losses: choice.losses[group], central)
                let value = inputs.worth.netPresentValue(total, central)
                result.append(
                    planned(measure, group: group, after: before, worth: value - worth, isSelected: true, sampleLosses: sampleLosses, model)
                )
                worth = value
                before = after
            }
            running = running + inputs.simulation.run(before, losses: choice.losses[group], central)
            for measure in choice.groups[group].map({ inputs.measures[$0] }) where !set.contains(where: { $0.id == measure.id }) {
                let alone = inputs.simulation.run([measure], losses: choice.losses[group], central)
                result.append(
                    planned(
                        measure, group: group, after: [], worth: inputs.worth.netPresentValue(alone, central), isSelected: false,
                        sampleLosses: sampleLosses, model))
            }
        }
        return result.sorted { left, right in
            switch (left.costPerCubicMetre, right.costPerCubicMetre) {
            case (let a?, let b?): (a, left.id) < (b, right.id)
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): left.id < right.id
            }
        }
    }

    private func planned(
        _ measure: SizedMeasure, group: Int, after before: [SizedMeasure], worth: Double, isSelected: Bool,
        sampleLosses: [[ProgrammeSimulation.Losses]], _ model: SelectionModel?
    ) -> PlannedMeasure {
        let index = inputs.measures.firstIndex { $0.id == measure.id }
        let reason = index.flatMap { index in
            result.flatMap { result in model.flatMap { choice.reason(for: index, in: group, result, model: $0) } }
        }
        func figures(_ draw: [Double], _ losses: ProgrammeSimulation.Losses) -> (Double, Double, Double) {
            let capital = inputs.simulation.capital(of: measure, losses: losses, draw)
            let yearly = inputs.simulation.operation(of: measure, capital: capital, losses: losses, draw)
            func full(_ set: [SizedMeasure]) -> Double {
                let saved = inputs.simulation.fullEffect(set, losses: losses, draw)
                var produced = 0.0
                for case .production(let daily) in set.map(\.effect) { produced += 365 * draw[daily] }
                return saved.real + saved.apparent + saved.demand + produced
            }
            return (capital, yearly, full(before + [measure]) - (before.isEmpty ? 0 : full(before)))
        }
        let (capital, yearly, volume) = figures(central, choice.losses[group])
        let spread = zip(measureSamples, sampleLosses).map { figures($0, $1[group]) }
        func estimate(_ value: Double, _ of: ((Double, Double, Double)) -> Double) -> Estimate {
            ProgrammeRisk.estimate(value, spread.map(of))
        }
        let life = measure.life.map { central[$0] } ?? Double(inputs.horizon)
        let water = inputs.worth.water(central)
        var told = PlannedMeasure(
            id: measure.id, catalogueKey: measure.key, target: measure.target, zone: measure.zone, quantity: measure.quantity,
            quantityUnit: measure.unit, capital: estimate(capital, \.0), operation: estimate(yearly, \.1), life: life,
            volumeSaved: estimate(volume, \.2), waterValue: measure.target == .apparentLosses ? water.tariff : water.firstWorth,
            costPerCubicMetre: volume > 1e-9
                ? CapitalRecovery.costPerCubicMetre(
                    capital: capital, operation: yearly, rate: central[inputs.worth.rate], life: life, volume: volume) : nil,
            netPresentValue: worth, prerequisites: measure.prerequisites, exclusions: measure.exclusions, isSelected: isSelected,
            startYear: isSelected ? firstYear + measure.start : nil, reason: reason, ramp: measure.ramp.map { central[$0] },
            decay: measure.decay.map { central[$0] }, buildYears: measure.buildYears)
        if case .pressure(_, _, .some) = measure.effect {
            func use(_ draw: [Double]) -> (spared: Double, forgone: Double) {
                let fall = inputs.simulation.consumptionFall(of: measure, draw)
                return (fall.metered + fall.unmetered, fall.metered * inputs.worth.water(draw).tariff)
            }
            let now = use(central), spread = measureSamples.map(use)
            told.consumptionSpared = ProgrammeRisk.estimate(now.spared, spread.map(\.spared))
            told.revenueForgone = ProgrammeRisk.estimate(now.forgone, spread.map(\.forgone))
        }
        return told
    }

    /// Ratio and real losses by year; empty where the revenue water is not known.
    func trajectory() -> [ImprovementPlan.TrajectoryYear] {
        guard inputs.base.knowsRevenue else { return [] }
        return (0..<inputs.horizon).map { year in
            let (with, without) = ProgrammeRisk.ratios(inputs, outcome, today, year: year, central)
            let losses = inputs.simulation.withoutMeasures(today, year: year, central)
            return ImprovementPlan.TrajectoryYear(
                year: firstYear + year,
                revenueWaterRatioWithout: ProgrammeRisk.estimate(without, risk.ratiosWithout[year]),
                revenueWaterRatioWith: ProgrammeRisk.estimate(with, risk.ratiosWith[year]),
                realLossesWithout: losses, realLossesWith: losses - outcome.realSaved[year])
        }
    }

    /// Funding is drawn as capital is spent, in the order of the sources, until it is used up.
    func cashFlow() -> [ImprovementPlan.CashFlowYear] {
        var left = inputs.city.plan.funding.reduce(0) { $0 + max(0, $1.amount) }
        let benefits = inputs.worth.benefits(outcome, central)
        return (0..<inputs.horizon).map { year in
            let funding = min(left, outcome.capital[year])
            left -= funding
            return ImprovementPlan.CashFlowYear(
                year: firstYear + year, capital: outcome.capital[year], operation: outcome.operation[year], benefit: benefits[year],
                funding: funding)
        }
    }

    func finance(_ cashFlow: [ImprovementPlan.CashFlowYear]) -> ImprovementPlan.FinancialSummary {
        let flow = DiscountedCashFlow(flows: cashFlow.map(\.net))
        let rate = central[inputs.worth.rate]
        let rates = flow.internalRates()
        let chosenMeasures = chosen.enumerated().flatMap { group, set in set.map { (group, $0) } }
        var yearly = 0.0
        for (group, measure) in chosenMeasures {
            let capital = inputs.simulation.capital(of: measure, losses: choice.losses[group], central)
            yearly += CapitalRecovery.annualisedCost(
                capital: capital,
                operation: inputs.simulation.operation(of: measure, capital: capital, losses: choice.losses[group], central), rate: rate,
                life: measure.life.map { central[$0] } ?? Double(inputs.horizon))
        }
        let volume = zip(chosen, choice.losses).reduce(0) { sum, pair in
            let full = inputs.simulation.fullEffect(pair.0, losses: pair.1, central)
            return sum + full.real + full.apparent + full.demand
        }
        return ImprovementPlan.FinancialSummary(
            netPresentValue: ProgrammeRisk.estimate(netPresentValue, risk.netPresentValues),
            internalRateOfReturn: rates.count == 1 ? rates[0] : nil,
            benefitCostRatio: DiscountedCashFlow.benefitCostRatio(
                benefits: cashFlow.map(\.benefit), costs: cashFlow.map { $0.capital + $0.operation }, rate: rate),
            payback: chosenMeasures.isEmpty ? nil : flow.payback(), costPerCubicMetre: volume > 0 ? yearly / volume : nil,
            probabilityOfLoss: chosenMeasures.isEmpty ? nil : risk.probabilityOfLoss,
            netPresentValuePercentiles: chosenMeasures.isEmpty ? [] : risk.percentiles, internalRates: rates,
            discountedPayback: chosenMeasures.isEmpty ? nil : flow.payback(rate: rate))
    }

    /// The ratio asked for, in the year asked for or the last of the plan.
    func target() -> ImprovementPlan.TargetOutcome? {
        let settings = inputs.city.plan
        guard let ratio = settings.targetRevenueWaterRatio, ratio > 0, ratio <= 1, inputs.base.knowsRevenue else { return nil }
        let year = choice.targetYear
        let with = ProgrammeRisk.ratios(inputs, outcome, today, year: year, central).with
        let draws = risk.ratiosWith[year]
        let needed = TargetSearch(choice: choice, target: ratio).run()
        return ImprovementPlan.TargetOutcome(
            ratio: ratio, year: firstYear + year, reached: ProgrammeRisk.estimate(with, draws),
            isReached: with >= ratio,
            probabilityOfMissing: draws.isEmpty ? (with < ratio ? 1 : 0) : Double(draws.count { $0 < ratio }) / Double(draws.count),
            capitalNeeded: needed.capital, measuresNeeded: needed.measures, ratioWithMeasuresNeeded: needed.ratio)
    }
}
