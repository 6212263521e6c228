// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import TextFiles
import WaterFiles
import WaterLoss
import WaterModel

struct LocateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locate",
        abstract: "One event: is there a leak, since when, how large, and which pipes to walk first.",
        usage: """
            yusu locate --network <network> --sensors <sensors> --baseline <file> ...
                        --readings <file> ... --output <output> [<options>]
            """,
        discussion: """
            Hour 0 of the model's patterns is taken as Monday 00:00 of the readings' own clock.
            Writes candidates.csv (every pipe in walking order) and result.json.

            Example:
              yusu locate --network town.inp --sensors sensors.csv \\
                --baseline before.csv --readings after.csv --output result
            """)

    @Option(help: "Network model (EPANET INP).") var network: String
    @Option(help: "Sensors: sensor,kind,network_element,unit.") var sensors: String
    @Option(help: "Healthy readings, a few days: timestamp,sensor,value or a column a sensor; .gz too.") var baseline: [String]
    @Option(help: "Readings of the days to look at.") var readings: [String]
    @Option(help: "Folder for the results.") var output: String
    @Option(name: .customLong("false-alarm-rate"), help: "Chance of an alarm without a leak.") var falseAlarmRate = 0.02
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        guard falseAlarmRate >= 0.0005, falseAlarmRate <= 0.5 else {
            throw ValidationError("--false-alarm-rate must lie between 0.0005 and 0.5")
        }
    }

    func run() throws {
        let clock = ContinuousClock()
        let began = clock.now
        try OutputFiles.check(output)
        var errors = InputErrors()
        let read = try errors.keep { try INP.read(network) }
        let list = try errors.keep { try SensorReadings.sensors(path: sensors) }
        // Without the list of sensors the readings cannot be judged.
        let before = try list.flatMap { list in try errors.keep { try SensorReadings.record(paths: baseline, sensors: list) } }
        let after = try list.flatMap { list in try errors.keep { try SensorReadings.record(paths: readings, sensors: list) } }
        guard let model = read, let list, let before, let after else { throw errors }
        var options = LeakLocatorOptions()
        options.falseAlarmRate = falseAlarmRate
        options.seed = seed
        let locator = LeakLocator(network: model, sensors: list.map(\.sensor), options: options)
        let finding: LeakFinding
        do {
            finding = try locator.locate(baseline: before, readings: after)
        } catch {
            throw TextFileError.invalid([InputProblem(file: sensors, what: error.description, remedy: "")])
        }
        let seconds = clock.now - began
        let files = LeakFindingFiles(finding: finding)
        var result = OutputFiles()
        result.add("candidates.csv", files.candidates)
        result.add(
            "result.json", files.result(seconds: Double(seconds.components.seconds) + Double(seconds.components.attoseconds) * 1e-18).text)
        try result.write(to: output)
        for remark in finding.remarks { Console.progress("note: \(remark)", quiet: quiet) }
        Console.progress(files.sentence, quiet: quiet)
    }
}

/// `candidates.csv` and `result.json` of a finding.
struct LeakFindingFiles {
    let finding: LeakFinding

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

    func result(seconds: Double) -> JSON {
        .object([
            ("leak_detected", JSON(finding.isDetected)), ("p_value", JSON(finding.pValue)),
            ("start", JSON(finding.start?.description)),
            ("leak_l_per_s", JSON(finding.flow * 1000)), ("leak_l_per_s_low95", JSON(finding.flowLow95 * 1000)),
            ("leak_l_per_s_high95", JSON(finding.flowHigh95 * 1000)),
            ("credible_set_90", JSON(finding.credibleSet90.map(\.name))), ("seconds", JSON(seconds)),
            ("remarks", JSON(finding.remarks.map(\.description))),
        ])
    }

    var sentence: String {
        guard finding.isDetected else {
            return "no leak is seen (p = \(NumberText.significant(finding.pValue, 2))); one of up to "
                + "\(NumberText.significant(finding.flowHigh95 * 1000, 2)) l/s could hide"
        }
        let metres = finding.candidates.prefix(finding.credibleSet90.count).reduce(0) { $0 + $1.length }
        return "leak of \(NumberText.significant(finding.flow * 1000, 2)) l/s "
            + "(\(NumberText.significant(finding.flowLow95 * 1000, 2))–\(NumberText.significant(finding.flowHigh95 * 1000, 2))) since "
            + "\(finding.start?.description ?? "an unknown hour"); walk pipe '\(finding.candidates.first?.pipe.name ?? "?")' first; "
            + "\(finding.credibleSet90.count) pipes, \(NumberText.fixed(metres, 0)) m, hold it with 90 %"
    }
}
