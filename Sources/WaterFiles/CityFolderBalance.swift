// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// `balance.yaml`: the volumes of a period.
enum BalanceFile {
    static func read(_ node: YAMLNode, file: String, problems: inout ProblemList) -> BalanceInput? {
        let lines = BalanceInput.Line.allCases.map(\.rawValue)
        let known = ["period_start", "period_days", "meter_under_registration"] + lines
        guard let top = YAMLMapping(node, file: file, known: known, problems: &problems) else { return nil }
        if top.node("period_days") == nil {
            problems.add(file, top.line, "'period_days' is missing", "add the number of days that the volumes span: 365")
        }
        let days = top.number("period_days", 1...3660, "days", problems: &problems) ?? 365
        let start = top.text("period_start", problems: &problems)
        if let start, !isDate(start) {
            problems.add(file, top.line(of: "period_start"), "'period_start' is '\(start)'", "write the first day as 2026-03-01")
        }
        var volumes: [BalanceInput.Line: SourcedValue] = [:]
        for line in BalanceInput.Line.allCases where top.node(line.rawValue) != nil {
            volumes[line] = top.figure(line.rawValue, .volume, problems: &problems)
        }
        if top.node("own_sources") == nil, top.node("imported") == nil {
            problems.add(
                file, top.line, "neither 'own_sources' nor 'imported' is given", "add the volume put into the system, or leave the file out"
            )
        }
        var underRegistration: SourcedValue?
        if top.node("meter_under_registration") != nil {
            let share = top.figure("meter_under_registration", .share, problems: &problems)
            if let value = share.value, value >= 1 {
                problems.add(
                    file, top.line(of: "meter_under_registration"), "'meter_under_registration' is \(NumberText.exact(value * 100)) %",
                    "give the share of true consumption that the meters miss, below 100 %")
            }
            if volumes[.meteringInaccuracy] != nil {
                problems.add(
                    file, top.line(of: "meter_under_registration"), "'meter_under_registration' and 'metering_inaccuracy' are both given",
                    "keep one of the two")
            }
            underRegistration = share
        }
        return BalanceInput(periodStart: start, periodDays: days, volumes: volumes, meterUnderRegistration: underRegistration)
    }

    /// `2026-03-01`.
    static func isDate(_ text: String) -> Bool {
        let bytes = Array((text + "T00:00").utf8)
        return text.utf8.count == 10 && TimestampBytes.parse(bytes, bytes.indices) != nil
    }
}
