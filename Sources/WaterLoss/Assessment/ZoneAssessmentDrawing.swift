// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension ZoneAssessment {
    /// What the data of one zone say: balance of the zone, night flow, real loss, each with its 95 % interval.
    ///
    /// - inflow: net inflow, gaps nil. [m³/s]
    /// - consumption: registered by the zone's meters that were read.
    /// - profile: of the city; takes no part unless the zone lacks a figure of its own.
    /// - meters: the zone's entries of the register of meters.
    /// - stuckMeters: of those, the ones whose register does not move: they report, and measure nothing.
    /// - underRegistration: share of true use that customer meters miss; nil: as assumed. [–]
    /// - inflowMargin95: margin of the net inflow from its meters; nil: as assumed. [–]
    public static func assess(
        zone: Zone, inflow: TimeSeries?, consumption: ZoneConsumption?, profile: CityProfile, meters: [Meter] = [], stuckMeters: Int = 0,
        pressure: ZonePressure = .unknown, underRegistration: Estimate? = nil, inflowMargin95: Double? = nil,
        assumptions given: ZoneAssumptions = ZoneAssumptions()
    ) -> ZoneAssessment {
        var assumptions = given
        if let underRegistration { assumptions.underRegistration = underRegistration }
        if let inflowMargin95 { assumptions.inflowMeterMargin95 = inflowMargin95 }
        var result = ZoneAssessment(zone: zone)
        guard let inflow, let mean = DayShape(inflow).mean else {
            result.notes.append("no inflow readings: meter the zone's inlets, or name their sensors in zones.csv")
            return result
        }
        if inflow.completeness < 0.9 {
            result.notes.append("inflow known in \(Int((inflow.completeness * 100).rounded())) % of the record")
        }
        if let hours = profile.supplyHours.value, hours < 24 {
            result.notes.append("supply is intermittent: the night flow may fill tanks and does not measure leakage alone")
        }
        if mean < 0 { result.notes.append("net inflow is negative: check the signs of inflow_sensors in zones.csv") }
        result.inflow = Estimate(mean, relativeMargin95: assumptions.inflowMeterMargin95)

        var balanceShares: [VarianceShare] = []
        var working: Int?
        if let consumption {
            if let level = ZoneConsumptionLevel(consumption, inflow: inflow, registeredMeters: meters.count) {
                working = max(0, level.meters - stuckMeters)
                balanceShares = result.drawBalance(level, workingMeters: working ?? 0, assumptions)
            } else {
                result.notes.append("no hour has both inflow and customers' readings: no balance of the zone")
            }
        }
        do throws(NightFlowError) {
            let night = try ZoneNightFlow.analyse(
                zone: zone, inflow: inflow, consumption: consumption, meters: meters, workingMeters: working, pressure: pressure,
                assumptions: assumptions)
            result.nightFlow = night
            result.realLoss = night.dailyLeakage
            result.varianceShares = night.varianceShares
            result.notes += night.notes
            if let residual = result.realLossFromBalance {
                result.reconciliation = try? LossReconciliation([
                    LossEstimate(name: "zone balance", residual, shares: balanceShares, falling: useInputs),
                    LossEstimate(name: "night flow", night.dailyLeakage, shares: night.varianceShares, falling: useInputs),
                ])
            }
        } catch {
            result.notes.append("no night flow: \(error.description)")
            result.realLoss = result.realLossFromBalance
            result.varianceShares = balanceShares
        }
        if let night = result.nightFlow?.dailyLeakage, let residual = result.realLossFromBalance {
            let difference = night - residual
            if abs(difference.value) > difference.margin95 {
                result.notes.append(
                    "night flow and balance of the zone disagree beyond their intervals: check inflow meter, unmetered use and boundary valves"
                )
            }
        }
        return result
    }

    /// Inputs that raise the use, and so lower the loss, in the balance and in the night flow alike.
    private static let useInputs: Set = [
        "unread_meters", "meter_under_registration", "unmetered_use", "unbilled_unmetered", "unauthorised", "night_use_scatter",
        "night_use_of_households", "night_use_of_others",
    ]

    /// Sets the terms of the zone's balance, and returns what moves the real loss.
    private mutating func drawBalance(
        _ level: ZoneConsumptionLevel, workingMeters: Int, _ assumptions: ZoneAssumptions
    ) -> [VarianceShare] {
        var register = InputRegister()
        let bias = register.input("inflow_meters", Estimate(1, margin95: assumptions.inflowMeterMargin95))
        let inflow = level.inflow * bias
        let unread = register.input(
            "unread_meters", Estimate(level.unread, relativeMargin95: assumptions.unreadUseMargin95))
        let registered = Propagated(level.read) + unread
        let missed = register.input("meter_under_registration", assumptions.underRegistration).missedOverRegistered
        let trueUse = registered + registered * missed
        let connections = zone.connections ?? level.meters
        if zone.connections == nil { notes.append("number of connections not known: taken as the number of meters") }
        let withoutMeter = max(0, connections - workingMeters)
        var unmetered = Propagated(0)
        if withoutMeter > 0, workingMeters > 0 {
            let relative = register.input("unmetered_use", Estimate(1, margin95: assumptions.unmeteredUseMargin95))
            unmetered = Double(withoutMeter) / Double(workingMeters) * (trueUse * relative)
            notes.append(
                "\(withoutMeter) of \(connections) connections without a working meter: their use assumed as that of the others ± \(Int((assumptions.unmeteredUseMargin95 * 100).rounded())) %"
            )
        }
        var other = Propagated(0)
        for (name, rule) in [
            ("unbilled_unmetered", assumptions.otherUse.unbilledUnmetered), ("unauthorised", assumptions.otherUse.unauthorised),
        ] {
            if let rule { other = other + register.input(name, rule.fraction) * inflow }
        }
        let loss = inflow - registered
        let real = loss - registered * missed - unmetered - other
        self.inflow = inflow.estimate
        registeredConsumption = registered.estimate
        self.loss = loss.estimate
        unmeteredUse = withoutMeter > 0 ? unmetered.estimate : nil
        realLossFromBalance = real.estimate
        return register.varianceShares(of: real)
    }

    /// Real loss per connection; nil where either is unknown. [m³/s]
    public var realLossPerConnection: Double? {
        guard let realLoss, let connections = zone.connections, connections > 0 else { return nil }
        return realLoss.value / Double(connections)
    }
}
