// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Reporting
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
            yusu locate <folder> --output <output> [--since <time>] [<options>]
            """,
        discussion: """
            Hour 0 of the model's patterns is taken as Monday 00:00 of the readings' own clock. \
            Writes candidates.csv (every pipe in walking order), walk.csv (stretches of connected pipes, and where walking stops to \
            pay), candidates.geojson and result.json. After a night's walk give what the crew found with --walked: the order changes. \
            Without --network, or for a city folder without network.inp, inflows tell the zone, the size and since when (zones.csv), \
            and no pipe.

            Example:
              yusu locate --network town.inp --sensors sensors.csv \\
                --baseline before.csv --readings after.csv --output result
              yusu locate ... --walked walked.csv \\
                --crew-cost 0.5 --water-value 1.2 --output second_night
              yusu locate --sensors sensors.csv --zones zones.csv \\
                --baseline before.csv --readings after.csv --output result
            """)

    @Argument(help: "City folder, in place of single files; its readings from --since on are looked at.", completion: .directory)
    var folder: String?
    @Option(help: "Network model (EPANET INP).", completion: .file()) var network: String?
    @Option(help: "Sensors: sensor,kind,network_element,unit and perhaps zone.", completion: .file()) var sensors: String?
    @Option(
        parsing: .upToNextOption, help: "Healthy readings, a few days: timestamp,sensor,value or a column a sensor; .gz too.",
        completion: .file())
    var baseline: [String] = []
    @Option(parsing: .upToNextOption, help: "Readings of the days to look at.", completion: .file()) var readings: [String] = []
    @Option(help: "First moment to look at in a city folder's record (ISO 8601); default: its second half.") var since: String?
    @Option(help: "Without a network: zones with their inflow_sensors, as in a city folder.", completion: .file()) var zones: String?
    @Option(help: "Pipes: pipe and perhaps material, installed, renewed (years), breaks_per_km_year.", completion: .file())
    var pipes: String?
    @Option(help: "Past repairs: date,pipe, as leaks.csv of a city folder.", completion: .file()) var repairs: String?
    @Option(help: "Folder for the results.", completion: .directory) var output: String
    @Option(help: "Also a page with a map of the search, one HTML file that needs no network; needs --network.", completion: .file())
    var map: String?
    @Option(help: "Language of the page: \(Catalogue.embedded.joined(separator: ", ")).") var language = "en"
    @Option(name: .customLong("false-alarm-rate"), help: "Chance of an alarm without a leak.") var falseAlarmRate = 0.02
    @Option(help: "What a crew has walked: pipe,result with result dry or found.", completion: .file()) var walked: String?
    @Option(help: "Chance that a crew hears a leak that is there.") var hearing = 0.8
    @Option(name: .customLong("crew-cost"), help: "Cost of walking a metre, in the place's money.") var crewCost: Double?
    @Option(name: .customLong("water-value"), help: "Worth of a cubic metre of water, in the same money.") var waterValue: Double?
    @Option(name: .customLong("days"), help: "Days for which the leak would run on if it is not found.") var days = 183.0
    @Option(name: .customLong("most-leaks"), help: "Leaks that may have begun together, at most.") var mostLeaks = 3
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        if folder == nil {
            guard sensors != nil, !baseline.isEmpty, !readings.isEmpty else {
                throw ValidationError("give a city folder, or --sensors, --baseline and --readings, and --network where there is a model")
            }
            guard since == nil else {
                throw ValidationError("--since goes with a city folder; --baseline and --readings are split already")
            }
        } else if network != nil || sensors != nil || zones != nil || !baseline.isEmpty || !readings.isEmpty {
            throw ValidationError("a city folder has its own network, sensors, zones and readings")
        }
        guard since == nil || since.flatMap({ SensorReadings.moment($0) }) != nil else {
            throw ValidationError("--since must be a time such as 2024-01-01T00:00")
        }
        guard network != nil || (pipes == nil && repairs == nil) else {
            throw ValidationError(
                "--pipes and --repairs are about the pipes of --network; a city folder has its own in pipes.csv and leaks.csv")
        }
        guard network == nil || zones == nil else { throw ValidationError("--zones is for a search without --network") }
        guard falseAlarmRate >= 0.0005, falseAlarmRate <= 0.5 else {
            throw ValidationError("--false-alarm-rate must lie between 0.0005 and 0.5")
        }
        guard (1...5).contains(mostLeaks) else { throw ValidationError("--most-leaks must lie between 1 and 5") }
        guard hearing > 0, hearing <= 1 else { throw ValidationError("--hearing must lie above 0 and not above 1") }
        guard (crewCost == nil) == (waterValue == nil) else { throw ValidationError("give --crew-cost and --water-value together") }
        guard crewCost ?? 1 > 0, waterValue ?? 1 > 0, days > 0 else {
            throw ValidationError("--crew-cost, --water-value and --days must be above 0")
        }
        guard Catalogue.embedded.contains(language) else {
            throw ValidationError(
                "there is no language '\(language)'; --language takes one of: \(Catalogue.embedded.joined(separator: ", "))")
        }
        guard folder != nil || network != nil || map == nil else { throw ValidationError("--map draws pipes and needs --network") }
        guard folder != nil || network != nil || (walked == nil && crewCost == nil) else {
            throw ValidationError("--walked, --crew-cost and --water-value are about pipes and need --network")
        }
    }

    func run() throws {
        let clock = ContinuousClock()
        let began = clock.now
        Yusu.keepSmallMemory()
        try OutputFiles.check(output)
        let event =
            try folder.map { try LocateEvent(folder: $0, since: since.flatMap { SensorReadings.moment($0) }, quiet: quiet) }
            ?? LocateEvent(
                network: network, sensors: sensors ?? "", zones: zones, baseline: baseline, readings: readings, walked: walked,
                pipes: pipes, repairs: repairs)
        func seconds() -> Double {
            let elapsed = clock.now - began
            return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        }
        if let model = event.network {
            let finding = try locate(event, in: model)
            let files = LeakFindingFiles(finding: finding, walk: LeakWalk(finding, network: model, economics: economics))
            try files.output(model, seconds: seconds()).write(to: output)
            if let map { try OutputFiles.write(page(of: files, model, event), to: map) }
            for remark in finding.remarks { Console.progress("note: \(remark)", quiet: quiet) }
            Console.progress(files.sentence, quiet: quiet)
        } else {
            if map != nil { Console.warn("no map is drawn: \(event.folder ?? "") has no network.inp") }
            let files = ZoneLeakFiles(finding: try locateZone(event))
            try files.output(seconds: seconds()).write(to: output)
            for remark in files.finding.remarks { Console.progress("note: \(remark)", quiet: quiet) }
            Console.progress(files.sentence, quiet: quiet)
        }
    }

    private func page(of files: LeakFindingFiles, _ model: Network, _ event: LocateEvent) throws -> String {
        let title = event.name ?? network.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent } ?? ""
        return html(
            of: PlanDocument(
                finding: files.finding, walk: files.walk, network: model, sensors: event.sensors, name: title,
                language: try Catalogue.named(language)))
    }

    private var economics: LeakWalk.Economics? {
        crewCost.flatMap { cost in
            waterValue.map { LeakWalk.Economics(costPerMetre: cost, waterValue: $0, days: days, hearing: hearing) }
        }
    }

    private func locate(_ event: LocateEvent, in model: Network) throws -> LeakFinding {
        let crew = try event.walked ?? walked.map { try NetworkTables.walked($0, for: model) }
        var options = LeakLocatorOptions()
        options.falseAlarmRate = falseAlarmRate
        options.seed = seed
        options.mostLeaks = mostLeaks
        let rates = PipeFailureRates(network: model, records: event.pipes, repairs: event.repairs)
        let locator = LeakLocator(network: model, sensors: event.sensors, options: options, failureRates: rates, use: event.use)
        do throws(LeakLocatorError) {
            let finding = try locator.locate(baseline: event.baseline, readings: event.readings)
            return crew.map { finding.after($0.mapValues { $0 ? .found : .dry }, hearing: hearing) } ?? finding
        } catch {
            throw TextFileError.invalid([InputProblem(file: event.sensorFile, what: error.description, remedy: "")])
        }
    }

    private func locateZone(_ event: LocateEvent) throws -> ZoneLeakFinding {
        var options = ZoneLeakLocator.Options()
        options.falseAlarmRate = falseAlarmRate
        let locator = ZoneLeakLocator(zones: event.zones, sensors: event.sensors, options: options)
        do throws(LeakLocatorError) {
            return try locator.locate(baseline: event.baseline, readings: event.readings)
        } catch {
            throw TextFileError.invalid([InputProblem(file: event.sensorFile, what: error.description, remedy: "")])
        }
    }
}

/// What a search for a leak starts from, out of single files or of a city folder.
struct LocateEvent {
    /// nil: only zones can be told.
    let network: Network?
    let zones: [Zone]
    let sensors: [Sensor]
    /// Named in messages.
    let sensorFile: String
    let baseline: SensorRecord
    let readings: SensorRecord
    /// Whether the leak was found, by pipe; nil where no crew has walked.
    let walked: [Link.ID: Bool]?
    let pipes: [PipeRecord]
    let repairs: [LeakRepair]
    /// Of customers, where a city folder has their readings.
    let use: MeteredUse?
    /// Of the city and its folder; nil for single files.
    let name: String?
    let folder: String?

    init(
        network: String?, sensors: String, zones: String?, baseline: [String], readings: [String], walked: String?,
        pipes: String?, repairs: String?
    ) throws {
        var errors = InputErrors()
        let model = try network.flatMap { path in try errors.keep { try INP.read(path) } }
        let list = try errors.keep { try SensorReadings.sensors(path: sensors) }
        // Without the list of sensors the readings cannot be judged.
        let before = try list.flatMap { list in try errors.keep { try SensorReadings.record(paths: baseline, sensors: list) } }
        let after = try list.flatMap { list in try errors.keep { try SensorReadings.record(paths: readings, sensors: list) } }
        let given = try errors.keep { try zones.map { path throws(TextFileError) in try ZoneTable.read(path) } ?? [] }
        let crew = try walked.flatMap { walked in
            try model.flatMap { model in try errors.keep { try NetworkTables.walked(walked, for: model) } }
        }
        let register = try model.flatMap { model in
            try errors.keep { try pipes.map { path throws(TextFileError) in try PipeRegisterFile.read(path, for: model) } ?? [] }
        }
        let past = try errors.keep { try repairs.map { path throws(TextFileError) in try PipeRegisterFile.repairs(path) } ?? [] }
        guard network == nil || (model != nil && register != nil), let past, let list, let before, let after, let given,
            walked == nil || crew != nil
        else { throw errors }
        self.network = model
        self.zones = given
        self.sensors = list.map(\.sensor)
        sensorFile = sensors
        self.baseline = before
        self.readings = after
        self.walked = crew
        self.pipes = register ?? []
        self.repairs = past
        use = nil
        (name, folder) = (nil, nil)
    }

    /// - since: nil: the second half of the record is looked at.
    init(folder: String, since: Instant?, quiet: Bool) throws {
        let city = try CityFolder.read(folder) { path throws(TextFileError) in try INP.read(path) }
        sensorFile = folder + "/sensors.csv"
        guard let record = city.record else {
            throw TextFileError.invalid([
                InputProblem(
                    file: folder, what: "the city has no readings of inflows or pressures", remedy: "lay them in flows/ and pressures/")
            ])
        }
        guard let parts = since.map({ record.split(at: $0) }) ?? record.halves else {
            let what =
                since.map { "no readings on both sides of \($0)" }
                ?? "the sensors' record is shorter than \(LeakLocator.shortestRecord) days"
            throw TextFileError.invalid([InputProblem(file: sensorFile, what: what, remedy: "say with --since from when to look")])
        }
        network = city.network
        zones = city.zones
        sensors = city.sensors
        (baseline, readings) = parts
        walked = nil
        pipes = city.pipes
        repairs = city.repairs
        var remarks: [String] = []
        var errors = InputErrors()
        let customers =
            city.network == nil ? nil : try CityWork.readings(of: city, folder: folder, remarks: &remarks, errors: &errors, quiet: quiet)
        try errors.throwIfAny()
        for remark in remarks { Console.warn(remark) }
        use = customers.map { MeteredUse($0.zones, zones: city.zones) }
        name = city.profile.name
        self.folder = folder
    }
}
