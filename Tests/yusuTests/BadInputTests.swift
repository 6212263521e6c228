// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// One way in which a new user's files are wrong, and what must be said.
struct BadInput: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var status: Int32
    /// Parts of the message, all wanted.
    var says: [String]
    /// Lines of the message; nil where others may follow.
    var lines: Int?
    var spoil: @Sendable (TemporaryCity) throws -> Void

    init(
        _ name: String, _ arguments: String, _ status: Int32, says: [String], lines: Int? = 1,
        spoil: @escaping @Sendable (TemporaryCity) throws -> Void = { _ in }
    ) {
        self.name = name
        self.arguments = arguments.split(separator: " ").map(String.init)
        self.status = status
        self.says = says
        self.lines = lines
        self.spoil = spoil
    }

    var testDescription: String { name }
}

@Suite("the command line: bad input")
struct BadInputTests {
    static let plan = "plan city --output out --quiet"
    static let simulate = "network simulate city/network.inp --output out --quiet"
    static let locate =
        "locate --network city/network.inp --sensors city/sensors.csv --baseline city/flows/inflows.csv --readings city/flows/inflows.csv --output out --quiet"
    static let meters = "meters import --store s.sqlite --profile city/readings/registers.yaml city/readings/registers.csv.gz --quiet"

    static let cases: [BadInput] = [
        BadInput("a folder that is not there", "plan nowhere --output out", 66, says: ["nowhere: no such file"]),
        BadInput("an empty folder", "plan empty --output out", 66, says: ["empty/city.yaml: no such file"]) {
            try FileManager.default.createDirectory(atPath: $0.path + "/empty", withIntermediateDirectories: true)
        },
        BadInput(
            "a file for a folder", "plan city/city.yaml --output out", 65, says: ["city/city.yaml", "it is a file; give the city folder"]),
        BadInput("a YAML typo", plan, 65, says: ["city/city.yaml:6: unknown key 'populaton'; did you mean 'population'?"]) {
            try $0.replace("population:", by: "populaton:", in: "city/city.yaml")
        },
        BadInput("broken YAML", plan, 65, says: ["city/balance.yaml:", "this is not YAML"]) {
            try $0.replace("period_days: 30", by: "period_days: [30", in: "city/balance.yaml")
        },
        BadInput(
            "a typo in the profile of readings", plan, 65,
            says: ["city/readings/registers.yaml:4: unknown key 'knd'", "did you mean 'kind'?"], lines: nil
        ) {
            try $0.replace("kind:", by: "knd:", in: "city/readings/registers.yaml")
        },
        BadInput("a malformed INP line", plan, 65, says: ["city/network.inp:14: length of pipe 'PA2' is 'abc'"]) {
            try $0.replace("PA2 A1 A2 200", by: "PA2 A1 A2 abc", in: "city/network.inp")
        },
        BadInput(
            "a wrong column of sensors.csv", plan, 65,
            says: ["city/sensors.csv:1: no column 'unit'; the header has: sensor, kind, network_element, unt, zone"]
        ) {
            try $0.replace(",unit,", by: ",unt,", in: "city/sensors.csv")
        },
        BadInput("a wrong column of zones.csv", plan, 65, says: ["city/zones.csv:1:", "'conections'", "connections"]) {
            try $0.replace("connections", by: "conections", in: "city/zones.csv")
        },
        BadInput("a wrong column of readings", plan, 65, says: ["city/readings/registers.csv.gz:1: no column 'register'"]) {
            try $0.write("city/readings/registers.csv.gz", "meter,time,registr\nM0,2026-03-02T00:00,1\n")
        },
        BadInput(
            "a network in two pieces", plan, 65, says: ["city/network.inp: junction 'B1' and 2 more have no path to a reservoir or tank"],
            lines: nil
        ) {
            try $0.replace("IN_B R B1 400 100 120 0 Open\n", by: "", in: "city/network.inp")
        },
        BadInput(
            "customer readings cut in the middle", plan, 65,
            says: ["city/readings/registers.csv.gz: gzip data end too early: the file was cut off"]
        ) {
            try $0.cut("city/readings/registers.csv.gz", to: 0.5)
        },
        BadInput(
            "pressures cut in the middle", plan, 65,
            says: ["city/pressures/pressures.csv.gz: gzip data end too early: the file was cut off"]
        ) {
            try $0.cut("city/pressures/pressures.csv.gz", to: 0.5)
        },
        BadInput("flows cut within a row", plan, 65, says: ["city/flows/inflows.csv:", "was the file cut off?"]) {
            try $0.write("city/flows/inflows.csv", "timestamp,Q_A,Q_B\n2026-03-02T00:00,1,2\n2026-03-02T01")
        },
        BadInput(
            "five faults in five files", plan, 65,
            says: [
                "city/city.yaml:6: unknown key 'populaton'", "city/network.inp:14: length of pipe 'PA2'",
                "city/sensors.csv:1: no column 'unit'",
                "city/readings/registers.csv.gz: gzip data end too early",
            ], lines: 4
        ) {
            try $0.replace("population:", by: "populaton:", in: "city/city.yaml")
            try $0.replace("PA2 A1 A2 200", by: "PA2 A1 A2 abc", in: "city/network.inp")
            try $0.replace(",unit,", by: ",unt,", in: "city/sensors.csv")
            try $0.cut("city/readings/registers.csv.gz", to: 0.5)
        },
        BadInput(
            "a profile of readings and the city's profile", plan, 65,
            says: ["city/city.yaml:6: unknown key 'populaton'", "city/readings/registers.yaml:4: unknown key 'knd'"], lines: nil
        ) {
            try $0.replace("population:", by: "populaton:", in: "city/city.yaml")
            try $0.replace("kind:", by: "knd:", in: "city/readings/registers.yaml")
        },
        BadInput("a name that would steer the terminal", plan, 65, says: ["city/city.yaml:2:", "\u{FFFD}[31m"], lines: nil) {
            try $0.replace("country: PE", by: "country: \"\\e[31mPE\"", in: "city/city.yaml")
        },
        BadInput("check of a bad folder", "check city --quiet", 65, says: ["city/city.yaml:6: unknown key 'populaton'"]) {
            try $0.replace("population:", by: "populaton:", in: "city/city.yaml")
        },
        BadInput(
            "balance of a bad folder", "balance city --output out/balance.txt --quiet", 65,
            says: ["city/city.yaml:6: unknown key 'populaton'"]
        ) {
            try $0.replace("population:", by: "populaton:", in: "city/city.yaml")
        },

        BadInput("no network", "network simulate none.inp --output out", 66, says: ["none.inp: no such file"]),
        BadInput(
            "a table for a network", "network info city/zones.csv", 65, says: ["city/zones.csv:1: 'zone' stands before any section"],
            lines: nil),
        BadInput("a malformed line of a network", simulate, 65, says: ["city/network.inp:14: length of pipe 'PA2' is 'abc'; give a number"])
        {
            try $0.replace("PA2 A1 A2 200", by: "PA2 A1 A2 abc", in: "city/network.inp")
        },
        BadInput("two malformed lines", simulate, 65, says: ["city/network.inp:4: ", "city/network.inp:14: "], lines: 2) {
            try $0.replace("PA2 A1 A2 200", by: "PA2 A1 A2 abc", in: "city/network.inp")
            try $0.replace("A1 10 0.1", by: "A1 10 x", in: "city/network.inp")
        },
        BadInput("a file of noise", "network info noise.inp", 65, says: ["noise.inp:1: "], lines: nil) {
            try $0.write("noise.inp", (0..<4000).map { UInt8(truncatingIfNeeded: ($0 &* $0 &* 2_654_435_761) >> 11) })
        },

        BadInput("no readings", locate + " --seed 1 --readings none.csv", 66, says: ["none.csv: no such file"]),
        BadInput(
            "a sensor on an unknown pipe", locate, 65,
            says: ["city/sensors.csv: sensor 'Q_A' sits on 'IN_X', which the network does not have"]
        ) {
            try $0.replace("IN_A", by: "IN_X", in: "city/sensors.csv")
        },
        BadInput(
            "a sensor of an unknown kind", locate, 65,
            says: ["city/sensors.csv:2: sensor 'Q_A': kind is 'flw'; give one of: pressure, flow"], lines: 2
        ) {
            try $0.replace(",flow,", by: ",flw,", in: "city/sensors.csv")
        },
        BadInput("readings without a time column", locate, 65, says: ["city/flows/inflows.csv:1: the header is 'tmstmp'"], lines: nil) {
            try $0.replace("timestamp", by: "tmstmp", in: "city/flows/inflows.csv")
        },
        BadInput("a record of an hour", locate, 65, says: ["a day before and a day after are the least"]) {
            try $0.write("city/flows/inflows.csv", "timestamp,Q_A,Q_B\n2026-03-02T00:00,1,2\n2026-03-02T01:00,1,2\n")
        },
        BadInput(
            "a network and readings that are both wrong", locate, 65, says: ["city/network.inp:14: ", "city/flows/inflows.csv:1: "],
            lines: nil
        ) {
            try $0.replace("PA2 A1 A2 200", by: "PA2 A1 A2 abc", in: "city/network.inp")
            try $0.replace("timestamp", by: "tmstmp", in: "city/flows/inflows.csv")
        },

        BadInput("no audits", "balance none.csv --output out/r.csv", 66, says: ["none.csv: no such file"]),
        BadInput("an empty table of audits", "balance empty.csv --output out/r.csv", 65, says: ["empty.csv: the file is empty"]) {
            try $0.write("empty.csv", "")
        },
        BadInput(
            "a wrong column of audits", "balance a.csv --output out/r.csv", 65,
            says: ["a.csv:1: no column 'own_sources'", "a.csv:1: unknown column 'own_source'"], lines: 2
        ) {
            try $0.write("a.csv", "audit,volume_unit,own_source,billed_metered\na,ML,100,80\n")
        },

        BadInput("no store", "meters report --store none.sqlite --output out", 66, says: ["none.sqlite: no such file"]),
        BadInput(
            "a table for a store", "meters report --store city/zones.csv --output out", 65,
            says: ["city/zones.csv: is no store of meter readings"]),
        BadInput(
            "an export cut in the middle", meters, 65,
            says: ["city/readings/registers.csv.gz: gzip data end too early: the file was cut off"]
        ) {
            try $0.cut("city/readings/registers.csv.gz", to: 0.5)
        },
        BadInput("no export", meters, 66, says: ["city/readings/registers.csv.gz: no such file"]) {
            try $0.remove("city/readings/registers.csv.gz")
        },
        BadInput("no profile", "meters import --store s.sqlite --profile none.yaml x.csv", 66, says: ["none.yaml: no such file"]),
        BadInput(
            "a profile and a register that are both wrong", meters + " --register city/meters.csv", 65,
            says: ["registers.yaml:4: unknown key 'knd'", "city/meters.csv:1:"], lines: nil
        ) {
            try $0.replace("kind:", by: "knd:", in: "city/readings/registers.yaml")
            try $0.replace("meter,zone", by: "meter,zon", in: "city/meters.csv")
        },
    ]

    @Test("one clear message, the exit code, and no output", arguments: cases)
    func badInput(_ input: BadInput) throws {
        let city = try TemporaryCity()
        try input.spoil(city)
        let outcome = try Program.yusu(input.arguments, in: city)
        #expect(outcome.status == input.status)
        #expect(outcome.isClean)
        for part in input.says { #expect(outcome.messages.contains(part)) }
        let complaints = outcome.messages.split(separator: "\n").filter { !$0.hasPrefix("read ") }
        #expect(complaints.first?.hasPrefix("yusu: ") == true)
        #expect(complaints.count { $0.hasPrefix("yusu: ") } == 1, "one message")
        if let lines = input.lines { #expect(complaints.count == lines) }
        #expect(city.files(in: "out").isEmpty)
        #expect(!FileManager.default.fileExists(atPath: city.path + "/s.sqlite"))
    }

    static let writers = [
        simulate, plan, locate, "balance city --quiet --output out/balance.txt",
        "meters import --quiet --store out/s.sqlite --profile city/readings/registers.yaml city/readings/registers.csv.gz",
    ]

    @Test("where the output cannot be made, exit code 73 and its name", arguments: writers)
    func blockedOutput(command: String) throws {
        let city = try TemporaryCity()
        try city.write("blocked", "a file\n")
        let arguments = command.replacing(" out", with: " blocked/out").split(separator: " ").map(String.init)
        let outcome = try Program.yusu(arguments, in: city)
        #expect(outcome.status == 73 && outcome.isClean)
        #expect(outcome.messages.contains("blocked/out") && outcome.messages.contains("cannot be written"))
        #expect(try city.text("blocked") == "a file\n")
    }

    @Test("a folder without permission is told", .enabled(if: geteuid() != 0, "root may write everywhere"), arguments: writers)
    func readOnlyOutput(command: String) throws {
        let city = try TemporaryCity()
        try FileManager.default.createDirectory(
            atPath: city.path + "/locked", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o555])
        let outcome = try Program.yusu(command.replacing(" out", with: " locked/out").split(separator: " ").map(String.init), in: city)
        #expect(outcome.status == 73 && outcome.isClean)
        #expect(city.files(in: "locked").isEmpty)
    }

    /// A limit on the size of files stands for a full disk: the write is refused in its middle. 512-byte blocks.
    @Test("a disk that fills up leaves no file", arguments: [simulate, plan])
    func fullDisk(command: String) throws {
        let city = try TemporaryCity()
        let outcome = try Program.shell("trap '' XFSZ; ulimit -f 1; exec \"$YUSU\" \(command)", in: city)
        #expect(outcome.status == 73 && outcome.isClean)
        #expect(outcome.messages.contains("cannot be written"))
        #expect(!FileManager.default.fileExists(atPath: city.path + "/out"))
    }

    @Test("an older result stays whole where the new one fails")
    func olderResult() throws {
        let city = try TemporaryCity()
        #expect(try Program.yusu(Self.simulate.split(separator: " ").map(String.init), in: city).status == 0)
        let before = try city.bytes("out/nodes.csv")
        try city.replace("PA2 A1 A2 200", by: "PA2 A1 A2 abc", in: "city/network.inp")
        #expect(try Program.yusu(Self.simulate.split(separator: " ").map(String.init), in: city).status == 65)
        #expect(try city.bytes("out/nodes.csv") == before)
        #expect(city.files(in: "out") == ["balance.csv", "links.csv", "nodes.csv", "summary.json", "zones.csv"])
    }

    @Test("a part behind a closed pipe is a result: exit code 1, the files whole, converged false, the place named")
    func islands() throws {
        let city = try TemporaryCity()
        try city.replace("IN_B R B1 400 100 120 0 Open\n", by: "IN_B R B1 400 100 120 0 Closed\n", in: "city/network.inp")
        let outcome = try Program.yusu(Self.simulate.split(separator: " ").map(String.init), in: city)
        #expect(outcome.status == 1 && outcome.isClean)
        #expect(outcome.messages.contains("3 junctions have no open path to a source ('B1', 'B2', 'B3')"))
        #expect(try city.json("out/summary.json")["converged"] as? Bool == false)
    }

    @Test("a network in two pieces is refused before it is solved, and nothing is written")
    func pieces() throws {
        let city = try TemporaryCity()
        try city.replace("IN_B R B1 400 100 120 0 Open\n", by: "", in: "city/network.inp")
        let outcome = try Program.yusu(Self.simulate.split(separator: " ").map(String.init), in: city)
        #expect(outcome.status == 65 && outcome.isClean)
        #expect(outcome.messages.contains("3 junctions around 'B1' are not joined to any reservoir or tank"))
        #expect(city.files(in: "out").isEmpty)
        let info = try Program.yusu(["network", "info", "city/network.inp"], in: city)
        #expect(info.output.contains("! 3 junctions around 'B1' are not joined to any reservoir or tank"))
    }
}
