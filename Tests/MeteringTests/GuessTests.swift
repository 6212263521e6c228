// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import Testing

@testable import Metering

@Suite("the proposal of a profile")
struct GuessTests {
    private func guess(_ text: String) -> ProfileGuess { ProfileGuess(bytes: Array(text.utf8), file: "x.csv") }
    private func value(_ guess: ProfileGuess, _ key: String) -> String? { guess.choices.first { $0.key == key }?.value }

    private func hours(_ row: (Int) -> String) -> String { (0..<24).map { row($0) + "\n" }.joined() }

    @Test("delimiter, decimal comma, columns, register by monotony, unit from the header; the zone is asked")
    func long() throws {
        let guess = guess("Zähler;Zeit;Stand (m3)\n" + hours { "00\($0 % 2);\(13 + $0 / 12).06.2026 \($0 % 12):00;\(100 + $0),5" })
        #expect(value(guess, "delimiter") == "\";\"" && value(guess, "decimal") == "\",\"")
        #expect(value(guess, "columns") == "{meter: \"Zähler\", time: \"Zeit\", value: \"Stand (m3)\"}")
        #expect(value(guess, "kind") == "register" && value(guess, "unit") == "m3" && value(guess, "time_format") == "\"dd.MM.yyyy HH:mm\"")
        #expect(guess.questions.map(\.key) == ["time_zone"])
        // What is asked cannot be imported by mistake.
        #expect(throws: TextFileError.self) { try Profile(yaml: guess.yaml, file: "guess.yaml") }
        let filled = guess.yaml.replacing("time_zone: ASK", with: "time_zone: Europe/Berlin")
        #expect(try Profile(yaml: filled, file: "guess.yaml").columns.value == "Stand (m3)")
    }

    @Test("volumes are told from registers, and their stamp is asked; a check column is found")
    func interval() throws {
        let guess = guess("meter,timestamp,usage_l\n" + hours { "A,2026-06-01T\($0 < 10 ? "0" : "")\($0):00Z,\([3, 9, 0, 5][$0 % 4])" })
        #expect(value(guess, "kind") == "interval" && value(guess, "unit") == "L" && guess.questions.map(\.key) == ["stamp"])
        let diff = self.guess(
            "user key;datetime;meter reading;diff\n" + hours { "A;0\(1 + $0 / 24)/06/2026 \($0):00:00;\(100 + $0 * 2);2" })
        #expect(value(diff, "columns") == "{meter: \"user key\", time: \"datetime\", value: \"meter reading\", check: \"diff\"}")
        #expect(value(diff, "kind") == "register")
        #expect(diff.choices.first { $0.key == "time_format" }?.reason.contains("MM/dd/yyyy HH:mm:ss' FITS TOO") == true)
    }

    @Test("files of one shape share a profile though a word stands in one of them alone; another shape does not")
    func shapes() {
        func rows(_ value: (Int) -> String) -> String {
            "meter,time,index_m3\n" + hours { "A,2026-06-01T\($0 < 10 ? "0" : "")\($0):00Z,\(value($0))" }
        }
        let plain = rows { "\(100 + $0)" }, gappy = rows { $0 == 7 ? "n/a" : "\(200 + $0)" }
        let wide = "Time;A (L/s);B (L/s)\n" + hours { "2026-06-01 \($0 < 10 ? "0" : "")\($0):00;\($0 % 5);\($0 % 3)" }
        func fits(_ one: String, _ other: String) -> Bool {
            guess(one).fits(guess(other)) { profile in DryRun(Array(other.utf8), file: "y.csv", profile: profile) }
        }
        #expect(fits(plain, plain) && fits(plain, gappy))
        #expect(!fits(plain, wide) && !fits(wide, plain))
    }

    @Test("day and month are told apart by a day after the 12th, or by the steps between stamps")
    func dates() throws {
        let american = guess("meter,date,volume_l\n" + (1...9).map { "A,0\($0)/\(12 + $0)/2026,\($0 * 7 % 5)\n" }.joined())
        #expect(value(american, "time_format") == "\"MM/dd/yyyy\"")
        let ordered = guess("meter,date,volume_l\n" + (1...9).map { "A,06/0\($0)/2026,\($0 * 7 % 5)\n" }.joined())
        #expect(value(ordered, "time_format") == "\"MM/dd/yyyy\"")
    }

    @Test("a wide table with units in the header, qualities beside and a pressure that is left out")
    func wide() throws {
        let guess = guess("Time;A (L/s);A.Q;P (bar)\n" + hours { "2026-06-01 \($0 < 10 ? "0" : "")\($0):00;\($0 % 5),25;192;3,1" })
        #expect(value(guess, "shape") == "wide" && value(guess, "kind") == "rate" && value(guess, "unit") == "header")
        #expect(value(guess, "quality_suffix") == "\".Q\"" && value(guess, "ignore_columns") == "[\"P (bar)\"]")
        #expect(value(guess, "interval_minutes") == "60")
    }

    @Test(
        "families are told by what only they have, and ask what they do not hold",
        arguments: [
            ("beacon", "range.csv", ["time_zone"]), ("cmep", "report.txt", ["time_zone"]), ("aclara", "readings.csv", []),
            ("wmbusmeters", "telegrams.jsonl", []), ("axioma-w1", "uplinks.jsonl", ["log_clock"]), ("sentryx", "page.json", ["time_zone"]),
            ("subeca", "usages.json", []), ("iec61968-9", "message.xml", []), ("green-button", "feed.xml", []),
            ("mvrs", "upload.txt", ["unit", "time_zone"]), ("billing", "reads.csv", ["time_zone"]), ("xylem", "registers.csv", []),
            ("metersense", "reads.csv", ["time_zone"]), ("pulse-logger", "site.csv", ["unit", "time_zone"]),
            ("beacon-interval", "interval.csv", ["time_zone", "unit"]), ("historian", "tags.csv", ["unit", "time_zone"]),
        ])
    func families(_ family: String, _ file: String, _ asked: [String]) throws {
        let guess = try ProfileGuess(path: Seeds.folder + family + "/" + file)
        #expect(value(guess, "format") == family)
        #expect(guess.questions.map(\.key) == asked)
        #expect(try DryRun(Seeds.folder + family + "/" + file, profile: guess.trial()).readings > 0)
    }

    @Test("encodings are told by their marks and bytes")
    func encodings() throws {
        #expect(try value(ProfileGuess(path: Seeds.folder + "utf16/little.txt"), "encoding") == "utf-16")
        #expect(try value(ProfileGuess(path: Seeds.folder + "wide/scada.csv"), "encoding") == "latin-1")
    }

    @Test("a dry run counts rows, meters, steps, negative differences and what the check column says")
    func dryRun() throws {
        let scratch = try Scratch()
        let path = try scratch.file(
            "a.csv",
            "m,t,v,d\nA,2026-01-01T00:00,10,\nA,2026-01-01T01:00,12,2\nA,2026-01-01T02:00,11,-1\nA,2026-01-01T03:00,15,9\nB,x,1,0\n")
        let profile = try Profiles.make("columns: {meter: m, time: t, value: v, check: d}\nkind: register\nunit: L\ntime_zone: UTC\n")
        let run = try DryRun(path, profile: profile)
        #expect(run.rows == 5 && run.readings == 4 && run.meters == 1)
        #expect(run.steps == [DryRun.Step(seconds: 3600, count: 3)])
        #expect(run.differences == 3 && run.negativeDifferences == 1 && run.checked == 2 && run.unequal == 1)
        #expect(run.rejectedBy.map(\.reason) == [.badTime])
    }
}
