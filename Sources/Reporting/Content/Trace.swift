// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// What goes into the figures of a kind.
private struct TraceInputs {
    var named: [Phrase]
    /// Of what does not stand in the register.
    var statuses: [SourceStatus] = []
    /// Items of the register that are used.
    var uses: (String) -> Bool = { _ in false }

    init(_ named: [Phrase], _ statuses: [SourceStatus] = [], uses: @escaping (String) -> Bool = { _ in false }) {
        self.named = named
        self.statuses = statuses
        self.uses = uses
    }
}

extension PlanSource {
    /// - origins: of figures that a document shows.
    func traces(of origins: Set<Origin>) -> [Origin: Trace] {
        var traces: [Origin: Trace] = [:]
        for (kind, origins) in Dictionary(grouping: origins, by: \.kind) where kind != .stated {
            let inputs = inputs(of: kind)
            let used = plan.assumptions.filter { inputs.uses($0.item) }
            for origin in origins { traces[origin] = trace(origin, inputs, used) }
        }
        return traces
    }

    /// - used: items of the register that go into figures of the kind.
    private func trace(_ origin: Origin, _ inputs: TraceInputs, _ used: [ImprovementPlan.Assumption]) -> Trace {
        var trace = Trace(
            origin: origin, formula: .name(.trace, origin.kind.rawValue), inputs: inputs.named,
            source: .name(.trace, "source_" + origin.kind.origin),
            statuses: Set(inputs.statuses + used.map(\.value.status)).sorted())
        guard !origin.subjects.isEmpty else { return trace }
        if let found = origin.subjects.compactMap(LossIndicator.Kind.init).compactMap(indicator).first {
            trace.formula = .message(found.source)
            trace.statuses = Set(balanceStatuses() + profileStatuses(of: found.kind)).sorted()
            return trace
        }
        let lines = origin.subjects.compactMap(BalanceInput.Line.init)
        if !lines.isEmpty {
            trace.inputs = lines.map { .name(.balanceLine, $0.rawValue) }
            trace.statuses = Set(balanceStatuses(lines)).sorted()
            return trace
        }
        let items = used.filter { Self.isOf(origin.subjects, $0) }
        if !items.isEmpty {
            trace.inputs = items.map { .name(.assumption, $0.item) }
            trace.statuses = Set(items.map(\.value.status) + inputs.statuses).sorted()
        }
        return trace
    }

    /// What the register says of a measure itself, or says that it goes into the measure or into all of them.
    private static func isOf(_ subjects: [String], _ assumption: ImprovementPlan.Assumption) -> Bool {
        let uses = assumption.usedIn.split(separator: ",").map { String($0.drop { $0 == " " }) }
        return assumption.item == "general.contingency"
            || subjects.contains { assumption.item == $0 || assumption.item.hasPrefix($0 + ".") || uses.contains($0) }
    }

    private func balanceStatuses(_ lines: [BalanceInput.Line] = BalanceInput.Line.allCases) -> [SourceStatus] {
        // Where the city gives none of them the balance takes shares of its own for these.
        let assumable: Set<BalanceInput.Line> = [.unauthorised, .meteringInaccuracy, .dataHandling]
        return lines.flatMap { line -> [SourceStatus] in
            var items = ["balance." + line.rawValue]
            if line == .meteringInaccuracy { items.append("balance.meter_under_registration") }
            let known = statuses { items.contains($0) } + (city.balance?.volumes[line].map { [$0.status] } ?? [])
            return known.isEmpty && assumable.contains(line) ? [.assumed] : known
        }.filter { $0 != .unknown }
    }

    private func profileStatuses(of kind: LossIndicator.Kind) -> [SourceStatus] {
        let profile = city.profile
        let name = kind.rawValue
        var values: [SourcedValue] = []
        if name.contains("connection") || name.contains("customer") { values.append(profile.connections) }
        if name.contains("per_main") { values.append(profile.mainsLength) }
        if [.infrastructureLeakageIndex, .unavoidableRealLosses].contains(kind) {
            values += [profile.connections, profile.mainsLength, profile.averagePressure]
        }
        if name.contains("metre") { values.append(profile.averagePressure) }
        if name.contains("cost") { values += [profile.tariff, profile.variableProductionCost] }
        return values.map(\.status).filter { $0 != .unknown }
    }

    /// Statuses of the figures of the register whose item holds to a rule.
    private func statuses(_ rule: (String) -> Bool) -> [SourceStatus] { plan.assumptions.filter { rule($0.item) }.map(\.value.status) }

    /// What the files of a city hold where they say no status themselves.
    private var ofFiles: [SourceStatus] { city.profile.isSynthetic ? [.synthetic] : [] }
    /// Readings of meters and loggers.
    private var ofReadings: [SourceStatus] { city.profile.isSynthetic ? [.synthetic] : [.measured] }

    private func inputs(of kind: Trace.Kind) -> TraceInputs {
        func all(_: String) -> Bool { true }
        func has(_ parts: String...) -> (String) -> Bool { { item in parts.contains { item.contains($0) } } }
        func parameters(_ keys: String...) -> [Phrase] { keys.map { .name(.parameter, $0) } }
        switch kind {
        case .stated, .given, .counted, .share: return .init([.words(.profileTitle)], ofFiles)
        case .register: return .init([.words(.registerTitle)], uses: all)
        case .training, .readingLot, .gateways, .varianceShare, .information, .switching, .simulated, .account:
            return .init([.words(.registerTitle)], uses: all)
        case .balanceVolume, .ratio, .remainder: return .init([.words(.balanceTitle)], balanceStatuses())
        case .apparentLosses:
            let lines: [BalanceInput.Line] = [.unauthorised, .meteringInaccuracy, .dataHandling]
            return .init(lines.map { .name(.balanceLine, $0.rawValue) }, balanceStatuses(lines))
        case .indicator:
            return .init([.words(.balanceTitle), .words(.profileTitle)], balanceStatuses() + [city.profile.connections.status])
        case .zoneInflow, .nightFlow: return .init([.words(.inflow), .words(.registered)], ofReadings)
        case .legitimateUse: return .init([.words(.registered), .words(.connections)], ofReadings + [.assumed])
        case .nightDayFactor: return .init([.words(.nightPressure), .name(.parameter, "leakage_exponent")], ofReadings + [.assumed])
        case .nightLeakage:
            return .init([.words(.minimumNightFlow), .words(.legitimateNightUse), .words(.nightDayFactor)], ofReadings + [.assumed])
        case .perConnection: return .init([.words(.realLosses), .words(.connections)], ofReadings + ofFiles)
        case .leakFlow, .leakChance, .leakProbability, .pressure, .reading: return .init([.words(.mapTitle)], ofReadings + [.computed])
        case .sizing: return .init([.words(.profileTitle), .words(.zonesTitle)], ofFiles)
        case .capital, .estimate: return .init([.words(.quantity)] + parameters("unit_cost"), uses: has("cost", "contingency", "tax"))
        case .operation: return .init([.words(.quantity)] + parameters("operation_cost"), uses: has("operation", "survey", "maintenance"))
        case .saved:
            return .init(
                [.words(.realLosses), .words(.apparentLosses)] + parameters("effect"),
                uses: has(
                    "effect", "share", "leakage_exponent", "consumption_exponent", "ramp", "decay", "target_pressure", "use_reduction",
                    "_growth"))
        case .costPerVolume: return .init([.words(.capitalCost), .words(.operationCost), .words(.life), .words(.volumeSaved)], uses: all)
        case .netPresentValue, .benefitCost, .payback:
            return .init([.words(.capitalCost), .words(.operationCost), .words(.benefit), .words(.discountRate)], uses: all)
        case .internalRate, .net: return .init([.words(.capitalCost), .words(.operationCost), .words(.benefit)], uses: all)
        case .trajectory, .rebound:
            return .init([.words(.volumeSaved)] + parameters("natural_rise_of_leakage"), uses: has("natural_rise", "effect"))
        case .benefit, .waterWorth:
            return .init(
                [.words(.volumeSaved), .words(.tariff), .words(.variableProductionCost)],
                uses: has("tariff", "variable_production_cost", "collection_rate"))
        case .need: return .init(parameters("demand_growth") + [.words(.realLosses)], uses: has("demand_growth"))
        case .deficit:
            return .init(
                parameters("demand_growth") + [.words(.realLosses), .words(.productionCapacity)],
                [city.profile.productionCapacity.status], uses: has("demand_growth"))
        case .meterError:
            return .init([.words(.meterAge)] + parameters("under_registration_growth"), uses: has("under_registration_growth"))
        case .schedule: return .init([.words(.registerTitle)], uses: has("_months"))
        case .financing: return .init([.words(.capitalCost), .words(.funding)], ofFiles, uses: has("tax", "contingency"))
        case .grantElement: return .init([.words(.funding), .words(.discountRate)], ofFiles, uses: has("discount_rate"))
        case .coverage: return .init([.words(.benefit), .words(.funding)], uses: all)
        case .contractPayment: return .init([.words(.realLosses), .words(.volumeSaved)], ofFiles, uses: has("effect"))
        case .billShare:
            return .init([.words(.tariff)] + parameters("household_use", "household_income"), uses: has("household", "income", "tariff"))
        case .baseline, .detectable: return .init([.words(.balanceTitle), .words(.zonesTitle)], balanceStatuses())
        case .readingCost: return .init([.words(.registerTitle)], uses: has("reading_network"))
        case .diagnosis: return .init([.words(.balanceTitle)], balanceStatuses() + [.assumed])
        }
    }
}
