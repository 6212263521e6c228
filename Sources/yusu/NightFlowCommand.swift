// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import TextFiles
import WaterFiles
import WaterLoss
import WaterModel

/// Minimum night flows of zones and their parts.
struct NightFlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightflow",
        abstract: "Minimum night flow of each zone: level, leakage, steps and rise over the record.",
        usage: "yusu nightflow <path> [--output <output>] [<options>]",
        discussion: """
            Takes a city folder, or a CSV of inflows with a column a zone or a row a reading, at any step up to an hour, with gaps. \
            Units stand in the header, as in "DMA 1 (L/s)". With --zones (zone, connections, mains_length_km, average_pressure_m, \
            inflow_sensors) leakage is told apart from use; with --store the use at night is that of the customers' own meters. Writes nightflow.csv, nights.csv, steps.csv and nightflow.json.

            Example: yusu nightflow Examples/Chanchamayo
            Example: yusu nightflow inflows.csv --time-zone Europe/Rome --output night
            Example: yusu nightflow inflows.csv --store meters.sqlite --zones zones.csv
            Example: yusu nightflow steps.csv --step-test --night-use 1.2 --night-use-margin 0.3
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

    @Argument(help: "City folder, or CSV of inflows (.gz too).", completion: .file()) var path: String
    @Option(help: "Folder for the results.", completion: .directory) var output: String?
    @Option(help: "What is shown: table, json or csv.") var format = Format.table
    @Option(help: "Zones of a CSV, as in a city folder.", completion: .file()) var zones: String?
    @Option(help: "Store of customers' readings (`yusu meters import`): their use at night, zone by zone.", completion: .file()) var store:
        String?
    @Option(help: "Register of meters, where it is newer than the store's.", completion: .file()) var register: String?
    @Option(help: "Clock of the place: Europe/Rome, or +01:00 for stamps without summer time.") var timeZone: String?
    @Option(help: "Order of day and month: dmy, mdy or ymd; default: told from the dates.") var dateOrder: FlowTable.DateOrder?
    @Option(help: "Unit of columns that name none: l/s, m3/h, l, m3 ...") var unit = "l/s"
    @Option(help: "What the values are: rate, volume (of a step) or register; default: by the unit.") var kind: FlowTable.Kind?
    @Option(help: "What a stamp stands for: start or end of its step.") var stamp: FlowReadings.Stamp = .start
    @Option(help: "Hours of the night on the local clock.") var hours = "2-4"
    @Option(help: "Chance that a record without a step gets one.") var falseAlarmRate = 0.05
    @Flag(help: "The file is a step test: pressure_m, inflow_l_per_s, and margins, a row a pressure that was held; gives N1.")
    var stepTest = false
    @Option(help: "Legitimate use while a step test ran. [l/s]") var nightUse: Double?
    @Option(help: "Half width of its 95 % interval. [l/s]") var nightUseMargin = 0.0
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        guard falseAlarmRate >= 0.005, falseAlarmRate <= 0.5 else {
            throw ValidationError("--false-alarm-rate must lie between 0.005 and 0.5")
        }
        if stepTest != (nightUse != nil) {
            throw ValidationError("--step-test and --night-use go together: the use that ran beside the leakage, in l/s, 0 for none")
        }
        guard (nightUse ?? 0) >= 0, nightUseMargin >= 0 else { throw ValidationError("--night-use and its margin are 0 or more") }
        if register != nil, store == nil { throw ValidationError("--register goes with --store") }
        if Self.range(hours) == nil { throw ValidationError("--hours is '\(hours)'; give two hours of the day such as 2-4") }
        if let timeZone, PlaceClock(timeZone) == nil {
            throw ValidationError("--time-zone is '\(timeZone)'; give a name such as Europe/Rome, or an offset such as +01:00")
        }
    }

    func run() throws {
        if stepTest { return try runStepTest() }
        if let output { try OutputFiles.check(output) }
        var options = NightFlowStudy.Options()
        options.steps.falseAlarmRate = falseAlarmRate
        options.steps.seed = seed
        if let night = Self.range(hours) { options.assumptions.nightHours = night }
        let isFolder = CityFolder.isFolder(path)
        guard !isFolder || store == nil else {
            throw ValidationError("a city folder has its customers' readings in itself (readings/); --store goes with a CSV of inflows")
        }
        let studies = try isFolder ? ofCity(options) : ofTable(options)
        let report = NightFlowReport(studies)
        if let output {
            var files = OutputFiles()
            files.add("nightflow.csv", report.zones)
            files.add("nights.csv", report.nights)
            files.add("steps.csv", report.steps)
            files.add("nightflow.json", report.json.text)
            try files.write(to: output)
        }
        switch format {
        case .table: Console.result(report.table)
        case .json: Console.result(report.json.text)
        case .csv: Console.result(report.zones)
        }
        // Nothing to be told of any zone is a bad answer.
        if studies.allSatisfy({ $0.level == nil }) { throw ExitStatus.answerIsBad }
    }

    private func runStepTest() throws {
        let use = Estimate((nightUse ?? 0) / 1000, margin95: nightUseMargin / 1000)
        let report = try StepTestReport(path: path, use: use)
        let text =
            switch format {
            case .table: report.table
            case .json: report.json.text
            case .csv: report.csv
            }
        if let output { try OutputFiles.write(text, to: output) } else { Console.result(text) }
    }

    private func ofCity(_ options: NightFlowStudy.Options) throws -> [NightFlowStudy] {
        let work = try CityWork(folder: path, seed: seed, findsLeaks: false, assumptions: options.assumptions, quiet: quiet)
        let clock = timeZone.flatMap { PlaceClock($0) } ?? PlaceClock(work.city.profile.timeZone) ?? .utc
        for remark in work.remarks { Console.warn(remark) }
        if work.city.zones.isEmpty {
            throw TextFileError.invalid([
                InputProblem(file: path + "/zones.csv", what: "the city has no zones", remedy: "list them with their inflow_sensors")
            ])
        }
        var chances = StepChances(options.steps)
        let found = Dictionary(work.assessment.zones.map { ($0.zone.id, $0) }) { first, _ in first }
        return work.city.zones.map { zone in
            let assessed = found[zone.id]
            let inflow = ZoneInflow(
                zone, record: work.city.record, meterMargin95: options.assumptions.inflowMeterMargin95)
            let readings = inflow.map { FlowReadings($0.series, offset: clock.standardOffset(at: $0.series.start)) }
            var study = NightFlowStudy(
                name: zone.id.name, readings: readings ?? FlowReadings(spans: [], step: 3600), clock: clock, zone: zone,
                zoneFlow: assessed?.nightFlow, options: options, chances: &chances)
            study.reconciliation = assessed?.reconciliation
            return study
        }
    }

    private func ofTable(_ options: NightFlowStudy.Options) throws -> [NightFlowStudy] {
        var errors = InputErrors()
        var reading = FlowTable.Options()
        let clockOfStore = try errors.keep { try store.map { try StoreConsumption.clock(path: $0) } }
        reading.clock = timeZone.flatMap { PlaceClock($0) } ?? clockOfStore ?? nil
        reading.dateOrder = dateOrder
        reading.unit = unit
        reading.kind = kind
        let readTable = try errors.keep { try FlowTable(path: path, options: reading) }
        let readZones = try errors.keep { try zones.map { path throws(TextFileError) in try ZoneTable.read(path) } ?? [] }
        guard let table = readTable, let zoneList = readZones, clockOfStore != nil else { throw errors }
        if !quiet { for remark in table.remarks { Console.warn("\(path): \(remark)") } }
        let series = Dictionary(table.series.map { ($0.name, $0.flows(stamp: stamp)) }) { first, _ in first }
        let customers = try store.map { path in
            let starts = series.values.compactMap(\.start), ends = series.values.compactMap(\.end)
            let offset = starts.min().map { table.clock.standardOffset(at: $0) } ?? 0
            let period = starts.min().flatMap { start in ends.max().map { (start: start + offset, end: $0 + offset) } }
            return try StoreConsumption(path: path, register: register, period: period)
        }
        var chances = StepChances(options.steps)
        guard !zoneList.isEmpty else {
            return table.series.map { item in
                study(
                    customers.map { $0.completed(Zone(id: .init(item.name), name: item.name)) }, item.name,
                    series[item.name] ?? FlowReadings(spans: [], step: 3600), table.clock, customers, options, &chances)
            }
        }
        return try zoneList.map { zone in
            let meters = zone.inflowMeters.isEmpty ? [.init(sensor: .init(zone.id.name), sign: 1)] : zone.inflowMeters
            let parts = try meters.map { meter in
                guard let readings = series[meter.sensor.name] else {
                    throw TextFileError.invalid([
                        InputProblem(
                            file: path, line: 1, what: "zone '\(zone.id)': no column '\(meter.sensor.name)'",
                            remedy:
                                "name the zone's columns in inflow_sensors; there are: \(table.series.map(\.name).joined(separator: ", "))")
                    ])
                }
                return (readings: readings, sign: meter.sign)
            }
            return study(
                customers?.completed(zone) ?? zone, zone.id.name, FlowReadings.sum(parts), table.clock, customers, options, &chances)
        }
    }

    private func study(
        _ zone: Zone?, _ name: String, _ readings: FlowReadings, _ clock: PlaceClock, _ customers: StoreConsumption?,
        _ options: NightFlowStudy.Options, _ chances: inout StepChances
    ) -> NightFlowStudy {
        if let customers, let zone, customers.hourly(zone.id) == nil {
            Console.warn("zone '\(zone.id)': no customer's meter of the store is in it; its night use is assumed")
        }
        return NightFlowStudy(
            name: name, readings: readings, clock: clock, zone: zone, consumption: zone.flatMap { customers?.hourly($0.id) },
            meters: zone.map { customers?.meters($0.id) ?? [] } ?? [], workingMeters: zone.flatMap { customers?.working($0.id) },
            options: options, chances: &chances)
    }

    /// `2-4`: from 2 up to 4 o'clock.
    static func range(_ text: String) -> Range<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let from = parts[0], let to = parts[1], from >= 0, to <= 12, from < to else { return nil }
        return from..<to
    }
}

extension FlowTable.Series {
    /// - stamp: what a stamp of a rate or a volume stands for.
    func flows(stamp: FlowReadings.Stamp) -> FlowReadings {
        switch kind {
        case .rate: .rates(readings.map { ($0.time, $0.value) }, stamp: stamp)
        case .volume: .volumes(readings.map { ($0.time, $0.value) }, stamp: stamp)
        case .register: .register(readings.map { ($0.time, $0.value) })
        }
    }
}

extension FlowTable.DateOrder: ExpressibleByArgument {}
extension FlowTable.Kind: ExpressibleByArgument {}
extension FlowReadings.Stamp: ExpressibleByArgument {}
