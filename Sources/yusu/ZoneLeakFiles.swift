// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// The files of a finding without a network model. Flows in l/s.
struct ZoneLeakFiles {
    let finding: ZoneLeakFinding

    func output(seconds: Double) -> OutputFiles {
        var files = OutputFiles()
        // No pipe is known: the list has its head alone.
        files.add("candidates.csv", "rank,pipe,probability,length_m,cumulative_length_m\n")
        files.add("zones.csv", zones)
        files.add("pressures.csv", pressures)
        files.add("result.json", result(seconds: seconds).text)
        return files
    }

    private var best: ZoneLeakFinding.Candidate? { finding.zones.first { $0.isDetected } }
    private static let perSecond = 1000.0

    var zones: String {
        var text =
            "rank,zone,probability,leak_detected,p_value,leak_l_per_s,leak_l_per_s_low95,leak_l_per_s_high95,start,start_earliest,"
            + "start_latest,level_before_l_per_s,rise_l_per_s,detectable_l_per_s,measure\n"
        for (index, zone) in finding.zones.enumerated() {
            func flow(_ value: Double) -> String { NumberText.fixed(value * Self.perSecond, 3) }
            text += DelimitedText.line(
                ["\(index + 1)", zone.zone.name, "\(zone.probability)", zone.isDetected ? "1" : "0", "\(zone.pValue)"]
                    + (zone.isDetected ? [flow(zone.flow), flow(zone.flowLow95)] : ["0", "0"]) + [
                        flow(zone.flowHigh95), zone.start?.description ?? "", zone.startEarliest?.description ?? "",
                        zone.startLatest?.description ?? "", flow(zone.levelBefore), flow(zone.rise), flow(zone.detectable),
                        zone.measure.rawValue,
                    ])
        }
        return text
    }

    var pressures: String {
        var text = "rank,sensor,zone,drop_m,drop_m_low95,drop_m_high95,p_value\n"
        for (index, item) in finding.pressures.enumerated() {
            text += DelimitedText.line([
                "\(index + 1)", item.sensor.name, item.zone?.name ?? "", NumberText.fixed(item.drop, 3),
                NumberText.fixed(item.dropLow95, 3), NumberText.fixed(item.dropHigh95, 3), "\(item.pValue)",
            ])
        }
        return text
    }

    func result(seconds: Double) -> JSON {
        let likeliest = best ?? finding.zones.first
        return .object([
            ("leak_detected", JSON(finding.isDetected)), ("p_value", JSON(finding.pValue)),
            ("start", JSON(best?.start?.description)),
            ("leak_l_per_s", JSON((best?.flow ?? 0) * Self.perSecond)),
            ("leak_l_per_s_low95", JSON((best?.flowLow95 ?? 0) * Self.perSecond)),
            ("leak_l_per_s_high95", JSON((likeliest?.flowHigh95 ?? 0) * Self.perSecond)),
            ("credible_set_90", .array([])), ("seconds", JSON(seconds)), ("remarks", JSON(finding.remarks.map(\.description))),
            ("told_by", "zone"), ("zone", JSON(best?.zone.name)), ("start_earliest", JSON(best?.startEarliest?.description)),
            ("start_latest", JSON(best?.startLatest?.description)), ("credible_zones_90", JSON(finding.credibleSet90.map(\.name))),
        ])
    }

    var sentence: String {
        func flow(_ value: Double) -> String { NumberText.significant(value * Self.perSecond, 2) }
        guard let best else {
            let hidden = finding.zones.map(\.detectable).max() ?? 0
            return "no leak is seen in \(finding.zones.count) zones (p = \(NumberText.significant(finding.pValue, 2))); "
                + "one of up to \(flow(hidden)) l/s could hide"
        }
        let others = finding.zones.filter { $0.isDetected && $0.zone != best.zone }.map { "'\($0.zone)'" }
        return "leak of \(flow(best.flow)) l/s (\(flow(best.flowLow95))–\(flow(best.flowHigh95))) in zone '\(best.zone)' since "
            + "\(best.start?.description ?? "an unknown hour")"
            + (best.startEarliest.flatMap { from in best.startLatest.map { from < $0 ? " (\(from) to \($0))" : "" } } ?? "")
            + (others.isEmpty ? "" : "; leaks in \(others.joined(separator: ", ")), too")
            + (finding.pressures.first.map { $0.pValue < 0.01 ? "; the pressure fell most surely at '\($0.sensor)'" : "" } ?? "")
    }
}
