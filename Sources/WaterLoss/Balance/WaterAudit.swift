// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// One year's audit of a system as utilities file it. Volumes are in the audit's own unit; lengths, pressure and prices in SI.
/// nil: not given.
public struct WaterAudit: Sendable {
    public enum Standard: String, Sendable, CaseIterable {
        /// AWWA Free Water Audit Software: export before supply, US formula and constants, its rules of what is shown.
        case awwa
        /// IWA: export is billed, percentages refer to the system input volume, metric formula.
        case iwa
        /// Korean waterworks statistics: as IWA, with the ratios of that tree.
        case korea
    }

    /// A bulk-metered volume with the known error of its meter.
    public struct BulkVolume: Sendable {
        public var volume: Double?
        /// Over-registration positive. [–]
        public var errorFraction: Double?
        /// Over-registration positive. [unit of the audit]
        public var errorVolume: Double?

        public init(_ volume: Double? = nil, errorFraction: Double? = nil, errorVolume: Double? = nil) {
            self.volume = volume
            self.errorFraction = errorFraction
            self.errorVolume = errorVolume
        }

        /// `V/(1 + e)` by fraction, `V − error` by volume where there is a volume; nil where it is not given.
        public var corrected: Double? {
            guard let volume else { return nil }
            if let errorVolume { return volume > 0 ? volume - errorVolume : volume }
            return volume / (1 + (errorFraction ?? 0))
        }
    }

    public var name: String
    public var volumeUnit: VolumeUnit
    /// [days]
    public var periodDays = 365.0
    public var ownSources = BulkVolume()
    public var imported = BulkVolume()
    public var exported = BulkVolume()
    public var billedMetered: Double?
    public var billedUnmetered: Double?
    public var unbilledMetered: Double?
    public var unbilledUnmetered: Double?
    public var unauthorised: Double?
    /// Share of true use that customer meters miss; the volume counts where both are given. [–]
    public var meteringInaccuracyFraction: Double?
    public var meteringInaccuracy: Double?
    public var dataHandling: Double?
    /// [m]
    public var mainsLength: Double?
    /// Active and inactive. [–]
    public var connections: Double?
    /// Mean private pipe from the property line to the meter; nil and 0: the meter stands at the line. [m]
    public var customerLineLength: Double?
    /// [m]
    public var pressure: Double?
    /// [currency/year]
    public var operatingCost: Double?
    /// [currency/m³]
    public var retailCost: Double?
    /// Variable production cost. [currency/m³]
    public var productionCost: Double?
    public var realLossesValuedAtRetail = false
    /// What stands in for lines not given; nil: the standard's own.
    public var defaults: BalanceDefaults?

    public init(name: String, volumeUnit: VolumeUnit) {
        self.name = name
        self.volumeUnit = volumeUnit
    }

    /// Cubic metres in the audit's unit as the AWWA workbook takes it for loss rates: version 5 rounds the acre-foot to 325,851
    /// US gallons there. (Its UARL, like version 6, uses the exact size.)
    func cubicMetresPerUnitOfRates(_ rules: BalanceDefaults) -> Double {
        volumeUnit == .acreFoot && rules.name == BalanceDefaults.fwas5.name ? 325_851 * Units.usGallon : volumeUnit.cubicMetres
    }

    var balanceInput: BalanceInput {
        var volumes: [BalanceInput.Line: SourcedValue] = [:]
        func put(_ line: BalanceInput.Line, _ value: Double?) {
            if let value { volumes[line] = SourcedValue(value, status: .published) }
        }
        put(.ownSources, ownSources.corrected)
        put(.imported, imported.corrected)
        put(.exported, exported.corrected)
        put(.billedMetered, billedMetered)
        put(.billedUnmetered, billedUnmetered)
        put(.unbilledMetered, unbilledMetered)
        put(.unbilledUnmetered, unbilledUnmetered)
        put(.unauthorised, unauthorised)
        put(.meteringInaccuracy, meteringInaccuracy)
        put(.dataHandling, dataHandling)
        return BalanceInput(
            periodDays: periodDays, volumes: volumes,
            meterUnderRegistration: meteringInaccuracyFraction.map { SourcedValue($0, status: .published) })
    }
}

/// What an audit comes to.
public struct WaterAuditResult: Sendable {
    public var audit: WaterAudit
    public var standard: WaterAudit.Standard
    /// Volumes in the audit's own unit.
    public var balance: WaterBalance
    /// nil: the figures for it are not given, or the standard does not show it.
    /// [l per connection and day]
    public var realLossesPerConnection: Double?
    /// [m³ per km and day]
    public var realLossesPerMain: Double?
    /// [l per connection and day]
    public var apparentLossesPerConnection: Double?
    /// Of the period. [unit of the audit]
    public var unavoidableRealLosses: Double?
    public var infrastructureLeakageIndex: Double?
    /// Of the period. [currency]
    public var apparentLossesCost: Double?
    /// Of the period. [currency]
    public var realLossesCost: Double?
    /// Cost of non-revenue water over the operating cost of the same time. [–]
    public var nonRevenueWaterCostShare: Double?
    /// For the Korean standard. [–]
    public var koreanTree: KoreanTree?
    /// What to check.
    public var alerts: [BalanceAlert] = []

    /// - relief: what 조정감액수량 of the Korean tree holds.
    /// - Throws: `BalanceError`, with the line that is missing or wrong.
    public init(
        _ audit: WaterAudit, standard: WaterAudit.Standard, relief: KoreanTree.DataHandlingPlace = .reliefCredit
    ) throws(BalanceError) {
        let rules = audit.defaults ?? (standard == .awwa ? .fwas5 : .zero)
        self.audit = audit
        self.standard = standard
        balance = try WaterBalance(
            audit.balanceInput, defaults: rules, exports: standard == .awwa ? .beforeSupply : .billed)
        if standard == .awwa {
            indicatorsOfFreeWaterAudit(cubicMetresPerUnit: audit.cubicMetresPerUnitOfRates(rules))
        } else {
            indicatorsOfAssociation(cubicMetresPerUnit: audit.volumeUnit.cubicMetres)
        }
        costs(cubicMetresPerUnit: audit.volumeUnit.cubicMetres)
        if standard == .korea { koreanTree = KoreanTree(balance, dataHandling: relief) }
        alerts = PlausibilityRules(plausibilityFigures(rules)).alerts
    }

    private func plausibilityFigures(_ rules: BalanceDefaults) -> PlausibilityFigures {
        var figures = PlausibilityFigures(balance: balance, rules: rules, cubicMetres: audit.volumeUnit.cubicMetres)
        let lines: [(BalanceInput.Line, WaterAudit.BulkVolume)] = [
            (.ownSources, audit.ownSources), (.imported, audit.imported), (.exported, audit.exported),
        ]
        for (line, bulk) in lines {
            guard let volume = bulk.volume, let corrected = bulk.corrected else { continue }
            figures.bulk.append(
                .init(
                    name: line.rawValue, volume: volume, corrected: corrected,
                    hasBothErrors: bulk.errorFraction != nil && bulk.errorVolume != nil))
        }
        figures.unbilledUnmetered = audit.unbilledUnmetered
        figures.unauthorised = audit.unauthorised
        figures.dataHandling = audit.dataHandling
        figures.underRegistration = audit.meteringInaccuracyFraction
        figures.hasBothMeterErrors = audit.meteringInaccuracyFraction != nil && audit.meteringInaccuracy != nil
        figures.connections = audit.connections
        figures.mainsLength = audit.mainsLength
        figures.pressure = audit.pressure
        figures.retailCost = audit.retailCost
        figures.productionCost = audit.productionCost
        figures.index = infrastructureLeakageIndex
        figures.hidesUnavoidable = standard == .awwa
        figures.isUnavoidableShown = unavoidableRealLosses != nil
        return figures
    }

    /// Loss of the period per connection and day. [l]
    private func perConnection(_ volume: Estimate, _ cubicMetresPerUnit: Double) -> Double? {
        guard let connections = audit.connections, connections > 0 else { return nil }
        return volume.value * cubicMetresPerUnit * 1000 / balance.periodDays / connections
    }

    private func perMain(_ cubicMetresPerUnit: Double) -> Double? {
        guard let mains = audit.mainsLength, mains > 0 else { return nil }
        return balance.realLosses.value * cubicMetresPerUnit / balance.periodDays / (mains / 1000)
    }

    private var servicePipe: Double { (audit.customerLineLength ?? 0) * (audit.connections ?? 0) }

    /// AWWA FWAS v5: one of the two real-loss rates by density (32 connections per mile); UARL and ILI only where
    /// 32 Lm + Nc > 3000 and the pressure is above 35 psi.
    private mutating func indicatorsOfFreeWaterAudit(cubicMetresPerUnit unit: Double) {
        apparentLossesPerConnection = perConnection(balance.apparentLosses, unit)
        guard let connections = audit.connections, let mains = audit.mainsLength else {
            realLossesPerConnection = perConnection(balance.realLosses, unit)
            return
        }
        let miles = mains / Units.mile
        if miles > 0, connections / miles <= 32 {
            realLossesPerMain = perMain(unit)
        } else {
            realLossesPerConnection = perConnection(balance.realLosses, unit)
        }
        guard let pressure = audit.pressure,
            UnavoidableLosses.isShownInFreeWaterAudit(mainsLength: mains, connections: connections, pressure: pressure)
        else { return }
        let gallons = UnavoidableLosses.usGallonsPerDay(
            mainsLength: mains, connections: connections, servicePipe: servicePipe, pressure: pressure)
        setUnavoidable(gallons * balance.periodDays * Units.usGallon / audit.volumeUnit.cubicMetres)
    }

    private mutating func indicatorsOfAssociation(cubicMetresPerUnit unit: Double) {
        apparentLossesPerConnection = perConnection(balance.apparentLosses, unit)
        realLossesPerConnection = perConnection(balance.realLosses, unit)
        realLossesPerMain = perMain(unit)
        guard let connections = audit.connections, let mains = audit.mainsLength, let pressure = audit.pressure else { return }
        let perDay = UnavoidableLosses.perDay(
            mainsLength: mains, connections: connections, servicePipe: servicePipe, pressure: pressure)
        setUnavoidable(perDay * balance.periodDays / unit)
    }

    private mutating func setUnavoidable(_ volume: Double) {
        guard volume > 0 else { return }
        unavoidableRealLosses = volume
        infrastructureLeakageIndex = balance.realLosses.value / volume
    }

    /// Apparent losses at the retail price, real losses at variable production cost or retail. Unbilled use goes with the real
    /// losses in the AWWA form and with the apparent losses in the IWA form.
    private mutating func costs(cubicMetresPerUnit unit: Double) {
        if let retail = audit.retailCost { apparentLossesCost = balance.apparentLosses.value * unit * retail }
        let price = audit.realLossesValuedAtRetail ? audit.retailCost : audit.productionCost
        guard let price else { return }
        let real = balance.realLosses.value * unit * price
        realLossesCost = real
        guard let retail = audit.retailCost, let apparent = apparentLossesCost, let operating = audit.operatingCost, operating > 0
        else { return }
        let unbilled = balance.unbilledAuthorised.value * unit * (standard == .awwa ? price : retail)
        nonRevenueWaterCostShare = (apparent + real + unbilled) / operating * 365 / balance.periodDays
    }
}
