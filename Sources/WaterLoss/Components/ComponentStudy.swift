// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Real losses of a city by components, what it would pay to look for, and what its size and pressure make unavoidable: from its log of
/// repairs and a few figures. What is not known is said, and nothing computed from it.
public struct ComponentStudy: Sendable {
    /// Bursts of one kind in the log's period.
    public struct Frequency: Sendable {
        public var kind: BurstKind
        public var isReported: Bool
        public var count: Int
        /// With the interval of a Poisson count. [1/year]
        public var perYear: (value: Double, low95: Double, high95: Double)
        /// Of a well-kept system of this size, unverified. [1/year]
        public var unavoidable: Double
    }

    /// Days that the log covers, the last one excluded; nil: there is no component model.
    public private(set) var period: Range<Instant>?
    /// Volumes of the log's period. [m³]
    public private(set) var components: RealLossComponents?
    public private(set) var frequencies: [Frequency] = []
    /// Real losses of the balance that no component explains: bursts that run, and nobody has found. [m³/day]
    public private(set) var recoverable: Estimate?
    public private(set) var intervention: EconomicInterventionEstimate?
    /// Rise of unreported leakage that stands behind the intervention. [m³/day per year]
    public private(set) var riseOfLeakage: Estimate?
    public private(set) var level: ShortRunEconomicLevel?
    /// Of a well-kept system of this size, mean over the years and the range of single years; bursts are few in a small one. [m³/day]
    public private(set) var unavoidable: (mean: Double, low95: Double, high95: Double)?
    /// Real losses of the balance. [m³/day]
    public private(set) var present: Estimate?
    public private(set) var connections: Double?
    public let currency: String
    /// What takes the place of what is not written down, with its source.
    public private(set) var assumptions: [String] = []
    /// What cannot be told, and what to give for it.
    public private(set) var missing: [String] = []

    /// 95 % margin of a burst's measured flow where none is written: assumed. [–]
    public static let flowMargin95 = 0.5

    /// nil where a folder has neither a log nor a figure for it.
    /// - realLosses: of the balance, mean. [m³/s]
    /// - riseOfLeakage: of night flows over the record, where `city.components` has none. [m³/day per year]
    public init?(_ city: City, realLosses: Estimate?, riseOfLeakage: Estimate? = nil) {
        let settings = city.components, profile = city.profile
        guard settings.isGiven || !city.repairs.isEmpty else { return nil }
        present = realLosses.map { Units.day * $0 }
        currency = profile.currency
        connections = profile.connections.value.map { $0 + (profile.inactiveConnections.value ?? 0) }
        guard let mainsLength = profile.mainsLength.value, let connections, let pressure = profile.averagePressure.estimate,
            pressure.value > 0
        else {
            missing.append("components: give mains_length, connections and average_pressure in city.yaml")
            return
        }
        if profile.serviceLineLength.value == nil {
            assumptions.append("length of private pipe to the meter not known: meters taken to stand at the boundary")
        }
        let servicePipe = (profile.serviceLineLength.value ?? 0) * connections
        let system = BackgroundAndBursts(
            mainsLength: mainsLength, connections: connections, servicePipe: servicePipe, pressure: pressure.value)
        var options = RealLossComponents.Options()
        if let factor = settings.conditionFactor.estimate, factor.value > 0 {
            options.conditionFactor = factor
        } else {
            assumptions.append("background leakage 1 to 3 times the unavoidable one: assumed, no condition_factor given")
        }
        model(city, system, pressure, options)
        let chance = UnavoidableComponents(
            mainsLength: mainsLength, connections: connections, servicePipe: servicePipe, pressure: pressure.value)
        if let range = try? chance.yearly() {
            unavoidable = (chance.total * Units.day, range.lowerBound * Units.day, range.upperBound * Units.day)
        }
        economy(city, system, options, rise: settings.riseOfLeakage.estimate ?? riseOfLeakage)
    }

    private mutating func model(
        _ city: City, _ system: BackgroundAndBursts, _ pressure: Estimate, _ options: RealLossComponents.Options
    ) {
        guard !city.repairs.isEmpty else {
            missing.append("components: no repairs in leaks.csv")
            return
        }
        guard let period = city.components.logPeriod else {
            missing.append("components: give log_from and log_to, the days that leaks.csv covers, in components.yaml")
            return
        }
        self.period = period
        let log = RepairLog(
            events(of: city.repairs, within: period), from: period.lowerBound, to: period.upperBound,
            surveyInterval: city.components.surveyInterval.value)
        let found = RealLossComponents(log: log, system: system, pressure: pressure, options: options)
        components = found
        assumptions += found.assumptions
        if found.undated > 0 { assumptions.append("\(found.undated) bursts without any date are left out") }
        for kind in BurstKind.allCases {
            let size = kind == .connection ? system.connections : (kind == .main ? system.mainsLength : system.servicePipe) / 1000
            for isReported in [true, false] {
                frequencies.append(
                    Frequency(
                        kind: kind, isReported: isReported,
                        count: log.events.count { $0.kind == kind && $0.isReported == isReported },
                        perYear: log.perYear(kind, isReported: isReported),
                        unavoidable: kind.unavoidableFrequency(isReported: isReported) * size))
            }
        }
        if let days = city.balance?.periodDays, abs(days / found.days - 1) > 0.1 {
            assumptions.append(
                "the log spans \(Int(found.days.rounded())) days, the balance \(Int(days.rounded())): losses taken as steady")
        }
        recoverable = present.map { $0 - 1 / found.days * found.total }
    }

    /// Bursts of the log's period, with what takes the place of what is not written down.
    private mutating func events(of repairs: [LeakRepair], within period: Range<Instant>) -> [BurstEvent] {
        var outside = 0, nowhere = 0, byPipe = 0, untold = 0, unmargined = 0
        var events: [BurstEvent] = []
        for repair in repairs {
            let isRunning = repair.date.isEmpty
            let last = isRunning ? period.upperBound : repair.repaired ?? repair.located ?? repair.aware
            let first = repair.began ?? repair.aware ?? repair.located ?? repair.repaired
            if let first, let last, last < period.lowerBound || first >= period.upperBound {
                outside += 1
                continue
            }
            guard let kind = repair.kind ?? repair.pipe.map({ _ in .main }) else {
                nowhere += 1
                continue
            }
            if repair.kind == nil { byPipe += 1 }
            if repair.isReported == nil { untold += 1 }
            if repair.flow != nil, repair.flowMargin95 == nil { unmargined += 1 }
            events.append(
                BurstEvent(
                    kind: kind, isReported: repair.isReported ?? true, began: repair.began, aware: repair.aware, located: repair.located,
                    repaired: repair.repaired, isRunning: isRunning,
                    flow: repair.flow.map { Estimate($0, relativeMargin95: repair.flowMargin95 ?? Self.flowMargin95) }))
        }
        func note(_ count: Int, _ text: String) { if count > 0 { assumptions.append("\(count) of \(repairs.count) repairs \(text)") } }
        note(outside, "lie outside the log's period and are left out")
        note(nowhere, "have neither element nor pipe and are left out: the bursts' losses come out too small")
        note(byPipe, "have a pipe and no element: taken as bursts of mains")
        note(untold, "do not say whether they were reported: taken as reported, which run shortest")
        note(unmargined, "have a flow without a margin: ±50 %, assumed")
        if events.contains(where: { $0.flow == nil }) {
            assumptions.append(
                "flows not measured: 12 m³/h a reported main, 6 unreported, 1.6 others at 50 m, ±40 % all together (Thornton, Sturm & Kunkel 2008, table 10.8; margin assumed)"
            )
        }
        return events
    }

    private mutating func economy(
        _ city: City, _ system: BackgroundAndBursts, _ options: RealLossComponents.Options, rise: Estimate?
    ) {
        var lacking: [String] = []
        if city.components.surveyCost.value == nil { lacking.append("survey_cost") }
        if rise == nil { lacking.append("rise_of_leakage") }
        if city.profile.variableProductionCost.value == nil { lacking.append("variable_production_cost") }
        riseOfLeakage = rise
        guard let cost = city.components.surveyCost.estimate, let rise, let value = city.profile.variableProductionCost.estimate else {
            missing.append("economic intervention and level: \(lacking.joined(separator: ", ")) not known")
            return
        }
        intervention = EconomicInterventionEstimate(surveyCost: cost, waterValue: value, riseOfLeakage: rise)
        guard let intervention else {
            missing.append("economic intervention and level: survey_cost, rise_of_leakage and variable_production_cost must be above 0")
            return
        }
        guard let components, components.days > 0 else {
            missing.append("economic level: the losses of reported bursts are not known")
            return
        }
        level = ShortRunEconomicLevel(
            unavoidableBackground: system.unavoidableBackground, conditionFactor: options.conditionFactor,
            reported: 1 / (components.days * Units.day) * components.reported, intervention: intervention)
    }

    /// For the comparison with the balance and the night flows; nil without a component model. [m³/s]
    public var estimate: LossEstimate? {
        components.map { found in
            LossEstimate(
                name: "components", 1 / (found.days * Units.day) * found.total,
                // Names of its own: the balance does not share these inputs.
                shares: found.varianceShares.map { VarianceShare(input: "components: \($0.input)", share: $0.share) })
        }
    }
}
