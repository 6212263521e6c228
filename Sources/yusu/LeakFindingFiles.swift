// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterFiles
import WaterLoss
import WaterModel

/// The files of a finding.
struct LeakFindingFiles {
    let finding: LeakFinding
    let walk: LeakWalk

    func output(_ network: Network, seconds: Double) -> OutputFiles {
        var files = OutputFiles()
        files.add("candidates.csv", candidates)
        files.add("walk.csv", walkTable)
        files.add("candidates.geojson", map(network))
        files.add("result.json", result(seconds: seconds).text)
        return files
    }

    var candidates: String {
        var text = "rank,pipe,probability,length_m,cumulative_length_m\n"
        var walked = 0.0
        for (index, candidate) in finding.candidates.enumerated() {
            walked += candidate.length
            text += DelimitedText.line([
                "\(index + 1)", candidate.pipe.name, "\(candidate.probability)", NumberText.fixed(candidate.length, 2),
                NumberText.fixed(walked, 2),
            ])
        }
        return text
    }

    var walkTable: String {
        var text = "step,stretch,pipe,from,to,length_m,cumulative_length_m,probability,cumulative_probability,pays\n"
        for (index, leg) in walk.legs.enumerated() {
            text += DelimitedText.line([
                "\(index + 1)", "\(leg.stretch)", leg.pipe.name, leg.from.name, leg.to.name, NumberText.fixed(leg.length, 2),
                NumberText.fixed(leg.cumulativeLength, 2), "\(leg.probability)", "\(leg.cumulativeProbability)",
                leg.pays.map { $0 ? "yes" : "no" } ?? "",
            ])
        }
        return text
    }

    /// Every pipe as a line with its rank and probability, and the step of the walk.
    func map(_ network: Network) -> String {
        let steps = Dictionary(walk.legs.enumerated().map { ($1.pipe, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        let isIn90 = Set(finding.credibleSet90)
        var added: [Link.ID: [(String, JSON)]] = [:]
        for (index, candidate) in finding.candidates.enumerated() {
            added[candidate.pipe] = [
                ("rank", .integer(index + 1)), ("probability", JSON(candidate.probability)),
                ("probability_per_m", JSON(candidate.length > 0 ? candidate.probability / candidate.length : nil)),
                ("walk_step", steps[candidate.pipe].map { .integer($0) } ?? .null),
                ("in_credible_set_90", JSON(isIn90.contains(candidate.pipe))),
            ]
        }
        return NetworkGeoJSON.text(of: network, adding: added).text
    }

    func result(seconds: Double) -> JSON {
        .object([
            ("leak_detected", JSON(finding.isDetected)), ("p_value", JSON(finding.pValue)),
            ("start", JSON(finding.start?.description)),
            ("leak_l_per_s", JSON(finding.flow * 1000)), ("leak_l_per_s_low95", JSON(finding.flowLow95 * 1000)),
            ("leak_l_per_s_high95", JSON(finding.flowHigh95 * 1000)),
            ("credible_set_90", JSON(finding.credibleSet90.map(\.name))), ("seconds", JSON(seconds)),
            ("remarks", JSON(finding.remarks.map(\.description))), ("told_by", "pipe"),
            (
                "leaks",
                .array(
                    finding.leaks.map { leak in
                        .object([
                            ("pipe", JSON(leak.likeliest?.name)), ("leak_l_per_s", JSON(leak.flow * 1000)),
                            ("leak_l_per_s_low95", JSON(leak.flowLow95 * 1000)), ("leak_l_per_s_high95", JSON(leak.flowHigh95 * 1000)),
                            ("p_value", JSON(leak.pValue)), ("credible_set_90", JSON(leak.credibleSet90.map(\.name))),
                        ])
                    })
            ),
            ("prior", JSON(["length"] + finding.prior)),
        ])
    }

    var sentence: String {
        guard finding.isDetected else {
            return "no leak is seen (p = \(NumberText.significant(finding.pValue, 2))); one of up to "
                + "\(NumberText.significant(finding.flowHigh95 * 1000, 2)) l/s could hide"
        }
        if finding.leaks.count > 1 {
            let parts = finding.leaks.map { "\(NumberText.significant($0.flow * 1000, 2)) l/s about pipe '\($0.likeliest?.name ?? "?")'" }
            return "\(finding.leaks.count) leaks since about \(finding.start?.description ?? "an unknown hour"): "
                + parts.joined(separator: ", ") + "; together \(NumberText.significant(finding.flow * 1000, 2)) l/s "
                + "(\(NumberText.significant(finding.flowLow95 * 1000, 2))–\(NumberText.significant(finding.flowHigh95 * 1000, 2)))"
        }
        let metres = finding.candidates.prefix(finding.credibleSet90.count).reduce(0) { $0 + $1.length }
        return "leak of \(NumberText.significant(finding.flow * 1000, 2)) l/s "
            + "(\(NumberText.significant(finding.flowLow95 * 1000, 2))–\(NumberText.significant(finding.flowHigh95 * 1000, 2))) since "
            + "\(finding.start?.description ?? "an unknown hour"); walk pipe '\(finding.candidates.first?.pipe.name ?? "?")' first; "
            + "\(finding.credibleSet90.count) pipes, \(NumberText.fixed(metres, 0)) m, hold it with 90 %"
    }
}
