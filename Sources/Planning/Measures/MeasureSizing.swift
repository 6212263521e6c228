// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// Turns the catalogue into measures of a size, for a city as it was assessed. What cannot be sized or priced is named with its reason.
struct MeasureSizing {
    let city: City
    let assessment: CityAssessment
    let catalogue: MeasureCatalogue
    let money: MoneyConversion
    let base: LossBase
    /// Worth of the first cubic metre of leakage saved. [currency/m³]
    let waterWorth: Double
    /// Tariff × share of bills paid. [currency/m³]
    let tariff: Double
    let rate: Double
    var figures: Figures
    var measures: [SizedMeasure] = []
    var notSized: [ImprovementPlan.NotSized] = []
    var warnings: [String] = []
    /// Figures that every plan uses: rise of leakage, contingency.
    let rise: Int

    init(
        city: City, assessment: CityAssessment, catalogue: MeasureCatalogue, base: LossBase, figures: Figures, rise: Int,
        waterWorth: Double,
        tariff: Double, rate: Double
    ) {
        self.city = city
        self.assessment = assessment
        self.catalogue = catalogue
        money = MoneyConversion(profile: city.profile, catalogue: catalogue)
        self.base = base
        self.figures = figures
        self.rise = rise
        self.waterWorth = waterWorth
        self.tariff = tariff
        self.rate = rate
    }

    var years: Int { max(1, city.plan.constructionYears) }
    /// First year of works that need another measure in place.
    var second: Int { min(1, years - 1) }

    mutating func run() {
        let leaks = leaksByArea()
        for index in base.areas.indices { sizeArea(index, leaks: leaks[index]) }
        sizeApparent()
        sizeSupply()
        relate()
    }

    /// What the city's catalogue adds to needs and exclusions, among measures of one area.
    private mutating func relate() {
        for index in measures.indices {
            let measure = measures[index]
            func ids(_ keys: [String]) -> [String] {
                measures.filter { keys.contains($0.key) && $0.zone == measure.zone && $0.id != measure.id }.map(\.id)
            }
            measures[index].prerequisites += ids(city.catalogue.prerequisites[measure.key] ?? [])
                .filter { !measure.prerequisites.contains($0) }
            measures[index].exclusions += ids(city.catalogue.exclusions[measure.key] ?? []).filter { !measure.exclusions.contains($0) }
        }
    }

    /// Why a measure has no size: the reader's own words.
    struct Reason: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// The figure of that name, in the city's currency where it is money.
    mutating func figure(_ measure: String, _ key: String) throws(Reason) -> Int {
        guard let parameter = catalogue.parameter(measure, key) else { throw Reason("the catalogue has no figure \(measure).\(key)") }
        guard parameter.value.value != nil else {
            throw Reason("\(measure).\(key) is not known: no public figure was found; give it in catalogue.yaml")
        }
        var value = parameter.value
        var unit = parameter.unit
        if let currency = parameter.currency {
            guard let factor = money.factor(from: currency) else {
                throw Reason(
                    "\(measure).\(key) is known in \(currency) only and the exchange rate of \(city.profile.currency) is not: "
                        + "give exchange_rate in city.yaml, or the figure in catalogue.yaml")
            }
            value = value.scaled(by: factor)
            unit = "\(city.profile.currency) per \(parameter.unit)"
            if currency != city.profile.currency {
                value.source = (value.source ?? "") + "; converted from \(currency)"
                register(rateOf: currency, usedIn: measure)
            }
        }
        return figures.add("\(measure).\(key)", unit: unit, value)
    }

    private mutating func register(rateOf currency: String, usedIn measure: String) {
        if let key = money.rateKey(from: currency), let parameter = catalogue.parameter("general", key) {
            // Rates stay at their centre in every draw: the spread of prices is far wider.
            let index = figures.add(
                "general.\(key)", unit: parameter.unit, parameter.value, distribution: .fixed(parameter.value.value ?? 1))
            figures.use(index, in: measure)
        }
        if city.profile.currency != "USD" {
            let index = figures.add(
                "profile.exchange_rate", unit: "\(city.profile.currency) per US$", city.profile.exchangeRate,
                distribution: .fixed(city.profile.exchangeRate.value ?? 1))
            figures.use(index, in: measure)
        }
    }

    /// The figure, or nil where it is a question that the city need not answer.
    mutating func optionalFigure(_ measure: String, _ key: String) -> Int? {
        guard catalogue.parameter(measure, key)?.value.value != nil else { return nil }
        return try? figure(measure, key)
    }

    func central(_ figure: Int) -> Double { figures.list[figure].distribution.central }

    /// Sizes one measure, or notes why it has no size. Measures that the city excludes are passed over.
    mutating func offer(_ key: String, in area: LossBase.Area?, _ size: (inout MeasureSizing) throws(Reason) -> SizedMeasure) {
        guard !catalogue.excluded.contains(key) else { return }
        do throws(Reason) {
            var measure = try size(&self)
            measure.ramp = optionalFigure(key, "ramp")
            if let years = yearsOfCrews(measure) { measure.buildYears = years }
            for index in measure.figures { figures.use(index, in: measure.key) }
            measures.append(measure)
        } catch {
            notSized.append(.init(catalogueKey: key, zone: area?.zone?.id, reason: error.text))
        }
    }

    /// More works than the city's crews can do in their years take as many years as the crews need.
    private func yearsOfCrews(_ measure: SizedMeasure) -> Int? {
        guard let crew = city.plan.crews[measure.key], crew > 0, !measure.isYearly, measure.quantity > crew * Double(measure.buildYears)
        else { return nil }
        return min(max(1, city.plan.horizonYears - measure.start), Int((measure.quantity / crew).rounded(.up)))
    }

    /// Detected leaks by the index of the area that holds them; a leak outside every known zone counts in the area that loses most.
    private func leaksByArea() -> [Int: [LeakFinding]] {
        let central = figures.central
        guard let largest = base.areas.indices.max(by: { base.areas[$0].loss(central) < base.areas[$1].loss(central) }) else { return [:] }
        let found = assessment.leaks.filter { $0.isDetected && $0.flow > 0 && $0.flow.isFinite }
        return Dictionary(grouping: found) { leak in
            base.areas.firstIndex { $0.zone != nil && $0.zone?.id == leak.zone } ?? base.areas.firstIndex { $0.zone == nil } ?? largest
        }
    }
}
