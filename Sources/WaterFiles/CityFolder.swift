// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import WaterModel

/// Reads a city folder: `city.yaml`, and whatever else of it is there. The schema stands in `Examples/README.md`.
public enum CityFolder {
    /// Files that the reader knows by name.
    public static let fileNames = [
        "city.yaml", "balance.yaml", "components.yaml", "plan.yaml", "catalogue.yaml", "network.inp", "zones.csv", "meters.csv",
        "meter_lot.csv", "sensors.csv", "leaks.csv",
    ]

    /// Whether a path is a folder, and so perhaps a city's.
    public static func isFolder(_ path: String) -> Bool { Folder(path: path).isFolder }

    /// Reads the whole folder and checks that its parts agree.
    ///
    /// Customer readings are not read: `readingProfiles(_:)` lists them for the meter store.
    /// - Parameters:
    ///   - path: the folder.
    ///   - network: reads `network.inp`; called only where the file is there.
    /// - Throws: `TextFileError.missing` without the folder or its `city.yaml`; `.invalid` with every problem of every file.
    public static func read(
        _ path: String, network: (String) throws(TextFileError) -> Network
    ) throws(TextFileError) -> City {
        let folder = Folder(path: path)
        guard folder.isFolder else {
            if FileManager.default.fileExists(atPath: path) {
                throw .unreadable(path: path, reason: "it is a file; give the city folder that holds city.yaml")
            }
            throw .missing(path: path)
        }
        guard folder.has("city.yaml") else {
            if let meant = folder.misnamed().first(where: { $0.meant == "city.yaml" }) {
                throw .invalid([
                    InputProblem(file: folder.file(meant.found), what: "is this the city's profile?", remedy: "rename it to 'city.yaml'")
                ])
            }
            throw .missing(path: folder.file("city.yaml"))
        }
        var problems = ProblemList()
        for (found, meant) in folder.misnamed() {
            problems.add(folder.file(found), nil, "the reader does not know this file", "rename it to '\(meant)' if that is what it is")
        }
        var contents = CityContents(city: City(profile: CityProfile(name: "", country: "", currency: "")), folder: path)
        read(folder, network, into: &contents, problems: &problems)
        for check in CityChecks.all { for problem in check(contents) { problems.add(problem) } }
        for problem in profileProblems(folder) { problems.add(problem) }
        try problems.throwIfAny()
        return contents.city
    }

    private static func read(
        _ folder: Folder, _ network: (String) throws(TextFileError) -> Network, into contents: inout CityContents,
        problems: inout ProblemList
    ) {
        if let node = folder.yaml("city.yaml", &problems),
            let profile = CityProfileFile.read(node, file: folder.file("city.yaml"), problems: &problems)
        {
            contents.city.profile = profile.profile
            contents.profileLines = profile.lines
        }
        if let node = folder.yaml("balance.yaml", &problems) {
            contents.city.balance = BalanceFile.read(node, file: folder.file("balance.yaml"), problems: &problems)
        }
        if let node = folder.yaml("components.yaml", &problems) {
            contents.city.components = ComponentsFile.read(
                node, file: folder.file("components.yaml"), currency: contents.city.profile.currency, problems: &problems)
        }
        if let node = folder.yaml("plan.yaml", &problems) {
            contents.city.plan = PlanFile.read(node, file: folder.file("plan.yaml"), problems: &problems)
        }
        if let node = folder.yaml("catalogue.yaml", &problems) {
            contents.city.catalogue = CatalogueFile.read(node, file: folder.file("catalogue.yaml"), problems: &problems)
        }
        if let table = folder.table("zones.csv", &problems) {
            let zones = CityTables.zones(table, problems: &problems)
            contents.city.zones = zones.map(\.0)
            contents.zoneLines = zones.map(\.line)
        }
        if folder.has("meters.csv") {
            var meters: [(Meter, line: Int)] = []
            do {
                meters = try MeterRegisterFile.read(folder.file("meters.csv"), problems: &problems)
            } catch {
                problems.add(error)
            }
            contents.city.meters = meters.map(\.0)
            contents.meterLines = meters.map(\.line)
        }
        if let table = folder.table("meter_lot.csv", &problems) { contents.city.lot = CityTables.lot(table, problems: &problems) }
        if let table = folder.table("leaks.csv", &problems) {
            let repairs = CityTables.repairs(table, problems: &problems)
            contents.city.repairs = repairs.map(\.0)
            contents.repairLines = repairs.map(\.line)
        }
        if folder.has("network.inp") {
            do {
                contents.city.network = try network(folder.file("network.inp"))
            } catch {
                problems.add(error)
            }
        }
        if folder.has("pipes.csv"), let model = contents.city.network {
            do {
                contents.city.pipes = try PipeRegisterFile.read(folder.file("pipes.csv"), for: model)
            } catch {
                problems.add(error)
            }
        }
        readSensors(folder, into: &contents, problems: &problems)
    }

    private static func readSensors(_ folder: Folder, into contents: inout CityContents, problems: inout ProblemList) {
        let series = folder.series("flows") + folder.series("pressures")
        guard let table = folder.table("sensors.csv", &problems) else {
            if !series.isEmpty, !folder.has("sensors.csv") {
                problems.add(
                    folder.file("sensors.csv"), nil, "is missing, though there are readings in \(series[0])",
                    "list the sensors with the columns sensor, kind, network_element, unit")
            }
            contents.hasUnreadSensors = folder.has("sensors.csv")
            return
        }
        do {
            let sensors = try SensorReadings.sensors(table: table)
            contents.city.sensors = sensors.map(\.sensor)
            contents.sensorLines = table.rows.map(\.line)
            if !series.isEmpty { contents.city.record = try SensorReadings.record(paths: series, sensors: sensors) }
        } catch {
            contents.hasUnreadSensors = contents.city.sensors.isEmpty
            problems.add(error)
        }
    }
}

/// What was read, with the lines that the checks point to.
struct CityContents {
    var city: City
    let folder: String
    var profileLines: [String: Int] = [:]
    var zoneLines: [Int] = []
    var meterLines: [Int] = []
    var sensorLines: [Int] = []
    var repairLines: [Int] = []
    /// `sensors.csv` is there but could not be used: nothing can be said of those who name its sensors.
    var hasUnreadSensors = false

    init(city: City, folder: String) {
        self.city = city
        self.folder = folder
    }

    func file(_ name: String) -> String { Folder(path: folder).file(name) }

    func problem(_ name: String, _ line: Int?, _ what: String, _ remedy: String) -> InputProblem {
        InputProblem(file: file(name), line: line, what: what, remedy: remedy)
    }
}

/// A folder on disk.
struct Folder {
    let path: String

    func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    var isFolder: Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// Names in a folder below, sorted, without hidden ones.
    func names(in name: String = "") -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: name.isEmpty ? path : file(name))) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Files of series: `*.csv` and `*.csv.gz`.
    func series(_ name: String) -> [String] {
        names(in: name).filter { $0.hasSuffix(".csv") || $0.hasSuffix(".csv.gz") }.map { file("\(name)/\($0)") }
    }

    /// Files whose name is nearly one that is expected and absent.
    func misnamed() -> [(found: String, meant: String)] {
        let names = names()
        let absent = CityFolder.fileNames.filter { !names.contains($0) }
        return names.compactMap { name in
            guard !CityFolder.fileNames.contains(name), let meant = Spelling.nearest(name, in: absent), Spelling.distance(name, meant) <= 2
            else { return nil }
            return (name, meant)
        }
    }

    func table(_ name: String, _ problems: inout ProblemList) -> DelimitedText? {
        guard has(name) else { return nil }
        do {
            return try DelimitedText(path: file(name))
        } catch {
            problems.add(error)
            return nil
        }
    }
}
