// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import TextFiles
import WaterFiles
import WaterLoss
import WaterModel

struct MonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "A long record: every leak in turn, and its repair.",
        usage: """
            yusu monitor --network <network> --sensors <sensors> --readings <file> ...
                         --output <output> [--from <time>] [<options>]
            """,
        discussion: """
            Needs at least two weeks of readings; a year is better. Finds abrupt and growing leaks, and those that \
            ran before the record began. Writes leaks.csv, as the whole record tells them, and \
            alarms.csv, as they were raised day by day.

            Example:
              yusu monitor --network town.inp --sensors sensors.csv \\
                --readings pressures.csv.gz flows.csv.gz --output result
            """)

    @Option(help: "Network model (EPANET INP).", completion: .file()) var network: String
    @Option(help: "Sensors: sensor,kind,network_element,unit.", completion: .file()) var sensors: String
    @Option(parsing: .upToNextOption, help: "Readings: timestamp,sensor,value or a column a sensor; .gz too.", completion: .file())
    var readings: [String]
    @Option(help: "Leaks repaired before this time are left out (ISO 8601).") var from: String?
    @Option(help: "Folder for the results.", completion: .directory) var output: String
    @Option(name: .customLong("false-alarms"), help: "False alarms a year that are put up with.") var falseAlarms = 1.0
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        guard falseAlarms >= 0.01, falseAlarms <= 50 else { throw ValidationError("--false-alarms must lie between 0.01 and 50") }
        guard from == nil || from.flatMap({ SensorReadings.moment($0) }) != nil else {
            throw ValidationError("--from must be a time such as 2024-01-01T00:00")
        }
    }

    func run() throws {
        try OutputFiles.check(output)
        var errors = InputErrors()
        let read = try errors.keep { try INP.read(network) }
        let list = try errors.keep { try SensorReadings.sensors(path: sensors) }
        let record = try list.flatMap { list in try errors.keep { try SensorReadings.record(paths: readings, sensors: list) } }
        guard let model = read, let list, let record else { throw errors }
        var options = LeakMonitorOptions()
        options.falseAlarmsPerYear = falseAlarms
        options.seed = seed
        let monitor = LeakMonitor(network: model, sensors: list.map(\.sensor), options: options)
        let history: LeakHistory
        do {
            let isShown = !quiet && isatty(STDERR_FILENO) == 1
            defer { if isShown { Console.bar("") } }
            history = try monitor.history(of: record, from: from.flatMap { SensorReadings.moment($0) }) { judged, days in
                guard isShown else { return }
                Console.bar(judged == 0 ? "the model at the measured boundary, \(days) days" : "\(judged) of \(days) days judged")
            }
        } catch {
            throw TextFileError.invalid([InputProblem(file: sensors, what: error.description, remedy: "")])
        }
        var result = OutputFiles()
        result.add("leaks.csv", LeakHistoryFiles(history: history).leaks)
        result.add("alarms.csv", LeakHistoryFiles(history: history).alarms)
        try result.write(to: output)
        let running = history.leaks.count { $0.end == nil }
        Console.progress("\(history.leaks.count) leaks, of which \(running) still run", quiet: quiet)
    }
}

/// `leaks.csv` and `alarms.csv` of a long record.
struct LeakHistoryFiles {
    let history: LeakHistory

    var leaks: String {
        var text = "pipe,start,end,leak_m3_per_h,probability,onset,start_earliest,detected\n"
        for leak in history.leaks {
            text += DelimitedText.line([
                leak.pipe.name, leak.start.description, leak.end?.description ?? "", NumberText.fixed(leak.flow * 3600, 3),
                NumberText.fixed(leak.probability, 4), leak.onset.rawValue, leak.startEarliest.description, leak.detected.description,
            ])
        }
        return text
    }

    var alarms: String {
        var text = "pipe,time,leak_m3_per_h,withdrawn\n"
        for alarm in history.alarms {
            text += DelimitedText.line([
                alarm.pipe.name, alarm.raised.description, NumberText.fixed(alarm.flow * 3600, 3), alarm.isWithdrawn ? "1" : "0",
            ])
        }
        return text
    }
}
