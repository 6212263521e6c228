// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// A folder that vanishes with the value, and in it `city/`: two zones fed from one reservoir, ten meters, four days of hours.
final class TemporaryCity: Sendable {
    let path: String
    static let days = 4

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-cli-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in Self.files { try write("city/" + name, Array(text.utf8)) }
        try write("city/pressures/pressures.csv.gz", FileBytes.gzip(Array(Self.pressures.utf8)))
        try write("city/readings/registers.csv.gz", FileBytes.gzip(Array(Self.registers.utf8)))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))) }

    func json(_ name: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(try bytes(name))) as? [String: Any] ?? [:]
    }

    /// Puts a word in the place of another, which must be there.
    func replace(_ old: String, by new: String, in name: String) throws {
        let text = try text(name)
        guard text.contains(old) else { throw CocoaError(.fileReadCorruptFile) }
        try write(name, text.replacing(old, with: new))
    }

    /// Keeps a part of a file, as a broken transfer does.
    func cut(_ name: String, to share: Double) throws {
        let whole = try bytes(name)
        try write(name, Array(whole.prefix(Int(Double(whole.count) * share))))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    /// Files in a folder, sorted; empty where there is no such folder.
    func files(in name: String) -> [String] { (FileManager.default.subpaths(atPath: path + "/" + name) ?? []).sorted() }

    private static let origin = "year: 2026, source: \"made for a test\", status: synthetic"

    private static let files = [
        ("city.yaml", profile), ("balance.yaml", balance), ("network.inp", network), ("flows/inflows.csv", flows),
        ("plan.yaml", "start_year: 2027\nhorizon_years: 10\nbudget: 100000\ntarget_revenue_water_percent: 75\ntarget_year: 2032\n"),
        (
            "zones.csv",
            "zone,name,connections,mains_length_km,average_pressure_m,inflow_sensors\nZ1,Alta,50,1.1,38,Q_A\nZ2,Baja,50,1.0,45,Q_B\n"
        ),
        (
            "meters.csv",
            "meter,zone,class,diameter_mm,installed,dials,factor\n"
                + (0..<10).map { "M\($0),\($0 < 5 ? "Z1" : "Z2"),residential,15,2020,6,0.001\n" }.joined()
        ),
        (
            "sensors.csv",
            "sensor,kind,network_element,unit,zone\nQ_A,flow,IN_A,l/s,Z1\nQ_B,flow,IN_B,l/s,Z2\nP_A3,pressure,A3,m,Z1\nP_B3,pressure,B3,m,Z2\n"
        ),
        (
            "readings/registers.yaml",
            "files: \"*.csv.gz\"\nshape: long\ncolumns: {meter: meter, time: time, value: register}\nkind: register\nunit: m3\n"
                + "time_format: iso8601\ntime_zone: America/Lima\n"
        ),
    ]

    private static let profile = """
        name: Testville
        country: PE
        currency: PEN
        time_zone: America/Lima
        synthetic: true
        population: {value: 500, \(origin)}
        connections: {value: 100, \(origin)}
        mains_length: {value: 2, unit: km, \(origin)}
        service_line_length: {value: 5, unit: m, \(origin)}
        average_pressure: {value: 40, margin_percent: 10, unit: m, \(origin)}
        supply_hours: {value: 24, unit: h/d, \(origin)}
        tariff: {value: 2, unit: PEN/m3, \(origin)}
        variable_production_cost: {value: 0.3, unit: PEN/m3, \(origin)}
        operating_cost: {value: 50000, unit: PEN/year, \(origin)}

        """

    private static let balance = """
        period_days: 30
        own_sources: {value: 3000, margin_percent: 3, unit: m3, \(origin)}
        billed_metered: {value: 1500, margin_percent: 1, unit: m3, \(origin)}
        billed_unmetered: {value: 300, margin_percent: 12, unit: m3, \(origin)}
        unauthorised: {value: 50, margin_percent: 60, unit: m3, \(origin)}
        meter_under_registration: {value: 5, low: 3, high: 7, unit: "%", \(origin)}

        """

    private static let network = """
        [TITLE]
        two zones below one reservoir
        [JUNCTIONS]
        A1 10 0.1
        A2 12 0.1
        A3 14 0.1
        B1 5 0.1
        B2 6 0.1
        B3 7 0.1
        [RESERVOIRS]
        R 60
        [PIPES]
        IN_A R A1 500 100 120 0 Open
        PA2 A1 A2 200 80 120 0 Open
        PA3 A2 A3 200 80 120 0 Open
        PA4 A3 A1 200 80 120 0 Open
        IN_B R B1 400 100 120 0 Open
        PB2 B1 B2 200 80 120 0 Open
        PB3 B2 B3 200 80 120 0 Open
        PB4 B3 B1 200 80 120 0 Open
        [TAGS]
        NODE A1 Z1
        NODE A2 Z1
        NODE A3 Z1
        NODE B1 Z2
        NODE B2 Z2
        NODE B3 Z2
        [TIMES]
        Duration 3:00
        Hydraulic Timestep 1:00
        Report Timestep 1:00
        [OPTIONS]
        Units LPS
        Headloss H-W
        [COORDINATES]
        A1 0 0
        A2 100 0
        A3 100 100
        B1 300 0
        B2 400 0
        B3 400 100
        R 200 200
        [END]

        """

    private static func hours(_ row: (String, Int) -> String) -> String {
        (0..<days * 24).map { hour in
            func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
            return row("2026-03-\(two(2 + hour / 24))T\(two(hour % 24)):00", hour)
        }.joined()
    }

    private static let flows =
        "timestamp,Q_A,Q_B\n"
        + hours { "\($0),\(NumberText.fixed(0.3 + 0.02 * Double($1 % 24), 3)),\(NumberText.fixed(0.5 + 0.01 * Double($1 % 24), 3))\n" }
    private static let pressures =
        "timestamp,P_A3,P_B3\n"
        + hours { "\($0),\(NumberText.fixed(45 - 0.1 * Double($1 % 24), 2)),\(NumberText.fixed(52 - 0.05 * Double($1 % 24), 2))\n" }
    private static let registers =
        "meter,time,register\n"
        + (0..<10).map { meter in hours { "M\(meter),\($0),\(NumberText.fixed(100 + Double(meter) + 0.02 * Double($1), 3))\n" } }.joined()
}
