// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// `balance.yaml`: the volumes of a period, or what they are estimated from.
enum BalanceFile {
    static let keys =
        ["period_start", "period_days", "meter_under_registration", "unauthorised_use", "meter_errors"]
        + BalanceInput.Line.allCases.map(\.rawValue)

    static func read(_ node: YAMLNode, file: String, problems: inout ProblemList) -> BalanceInput? {
        guard let top = YAMLMapping(node, file: file, known: keys, problems: &problems) else { return nil }
        return read(top, problems: &problems)
    }

    /// The balance among the keys of a mapping that may have others.
    static func read(_ top: YAMLMapping, problems: inout ProblemList) -> BalanceInput {
        let file = top.file
        if top.node("period_days") == nil {
            problems.add(file, top.line, "'period_days' is missing", "add the number of days that the volumes span: 365")
        }
        let days = top.number("period_days", 1...3660, "days", problems: &problems) ?? 365
        let start = top.text("period_start", problems: &problems)
        if let start, !isDate(start) {
            problems.add(file, top.line(of: "period_start"), "'period_start' is '\(start)'", "write the first day as 2026-03-01")
        }
        var volumes: [BalanceInput.Line: SourcedValue] = [:]
        var parts: [BalanceInput.Line: [BalancePart]] = [:]
        for line in BalanceInput.Line.allCases {
            guard let node = top.node(line.rawValue) else { continue }
            if case .sequence = node {
                parts[line] = Self.parts(line.rawValue, top, problems: &problems)
            } else {
                volumes[line] = top.figure(line.rawValue, .volume, problems: &problems)
            }
        }
        if top.node("own_sources") == nil, top.node("imported") == nil {
            problems.add(
                file, top.line, "neither 'own_sources' nor 'imported' is given", "add the volume put into the system, or leave the file out"
            )
        }
        let use = LossEstimatorFile.unauthorisedUse(top, problems: &problems)
        if use != nil, volumes[.unauthorised] != nil {
            tooMany(top, "unauthorised_use", "unauthorised", problems: &problems)
        }
        let errors = LossEstimatorFile.meterErrors(top, problems: &problems)
        if let errors {
            if volumes[.meteringInaccuracy] != nil, !errors.classes.isEmpty {
                tooMany(top, "meter_errors", "metering_inaccuracy", problems: &problems)
            }
            if volumes[.dataHandling] != nil, errors.corruptReading != nil || errors.officeVolume != nil {
                tooMany(top, "meter_errors", "data_handling", problems: &problems)
            }
        }
        return BalanceInput(
            periodStart: start, periodDays: days, volumes: volumes, meterUnderRegistration: underRegistration(top, volumes, &problems),
            parts: parts, unauthorisedUse: use, meterErrors: errors)
    }

    private static func tooMany(_ top: YAMLMapping, _ key: String, _ other: String, problems: inout ProblemList) {
        problems.add(top.file, top.line(of: key), "'\(key)' and '\(other)' are both given", "keep one of the two")
    }

    private static func underRegistration(
        _ top: YAMLMapping, _ volumes: [BalanceInput.Line: SourcedValue], _ problems: inout ProblemList
    ) -> SourcedValue? {
        guard top.node("meter_under_registration") != nil else { return nil }
        let share = top.figure("meter_under_registration", .share, problems: &problems)
        if let value = share.value, value >= 1 {
            problems.add(
                top.file, top.line(of: "meter_under_registration"),
                "'meter_under_registration' is \(NumberText.exact(value * 100)) %",
                "give the share of true consumption that the meters miss, below 100 %")
        }
        if volumes[.meteringInaccuracy] != nil {
            tooMany(top, "meter_under_registration", "metering_inaccuracy", problems: &problems)
        }
        return share
    }

    /// A line that is a sum: figures with a name, of sources with the known error of their meter.
    private static func parts(_ key: String, _ top: YAMLMapping, problems: inout ProblemList) -> [BalancePart] {
        var parts: [BalancePart] = []
        for (index, node) in top.list(key).enumerated() {
            let known = ["name", "meter_error"] + YAMLMapping.figureKeys
            guard let entry = YAMLMapping(node, file: top.file, name: "\(key)[\(index + 1)]", known: known, problems: &problems) else {
                continue
            }
            let name = entry.text("name", problems: &problems) ?? "\(index + 1)"
            if parts.contains(where: { $0.name == name }) {
                problems.add(top.file, entry.line, "'\(entry.name)': the name '\(name)' stands twice", "give each its own")
            }
            let error = entry.node("meter_error") == nil ? nil : entry.figure("meter_error", .signedShare, problems: &problems)
            if let value = error?.value, value <= -1 {
                problems.add(
                    top.file, entry.line(of: "meter_error"), "'\(entry.name).meter_error' is \(NumberText.exact(value * 100)) %",
                    "give the over-registration of the meter, above −100 %")
            }
            let volume = entry.figure(.volume, at: entry.line, problems: &problems).value
            parts.append(BalancePart(name: name, volume: volume, meterError: error))
        }
        return parts
    }

    /// `2026-03-01`.
    static func isDate(_ text: String) -> Bool { day(text) != nil }

    /// Midnight of `2026-03-01` by the place's clock.
    static func day(_ text: String) -> Instant? {
        guard text.utf8.count == 10 else { return nil }
        let bytes = Array((text + "T00:00").utf8)
        return TimestampBytes.parse(bytes, bytes.indices).map { Instant(seconds: $0.seconds) }
    }
}
