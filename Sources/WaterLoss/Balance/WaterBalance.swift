// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The IWA/AWWA water balance of a period. Every term is a volume of the period with its uncertainty. [m³]
public struct WaterBalance: Sendable {
    /// [days]
    public var periodDays: Double

    public var ownSources: Estimate
    public var imported: Estimate
    public var exported: Estimate
    public var billedMetered: Estimate
    public var billedUnmetered: Estimate
    public var unbilledMetered: Estimate
    public var unbilledUnmetered: Estimate
    public var unauthorised: Estimate
    public var meteringInaccuracy: Estimate
    public var dataHandling: Estimate

    public var waterSupplied: Estimate
    /// Billed authorised consumption.
    public var revenueWater: Estimate
    public var unbilledAuthorised: Estimate
    public var authorisedConsumption: Estimate
    public var waterLosses: Estimate
    public var apparentLosses: Estimate
    /// The residual of the balance: current annual real losses (CARL) where the period is a year.
    public var realLosses: Estimate
    public var nonRevenueWater: Estimate
    /// Revenue water over water supplied. [–]
    public var revenueWaterRatio: Estimate

    /// Lines that were not given and stand at a default, with the rule.
    public var defaults: [String]

    public init(
        periodDays: Double, ownSources: Estimate, imported: Estimate, exported: Estimate, billedMetered: Estimate, billedUnmetered: Estimate, unbilledMetered: Estimate, unbilledUnmetered: Estimate, unauthorised: Estimate, meteringInaccuracy: Estimate, dataHandling: Estimate, waterSupplied: Estimate, revenueWater: Estimate, unbilledAuthorised: Estimate, authorisedConsumption: Estimate, waterLosses: Estimate, apparentLosses: Estimate, realLosses: Estimate, nonRevenueWater: Estimate, revenueWaterRatio: Estimate, defaults: [String]
    ) {
        self.periodDays = periodDays
        self.ownSources = ownSources
        self.imported = imported
        self.exported = exported
        self.billedMetered = billedMetered
        self.billedUnmetered = billedUnmetered
        self.unbilledMetered = unbilledMetered
        self.unbilledUnmetered = unbilledUnmetered
        self.unauthorised = unauthorised
        self.meteringInaccuracy = meteringInaccuracy
        self.dataHandling = dataHandling
        self.waterSupplied = waterSupplied
        self.revenueWater = revenueWater
        self.unbilledAuthorised = unbilledAuthorised
        self.authorisedConsumption = authorisedConsumption
        self.waterLosses = waterLosses
        self.apparentLosses = apparentLosses
        self.realLosses = realLosses
        self.nonRevenueWater = nonRevenueWater
        self.revenueWaterRatio = revenueWaterRatio
        self.defaults = defaults
    }
}
