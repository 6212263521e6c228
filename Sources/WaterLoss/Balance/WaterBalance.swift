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
    /// Connections without leave, where they were counted: they leak like others. [–]
    public let illegalConnections: Propagated?

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
    /// - monteCarlo: simulate as well; every estimate then has the interval of the samples.
    /// - Throws: `BalanceError`, naming the line that is missing or wrong.
    public init(
        _ input: BalanceInput, defaults rules: BalanceDefaults = .cityPlan, exports: ExportConvention = .beforeSupply,
        monteCarlo: MonteCarlo? = nil
    ) throws(BalanceError) {
        try self.init(input, defaults: rules, exports: exports, register: InputRegister(monteCarlo: monteCarlo))
    }

    /// Over a register that other balances may share.
    init(
        _ input: BalanceInput, defaults rules: BalanceDefaults, exports: ExportConvention, register: InputRegister
    ) throws(BalanceError) {
        guard input.periodDays.isFinite, input.periodDays > 0 else { throw .invalidPeriod(input.periodDays) }
        var reader = BalanceLineReader(input, rules, register)
        // What a system takes in and what it bills must be known in one form at least.
        try reader.require(.ownSources, or: .imported)
        try reader.require(.billedMetered, or: .billedUnmetered)

        let own = try reader.volume(.ownSources)
        let imported = try reader.volume(.imported)
        let registeredExport = try reader.volume(.exported)
        let metered = try reader.volume(.billedMetered)
        let unmetered = try reader.volume(.billedUnmetered)
        let unbilledMetered = try reader.volume(.unbilledMetered)

        let billsExports = exports == .billed
        // What the meter of exported water misses has left the system: an apparent loss where exports are sales, and not supplied
        // at all where they are not.
        let missedExport = try reader.missedExport(registeredExport)
        let exported = billsExports ? registeredExport : registeredExport + missedExport
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
        let unbilledUnmetered = try reader.volume(.unbilledUnmetered, orBy: rules.unbilledUnmetered, of: base)
        let illegal = try reader.unauthorisedUse()
        let unauthorised =
            if let illegal { illegal.volume } else { try reader.volume(.unauthorised, orBy: rules.unauthorised, of: base) }
        let officeErrors = try reader.officeErrors(billed: billed)
        let dataHandling =
            if let officeErrors { officeErrors } else { try reader.volume(.dataHandling, orBy: rules.dataHandling, of: base) }
        var inaccuracy = try reader.inaccuracy(metered: metered, unbilledMetered: unbilledMetered)
        if billsExports, !reader.isGiven(.meteringInaccuracy) { inaccuracy = inaccuracy + missedExport }

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
        illegalConnections = illegal?.connections
        periodDays = input.periodDays
        exportConvention = exports
        self.register = reader.register
        defaults = reader.defaults
    }

    /// Parts of the variance of a term by input, largest first.
    ///
    ///     balance.varianceShares(of: \.realLosses).first
    public func varianceShares(of term: KeyPath<Terms, Propagated>) -> [VarianceShare] {
        register.varianceShares(of: terms[keyPath: term])
    }
}
