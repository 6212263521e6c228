// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Everything that the balance of one system says: terms and indicators with their intervals, groups, what moves the result most,
/// what is likely to be a slip.
public struct SystemBalance: Sendable {
    public let profile: CityProfile
    public let standard: WaterAudit.Standard
    /// Of the whole; volumes in m³.
    public let balance: WaterBalance
    public let indicators: IndicatorSet
    /// Balances of months or zones; empty without parts.
    public let parts: [BalanceSet.Part]
    public let alerts: [BalanceAlert]
    /// What halving the uncertainty of each input would do to the yearly cost of non-revenue water.
    public let worthOfData: [WorthOfData]
    /// For the Korean standard.
    public let korean: KoreanTree?
    /// Approximate; nil without grades.
    public let validity: ValidityScore?
    /// As the system would be with the targets of its file; nil without targets.
    public let whatIf: WhatIf?

    /// - rules: what stands in for lines that are not given; nil: the AWWA defaults under its standard, else nothing.
    /// - monteCarlo: nil: linear intervals alone.
    /// - relief: what 조정감액수량 holds.
    /// - unavoidable: form of UARL; nil: the standard's own.
    /// - Throws: `BalanceError`.
    public init(
        _ system: WaterSystem, standard: WaterAudit.Standard, defaults rules: BalanceDefaults? = nil, monteCarlo: MonteCarlo? = nil,
        relief: KoreanTree.DataHandlingPlace = .reliefCredit, unavoidable: UnavoidableLosses.Form? = nil
    ) throws(BalanceError) {
        let rules = rules ?? (standard == .awwa ? .fwas5 : .zero)
        let exports: ExportConvention = standard == .awwa ? .beforeSupply : .billed
        let balance: WaterBalance
        if system.parts.isEmpty {
            parts = []
            balance = try WaterBalance(system.balance, defaults: rules, exports: exports, monteCarlo: monteCarlo)
        } else {
            let set = try BalanceSet(
                system.parts, kind: system.partKind, defaults: rules, exports: exports, monteCarlo: monteCarlo)
            parts = set.parts
            balance = set.total
        }
        self.balance = balance
        self.standard = standard
        profile = system.profile
        let indicators = IndicatorSet(
            balance, profile: system.profile, unavoidable: unavoidable ?? (standard == .awwa ? .freeWaterAudit : .metric))
        self.indicators = indicators
        worthOfData = indicators.worthOfHalving(.costOfNonRevenueWater, breakEven: system.breakEven)
        korean = standard == .korea ? KoreanTree(balance, dataHandling: relief) : nil
        var grades: [ValidityScore.Item: Int] = [:]
        for (name, grade) in system.grades { if let item = ValidityScore.Item(rawValue: name) { grades[item] = grade } }
        if !grades.isEmpty {
            for item in Self.atDefault(system, rules) { grades[item] = ValidityScore.gradeOfDefaults }
        }
        let sources = balance.terms.ownSources.value + balance.terms.imported.value
        validity = ValidityScore(grades: grades, importedShare: sources > 0 ? balance.terms.imported.value / sources : 0)
        whatIf = system.whatIf.flatMap { WhatIf(balance, indicators, profile: system.profile, $0) }
        alerts = PlausibilityRules(Self.figures(system, balance, indicators, rules)).alerts
    }

    /// Groups of real losses and of non-revenue water; nil where their indicators are not known.
    public func group(_ region: PerformanceGroup.Region) -> (realLosses: PerformanceGroup?, nonRevenueWater: PerformanceGroup?) {
        let real = indicators[.infrastructureLeakageIndex].map { PerformanceGroup.realLosses(index: $0.value.value, region) }
        guard let pressure = indicators.pressure, let water = indicators[.nonRevenueWaterPerConnection] else { return (real, nil) }
        return (real, .nonRevenueWater(litres: water.value.value, pressure: pressure.value, region))
    }

    /// Lines for which a default fraction stands in: the workbook grades them itself, whatever grade was filed with them.
    private static func atDefault(_ system: WaterSystem, _ rules: BalanceDefaults) -> [ValidityScore.Item] {
        guard system.parts.isEmpty else { return [] }
        let input = system.balance
        var items: [ValidityScore.Item] = []
        if rules.unbilledUnmetered != nil, !input.isGiven(.unbilledUnmetered) { items.append(.unbilledUnmetered) }
        if rules.unauthorised != nil, !input.isGiven(.unauthorised), input.unauthorisedUse == nil { items.append(.unauthorised) }
        let hasOfficeErrors = input.meterErrors?.corruptReading != nil || input.meterErrors?.officeVolume != nil
        if rules.dataHandling != nil, !input.isGiven(.dataHandling), !hasOfficeErrors { items.append(.dataHandling) }
        return items
    }

    private static func figures(
        _ system: WaterSystem, _ balance: WaterBalance, _ indicators: IndicatorSet, _ rules: BalanceDefaults
    ) -> PlausibilityFigures {
        var figures = PlausibilityFigures(balance: balance, rules: rules, cubicMetres: 1)
        let inputs = system.parts.isEmpty ? [system.balance] : system.parts.map(\.balance)
        for line in [BalanceInput.Line.ownSources, .imported, .exported] {
            for part in inputs.flatMap({ $0.parts[line] ?? [] }) {
                guard let volume = part.volume.value, let error = part.meterError?.value else { continue }
                figures.bulk.append(
                    .init(name: line.rawValue, volume: volume, corrected: volume / (1 + error), hasBothErrors: false))
            }
        }
        if system.parts.isEmpty {
            figures.unbilledUnmetered = system.balance.volumes[.unbilledUnmetered]?.value
            figures.unauthorised = system.balance.volumes[.unauthorised]?.value
            figures.dataHandling = system.balance.volumes[.dataHandling]?.value
            figures.underRegistration = system.balance.meterUnderRegistration?.value
        }
        figures.connections = indicators.connections?.value
        figures.mainsLength = system.profile.mainsLength.value.map { $0 + (system.profile.mainsUnderestimation.value ?? 0) }
        figures.pressure = indicators.pressure?.value
        figures.retailCost = system.profile.tariff.value
        figures.productionCost = system.profile.variableProductionCost.value
        figures.index = indicators[.infrastructureLeakageIndex]?.value.value
        figures.isUnavoidableShown = figures.index != nil
        return figures
    }
}
