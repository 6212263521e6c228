// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A performance indicator with what a reader must know to use it.
public struct LossIndicator: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case revenueWaterRatio = "revenue_water_ratio"
        case nonRevenueWaterShare = "non_revenue_water_share"
        case nonRevenueWaterPerConnection = "non_revenue_water_per_connection"
        case realLossesPerConnection = "real_losses_per_connection"
        case realLossesPerMain = "real_losses_per_main"
        case apparentLossesPerConnection = "apparent_losses_per_connection"
        case unavoidableRealLosses = "unavoidable_real_losses"
        case infrastructureLeakageIndex = "infrastructure_leakage_index"
        case costOfNonRevenueWater = "cost_of_non_revenue_water"
    }

    public var kind: Kind
    public var value: Estimate
    /// As printed: `L/conn/d`, `m³/km/d`, `–`, `PEN/year`.
    public var unit: String
    /// Formula and source in one line.
    public var source: String
    /// Why it should be read with care; empty where its conditions hold.
    public var flags: [String]

    public init(kind: Kind, value: Estimate, unit: String, source: String, flags: [String] = []) {
        self.kind = kind
        self.value = value
        self.unit = unit
        self.source = source
        self.flags = flags
    }
}
