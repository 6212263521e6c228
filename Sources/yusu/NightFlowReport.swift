// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// Night flows of zones as a table of 80 columns, as CSV and as JSON. Flows in m³/h, volumes in m³ a day.
struct NightFlowReport {
    let studies: [NightFlowStudy]

    init(_ studies: [NightFlowStudy]) { self.studies = studies }

    // MARK: Table

    var table: String {
        var lines = [
            padded("Zone", 14) + right("nights", 7) + right("night flow", 17) + right("of mean", 9) + right("leakage", 17)
                + right("steps", 7) + right("faulty", 8),
            padded("", 14) + right("", 7) + right("m3/h", 17) + right("%", 9) + right("m3/day", 17) + right("", 7) + right("readings", 8),
        ]
        for study in studies {
            let share = study.level.flatMap { level in study.meanFlow.map { $0 > 0 ? NumberText.fixed(level.value / $0 * 100, 0) : "" } }
            lines.append(
                padded(study.name, 14) + right("\(study.nightsKnown)/\(study.nights.count)", 7)
                    + right(study.level.map { shown($0, hourly) } ?? "–", 17) + right(share ?? "", 9)
                    + right(study.zoneFlow.map { shown($0.dailyLeakage, daily) } ?? "–", 17)
                    + right(study.history.map { "\($0.steps.count)" } ?? "–", 7)
                    + right("\(study.faults.reduce(0) { $0 + $1.readings })", 8))
        }
        for study in studies {
            var said = study.history?.steps.map(step) ?? []
            if let text = study.history.flatMap(detectable) { said.append(text) }
            if let rise = study.riseOfLeakage { said.append("leakage between repairs changes by \(shown(rise, 1)) m3/day per year") }
            if let parts = study.zoneFlow?.parts {
                said.append("background \(shown(parts.background, hourly)) m3/h, bursts \(shown(parts.excess, hourly)) m3/h")
                said += parts.flags
            }
            if let both = study.reconciliation {
                said.append(
                    "with the zone's balance: \(shown(both.loss, daily)) m3/day, "
                        + (both.isConsistent ? "the two agree" : "but the two do not agree"))
            }
            if let reason = study.reason { said.append(reason) }
            said += study.notes
            if !said.isEmpty { lines += ["", study.name + ":"] + said.flatMap(wrapped) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func step(_ step: NightStep) -> String {
        let when = step.earliest == step.latest ? day(step.night) : "\(day(step.night)) (\(day(step.earliest)) to \(day(step.latest)))"
        if let until = step.until, let rate = step.rate {
            return
                "slow rise by \(shown(step.size.magnitude, hourly)) m3/h from the night of \(when) to that of \(day(until)): \(shown(rate, hourly * 7)) m3/h a week"
        }
        return "\(step.size.value > 0 ? "rise" : "fall") of \(shown(step.size.magnitude, hourly)) m3/h, first seen in the night of \(when)"
    }

    /// What a record could show, with the rate of false alarms.
    private func detectable(_ history: NightHistory) -> String? {
        history.detectable.map { least in
            let flow = shown(Estimate(least), hourly).split(separator: " ").first ?? ""
            return
                "a lasting change of \(flow) m3/h in the middle of the record would be found with a chance of 80 %, at \(NumberText.fixed(history.falseAlarmRate * 100, 1)) % false alarms"
        }
    }

    // MARK: CSV

    var zones: String {
        var text =
            "zone,nights,nights_known,completeness,mean_flow_m3_per_h,night_flow_m3_per_h,night_flow_low95_m3_per_h,"
            + "night_flow_high95_m3_per_h,night_use_m3_per_h,night_use_low95_m3_per_h,night_use_high95_m3_per_h,leakage_m3_per_h,"
            + "leakage_low95_m3_per_h,leakage_high95_m3_per_h,night_day_factor_h_per_day,leakage_m3_per_day,leakage_low95_m3_per_day,"
            + "leakage_high95_m3_per_day,background_m3_per_h,bursts_m3_per_h,steps,detectable_step_m3_per_h,rise_m3_per_day_per_year,"
            + "rise_low95_m3_per_day_per_year,rise_high95_m3_per_day_per_year,faulty_readings,reason\n"
        for study in studies {
            let flow = study.zoneFlow
            text += DelimitedText.line(
                [study.name, "\(study.nights.count)", "\(study.nightsKnown)", number(study.completeness), number(study.meanFlow, hourly)]
                    + interval(study.level, hourly) + interval(flow?.legitimateNightUse, hourly) + interval(flow?.nightLeakage, hourly)
                    + [number(flow?.nightDayFactor.value)] + interval(flow?.dailyLeakage, daily)
                    + [number(flow?.parts?.background.value, hourly), number(flow?.parts?.excess.value, hourly)]
                    + [study.history.map { "\($0.steps.count)" } ?? "", number(study.history?.detectable, hourly)]
                    + interval(study.riseOfLeakage, 1)
                    + ["\(study.faults.reduce(0) { $0 + $1.readings })", study.reason ?? ""])
        }
        return text
    }

    var nights: String {
        var text = "zone,night,flow_m3_per_h,coverage,level_m3_per_h\n"
        for study in studies {
            for (index, night) in study.nights.enumerated() {
                text += DelimitedText.line([
                    study.name, day(night.day), number(night.flow, hourly), number(night.coverage),
                    number(study.history?.fitted[index], hourly),
                ])
            }
        }
        return text
    }

    var steps: String {
        var text = "zone,night,earliest,latest,size_m3_per_h,size_low95_m3_per_h,size_high95_m3_per_h,until,rate_m3_per_h_per_day\n"
        for study in studies {
            for step in study.history?.steps ?? [] {
                text += DelimitedText.line(
                    [study.name, day(step.night), day(step.earliest), day(step.latest)] + interval(step.size, hourly)
                        + [step.until.map(day) ?? "", number(step.rate?.value, hourly)])
            }
        }
        return text
    }

    // MARK: JSON

    var json: JSON { .object([("zones", .array(studies.map(json)))]) }

    private func json(_ study: NightFlowStudy) -> JSON {
        let flow = study.zoneFlow
        func figures(_ name: String, _ value: Estimate?, _ factor: Double, _ unit: String) -> [(String, JSON)] {
            [
                ("\(name)_\(unit)", JSON(value.map { $0.value * factor })),
                ("\(name)_low95_\(unit)", JSON(value.map { $0.low95 * factor })),
                ("\(name)_high95_\(unit)", JSON(value.map { $0.high95 * factor })),
            ]
        }
        return .object(
            [
                ("zone", .string(study.name)), ("nights", JSON(study.nights.count)), ("nights_known", JSON(study.nightsKnown)),
                ("completeness", JSON(study.completeness)), ("mean_flow_m3_per_h", JSON(study.meanFlow.map { $0 * hourly })),
            ] + figures("night_flow", study.level, hourly, "m3_per_h")
                + [
                    (
                        "other_measures",
                        .array(
                            study.otherMeasures.map {
                                .object([("measure", .string($0.name))] + figures("night_flow", $0.level, hourly, "m3_per_h"))
                            })
                    )
                ] + figures("night_use", flow?.legitimateNightUse, hourly, "m3_per_h")
                + figures("leakage", flow?.nightLeakage, hourly, "m3_per_h")
                + figures("night_day_factor", flow?.nightDayFactor, 1, "h_per_day")
                + figures("leakage", flow?.dailyLeakage, daily, "m3_per_day")
                + figures("leakage_with_balance", study.reconciliation?.loss, daily, "m3_per_day")
                + [("agreement_p_value", JSON(study.reconciliation?.chance))]
                + figures("background", flow?.parts?.background, hourly, "m3_per_h")
                + figures("bursts", flow?.parts?.excess, hourly, "m3_per_h")
                + [
                    (
                        "steps",
                        .array(
                            (study.history?.steps ?? []).map { step in
                                let dates: [(String, JSON)] = [
                                    ("night", .string(day(step.night))), ("earliest", .string(day(step.earliest))),
                                    ("latest", .string(day(step.latest))), ("until", JSON(step.until.map(day))),
                                ]
                                return .object(
                                    dates + figures("size", step.size, hourly, "m3_per_h")
                                        + figures("rate", step.rate, hourly, "m3_per_h_per_day"))
                            })
                    ), ("detectable_step_m3_per_h", JSON(study.history?.detectable.map { $0 * hourly })),
                    ("chance_of_clearest_step", JSON(study.history?.chance)), ("false_alarm_rate", JSON(study.history?.falseAlarmRate)),
                ] + figures("rise", study.riseOfLeakage, 1, "m3_per_day_per_year")
                + [
                    (
                        "faults",
                        .array(
                            study.faults.map {
                                .object([
                                    ("kind", .string($0.kind.rawValue)), ("start_utc", .string($0.start.description)),
                                    ("end_utc", .string($0.end.description)), ("readings", JSON($0.readings)),
                                ])
                            })
                    ), ("reason", JSON(study.reason)), ("notes", JSON(study.notes)),
                ])
    }

    // MARK: Text

    private let hourly = Units.hour
    private let daily = Units.day

    private func shown(_ value: Estimate, _ factor: Double) -> String {
        let size = abs(value.value * factor)
        let decimals = size < 10 ? 2 : (size < 100 ? 1 : 0)
        return NumberText.fixed(value.value * factor, decimals) + " ± " + NumberText.fixed(value.margin95 * factor, decimals)
    }

    private func number(_ value: Double?, _ factor: Double = 1) -> String { value.map { NumberText.exact($0 * factor) } ?? "" }

    private func interval(_ value: Estimate?, _ factor: Double) -> [String] {
        [number(value?.value, factor), number(value?.low95, factor), number(value?.high95, factor)]
    }

    private func day(_ instant: Instant) -> String { String(instant.description.prefix(10)) }

    private func padded(_ text: String, _ width: Int) -> String {
        let cut = text.count < width ? text : text.prefix(width - 2) + "…"
        return cut + String(repeating: " ", count: max(0, width - cut.count))
    }

    private func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(1, width - text.count)) + text }

    private func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = "  -"
        for word in text.split(separator: " ") {
            if line.count + word.count > 79 {
                lines.append(line)
                line = "   "
            }
            line += " " + word
        }
        return lines + [line]
    }
}

extension Estimate {
    fileprivate var magnitude: Estimate { Estimate(abs(value), standardDeviation: standardDeviation) }
}
