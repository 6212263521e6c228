// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension MeasureSizing {
    /// Measures that add to supply.
    static let supplyKeys = ["new_supply", "treatment_capacity", "intake_works", "transmission_main", "storage_tank", "pumping_station"]

    /// Works of supply, which compete with what is saved where water is short, training and supervision.
    mutating func sizeSupply() {
        for key in Self.supplyKeys { offer(key, in: nil) { sizing throws(Reason) in try sizing.supply(key) } }
        offer("organisation_training", in: nil) { sizing throws(Reason) in try sizing.services("organisation_training", "person-weeks") }
        offer("construction_supervision", in: nil) { sizing throws(Reason) in
            var measure = try sizing.services("construction_supervision", "person-months")
            // It ends with the works and is not bought again.
            measure.buildYears = sizing.years
            measure.isRenewed = false
            return measure
        }
    }

    /// - Returns: works as large as the deficit; a part of the chain adds what the city says that it adds.
    private mutating func supply(_ key: String) throws(Reason) -> SizedMeasure {
        guard city.plan.regime == .deficit || city.plan.supply.deficits?.contains(where: { $0 > 0 }) == true else {
            throw Reason("water is not short: what new works produce would not be sold")
        }
        let cost = try figure(key, "unit_cost")
        let life = try figure(key, "life")
        guard let production = optionalProductionCost else { throw Reason("the cost of one more cubic metre is not known") }
        let gain: Int
        let quantity: Double
        let unit: String
        if key == "new_supply" || key == "treatment_capacity" {
            gain = try deficit()
            quantity = central(gain)
            unit = "m³/d"
        } else {
            gain = try figure(key, "capacity_gain")
            quantity = try size(key)
            unit = catalogue.parameter(key, "quantity")?.unit ?? ""
        }
        guard quantity > 0, central(gain) > 0 else { throw Reason("its size or what it adds is zero") }
        var measure = SizedMeasure(
            id: key, key: key, target: .supply, zone: nil, quantity: quantity, unit: unit, capital: [.rate(quantity, cost)],
            operation: [.rate(365 * central(gain), production)], effect: .production(gain), life: life, start: 0,
            buildYears: min(3, years))
        measure.exclusions = key == "new_supply" ? ["treatment_capacity"] : key == "treatment_capacity" ? ["new_supply"] : []
        return measure
    }

    /// How much of it the city wants, in the catalogue's unit.
    private mutating func size(_ key: String) throws(Reason) -> Double {
        // In two steps: the figures are looked at only when this one is among them.
        let quantity = try figure(key, "quantity")
        return central(quantity)
    }

    /// What every cubic metre more costs, a figure that the plan has already.
    private var optionalProductionCost: Int? {
        figures.list.firstIndex { $0.id == "profile.variable_production_cost" && $0.value.status != .unknown }
    }

    /// [m³/d]
    private mutating func deficit() throws(Reason) -> Int {
        if let given = optionalFigure("general", "supply_deficit") { return given }
        guard let days = city.plan.supply.deficits, let most = days.max(), most > 0 else {
            throw Reason("how much water is short is not known: give general.supply_deficit in catalogue.yaml")
        }
        return figures.add(
            "plan.deficit", unit: "m³/d", SourcedValue(most, source: "largest deficit of plan.yaml", status: .assumed))
    }

    /// Time of people, which saves nothing by itself.
    private mutating func services(_ key: String, _ unit: String) throws(Reason) -> SizedMeasure {
        let cost = try figure(key, "unit_cost")
        let quantity = try size(key)
        guard quantity > 0 else { throw Reason("its size or what it adds is zero") }
        return SizedMeasure(
            id: key, key: key, target: .supply, zone: nil, quantity: quantity, unit: unit, capital: [.rate(quantity, cost)],
            effect: .none, life: try figure(key, "life"), start: 0, buildYears: min(3, years))
    }
}
