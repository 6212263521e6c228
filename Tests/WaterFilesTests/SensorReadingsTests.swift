// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterModel

@testable import WaterFiles

@Suite struct SensorReadingsTests {
    /// Double rounding of one product.
    let rounding = 1e-12
    let list = "sensor,kind,network_element,unit\nA,pressure,n1,m\nB,flow,p1,m3/h\nC,level,T1,cm\nD,demand,n2,l/h\n"

    func sensors(_ text: String) throws -> [SensorDescription] {
        try SensorReadings.sensors(table: DelimitedText(text: text, file: "sensors.csv"))
    }

    @Test("a list gives kind, element, zone and the factor to SI, in any order of columns")
    func listOfSensors() throws {
        let found = try sensors("unit,zone,extra,sensor,network_element,kind\npsi,Z1,x,A,n1,pressure\nL/s,,y,B,p1,FLOW\n")
        #expect(found.map(\.sensor.id) == ["A", "B"])
        #expect(found[0].sensor.zone == "Z1" && found[1].sensor.zone == nil)
        #expect(found[1].sensor.element == "p1")
        #expect(abs(found[1].factor - 0.001) < rounding)
    }

    /// Definitions: 1 psi = 0.45359237 kg · 9.80665 m/s² / (0.0254 m)²; a metre of water is 9806.65 Pa; gallons by law.
    static let definitions: [(kind: Sensor.Kind, unit: String, size: Double)] = [
        (.pressure, "psi", 0.703069579639159), (.pressure, "kPa", 0.10197162129779283), (.pressure, "bar", 10.197162129779283),
        (.flow, "m³/h", 2.777777777777778e-4), (.flow, "ML/d", 0.011574074074074073), (.flow, "gpm", 6.30901964e-5),
        (.demand, "l/h", 2.777777777777778e-7), (.flow, "MIGD", 0.052616782407407405), (.level, "ft", 0.3048), (.flow, "LPS", 1e-3),
    ]

    @Test("units become metres of water and cubic metres a second", arguments: definitions)
    func units(kind: Sensor.Kind, unit: String, size: Double) throws {
        let factor = try #require(SensorUnits.factor(unit, in: SensorUnits.units(of: kind)))
        #expect(abs(factor / size - 1) < rounding)
    }

    @Test("everything that is wrong with a list is told at once")
    func badList() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "sensors.csv", "sensor,kind,network_element,unit\nA,presure,n1,m\nB,flow,p1,m\n,flow,p2,l/s\nD,level,T,m\nD,level,T,m\n")
        #expect(
            folder.complaints { () throws(TextFileError) in try SensorReadings.sensors(path: path) } == [
                "sensors.csv:2: sensor 'A': kind is 'presure'; give one of: pressure, flow, level, demand",
                "sensors.csv:3: sensor 'B': unit of a flow is 'm'; give one of: l/s, l/min, l/h, m3/s, m3/h, m3/d, ML/d, gpm, MGD, MIGD, cfs",
                "sensors.csv:4: a sensor without a name; fill in the column 'sensor'",
                "sensors.csv:6: sensor 'D' is listed already in line 5; give each sensor a name of its own, or tell them apart by a column 'file'",
            ])
        let other = try folder.write("other.csv", "sensor,type,element\nA,flow,x\n")
        #expect(folder.complaints { () throws(TextFileError) in try SensorReadings.sensors(path: other) }.count == 3)
    }

    @Test("long readings land on one clock in SI; absent rows and empty fields are gaps")
    func longReadings() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "r.csv",
            "timestamp,sensor,value\n2026-03-02T00:00,A,28.32\n2026-03-02T00:00,B,36\n2026-03-02 01:00:00,A,\n2026-03-02T02:00,A,3e1\n2026-03-02T02:00,C,250\n2026-03-02T02:00,C,250.0\n"
        )
        let record = try SensorReadings.record(paths: [path], sensors: sensors(list))
        #expect(record.start.description == "2026-03-02T00:00" && record.step == 3600 && record.count == 3)
        #expect(record.series["A"] == [28.32, nil, 30])
        #expect(record.series["B"] == [36 * (1 / 3600.0), nil, nil])
        #expect(record.series["C"] == [nil, nil, 2.5])
        #expect(record.series["D"] == nil)
    }

    @Test("wide and long files, one of them compressed, make one record at the smaller step")
    func wideReadings() throws {
        let folder = try TemporaryFolder()
        let wide = try folder.write(
            "w.csv", "timestamp,A,C\r\n2026-03-02T00:00-05:00,1.5,100\r\n2026-03-02T00:15-05:00,NaN,\r\n2026-03-02T01:00-05:00,-2.25,90\r\n"
        )
        let long = try folder.write(
            "l.csv.gz", bytes: FileBytes.gzip(Array("timestamp,sensor,value\n2026-03-02T00:00,D,3600000\n2026-03-02T01:00,D,0\n".utf8)))
        let record = try SensorReadings.record(paths: [wide, long], sensors: sensors(list))
        #expect(record.step == 900 && record.count == 5)
        #expect(record.series["A"] == [1.5, nil, nil, nil, -2.25])
        let demand = try #require(record.series["D"])
        #expect(abs(try #require(demand[0]) - 1) < rounding && demand[1] == nil && demand[4] == 0)
    }

    @Test("two sensors of one name are told apart by their file")
    func sameName() throws {
        let folder = try TemporaryFolder()
        let sensors = try sensors("sensor,kind,network_element,unit,file\nn1,pressure,n1,m,p.csv.gz\nn1,demand,n1,l/s,d.csv\n")
        let paths = [
            try folder.write("p.csv", "timestamp,n1\n2026-03-02T00:00,30\n"),
            try folder.write("d.csv", "timestamp,n1\n2026-03-02T00:00,2\n"),
        ]
        let record = try SensorReadings.record(paths: paths, sensors: sensors)
        #expect(record.series["n1"] == [30] && record.series["n1:demand"] == [0.002])
    }

    static let badFiles: [(text: String, expected: [String])] = [
        (
            "timestamp,sensor,value\n2026-03-02T00:00,X,1\n2026-03-02T01:00,X,1\n",
            ["r.csv:2: sensor 'X' is not in the list of sensors (2 rows); add it there; known are A, B, C, D"]
        ),
        (
            "timestamp,X,A\n2026-03-02T00:00,1,1\n",
            ["r.csv:1: sensor 'X' is not in the list of sensors; add it there; known are A, B, C, D"]
        ),
        (
            "timestamp,A\n2026-02-30T00:00,1\n2026-03-01T00:00,1,2\n",
            [
                "r.csv:2: the time is '2026-02-30T00:00'; write it as 2026-03-02T00:00",
                "r.csv:3: 3 fields where the header has 2; complete the row; was the file cut off?",
            ]
        ),
        (
            "timestamp,A\n2026-03-01T00:00,1 2\n",
            ["r.csv:2: sensor 'A': the value is '1 2'; give a number with a decimal point, or leave it empty where nothing was read"]
        ),
        (
            "timestamp,A\n2026-03-01T00:00,-9999\n",
            ["r.csv:2: sensor 'A': the value -9999 stands for a gap; leave the field empty where nothing was read"]
        ),
        (
            "time,A\n2026-03-01T00:00,1\n",
            [
                "r.csv:1: the header is 'time', 'A'; begin with the line 'timestamp,sensor,value', or with 'timestamp' and a column for each sensor"
            ]
        ),
        (
            "",
            [
                "r.csv:1: the file is empty; begin with the line 'timestamp,sensor,value', or with 'timestamp' and a column for each sensor"
            ]
        ),
        ("timestamp,A\n", ["r.csv: there are no readings; give files with rows below the header"]),
        (
            "timestamp,A\n2026-03-01T00:00,1\n2026-03-01T00:00,1\n2026-03-01T00:00,2\n",
            ["r.csv:4: sensor 'A' at 2026-03-01T00:00 has another value than in line 2; keep one of the two rows"]
        ),
        (
            "timestamp,A\n2026-03-01T00:00,1\n2026-03-01T01:00,1\n2026-03-01T02:00,1\n2026-03-01T02:50,1\n2026-03-01T04:00,1\n",
            [
                "r.csv:5: the time 2026-03-01T02:50 does not lie on the step of 1 h of the other readings; give readings at equal steps, or leave the row out"
            ]
        ),
        (
            "timestamp,A\n2026-03-01T00:00-05:00,1\n2026-03-01T01:00-04:00,1\n",
            [
                "r.csv:3: the offset of '2026-03-01T01:00-04:00' is another than in line 2; write all times in the place's standard time, without daylight saving"
            ]
        ),
        (
            "timestamp,A\n2026-03-01T00:00,1\n2026-03-01T00:01,1\n9026-03-01T01:00,1\n",
            [
                "r.csv:4: the readings reach from 2026-03-01T00:00 to 9026-03-01T01:00 at a step of 1 min: too many to hold; check the dates"
            ]
        ),
        (
            "timestamp,sensor,value\n2026-03-01T00:00,A,1\n2026-03-01T0",
            ["r.csv:3: 1 field where the header has 3; complete the row; was the file cut off?"]
        ),
    ]

    @Test("bad readings are told with file and line", arguments: badFiles)
    func badReadings(text: String, expected: [String]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("r.csv", text)
        let sensors = try sensors(list)
        #expect(folder.complaints { () throws(TextFileError) in try SensorReadings.record(paths: [path], sensors: sensors) } == expected)
    }

    @Test("a hundred bad rows are twenty messages and a count")
    func manyProblems() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("r.csv", "timestamp,A\n" + (0..<100).map { "day \($0),1\n" }.joined())
        let sensors = try sensors(list)
        let complaints = folder.complaints { () throws(TextFileError) in try SensorReadings.record(paths: [path], sensors: sensors) }
        #expect(complaints.count == 21)
        #expect(complaints.last == "r.csv: 80 more problems; mend the first ones and try again")
    }

    @Test("a missing file and one that was cut off are errors of their own")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let sensors = try sensors(list)
        #expect(
            folder.complaints { () throws(TextFileError) in try SensorReadings.record(paths: [folder.path + "/no.csv"], sensors: sensors) }
                == ["no.csv: no such file; check the name"])
        let packed = FileBytes.gzip(Array(String(repeating: "timestamp,A\n", count: 500).utf8))
        let path = try folder.write("cut.csv.gz", bytes: Array(packed.prefix(packed.count / 2)))
        #expect(
            folder.complaints { () throws(TextFileError) in try SensorReadings.record(paths: [path], sensors: sensors) }
                == ["cut.csv.gz: gzip data end too early: the file was cut off; fetch the file again; nothing of it was used"])
    }

    static let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/leak-cases")
        .standardized.path

    @Test(
        "the development cases are read whole",
        .enabled(if: FileManager.default.fileExists(atPath: cases), "the leak cases are not beside the package"))
    func developmentCases() throws {
        let folder = Self.cases + "/LTOWN"
        let sensors = try SensorReadings.sensors(path: folder + "/sensors.csv")
        #expect(sensors.count == 37)
        let record = try SensorReadings.record(
            paths: [folder + "/events/D001/baseline.csv", folder + "/events/D001/event.csv"], sensors: sensors)
        #expect(record.step == 3600 && record.count == 240 && record.series.count == 37)
        // 6186 and 2656 rows below the headers (counted with wc), none doubled.
        #expect(record.series.values.reduce(0) { $0 + $1.lazy.filter { $0 != nil }.count } == 6186 + 2656)
        // First row of event.csv: 2026-03-09T00:00,P_n1,28.32, after seven days of baseline.
        #expect(record.series["P_n1"]?[168] == 28.32)
    }
}
