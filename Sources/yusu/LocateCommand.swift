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
            Hour 0 of the model's patterns is taken as Monday 00:00 of the readings' own clock. \
            Writes candidates.csv (every pipe in walking order), walk.csv (stretches of connected pipes, and where walking stops to \
            pay), candidates.geojson and result.json. After a night's walk give what the crew found with --walked: the order changes.

            Example:
              yusu locate --network town.inp --sensors sensors.csv \\
                --baseline before.csv --readings after.csv --output result
              yusu locate ... --walked walked.csv \\
                --crew-cost 0.5 --water-value 1.2 --output second_night
            """)

    @Option(help: "Network model (EPANET INP).", completion: .file()) var network: String
    @Option(help: "Sensors: sensor,kind,network_element,unit.", completion: .file()) var sensors: String
    @Option(
        parsing: .upToNextOption, help: "Healthy readings, a few days: timestamp,sensor,value or a column a sensor; .gz too.",
        completion: .file())
    var baseline: [String]
    @Option(parsing: .upToNextOption, help: "Readings of the days to look at.", completion: .file()) var readings: [String]
    @Option(help: "Folder for the results.", completion: .directory) var output: String
    @Option(name: .customLong("false-alarm-rate"), help: "Chance of an alarm without a leak.") var falseAlarmRate = 0.02
    @Option(help: "What a crew has walked: pipe,result with result dry or found.", completion: .file()) var walked: String?
    @Option(help: "Chance that a crew hears a leak that is there.") var hearing = 0.8
    @Option(name: .customLong("crew-cost"), help: "Cost of walking a metre, in the place's money.") var crewCost: Double?
    @Option(name: .customLong("water-value"), help: "Worth of a cubic metre of water, in the same money.") var waterValue: Double?
    @Option(name: .customLong("days"), help: "Days for which the leak would run on if it is not found.") var days = 183.0
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        guard falseAlarmRate >= 0.0005, falseAlarmRate <= 0.5 else {
            throw ValidationError("--false-alarm-rate must lie between 0.0005 and 0.5")
        }
        guard hearing > 0, hearing <= 1 else { throw ValidationError("--hearing must lie above 0 and not above 1") }
        guard (crewCost == nil) == (waterValue == nil) else { throw ValidationError("give --crew-cost and --water-value together") }
        guard crewCost ?? 1 > 0, waterValue ?? 1 > 0, days > 0 else {
            throw ValidationError("--crew-cost, --water-value and --days must be above 0")
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
        let crew = try walked.flatMap { walked in
            try read.flatMap { model in try errors.keep { try NetworkTables.walked(walked, for: model) } }
        }
        guard let model = read, let list, let before, let after, walked == nil || crew != nil else { throw errors }
        var options = LeakLocatorOptions()
        options.falseAlarmRate = falseAlarmRate
        options.seed = seed
        let locator = LeakLocator(network: model, sensors: list.map(\.sensor), options: options)
        var finding: LeakFinding
        do {
            finding = try locator.locate(baseline: before, readings: after)
        } catch {
            throw TextFileError.invalid([InputProblem(file: sensors, what: error.description, remedy: "")])
        }
        if let crew { finding = finding.after(crew.mapValues { $0 ? .found : .dry }, hearing: hearing) }
        let seconds = clock.now - began
        let economics = crewCost.flatMap { cost in
            waterValue.map { LeakWalk.Economics(costPerMetre: cost, waterValue: $0, days: days, hearing: hearing) }
        }
        let files = LeakFindingFiles(finding: finding, walk: LeakWalk(finding, network: model, economics: economics))
        var result = OutputFiles()
        result.add("candidates.csv", files.candidates)
        result.add("walk.csv", files.walkTable)
        result.add("candidates.geojson", files.map(model))
        result.add(
            "result.json", files.result(seconds: Double(seconds.components.seconds) + Double(seconds.components.attoseconds) * 1e-18).text)
        try result.write(to: output)
        for remark in finding.remarks { Console.progress("note: \(remark)", quiet: quiet) }
        Console.progress(files.sentence, quiet: quiet)
    }
}

/// The files of a finding.
struct LeakFindingFiles {
    let finding: LeakFinding
    let walk: LeakWalk

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
