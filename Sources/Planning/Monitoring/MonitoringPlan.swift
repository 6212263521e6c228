// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// What is measured to tell whether the programme works, from which baseline, and how the baseline moves.
public struct MonitoringPlan: Sendable {
    public struct Indicator: Sendable {
        /// `revenue_water_ratio`, `non_revenue_water`, `real_losses`, `apparent_losses`, `supply_hours`, `zones_metered`, `metered_share`.
        public var key: String
        public var unit: String
        /// nil: must be measured first.
        public var baseline: Estimate?
        public var baselineYear: Int
        /// nil: the plan does not tell.
        public var target: Double?
        public var targetYear: Int
        /// Keys of how it is verified, how often, and by whom.
        public var verification: String
        public var frequency: String
        public var owner: String
        /// Smallest change that two measurements as sure as the baseline can tell from none: 1.96·√2·σ. [unit]
        public var detectableChange: Double? { baseline.map { Estimate.normal95 * 2.0.squareRoot() * $0.standardDeviation } }
        /// Whether the change aimed at is larger than that; nil where either is not known.
        public var isDetectable: Bool? {
            guard let baseline, let target, let least = detectableChange, baseline.standardDeviation > 0 else { return nil }
            return abs(target - baseline.value) > least
        }
    }

    /// A rule by which the baseline is adjusted; each is measured, or the payment may not depend on it.
    public struct Adjustment: Sendable {
        /// `hours`, `pressure`, `connections`, `metering_error`.
        public var key: String
        /// Whether the city measures it today.
        public var isMeasured: Bool
        /// In the baseline; nil: not known.
        public var baseline: Double?
        public var unit: String
    }

    /// A row of the logical framework, as keys of the language catalogue.
    public struct LogicRow: Sendable {
        public enum Level: String, Sendable, CaseIterable { case goal, purpose, output, activity }
        public var level: Level
        /// `logic_goal`, `logic_purpose`, or a measure's key.
        public var item: String
        /// Id of the measure of an output.
        public var measure: String?
        /// Key of an indicator, or of what is counted.
        public var indicator: String
        public var verification: String
        public var assumption: String
        /// Of an output: how much of it.
        public var quantity: Double?
        public var quantityUnit: String?
    }

    public var indicators: [Indicator]
    public var adjustments: [Adjustment]
    public var logic: [LogicRow]
}

extension PlanBook {
    func monitoring(_ measures: [PlannedMeasure], _ trajectory: [ImprovementPlan.TrajectoryYear]) -> MonitoringPlan {
        let city = inputs.city
        let startYear = city.plan.startYear
        let year = min(max(0, choice.targetYear), inputs.horizon - 1)
        let targetYear = startYear + year
        let balance = inputs.balance.flatMap { $0.periodDays > 0 ? $0 : nil }
        func daily(_ estimate: Estimate) -> Estimate { (1 / (balance?.periodDays ?? 1)) * estimate }
        func indicator(
            _ key: String, _ unit: String, _ baseline: Estimate?, _ target: Double?, _ verification: String, _ frequency: String,
            _ owner: String
        ) -> MonitoringPlan.Indicator {
            .init(
                key: key, unit: unit, baseline: baseline, baselineYear: startYear - 1, target: target, targetYear: targetYear,
                verification: verification, frequency: frequency, owner: owner)
        }
        let ratio = trajectory.first { $0.year == targetYear }?.revenueWaterRatioWith.value
        let real = balance.map { daily($0.realLosses) }, apparent = balance.map { daily($0.apparentLosses) }
        let realWith = trajectory.first { $0.year == targetYear }.map { $0.realLossesWith / 365 }
        let apparentWith = apparent.map { max(0, $0.value - outcome.apparentSaved[year] / 365) }
        let unbilled = balance.map { daily($0.unbilledAuthorised).value } ?? 0
        let nonRevenueWith = realWith.flatMap { real in apparentWith.map { real + $0 + unbilled } }
        let metered = Double(city.zones.count { !$0.inflowMeters.isEmpty })
        let newZones = measures.filter { $0.isSelected && $0.catalogueKey == "district_metering" }.reduce(0) { $0 + $1.quantity }
        let profile = city.profile
        let share = profile.meteredConnections.value.flatMap { metered in
            profile.connections.value.flatMap { $0 > 0 ? metered / $0 : nil }
        }
        let firstMeters = measures.filter { $0.isSelected && $0.catalogueKey == "first_metering" }.reduce(0) { $0 + $1.quantity }
        let shareWith = share.flatMap { share in profile.connections.value.map { min(1, share + firstMeters / $0) } }
        let indicators = [
            indicator(
                "revenue_water_ratio", "percent", balance.map { 100 * $0.revenueWaterRatio }, ratio.map { 100 * $0 }, "verify_balance",
                "yearly", "owner_utility"),
            indicator(
                "non_revenue_water", "m3_per_day", balance.map { daily($0.nonRevenueWater) }, nonRevenueWith, "verify_balance", "yearly",
                "owner_utility"),
            indicator("real_losses", "m3_per_day", real, realWith, "verify_night_flow", "monthly", "owner_network"),
            indicator("apparent_losses", "m3_per_day", apparent, apparentWith, "verify_meter_test", "yearly", "owner_customers"),
            indicator(
                "supply_hours", "h_per_day", profile.supplyHours.estimate, nil, "verify_pressure_log", "monthly", "owner_network"),
            indicator(
                "zones_metered", "zones", city.zones.isEmpty ? nil : Estimate(metered), metered + newZones, "verify_as_built", "yearly",
                "owner_network"),
            indicator(
                "metered_share", "percent", share.map { Estimate(100 * $0) }, shareWith.map { 100 * $0 }, "verify_register", "yearly",
                "owner_customers"),
        ]
        let adjustments = [
            MonitoringPlan.Adjustment(
                key: "hours", isMeasured: profile.supplyHours.status == .measured, baseline: profile.supplyHours.value, unit: "h_per_day"),
            .init(
                key: "pressure", isMeasured: city.sensors.contains { $0.kind == .pressure }, baseline: profile.averagePressure.value,
                unit: "m"),
            .init(
                key: "connections", isMeasured: profile.connections.status == .measured, baseline: profile.connections.value,
                unit: "connections"),
            .init(key: "metering_error", isMeasured: false, baseline: nil, unit: "percent"),
        ]
        var logic = [
            MonitoringPlan.LogicRow(
                level: .goal, item: "logic_goal", indicator: "supply_hours", verification: "verify_pressure_log",
                assumption: "assume_sources"),
            .init(
                level: .purpose, item: "logic_purpose", indicator: "non_revenue_water", verification: "verify_balance",
                assumption: "assume_operation_paid"),
        ]
        // Supervision is how the others are delivered, no output of its own.
        for measure in measures where measure.isSelected && Lot.name(for: measure.catalogueKey) != "supervision" {
            logic.append(
                .init(
                    level: .output, item: measure.catalogueKey, measure: measure.id, indicator: "quantity_built",
                    verification: "verify_as_built", assumption: "assume_prices", quantity: measure.quantity,
                    quantityUnit: measure.quantityUnit))
        }
        logic += ["activity_design", "activity_procurement", "activity_works", "activity_training"].map {
            .init(level: .activity, item: $0, indicator: "activity_done", verification: "verify_reports", assumption: "assume_access")
        }
        return MonitoringPlan(indicators: indicators, adjustments: adjustments, logic: logic)
    }
}
