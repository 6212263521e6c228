// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("yusu batch")
struct BatchCommandTests {
    let city: TemporaryCity

    init() throws {
        city = try TemporaryCity()
        // Three systems of known totals beside the test's city: 20, 40 and 60 % are not billed.
        for (name, billed) in [("a", 800), ("b", 600), ("c", 400)] {
            try city.write("cities/\(name)/city.yaml", "name: \(name.uppercased())\ncountry: VN\ncurrency: VND\n")
            try city.write(
                "cities/\(name)/balance.yaml",
                "period_days: 100\nown_sources: \(Self.figure(1000))\nbilled_metered: \(Self.figure(billed))\n")
        }
    }

    private static func figure(_ volume: Int) -> String {
        "{value: \(volume), margin_percent: 2, unit: m3, year: 2020, source: \"made for a test\", status: synthetic}"
    }

    private func yusu(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(arguments, in: city) }

    /// Status by job.
    private func log(_ folder: String) throws -> [String: String] {
        let entries = try #require(try city.json(folder + "/batch.json")["log"] as? [[String: Any]])
        return Dictionary(entries.map { ($0["job"] as? String ?? "", $0["status"] as? String ?? "") }) { first, _ in first }
    }

    @Test(
        "jobs of all kinds run, a failed one stops only those that need it, and the code is that of the worst",
        arguments: [[], ["--isolate"]])
    func mixture(options: [String]) throws {
        try city.write("cities/bad/city.yaml", "name: Bad\n")
        try city.write(
            "m.yaml",
            """
            jobs:
              - {folders: "cities/*", run: check FOLDER}
              - {name: plan, run: plan city --language es, needs: [a, b]}
              - {name: waits, run: plan cities/bad, needs: [bad]}
              - {name: night, run: nightflow city --format json}
              - {name: import, run: "meters import --store s.sqlite --profile city/readings/registers.yaml city/readings/registers.csv.gz"}
              - {name: report, run: meters report --store s.sqlite, needs: [import]}
              - {name: "far from here", run: "balance 'cities/a' --format json"}
              - {name: typo, run: chekc city}
            """)
        let outcome = try Program.yusu(["batch", "m.yaml", "--output", "out"] + options, in: city)
        #expect(outcome.status == 65 && outcome.isClean, "\(outcome.messages)")
        #expect(outcome.output.hasPrefix("11 jobs: 8 done, 2 failed, 1 skipped\n"), "\(outcome.output)")
        #expect(outcome.messages.contains("bad") && outcome.messages.contains("chekc"))
        let status = try log("out")
        #expect(status["bad"] == "failed" && status["typo"] == "failed" && status["waits"] == "skipped" && status["report"] == "done")
        #expect(try city.text("out/plan/plan.html").contains("lang=\"es\""))
        #expect(try city.json("out/far from here/output.json").isEmpty == false)
        #expect(city.files(in: "out/report").contains("zones.csv"))
        // The same alone: the batch changes nothing in what a command writes.
        #expect(try yusu("plan", "city", "--output", "alone", "--language", "es", "--quiet").status == 0)
        #expect(try city.bytes("alone/plan.json") == city.bytes("out/plan/plan.json"))
        #expect(try yusu("check", "cities/a", "--quiet").output == city.text("out/a/output.txt"))
    }

    @Test("cities stand by their non-revenue water, with intervals and the places that these leave open")
    func ranks() throws {
        try city.write("m.csv", "name,run,needs\none,check cities/a,\ntwo,check cities/b,one\nthree,check cities/c,one two\n")
        #expect(try yusu("batch", "m.csv", "--output", "out").status == 0)
        let rows = try city.text("out/cities.csv").split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.count == 4)
        #expect(rows.dropFirst().map { $0[1] } == ["C", "B", "A"])
        let column = try #require(rows[0].firstIndex(of: "non_revenue_water_percent"))
        #expect(rows.dropFirst().map { Double($0[column]) } == [60, 40, 20])
        for (row, place) in zip(rows.dropFirst(), 1...3) {
            for name in ["rank", "rank_best", "rank_worst"] {
                let index = try #require(rows[0].firstIndex(of: "non_revenue_water_\(name)"[...]))
                #expect(row[index] == "\(place)", "intervals of 2 % of 1000 do not touch")
            }
        }
        // Of 400 ± 8 billed of 1000 ± 20: 60 % ± 100·√((8/1000)² + (0.4·20/1000)²) = 1.13.
        let low = try #require(Double(rows[1][column + 1]))
        #expect(abs(low - (60 - 1.1314)) < 0.01)
    }

    @Test("what is done is not run again until its inputs change or its results are gone")
    func resumes() throws {
        try city.write("m.yaml", "jobs:\n  - {folders: \"cities/*\", run: plan FOLDER}\n")
        func run(_ options: String...) throws -> String {
            let outcome = try Program.yusu(["batch", "m.yaml", "--output", "out"] + options, in: city)
            #expect(outcome.status == 0)
            return outcome.output
        }
        #expect(try run().hasPrefix("3 jobs: 3 done\n"))
        let first = try city.bytes("out/b/plan.json"), table = try city.bytes("out/cities.csv")
        #expect(try run().hasPrefix("3 jobs: 3 done; 3 were done before\n"))
        #expect(try city.bytes("out/cities.csv") == table)
        try city.replace("600", by: "500", in: "cities/b/balance.yaml")
        #expect(try run().hasPrefix("3 jobs: 3 done; 2 were done before\n"))
        #expect(try city.bytes("out/b/plan.json") != first)
        try city.remove("out/c")
        #expect(try run().hasPrefix("3 jobs: 3 done; 2 were done before\n"))
        // A record that a crash of the machine left in pieces is no record.
        try city.cut("out/jobs/a.json", to: 0.5)
        #expect(try run().hasPrefix("3 jobs: 3 done; 2 were done before\n"))
        #expect(try run("--again").hasPrefix("3 jobs: 3 done\n"))
        #expect(!city.files(in: "out").contains { $0.hasSuffix(".part") })
    }

    @Test("a job's process that dies is one job lost, known as such, and run again the next time")
    func crash() throws {
        try city.write(
            "m.yaml", "jobs:\n  - {name: a, run: check cities/a}\n  - {name: deep, run: check cities/pipe, needs: [a]}\n")
        // Its city.yaml is a pipe that nobody writes into: the process waits until it is killed.
        try city.write("cities/pipe/notes.txt", "")
        let outcome = try Program.shell(
            """
            mkfifo cities/pipe/city.yaml
            "$YUSU" batch m.yaml --output out --isolate & batch=$!
            until test -e out/jobs/a.json; do sleep 0.1; done
            until child=$(pgrep -P $batch); do sleep 0.1; done
            sleep 0.5; kill -9 $child; wait $batch
            """, in: city)
        #expect(outcome.status == 70, "\(outcome.messages)")
        #expect(try log("out") == ["a": "done", "deep": "crashed"])
    }

    @Test(
        "a batch waits for the jobs of a killed one to end, and removes what they began",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock"), "flock is not installed"))
    func stragglers() throws {
        try city.write("m.yaml", "jobs:\n  - {name: a, run: check cities/a}\n")
        try city.write("out/a/mine.part", "")
        try city.write("out/jobs/notes.txt", "")
        // Holds the folder as a job of a killed batch does, and begins files at its end.
        let outcome = try Program.shell(
            """
            flock -s out/jobs sh -c 'sleep 3; touch out/a/output.json.17.part out/jobs/a.json.17.part' &
            sleep 0.5; "$YUSU" batch m.yaml --output out --isolate & batch=$!
            sleep 1.5; test ! -e out/jobs/a.json && echo it waits
            wait $batch
            """, in: city)
        #expect(outcome.status == 0 && outcome.output.hasPrefix("it waits\n"), "\(outcome.output)\(outcome.messages)")
        #expect(try log("out") == ["a": "done"])
        #expect(city.files(in: "out/a").filter { $0.hasSuffix(".part") } == ["mine.part"])
        #expect(city.files(in: "out/jobs") == ["a.json", "notes.txt"])
    }

    @Test("two batches do not work in one folder")
    func together() throws {
        try city.write("m.yaml", "jobs:\n  - {name: deep, run: check cities/pipe}\n")
        try city.write("cities/pipe/notes.txt", "")
        let outcome = try Program.shell(
            """
            mkfifo cities/pipe/city.yaml
            "$YUSU" batch m.yaml --output out & batch=$!
            sleep 1; "$YUSU" batch m.yaml --output out; code=$?
            kill -9 $batch; exit $code
            """, in: city)
        #expect(outcome.status == 73 && outcome.messages.contains("another batch works in it"), "\(outcome.messages)")
    }

    @Test("a manifest that cannot be followed is refused with all that is wrong")
    func manifest() throws {
        try city.write(
            "m.yaml",
            """
            jobs:
              - {name: a, run: check cities/a, needs: [nobody]}
              - {name: a, run: "check 'cities/b"}
              - {name: "../x", run: check cities/b}
              - {folders: "nowhere/*", run: check FOLDER}
              - {name: again, run: batch m.yaml --output out}
              - {run: check cities/a}
            """)
        let outcome = try yusu("batch", "m.yaml", "--output", "out")
        #expect(outcome.status == 65 && outcome.isClean)
        for words in ["'nobody'", "quote", "'../x'", "nowhere/*", "runs a batch", "'jobs[6].name' is missing"] {
            #expect(outcome.messages.contains(words), "\(words): \(outcome.messages)")
        }
        try city.write("m.yaml", "jobs:\n  - {name: a, run: check city, needs: [b]}\n  - {name: b, run: check city, needs: [a]}\n")
        #expect(try yusu("batch", "m.yaml", "--output", "out").messages.contains("wait for each other: a, b"))
        #expect(try yusu("batch", "none.yaml", "--output", "out").status == 66)
        #expect(city.files(in: "out").isEmpty)
    }

    @Test(
        "twenty kills and resumes lose nothing, in one process and in one for each job",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "python3 is not installed"),
        arguments: [["--cities", "12"], ["--cities", "3", "--isolate"]])
    func kills(options: [String]) throws {
        let outcome = try Program.run(
            "/usr/bin/python3",
            [Program.root + "/Tools/kill_batches.py", try Program.path(), "--kills", "20", "--checks"] + options,
            in: city.path)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.messages)")
    }
}
