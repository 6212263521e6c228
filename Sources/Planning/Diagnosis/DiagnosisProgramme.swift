// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterLoss
import WaterModel

/// What to measure, in which order, before money is spent on measures.
public struct DiagnosisProgramme: Sendable {
    public struct Step: Sendable {
        /// Key of the language catalogue: `measure_source_meters`.
        public var key: String
        /// Line of the balance that it makes better known; nil: it opens a further level of data.
        public var input: String?
        /// Of the variance of real losses, as the data stand. [–]
        public var varianceShare: Double?
        /// Half width of the interval of real losses over their value, with the margin of this input halved. [–]
        public var marginAfter: Double?
        /// Weeks that it takes.
        public var weeks: Int
        /// Keys of measures that cannot be placed or sized without it.
        public var opens: [String]
    }

    public var level: CityAssessment.DataLevel
    /// Half width of the 95 % interval of real losses over their value; nil without a balance. [–]
    public var margin: Double?
    public var steps: [Step]
    /// Measuring comes before measures: the data are volumes of a period only, or their interval is half the losses or more.
    public var comesFirst: Bool

    init(_ assessment: CityAssessment, notSized: [ImprovementPlan.NotSized]) {
        level = assessment.level
        let advice = assessment.advice
        let margin = advice?.realLossesMargin95 ?? assessment.balance?.realLosses.relativeMargin95
        self.margin = margin
        let shares = advice?.shares ?? []
        func step(_ key: String, _ inputs: [String], weeks: Int, opens: [String] = []) -> Step? {
            // What the errors of a line have in common with others is measured where the line is.
            let known = shares.filter { share in
                inputs.contains { share.input.hasPrefix($0) || share.input.hasPrefix(InputRegister.commonError + $0) }
            }
            let sum = known.reduce(0) { $0 + $1.share }
            // Below a fiftieth of the variance a measurement changes nothing that can be seen.
            guard opens.isEmpty == false || sum > 0.02 else { return nil }
            // Half the margin is a quarter of the variance.
            return Step(
                key: key, input: known.first?.input ?? (opens.isEmpty ? inputs.first : nil), varianceShare: known.isEmpty ? nil : sum,
                marginAfter: known.isEmpty ? nil : margin.map { $0 * max(0, 1 - 0.75 * sum).squareRoot() }, weeks: weeks, opens: opens)
        }
        var found: [Step?] = [
            step("measure_source_meters", ["own_sources", "imported", "exported"], weeks: 4),
            step("measure_billing_period", ["billed_metered"], weeks: 4),
            step("measure_unmetered_sample", ["billed_unmetered"], weeks: 12),
            step("measure_meter_bench", ["meter_under_registration", "metering_inaccuracy"], weeks: 8),
            step("measure_illegal_use_sample", ["unauthorised"], weeks: 6),
            step("measure_unbilled_use", ["unbilled"], weeks: 12), step("measure_data_handling", ["data_handling"], weeks: 4),
        ]
        if assessment.balance == nil {
            found.insert(
                Step(
                    key: "measure_balance", input: nil, varianceShare: nil, marginAfter: nil, weeks: 8,
                    opens: Set(notSized.map(\.catalogueKey)).sorted()), at: 0)
        }
        if level < .zoneFlows {
            found.append(
                step("measure_zone_inflows", [], weeks: 12, opens: ["district_metering", "active_leak_control"]))
        }
        if level < .customerReadings { found.append(step("measure_customer_readings", [], weeks: 8, opens: ["meter_replacement"])) }
        if level < .networkModel {
            found.append(step("measure_pressures_and_model", [], weeks: 16, opens: ["pressure_management", "located_leak_repair"]))
        }
        steps = found.compactMap { $0 }.enumerated().sorted {
            ($0.element.varianceShare ?? 0, -$0.offset) > ($1.element.varianceShare ?? 0, -$1.offset)
        }.map(\.element)
        comesFirst = level == .totals || assessment.balance == nil || (margin ?? 0) >= 0.5
    }
}
