// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension CityAssessment {
    /// Draws up everything that the data of a city allow. Pure: the same data give the same assessment.
    ///
    /// - consumption: registered consumption, a series a zone.
    /// - meters: what the readings of each customer meter say.
    /// - pressures: of the network model, in two states.
    /// - leaks: findings of localisation, handed through.
    public static func assess(
        city: City, consumption: [ZoneConsumption] = [], meters: [MeterSummary] = [], pressures: PressureSurvey? = nil,
        leaks: [LeakFinding] = [], assumptions: ZoneAssumptions = ZoneAssumptions()
    ) -> CityAssessment {
        var drawing = CityDrawing(city, consumption, meters, pressures, assumptions)
        let zones = drawing.zones()
        let balance = drawing.balance(zones)
        let set = balance.map { IndicatorSet($0, profile: city.profile) }
        let level = drawing.level(zones)
        drawing.compare(zones, balance)
        drawing.nameMissing(level)
        var assessment = CityAssessment(
            level: level, balance: balance, indicators: set?.indicators ?? [], zones: zones, meters: meters, pressures: pressures,
            leaks: leaks, gaps: drawing.gaps)
        assessment.components = ComponentStudy(city, realLosses: drawing.meanRealLosses(balance))
        assessment.reconciliation = drawing.reconciled(zones, balance, assessment.components)
        assessment.advice = DataAdvice(level: level, balance: balance, indicators: set, missing: drawing.missingLine)
        return assessment
    }
}

private struct CityDrawing {
    let city: City
    let consumption: [Zone.ID: ZoneConsumption]
    let summaries: [MeterSummary]
    let pressures: PressureSurvey?
    var assumptions: ZoneAssumptions
    var gaps: [String] = []
    var missingLine: BalanceInput.Line?

    init(
        _ city: City, _ consumption: [ZoneConsumption], _ summaries: [MeterSummary], _ pressures: PressureSurvey?,
        _ assumptions: ZoneAssumptions
    ) {
        self.city = city
        self.consumption = Dictionary(consumption.map { ($0.zone, $0) }) { first, _ in first }
        self.summaries = summaries
        self.pressures = pressures?.converged == true ? pressures : nil
        self.assumptions = assumptions
        if self.assumptions.clock == nil { self.assumptions.clock = PlaceClock(city.profile.timeZone) }
        if pressures?.converged == false { gaps.append("pressures of the network model did not converge and were not used") }
    }

    // MARK: Zones

    mutating func zones() -> [ZoneAssessment] {
        let stuck = Dictionary(grouping: summaries.filter(\.isStuck), by: \.zone).mapValues(\.count)
        let registered = Dictionary(grouping: city.meters, by: \.zone)
        let underRegistration = city.balance?.meterUnderRegistration?.estimate
        var result: [ZoneAssessment] = []
        for zone in city.zones {
            let inflow = ZoneInflow(zone, record: city.record, meterMargin95: assumptions.inflowMeterMargin95)
            if inflow == nil, !zone.inflowMeters.isEmpty {
                let absent = zone.inflowMeters.filter { city.record?.series[$0.sensor] == nil }.map(\.sensor.name)
                gaps.append("zone \(zone.id): no readings of inflow sensor \(absent.joined(separator: ", "))")
            }
            result.append(
                ZoneAssessment.assess(
                    zone: zone, inflow: inflow?.series, consumption: consumption[zone.id], profile: city.profile,
                    meters: registered[zone.id] ?? [], stuckMeters: stuck[zone.id] ?? 0, pressure: pressure(of: zone.id),
                    underRegistration: underRegistration, inflowMargin95: inflow?.relativeMargin95, assumptions: assumptions))
        }
        // Highest real loss per connection first; zones without one last, by name.
        return result.sorted { left, right in
            let a = left.realLossPerConnection ?? -.infinity, b = right.realLossPerConnection ?? -.infinity
            return a != b ? a > b : left.zone.id < right.zone.id
        }
    }

    /// Loggers of the zone first, else the network model.
    private func pressure(of zone: Zone.ID) -> ZonePressure {
        if let record = city.record {
            let series = city.sensors.filter { $0.kind == .pressure && $0.zone == zone }.compactMap { record.series[$0.id] }
            if !series.isEmpty {
                let mean = (0..<record.count).map { index -> Double? in
                    let known = series.compactMap { index < $0.count ? $0[index] : nil }
                    return known.count == series.count ? known.reduce(0, +) / Double(known.count) : nil
                }
                if mean.contains(where: { $0 != nil }) {
                    return .series(TimeSeries(start: record.start, step: record.step, values: mean))
                }
            }
        }
        let nodes = pressures?.nodes.filter { $0.zone == zone } ?? []
        guard !nodes.isEmpty else { return .unknown }
        let count = Double(nodes.count)
        return .survey(peak: nodes.map(\.peak).reduce(0, +) / count, night: nodes.map(\.night).reduce(0, +) / count)
    }

    // MARK: Balance

    mutating func balance(_ zones: [ZoneAssessment]) -> WaterBalance? {
        var input = city.balance ?? BalanceInput(periodDays: recordDays ?? 365, volumes: [:])
        complete(&input, from: zones)
        for line in BalanceInput.Line.allCases {
            if let value = input.volumes[line], value.value ?? 0 > 0, value.low == nil, value.high == nil {
                gaps.append("balance, \(line.rawValue): no range given, taken as exact")
            }
        }
        do throws(BalanceError) {
            let balance = try WaterBalance(input)
            if balance.realLosses.value < 0 {
                gaps.append("the balance does not close: real losses come out negative; a source is missing or a volume too large")
            }
            return balance
        } catch {
            if case .missing(let line, _) = error { missingLine = line }
            gaps.append("no water balance: \(error.description)")
            return nil
        }
    }

    private var recordDays: Double? {
        guard let record = city.record, record.count > 0, record.step > 0 else { return nil }
        return Double(record.count * record.step) / Units.day
    }

    /// Lines that the balance file lacks and the zones can give, as volumes of the balance's period.
    private mutating func complete(_ input: inout BalanceInput, from zones: [ZoneAssessment]) {
        let seconds = input.periodDays * Units.day
        func sourced(_ flow: Estimate, _ source: String) -> SourcedValue {
            let volume = seconds * flow
            return SourcedValue(volume.value, low: volume.low95, high: volume.high95, source: source, status: .computed)
        }
        func sum(_ values: [Estimate]) -> Estimate { values.reduce(Estimate(0), +) }
        guard !zones.isEmpty else { return }
        func has(_ line: BalanceInput.Line) -> Bool { input.isGiven(line) }
        let inflows = zones.compactMap(\.inflow)
        if !has(.ownSources), !has(.imported), inflows.count == zones.count {
            input.volumes[.ownSources] = sourced(sum(inflows), "inflow of all zones, mean of the record")
            gaps.append("balance, own_sources: from the inflow of all zones; transmission mains before them are not in it")
        }
        let registered = zones.compactMap(\.registeredConsumption)
        if !has(.billedMetered), !has(.billedUnmetered), registered.count == zones.count {
            input.volumes[.billedMetered] = sourced(sum(registered), "readings of all zones, mean of the record")
            gaps.append("balance, billed_metered: from customers' readings, all taken as billed")
            let unmetered = zones.compactMap(\.unmeteredUse)
            if !unmetered.isEmpty {
                input.volumes[.billedUnmetered] = sourced(sum(unmetered), "assumed use of connections without a working meter")
                gaps.append("balance, billed_unmetered: use of connections without a working meter assumed, and taken as billed")
            }
        }
    }

    // MARK: What the data allow

    func level(_ zones: [ZoneAssessment]) -> CityAssessment.DataLevel {
        guard zones.contains(where: { $0.inflow != nil }) else { return .totals }
        guard !consumption.isEmpty else { return .zoneFlows }
        return city.network != nil && pressures != nil ? .networkModel : .customerReadings
    }

    mutating func compare(_ zones: [ZoneAssessment], _ balance: WaterBalance?) {
        let losses = zones.compactMap(\.realLoss)
        guard let balance, !losses.isEmpty, losses.count == zones.count else { return }
        let bottomUp = losses.reduce(Estimate(0), +)
        let topDown = 1 / (balance.periodDays * Units.day) * balance.realLosses
        let difference = topDown - bottomUp
        if abs(difference.value) > difference.margin95 {
            gaps.append(
                "real losses of the balance and of the zones' night flows differ beyond their intervals: check period, source meters and mains outside the zones"
            )
        }
    }

    /// [m³/s]
    func meanRealLosses(_ balance: WaterBalance?) -> Estimate? {
        balance.map { 1 / ($0.periodDays * Units.day) * $0.realLosses }
    }

    /// Zones count as independent of each other.
    func reconciled(_ zones: [ZoneAssessment], _ balance: WaterBalance?, _ components: ComponentStudy?) -> LossReconciliation? {
        var estimates: [LossEstimate] = []
        if let balance, let topDown = meanRealLosses(balance) {
            estimates.append(
                LossEstimate(name: "balance", topDown, shares: balance.register.varianceShares(of: balance.terms.realLosses)))
        }
        if let components = components?.estimate { estimates.append(components) }
        let nights = zones.compactMap { zone in zone.nightFlow.map { (1.0, LossInput("zone \(zone.zone.id)", $0.dailyLeakage)) } }
        if !nights.isEmpty, nights.count == zones.count {
            estimates.append(.sum("night flows", nights.map { (coefficient: $0.0, input: $0.1) }))
        }
        return try? LossReconciliation(estimates)
    }

    mutating func nameMissing(_ level: CityAssessment.DataLevel) {
        let profile = city.profile
        let figures: [(String, SourcedValue, String)] = [
            ("connections", profile.connections, "no loss per connection, no ILI"),
            ("mains_length", profile.mainsLength, "no loss per km, no ILI"),
            ("average_pressure", profile.averagePressure, "no ILI"),
            ("tariff", profile.tariff, "no cost of non-revenue water"),
            ("variable_production_cost", profile.variableProductionCost, "no cost of non-revenue water"),
        ]
        for (name, value, cost) in figures where value.value == nil { gaps.append("\(name) unknown: \(cost)") }
        if city.zones.isEmpty { gaps.append("no zones: where the water is lost cannot be told") }
        if level < .customerReadings { gaps.append("no readings of customer meters by zone: losses of zones rest on night flows alone") }
        guard city.network == nil else { return }
        gaps.append(
            level == .totals
                ? "no network model: leaks cannot be located, night–day factors are assumed"
                : "no network model: a new leak is placed in its zone but on no pipe, night–day factors are assumed")
    }
}
