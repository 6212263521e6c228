// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The IWA/AWWA water balance of a period. Every term is a volume of the period with its uncertainty. [m³]
///
///     let balance = try WaterBalance(input)
///     print(balance.realLosses.value, balance.realLosses.margin95)
///
/// Any unit of volume may be put in; what comes out is in the same.
public struct WaterBalance: Sendable {
    /// [days]
    public let periodDays: Double
    public let exportConvention: ExportConvention
    /// Lines that were not given and stand at a default, with the rule.
    public let defaults: [String]
    /// Every term with its dependence on the inputs.
    public let terms: Terms
    /// Names of the inputs that carry an uncertainty.
    public let register: InputRegister

    /// The terms as functions of the inputs.
    public struct Terms: Sendable {
        public let ownSources, imported, exported: Propagated
        public let billedMetered, billedUnmetered, unbilledMetered, unbilledUnmetered: Propagated
        public let unauthorised, meteringInaccuracy, dataHandling: Propagated
        public let waterSupplied, revenueWater, unbilledAuthorised, authorisedConsumption: Propagated
        public let waterLosses, apparentLosses, realLosses, nonRevenueWater, revenueWaterRatio: Propagated
    }

    public var ownSources: Estimate { terms.ownSources.estimate }
    public var imported: Estimate { terms.imported.estimate }
    public var exported: Estimate { terms.exported.estimate }
    public var billedMetered: Estimate { terms.billedMetered.estimate }
    public var billedUnmetered: Estimate { terms.billedUnmetered.estimate }
    public var unbilledMetered: Estimate { terms.unbilledMetered.estimate }
    public var unbilledUnmetered: Estimate { terms.unbilledUnmetered.estimate }
    public var unauthorised: Estimate { terms.unauthorised.estimate }
    public var meteringInaccuracy: Estimate { terms.meteringInaccuracy.estimate }
    public var dataHandling: Estimate { terms.dataHandling.estimate }

    /// Base of every percentage: sources less exported water, or the system input volume where exports count as billed.
    public var waterSupplied: Estimate { terms.waterSupplied.estimate }
    /// Billed authorised consumption; with the exported water where that counts as billed.
    public var revenueWater: Estimate { terms.revenueWater.estimate }
    public var unbilledAuthorised: Estimate { terms.unbilledAuthorised.estimate }
    public var authorisedConsumption: Estimate { terms.authorisedConsumption.estimate }
    public var waterLosses: Estimate { terms.waterLosses.estimate }
    public var apparentLosses: Estimate { terms.apparentLosses.estimate }
    /// The residual of the balance: current annual real losses (CARL) where the period is a year.
    public var realLosses: Estimate { terms.realLosses.estimate }
    public var nonRevenueWater: Estimate { terms.nonRevenueWater.estimate }
    /// Revenue water over water supplied. [–]
    public var revenueWaterRatio: Estimate { terms.revenueWaterRatio.estimate }

    /// Draws the balance up (Alegre et al., IWA performance indicators; AWWA M36).
    ///
    /// - input: the volumes, their ranges the 95 % interval.
    /// - rules: what stands in for lines that are not given.
    /// - exports: where exported water stands.
    /// - Throws: `BalanceError`, naming the line that is missing or wrong.
    public init(
        _ input: BalanceInput, defaults rules: BalanceDefaults = .cityPlan, exports: ExportConvention = .beforeSupply
    ) throws(BalanceError) {
        guard input.periodDays.isFinite, input.periodDays > 0 else { throw .invalidPeriod(input.periodDays) }
        var reader = LineReader(input)
        // What a system takes in and what it bills must be known in one form at least.
        try reader.require(.ownSources, or: .imported)
        try reader.require(.billedMetered, or: .billedUnmetered)

        let own = try reader.volume(.ownSources)
        let imported = try reader.volume(.imported)
        let exported = try reader.volume(.exported)
        let metered = try reader.volume(.billedMetered)
        let unmetered = try reader.volume(.billedUnmetered)
        let unbilledMetered = try reader.volume(.unbilledMetered)

        let billsExports = exports == .billed
        let supplied = billsExports ? own + imported : own + imported - exported
        guard supplied.value > 0 else { throw .nothingSupplied(supplied.value) }
        let billed = billsExports ? metered + unmetered + exported : metered + unmetered

        func base(_ base: BalanceDefaults.Base) -> Propagated {
            switch base {
            case .waterSupplied: supplied
            case .billedAuthorised: billed
            case .billedMetered: metered
            }
        }
        func byRule(_ line: BalanceInput.Line, _ rule: BalanceDefaults.Rule?) throws(BalanceError) -> Propagated {
            guard !reader.isGiven(line), let rule else { return try reader.volume(line) }
            return reader.assumed(line, rule) * base(rule.base)
        }
        let unbilledUnmetered = try byRule(.unbilledUnmetered, rules.unbilledUnmetered)
        let unauthorised = try byRule(.unauthorised, rules.unauthorised)
        let dataHandling = try byRule(.dataHandling, rules.dataHandling)
        let inaccuracy: Propagated
        if reader.isGiven(.meteringInaccuracy) {
            inaccuracy = try reader.volume(.meteringInaccuracy)
        } else if let share = try reader.underRegistration(rules) {
            inaccuracy = (metered + unbilledMetered) * share.missedOverRegistered
        } else {
            inaccuracy = try reader.volume(.meteringInaccuracy)
        }

        let unbilled = unbilledMetered + unbilledUnmetered
        let authorised = billed + unbilled
        let apparent = unauthorised + inaccuracy + dataHandling
        let losses = supplied - authorised
        terms = Terms(
            ownSources: own, imported: imported, exported: exported, billedMetered: metered, billedUnmetered: unmetered,
            unbilledMetered: unbilledMetered, unbilledUnmetered: unbilledUnmetered, unauthorised: unauthorised,
            meteringInaccuracy: inaccuracy, dataHandling: dataHandling, waterSupplied: supplied, revenueWater: billed,
            unbilledAuthorised: unbilled, authorisedConsumption: authorised, waterLosses: losses, apparentLosses: apparent,
            realLosses: losses - apparent, nonRevenueWater: supplied - billed, revenueWaterRatio: billed / supplied)
        periodDays = input.periodDays
        exportConvention = exports
        register = reader.register
        defaults = reader.defaults
    }

    /// Parts of the variance of a term by input, largest first.
    ///
    ///     balance.varianceShares(of: \.realLosses).first
    public func varianceShares(of term: KeyPath<Terms, Propagated>) -> [VarianceShare] {
        register.varianceShares(of: terms[keyPath: term])
    }
}

/// Takes lines from an input, names the ones that are not there, and enters their uncertainty.
private struct LineReader {
    let input: BalanceInput
    var register = InputRegister()
    var defaults: [String] = []

    init(_ input: BalanceInput) { self.input = input }

    func isGiven(_ line: BalanceInput.Line) -> Bool { input.volumes[line]?.value != nil }

    func require(_ line: BalanceInput.Line, or other: BalanceInput.Line) throws(BalanceError) {
        if !isGiven(line) && !isGiven(other) { throw .missing(line, orLine: other) }
    }

    mutating func volume(_ line: BalanceInput.Line) throws(BalanceError) -> Propagated {
        guard let estimate = input.volumes[line]?.estimate else {
            defaults.append("\(line.rawValue): not given, taken as 0")
            return Propagated(0)
        }
        // Known over-registration and corrections may make the apparent losses negative, never a measured volume.
        let mayBeNegative = line == .meteringInaccuracy || line == .dataHandling
        guard estimate.value.isFinite, estimate.standardDeviation.isFinite, mayBeNegative || estimate.value >= 0 else {
            throw .invalidVolume(line, estimate.value)
        }
        return register.input(line.rawValue, estimate)
    }

    mutating func assumed(_ line: BalanceInput.Line, _ rule: BalanceDefaults.Rule) -> Propagated {
        defaults.append(
            "\(line.rawValue): \(Self.percent(rule.fraction)) of \(rule.base.rawValue) (\(rule.source))")
        return register.input(line.rawValue, rule.fraction)
    }

    mutating func underRegistration(_ rules: BalanceDefaults) throws(BalanceError) -> Propagated? {
        let share: Estimate
        if let given = input.meterUnderRegistration?.estimate {
            share = given
        } else if let assumed = rules.underRegistration {
            share = assumed
            defaults.append(
                "\(BalanceInput.Line.meteringInaccuracy.rawValue): customer meters miss \(Self.percent(assumed)) of true use (\(rules.underRegistrationSource))"
            )
        } else {
            return nil
        }
        guard share.value.isFinite, abs(share.value) < 1 else { throw .invalidUnderRegistration(share.value) }
        return register.input("meter_under_registration", share)
    }

    /// `0.75 % ± 0.5`; the rounding is for reading only.
    static func percent(_ fraction: Estimate) -> String {
        func text(_ share: Double) -> String {
            let number = (share * 1e5).rounded() / 1e3
            let whole = "\(number)"
            return whole.hasSuffix(".0") ? String(whole.dropLast(2)) : whole
        }
        return fraction.standardDeviation > 0 ? "\(text(fraction.value)) % ± \(text(fraction.margin95))" : "\(text(fraction.value)) %"
    }
}
