// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

extension MeasureSizing {
    /// Measures against leakage in one area.
    mutating func sizeArea(_ index: Int, leaks: [LeakFinding]?) {
        let area = base.areas[index]
        guard area.loss(figures.central) > 0 else { return }
        // In a zone that is measured already, or where zoning is excluded, nothing has to come first.
        var zoning: [String] = []
        // What needs zones goes on as they are built.
        var pace = 1
        if !area.isMetered {
            let before = measures.count
            offer("district_metering", in: area) { sizing throws(Reason) in try sizing.districtMetering(area) }
            if measures.count > before { (zoning, pace) = ([measures[before].id], measures[before].buildYears) }
        }
        let ready = area.isMetered || !zoning.isEmpty
        if let leaks, !leaks.isEmpty {
            offer("located_leak_repair", in: area) { sizing throws(Reason) in try sizing.locatedLeaks(leaks, area) }
        }
        offer("pressure_management", in: area) { sizing throws(Reason) in
            guard ready else { throw Reason("the area has no inflow meter, and district metering cannot be planned") }
            var measure = try sizing.pressureManagement(area, after: zoning)
            measure.buildYears = pace
            return measure
        }
        offer("active_leak_control", in: area) { sizing throws(Reason) in
            guard ready else { throw Reason("the area has no inflow meter, and district metering cannot be planned") }
            var measure = try sizing.activeLeakControl(area, after: zoning)
            measure.buildYears = pace
            return measure
        }
        offer("faster_repair", in: area) { sizing throws(Reason) in try sizing.fasterRepair(area) }
        offer("mains_renewal", in: area) { sizing throws(Reason) in try sizing.mainsRenewal(area) }
        offer("service_renewal", in: area) { sizing throws(Reason) in try sizing.serviceRenewal(area) }
    }

    private func measure(
        _ key: String, _ area: LossBase.Area, quantity: Double, unit: String, capital: [SizedMeasure.Cost],
        operation: [SizedMeasure.Cost] = [], effect: SizedMeasure.Effect, life: Int?, start: Int, buildYears: Int,
        prerequisites: [String] = []
    ) -> SizedMeasure {
        SizedMeasure(
            id: key + area.suffix, key: key, target: .realLosses, zone: area.zone?.id, quantity: quantity, unit: unit, capital: capital,
            operation: operation, effect: effect, life: life, start: start, buildYears: max(1, buildYears), prerequisites: prerequisites)
    }

    private mutating func districtMetering(_ area: LossBase.Area) throws(Reason) -> SizedMeasure {
        let cost = try figure("district_metering", "unit_cost")
        let upkeep = try figure("district_metering", "maintenance_share")
        let life = try figure("district_metering", "life")
        var inlets = 1.0
        if area.zone == nil, let zones {
            inlets = Double(zones.inlets)
        } else if area.zone == nil {
            let size = try figure("district_metering", "connections_per_zone")
            figures.use(size, in: "district_metering")
            guard let connections = area.connections, connections > 0 else {
                throw Reason("the number of connections is not known, so neither is the number of zones")
            }
            inlets = max(1, (connections / max(1, central(size))).rounded(.up))
        }
        var capital: [SizedMeasure.Cost] = [.rate(inlets, cost)]
        // Borders that are closed are known of zones designed on a network alone.
        if area.zone == nil, let closed = zones?.closedValves, closed > 0, let valve = optionalFigure("district_metering", "valve_cost") {
            capital.append(.rate(Double(closed), valve))
        }
        return measure(
            "district_metering", area, quantity: inlets, unit: "inlets", capital: capital,
            operation: [.shareOfCapital(upkeep)],
            effect: .none, life: life, start: 0, buildYears: 1)
    }

    private mutating func locatedLeaks(_ leaks: [LeakFinding], _ area: LossBase.Area) throws(Reason) -> SizedMeasure {
        let pinpoint = try figure("located_leak_repair", "pinpoint_cost")
        let repair = try figure("located_leak_repair", "repair_cost")
        let life = try figure("located_leak_repair", "effect_life")
        let flow = leaks.reduce(Estimate(0)) { $0 + Estimate($1.flow, margin95: max(0, $1.flowHigh95 - $1.flowLow95) / 2) }
        let volume = figures.add(
            "leaks\(area.suffix).volume", unit: "m³/year", LossBase.secondsPerYear * flow, status: .computed,
            source: "leaks located in the record")
        let count = Double(leaks.count)
        var result = measure(
            "located_leak_repair", area, quantity: count, unit: "leaks", capital: [.rate(count, pinpoint), .rate(count, repair)],
            effect: .leaks(volume), life: life, start: 0, buildYears: 1)
        result.isRenewed = false
        return result
    }

    private mutating func pressureManagement(_ area: LossBase.Area, after zoning: [String]) throws(Reason) -> SizedMeasure {
        let cut = try pressureCut(area)
        let cost = try figure("pressure_management", "unit_cost")
        let exponent = try figure("pressure_management", "leakage_exponent")
        let upkeep = try figure("pressure_management", "maintenance_share")
        let life = try figure("pressure_management", "life")
        var valves = Double(max(1, area.zone?.inflowMeters.filter { $0.sign > 0 }.count ?? 1))
        if area.zone == nil, let zones {
            valves = Double(zones.reducingValves > 0 ? zones.reducingValves : zones.inlets)
        } else if area.zone == nil, let connections = area.connections {
            let size = try figure("district_metering", "connections_per_zone")
            valves = max(1, (connections / max(1, central(size))).rounded(.up))
        }
        var operation: [SizedMeasure.Cost] = [.shareOfCapital(upkeep)]
        let bursts = burstsPerYear(in: area)
        if bursts > 0 {
            operation.append(
                .burstsSpared(
                    perYear: bursts, factor: try figure("pressure_management", "burst_factor"),
                    cost: try figure("pressure_management", "repair_cost"), cut))
        }
        return measure(
            "pressure_management", area, quantity: valves, unit: "valves", capital: [.rate(valves, cost)], operation: operation,
            effect: .pressure(cut, exponent: exponent, use: try pressedUse(area)), life: life, start: zoning.isEmpty ? 0 : second,
            buildYears: 1, prerequisites: zoning
        )
    }

    /// Billed use that falls with pressure; nil without a balance, or where the area's part of it is not known.
    private mutating func pressedUse(_ area: LossBase.Area) throws(Reason) -> SizedMeasure.PressedUse? {
        guard let share = area.useShare, base.meteredUse != nil || base.unmeteredUse != nil else { return nil }
        return .init(
            exponent: try figure("pressure_management", "consumption_exponent"), metered: base.meteredUse, unmetered: base.unmeteredUse,
            share: share)
    }

    /// How far pressure can come down, from the pressures of the network or a target that the city names.
    private mutating func pressureCut(_ area: LossBase.Area) throws(Reason) -> SizedMeasure.PressureCut {
        let nodes = surveyed(area)
        let mean = nodes.isEmpty ? area.zone?.averagePressure : nodes.reduce(0) { $0 + ($1.peak + $1.night) / 2 } / Double(nodes.count)
        if let target = optionalFigure("pressure_management", "target_pressure") {
            guard let before = mean ?? (area.zone == nil ? city.profile.averagePressure.value : nil) else {
                throw Reason("the mean pressure is not known")
            }
            guard before > central(target) else { throw Reason("the mean pressure of \(text(before)) m is not above the target") }
            return .toTarget(before: before, target: target)
        }
        if area.zone == nil, let pressures = zones?.meanPressures {
            guard zones?.reducingValves ?? 0 > 0 else {
                throw Reason("no zone designed on the network has a place for a reducing valve that is worth it: 'yusu pressure' tells why")
            }
            // As the run with the valves that were designed has it.
            let target = figures.add(
                "design.mean_pressure", unit: "m",
                SourcedValue(
                    pressures.after, source: "reducing valves designed on the network, run by the engine", status: .computed))
            return .toTarget(before: pressures.before, target: target)
        }
        guard let mean, let lowest = nodes.min(by: { ($0.peak, $0.node) < ($1.peak, $1.node) }) else {
            throw Reason(
                "how far pressure can come down is not known: it takes a network model with pressures that converges, "
                    + "or pressure_management.target_pressure in catalogue.yaml")
        }
        let minimum = try figure("general", "minimum_pressure")
        // A valve for less than 3 m would not hold its setting: outlet pressure of small reducing valves varies by as much.
        guard lowest.peak - central(minimum) >= 3 else {
            throw Reason(
                "node \(lowest.node) has \(text(lowest.peak)) m at peak, less than 3 m above the minimum of \(text(central(minimum))) m")
        }
        return .toMinimum(before: mean, lowestPeak: lowest.peak, minimum: minimum)
    }

    /// Pressures of the area's junctions that someone draws water from.
    private func surveyed(_ area: LossBase.Area) -> [PressureSurvey.NodePressure] {
        guard let survey = assessment.pressures, survey.converged else { return [] }
        let zones = Set(base.areas.compactMap { $0.zone?.id })
        let inArea = survey.nodes.filter { node in
            if let id = area.zone?.id { node.zone == id } else { node.zone.map { !zones.contains($0) } ?? true }
        }
        guard let network = city.network else { return inArea }
        let drawing = Set(network.nodes.filter { $0.junction?.demands.contains { $0.baseFlow > 0 } ?? false }.map(\.id))
        let drawn = inArea.filter { drawing.contains($0.node) }
        return drawn.isEmpty ? inArea : drawn
    }

    /// From the city's record of repairs; 0 without one. [per year]
    private func burstsPerYear(in area: LossBase.Area) -> Double {
        let dates = city.repairs.compactMap { Int($0.date.prefix(4)) }
        guard let first = dates.min(), let last = dates.max() else { return 0 }
        let count = city.repairs.filter { $0.zone == area.zone?.id }.count
        return Double(count) / Double(last - first + 1)
    }

    private mutating func activeLeakControl(_ area: LossBase.Area, after zoning: [String]) throws(Reason) -> SizedMeasure {
        guard let length = area.mainsLength, length > 0 else { throw Reason("the length of mains is not known") }
        let kilometres = length / 1000
        let survey = try figure("active_leak_control", "survey_cost")
        let effect = try figure("active_leak_control", "effect")
        let flow = try figure("active_leak_control", "leak_flow")
        let repair = try figure("active_leak_control", "repair_cost")
        let effectLife = try figure("active_leak_control", "effect_life")
        figures.use(effectLife, in: "active_leak_control")
        let intervention = EconomicIntervention(
            surveyCost: central(survey), waterCost: waterWorth, rateOfRise: central(rise) * area.loss(figures.central) / 365 / kilometres)
        // Not more than four surveys a year, and not so rarely that the effect of one is gone before the next.
        let interval = min(max(intervention.frequency, 3), 12 * max(0.25, central(effectLife)))
        return measure(
            "active_leak_control", area, quantity: kilometres * 12 / interval, unit: "km/year",
            capital: [.rate(kilometres, survey), .repairs(share: effect, flow: flow, cost: repair)],
            operation: [.rate(kilometres * 12 / interval, survey), .repairsOfRise(rise: rise, flow: flow, cost: repair)],
            effect: .activeControl(effect), life: nil, start: zoning.isEmpty ? 0 : second, buildYears: 1, prerequisites: zoning)
    }

    private mutating func fasterRepair(_ area: LossBase.Area) throws(Reason) -> SizedMeasure {
        let cost = try figure("faster_repair", "yearly_cost")
        let effect = try figure("faster_repair", "effect")
        let central = figures.central
        let whole = base.areas.reduce(0) { $0 + $1.loss(central) }
        let share = whole > 0 ? area.loss(central) / whole : 0
        return measure(
            "faster_repair", area, quantity: share, unit: "share of the city", capital: [], operation: [.rate(share, cost)],
            effect: .share(1, effect), life: nil, start: 0, buildYears: 1)
    }

    /// Shares of leakage on mains and on connections, as in unavoidable losses: 18 per km of mains and 0.8 per connection.
    ///
    /// Source: Lambert et al. 1999, coefficients of UARL = (18 Lm + 0.8 Nc + 25 Lp) P, L/d. That losses above the unavoidable ones
    /// divide alike is an assumption.
    private func leakageShares(_ area: LossBase.Area) throws(Reason) -> (mains: Double, services: Double) {
        guard let length = area.mainsLength, length > 0 else { throw Reason("the length of mains is not known") }
        guard let connections = area.connections, connections > 0 else { throw Reason("the number of connections is not known") }
        let mains = 18 * length / 1000, services = 0.8 * connections
        return (mains / (mains + services), services / (mains + services))
    }

    private mutating func noteLeakageShares(_ measure: String) {
        let index = figures.add(
            "general.leakage_on_mains_and_connections", unit: "L/d per km and m: L/d per connection and m is 18 : this",
            SourcedValue(
                0.8, year: "1999", source: "Lambert et al. 1999, unavoidable losses; taken to hold for losses above them",
                status: .published))
        figures.use(index, in: measure)
    }

    private mutating func mainsRenewal(_ area: LossBase.Area) throws(Reason) -> SizedMeasure {
        let shares = try leakageShares(area)
        noteLeakageShares("mains_renewal")
        let cost = try mainsUnitCost(area)
        let renewed = try figure("mains_renewal", "renewed_share")
        figures.use(renewed, in: "mains_renewal")
        let effect = try figure("mains_renewal", "effect")
        let life = try figure("mains_renewal", "life")
        let share = min(1, central(renewed))
        let metres = share * (area.mainsLength ?? 0)
        return measure(
            "mains_renewal", area, quantity: metres, unit: "m", capital: [.rate(metres, cost)],
            effect: .share(shares.mains * share, effect), life: life, start: second, buildYears: years - second)
    }

    private mutating func serviceRenewal(_ area: LossBase.Area) throws(Reason) -> SizedMeasure {
        let cost = try figure("service_renewal", "unit_cost")
        let shares = try leakageShares(area)
        noteLeakageShares("service_renewal")
        let effect = try figure("service_renewal", "effect")
        let life = try figure("service_renewal", "life")
        let connections = area.connections ?? 0
        return measure(
            "service_renewal", area, quantity: connections, unit: "connections", capital: [.rate(connections, cost)],
            effect: .share(shares.services, effect), life: life, start: second, buildYears: years - second)
    }

    /// Cost of a metre of main: by the mean diameter of the zone's pipes where the network is known and the city gives no figure of its own.
    private mutating func mainsUnitCost(_ area: LossBase.Area) throws(Reason) -> Int {
        let whole = try figure("mains_renewal", "unit_cost")
        guard city.catalogue.values["mains_renewal"]?["unit_cost"] == nil, let diameter = meanDiameter(area),
            let dollars = money.factor(from: "USD")
        else { return whole }
        let central = MainCost.perMetre(diameter: diameter) * dollars
        let ends = figures.list[whole].value
        let value = SourcedValue(
            central, low: min(ends.low ?? central, 0.75 * central), high: max(ends.high ?? central, central), year: "2006-2021",
            source: "IHE Delft thesis, Dili, 2021, by diameter (mean \(text(diameter * 1000)) mm); high end all-in Manila 2006; "
                + "low end three quarters, as BIWS lies below Dili; converted from USD",
            status: .contested)
        return figures.add("mains_renewal.unit_cost\(area.suffix)", unit: "\(city.profile.currency) per m", value)
    }

    /// Mean over length of the area's pipes. [m]
    private func meanDiameter(_ area: LossBase.Area) -> Double? {
        guard let network = city.network else { return nil }
        let zone = Dictionary(network.nodes.map { ($0.id, $0.tag) }, uniquingKeysWith: { first, _ in first })
        var length = 0.0, weighted = 0.0
        for link in network.links {
            guard let pipe = link.pipe, area.zone == nil || (zone[link.start] ?? nil) == area.zone?.id.name else { continue }
            length += pipe.length
            weighted += pipe.length * pipe.diameter
        }
        return length > 0 ? weighted / length : nil
    }
}

/// Cost of mains supplied and laid. Source: IHE Delft thesis, Dili, 2021 (PVC DN110–315, ductile iron DN400–800).
enum MainCost {
    /// Diameter [mm], cost [US$/m].
    static let dili: [(diameter: Double, cost: Double)] = [
        (110, 28), (160, 52), (200, 79), (250, 120), (315, 190), (400, 253), (500, 348), (600, 462), (800, 732),
    ]

    /// Between the points by straight lines, at the ends the end's figure. [US$/m]
    ///
    /// - diameter: [m]
    static func perMetre(diameter: Double) -> Double {
        let millimetres = diameter * 1000
        guard let upper = dili.firstIndex(where: { $0.diameter >= millimetres }) else { return dili[dili.count - 1].cost }
        guard upper > 0 else { return dili[0].cost }
        let (a, b) = (dili[upper - 1], dili[upper])
        return a.cost + (b.cost - a.cost) * (millimetres - a.diameter) / (b.diameter - a.diameter)
    }
}
