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
    /// Of a city that has no zones of its own.
    let zones: TownZones?
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
        city: City, assessment: CityAssessment, catalogue: MeasureCatalogue, base: LossBase, zones: TownZones? = nil,
        figures: Figures, rise: Int, waterWorth: Double, tariff: Double, rate: Double
    ) {
        self.city = city
        self.assessment = assessment
        self.catalogue = catalogue
        money = MoneyConversion(profile: city.profile, catalogue: catalogue)
        self.base = base
        self.zones = zones
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

    /// What the city's catalogue adds to needs and exclusions. A measure needs that of its own area, or the whole city's where its area has
    /// none; what is done for the whole city needs it of every area. What is offered nowhere near is in place, or does not apply.
    private mutating func relate() {
        for index in measures.indices {
            let measure = measures[index]
            func partners(_ keys: [String]) -> [String] {
                keys.flatMap { key -> [String] in
                    let all = measures.filter { $0.key == key && $0.id != measure.id }
                    let own = all.filter { $0.isOfWholeCity == measure.isOfWholeCity && $0.zone == measure.zone }
                    let near = own.isEmpty ? all.filter { $0.isOfWholeCity != measure.isOfWholeCity } : own
                    return near.map(\.id)
                }
            }
            let needs = city.catalogue.prerequisites[measure.key] ?? []
            for key in needs where partners([key]).isEmpty && !catalogue.excluded.contains(key) { noteUnsized(key, neededBy: measure) }
            measures[index].prerequisites += partners(needs).filter { !measure.prerequisites.contains($0) }
            measures[index].exclusions += partners(city.catalogue.exclusions[measure.key] ?? [])
                .filter { !measure.exclusions.contains($0) }
        }
        postpone()
    }

    /// Tells that a need was passed over, since what is needed has no size here.
    private mutating func noteUnsized(_ key: String, neededBy measure: SizedMeasure) {
        let found = notSized.first { $0.catalogueKey == key && ($0.zone == measure.zone || $0.zone == nil) }
        guard let found, !warnings.contains(where: { $0.hasPrefix("\(measure.key) needs \(key),") }) else { return }
        warnings.append("\(measure.key) needs \(key), which has no size here (\(found.reason)); it is taken to be in place.")
    }

    /// Moves what the city's catalogue makes wait to after the works that it waits for: after the first year of them where it goes on for
    /// several years itself, as in ``WorkSchedule``.
    private mutating func postpone() {
        let place = Dictionary(measures.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        // As many rounds as the longest chain can have; a circle is told elsewhere.
        for _ in measures.indices {
            var isChanged = false
            for index in measures.indices where city.catalogue.prerequisites[measures[index].key] != nil {
                for need in measures[index].prerequisites.compactMap({ place[$0] }).map({ measures[$0] }) {
                    let ready = need.start + (measures[index].buildYears > 1 ? 1 : need.buildYears)
                    let start = min(ready, max(0, city.plan.horizonYears - 1))
                    guard start > measures[index].start else { continue }
                    (measures[index].start, isChanged) = (start, true)
                }
            }
            if !isChanged { return }
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
