// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The balance in the tree of the Korean waterworks statistics: effective and ineffective water (유효·무효수량), each volume
/// in the unit of the balance. Exported water (분수량) counts as revenue water and every ratio refers to 총급수량.
///
/// The wording of the Korean guideline is unverified; the mapping is that of the family that starts with the Japanese
/// Environment Water circular no. 70 (1976).
public struct KoreanTree: Sendable {
    /// Systematic data-handling errors have no line of their own in this tree.
    public enum DataHandlingPlace: String, Sendable, CaseIterable {
        /// 조정감액수량, the relief credit: ineffective water.
        case reliefCredit = "relief_credit"
        /// With 계량기불감수량: effective water without revenue.
        case meterInsensitivity = "meter_insensitivity"
    }

    /// 총급수량
    public let supply: Estimate
    /// 요금수량
    public let charged: Estimate
    /// 분수량
    public let exported: Estimate
    /// 유수수량
    public let revenueWater: Estimate
    /// 계량기불감수량
    public let meterInsensitivity: Estimate
    /// 수도사업용수량 + 공공수량
    public let waterworksAndPublicUse: Estimate
    /// 부정사용량
    public let unauthorisedUse: Estimate
    /// 무수수량
    public let nonRevenueEffective: Estimate
    /// 유효수량
    public let effective: Estimate
    /// 조정감액수량
    public let reliefCredit: Estimate
    /// 누수량: the residual.
    public let leakage: Estimate
    /// 무효수량
    public let ineffective: Estimate
    /// 유수율 [–]
    public let revenueWaterRatio: Estimate
    /// 유효율 [–]
    public let effectiveRatio: Estimate
    /// 무수율; not the share of non-revenue water, which is 무수율 + 무효율. [–]
    public let nonRevenueEffectiveRatio: Estimate
    /// 누수율 [–]
    public let leakageRatio: Estimate

    public init(_ balance: WaterBalance, dataHandling place: DataHandlingPlace) {
        let t = balance.terms
        let supply = t.ownSources + t.imported
        let charged = t.billedMetered + t.billedUnmetered
        let revenue = charged + t.exported
        let credit = place == .reliefCredit ? t.dataHandling : Propagated(0)
        let meters = place == .reliefCredit ? t.meteringInaccuracy : t.meteringInaccuracy + t.dataHandling
        let withoutRevenue = meters + t.unbilledMetered + t.unbilledUnmetered + t.unauthorised
        let effective = revenue + withoutRevenue
        self.supply = supply.estimate
        self.charged = charged.estimate
        exported = balance.exported
        revenueWater = revenue.estimate
        meterInsensitivity = meters.estimate
        waterworksAndPublicUse = (t.unbilledMetered + t.unbilledUnmetered).estimate
        unauthorisedUse = balance.unauthorised
        nonRevenueEffective = withoutRevenue.estimate
        self.effective = effective.estimate
        reliefCredit = credit.estimate
        leakage = balance.realLosses
        ineffective = (supply - effective).estimate
        revenueWaterRatio = (revenue / supply).estimate
        effectiveRatio = (effective / supply).estimate
        nonRevenueEffectiveRatio = (withoutRevenue / supply).estimate
        leakageRatio = (t.realLosses / supply).estimate
    }
}
