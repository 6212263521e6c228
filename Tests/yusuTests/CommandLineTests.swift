// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles

@Suite("the command line: what scripts rely on")
struct CommandLineTests {
    let city: TemporaryCity

    init() throws { city = try TemporaryCity() }

    func yusu(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(arguments, in: city) }

    func firstLine(_ name: String) throws -> String { try city.text(name).split(separator: "\n").first.map(String.init) ?? "" }

    @Test("network simulate writes nodes.csv, links.csv and summary.json")
    func simulate() throws {
        let outcome = try yusu("network", "simulate", "city/network.inp", "--output", "out", "--timing", "--quiet")
        #expect(outcome.status == 0 && outcome.messages.isEmpty && outcome.output.isEmpty)
        #expect(city.files(in: "out") == ["balance.csv", "links.csv", "nodes.csv", "summary.json", "zones.csv"])
        #expect(try firstLine("out/nodes.csv") == "time_s,node,head_m,pressure_m,demand_m3_per_s")
        #expect(try firstLine("out/links.csv") == "time_s,link,flow_m3_per_s,status")
        let nodes = try DelimitedText(path: city.path + "/out/nodes.csv"), links = try DelimitedText(path: city.path + "/out/links.csv")
        // 0, 1, 2 and 3 h; six junctions and a reservoir; eight pipes.
        #expect(nodes.rows.count == 4 * 7 && links.rows.count == 4 * 8)
        // Three junctions of 0.1 l/s lie behind the inlet of each zone.
        let inlet = try #require(links.rows.first { $0.fields[1] == "IN_A" })
        let balanceOfFlow = 1e-9  // m³/s
        #expect(abs((NumberText.number(inlet.fields[2]) ?? 0) - 0.0003) < balanceOfFlow && inlet.fields[3] == "open")
        let summary = try city.json("out/summary.json")
        for key in ["converged", "demand_volume_m3", "leakage_volume_m3", "open_s", "solve_s", "solves"] {
            #expect(summary[key] != nil, "\(key)")
        }
        #expect(summary["converged"] as? Bool == true && summary["solves"] as? Int == 4)
    }

    @Test("without --timing no file depends on the clock: the same bytes twice")
    func simulateTwice() throws {
        for output in ["one", "two"] { #expect(try yusu("network", "simulate", "city/network.inp", "--output", output).status == 0) }
        for name in city.files(in: "one") { #expect(try city.bytes("one/\(name)") == city.bytes("two/\(name)"), "\(name)") }
    }

    @Test("network info counts, as a table and as JSON")
    func info() throws {
        let table = try yusu("network", "info", "city/network.inp")
        #expect(table.status == 0 && table.output.contains("junctions") && table.output.contains("Z1, Z2"))
        let json = try yusu("network", "info", "city/network.inp", "--format", "json")
        let read = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(read?["junctions"] as? Int == 6 && read?["pipes"] as? Int == 8 && read?["pipe_length_m"] as? Double == 2100)
    }

    @Test("network check: clean is 0, an error in the model is 1, told as table and as JSON")
    func networkCheck() throws {
        let clean = try yusu("network", "check", "city/network.inp")
        #expect(clean.status == 0 && clean.output.hasSuffix("notes\n"))
        try city.write("slip.inp", "[JUNCTIONS]\nA 10 1\n[RESERVOIRS]\nR 50\n[PIPES]\nP1 R A 100 100 0.1\n[OPTIONS]\nUNITS LPS\n")
        let table = try yusu("network", "check", "slip.inp")
        #expect(table.status == 1 && table.output.hasPrefix("error  roughness: pipe 'P1'"))
        let json = try yusu("network", "check", "slip.inp", "--format", "json")
        let read = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let first = (read?["findings"] as? [[String: Any]])?.first
        #expect(json.status == 1 && (read?["errors"] as? Int ?? 0) >= 1)
        #expect(first?["check"] as? String == "roughness" && first?["elements"] as? [String] == ["P1"])
    }

    @Test("check tells what the data allow")
    func check() throws {
        let table = try yusu("check", "city", "--quiet")
        #expect(table.status == 0 && table.messages.isEmpty)
        #expect(table.output.contains("Non-revenue water") && table.output.contains("To measure next:"))
        #expect(table.output.contains("level: network model"))
        let json = try yusu("check", "city", "--format", "json", "--quiet")
        let read = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(read?["data_level"] as? String == "network_model")
        for key in ["conclusions", "measure_next", "gaps"] { #expect(read?[key] != nil, "\(key)") }
    }

    @Test("a profile alone is enough for check and plan")
    func poorData() throws {
        try city.write("poor/city.yaml", "name: Poor\ncountry: PE\ncurrency: PEN\n")
        #expect(try yusu("check", "poor").isClean)
        let outcome = try yusu("plan", "poor", "--output", "out", "--pdf", "none")
        #expect(outcome.status == 0 && outcome.isClean)
        #expect(city.files(in: "out") == Self.planFiles.sorted())
    }

    static let resultColumns =
        "audit,water_supplied,authorised_consumption,water_losses,unauthorised,metering_inaccuracy,data_handling,apparent_losses,"
        + "real_losses,non_revenue_water,revenue_water_percent,non_revenue_water_percent,real_losses_l_per_connection_day,"
        + "real_losses_m3_per_km_day,apparent_losses_l_per_connection_day,uarl,infrastructure_leakage_index,apparent_losses_cost,"
        + "real_losses_cost,non_revenue_water_cost_percent,alerts"

    @Test("balance of a table of audits, to a file and to standard output alike")
    func balance() throws {
        try city.write("audits.csv", "audit,volume_unit,own_sources,billed_metered\ngood,ML,100,80\nbad,ML,x,80\n")
        let shown = try yusu("balance", "audits.csv", "--standard", "awwa")
        let written = try yusu("balance", "audits.csv", "--standard", "awwa", "--output", "deep/results.csv")
        #expect(shown.status == 0 && written.status == 0 && written.output.isEmpty)
        #expect(try city.text("deep/results.csv") == shown.output)
        let rows = shown.output.split(separator: "\n")
        #expect(rows.count == 3 && rows[0] == Self.resultColumns && rows[1].hasPrefix("good,100,") && rows[2].hasPrefix("bad,,"))
        #expect(written.messages == "yusu: 1 of 2 audits could not be computed; the reasons are in the column 'alerts'\n")
    }

    @Test("balance of a city folder is a table of at most 80 columns")
    func balanceOfFolder() throws {
        let outcome = try yusu("balance", "city", "--quiet")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("Real losses") && outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("meters: import, status, report and export")
    func meters() throws {
        let imported = try yusu(
            "meters", "import", "--store", "m.sqlite", "--profile", "city/readings/registers.yaml", "--register", "city/meters.csv",
            "city/readings/registers.csv.gz", "--quiet")
        #expect(imported.status == 0 && imported.messages.isEmpty && imported.output.contains("new readings: 960"))
        let status = try yusu("meters", "status", "--store", "m.sqlite", "--format", "json")
        let read = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
        #expect(read?["files"] as? Int == 1 && read?["readings"] as? Int == 960 && read?["meters"] as? Int == 10)
        #expect(read?["rejected"] as? Int == 0 && (read?["bytes"] as? Int ?? 0) > 0)
        #expect(try yusu("meters", "report", "--store", "m.sqlite", "--output", "out").status == 0)
        let files = [
            "counts.json", "edits.csv", "findings.csv", "findings.json", "meters.csv", "zones.csv", "zones_hourly.csv", "zones_quality.csv",
        ]
        #expect(city.files(in: "out") == files)
        #expect(try firstLine("out/zones_hourly.csv") == "zone,hour,consumption_m3,inflow_m3,meters_reporting")
        let meters = try DelimitedText(path: city.path + "/out/meters.csv")
        let columns = [
            "readings", "gaps", "duplicates", "spikes", "negative_steps", "rollovers", "replacements", "stuck", "continuous_flow",
            "volume_m3", "completeness", "flags",
        ]
        for column in columns { #expect(meters.column(column) != nil, "\(column)") }
        #expect(meters.rows.count == 10)
        // 95 steps of 0.02 m³.
        let volume = NumberText.number(meters.rows[0].fields[try meters.requiredColumn("volume_m3")])
        #expect(abs((volume ?? 0) - 1.9) < 1e-6)
        let exported = try yusu("meters", "export", "--store", "m.sqlite")
        #expect(exported.output.hasPrefix("meter,time,value,unit,kind,quality,register\nM0,2026-03-02T05:00"))
        #expect(exported.output.split(separator: "\n").count == 961)
    }

    @Test("locate writes every pipe in walking order, and a result; the same seed makes the same order")
    func locate() throws {
        for output in ["one", "two"] {
            let outcome = try yusu(
                "locate", "--network", "city/network.inp", "--sensors", "city/sensors.csv", "--baseline", "city/flows/inflows.csv",
                "--readings", "city/flows/inflows.csv", "--output", output, "--seed", "7")
            #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        }
        #expect(city.files(in: "one") == ["candidates.csv", "candidates.geojson", "result.json", "walk.csv"])
        #expect(try firstLine("one/candidates.csv") == "rank,pipe,probability,length_m,cumulative_length_m")
        #expect(try city.bytes("one/candidates.csv") == city.bytes("two/candidates.csv"))
        let candidates = try DelimitedText(path: city.path + "/one/candidates.csv")
        #expect(Set(candidates.rows.map { $0.fields[1] }) == ["IN_A", "PA2", "PA3", "PA4", "IN_B", "PB2", "PB3", "PB4"])
        #expect(candidates.rows.map { $0.fields[0] } == (1...8).map { "\($0)" } && candidates.rows.last?.fields[4] == "2100.00")
        let result = try city.json("one/result.json")
        let keys = [
            "leak_detected", "p_value", "start", "leak_l_per_s", "leak_l_per_s_low95", "leak_l_per_s_high95", "credible_set_90", "seconds",
            "remarks", "told_by", "leaks", "prior",
        ]
        #expect(result["prior"] as? [String] == ["length"])
        #expect(Set(result.keys) == Set(keys) && result["told_by"] as? String == "pipe")
        #expect(result["credible_set_90"] is [String])
        let map = try city.json("one/candidates.geojson")
        #expect((map["features"] as? [[String: Any]])?.count == 8)
        // A night later.
        let first = candidates.rows[0].fields[1]
        try city.write("walked.csv", "pipe,result\n\(first),dry\n")
        let outcome = try yusu(
            "locate", "--network", "city/network.inp", "--sensors", "city/sensors.csv", "--baseline", "city/flows/inflows.csv",
            "--readings", "city/flows/inflows.csv", "--output", "three", "--seed", "7", "--walked", "walked.csv", "--hearing", "1")
        #expect(outcome.status == 0 && outcome.isClean)
        let after = try DelimitedText(path: city.path + "/three/candidates.csv")
        #expect(after.rows.last?.fields[1] == first && after.rows.last?.fields[2] == "0.0")
    }

    @Test("locate without a network tells zones, with the keys that a script knows from pipes")
    func locateZones() throws {
        var text = "timestamp,Q_A,Q_B\n"
        for hour in 0..<240 {
            let day = hour < 192 ? 2 + hour / 24 : 2 + hour / 24,
                stamp = "2026-03-\(day < 10 ? "0" : "")\(day)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
            // Days that differ a little, so that there is a scatter.
            let wave = 2 + Double((hour * 7919) % 13) / 100 + Double(hour % 24) / 24
            text += "\(stamp),\(wave + (hour >= 180 ? 1.5 : 0)),\(2 * wave)\n"
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        try city.write("before.csv", lines.prefix(169).joined(separator: "\n") + "\n")
        try city.write("after.csv", ([lines[0]] + lines.dropFirst(169)).joined(separator: "\n") + "\n")
        try city.write("zones.csv", "zone,inflow_sensors\nnorth,Q_A\nsouth,Q_B\n")
        let outcome = try yusu(
            "locate", "--sensors", "city/sensors.csv", "--zones", "zones.csv", "--baseline", "before.csv", "--readings", "after.csv",
            "--output", "zones")
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        #expect(outcome.messages.contains("no pipe can be named") && outcome.messages.contains("in zone 'north'"))
        #expect(city.files(in: "zones") == ["candidates.csv", "pressures.csv", "result.json", "zones.csv"])
        #expect(try city.text("zones/candidates.csv") == "rank,pipe,probability,length_m,cumulative_length_m\n")
        let result = try city.json("zones/result.json")
        let keys = [
            "leak_detected", "p_value", "start", "leak_l_per_s", "leak_l_per_s_low95", "leak_l_per_s_high95", "credible_set_90", "seconds",
            "remarks", "told_by", "zone", "start_earliest", "start_latest", "credible_zones_90",
        ]
        #expect(Set(result.keys) == Set(keys))
        #expect(result["leak_detected"] as? Bool == true && result["zone"] as? String == "north")
        #expect((result["credible_set_90"] as? [String]) == [] && (result["credible_zones_90"] as? [String]) == ["north"])
        let flow = try #require(result["leak_l_per_s"] as? Double)
        #expect(abs(flow - 1.5) < 0.1)
        let table = try DelimitedText(path: city.path + "/zones/zones.csv")
        #expect(table.rows.map { $0.fields[1] } == ["north", "south"] && table.rows[1].fields[3] == "0")
    }

    @Test("locate takes a city folder, with its network and without")
    func locateCity() throws {
        let arguments = ["locate", "city", "--since", "2026-03-05T00:00", "--quiet"]
        #expect(try Program.yusu(arguments + ["--output", "pipes", "--map", "pipes.html"], in: city).status == 0)
        #expect(try city.text("pipes.html").contains("</html>"))
        try city.write("city/pipes.csv", "pipe,material,breaks_per_km_year\nPA2,AC,0.5\nPA3,AC,0.1\n")
        #expect(try Program.yusu(arguments + ["--output", "rates"], in: city).status == 0)
        #expect((try city.json("rates/result.json")["prior"] as? [String])?.contains("given_rates") == true)
        try city.write("city/pipes.csv", "pipe,installed,renewed\nnowhere,1970,\nPA2,soon,\nPA3,1970,lately\n")
        let wrong = try Program.yusu(arguments + ["--output", "wrong"], in: city)
        #expect(wrong.status == 65 && wrong.messages.contains("city/pipes.csv:2: 'nowhere' is not a pipe of the network"))
        #expect(wrong.messages.contains("city/pipes.csv:3: pipe 'PA2': installed is 'soon'"))
        #expect(wrong.messages.contains("city/pipes.csv:4: pipe 'PA3': renewed is 'lately'"))
        try city.remove("city/pipes.csv")
        #expect(try city.json("pipes/result.json")["told_by"] as? String == "pipe")
        try FileManager.default.removeItem(atPath: city.path + "/city/network.inp")
        #expect(try yusu("locate", "city", "--output", "zones", "--since", "2026-03-05T00:00", "--quiet").status == 0)
        #expect(try city.json("zones/result.json")["told_by"] as? String == "zone")
        let never = try yusu("locate", "city", "--output", "none", "--since", "2030-01-01T00:00", "--quiet")
        #expect(never.status == 65 && never.messages.contains("no readings on both sides of 2030-01-01T00:00"))
    }

    static let planFiles = ["plan.json", "plan.html", "plan.docx", "plan.xlsx", "plan.gpkg", "plan.geojson"]

    @Test("plan writes its documents; the same input and seed make the same bytes, another seed other ones")
    func plan() throws {
        for (output, seed) in [("one", "3"), ("two", "3"), ("three", "4")] {
            let outcome = try yusu("plan", "city", "--output", output, "--seed", seed, "--pdf", "none")
            #expect(outcome.status == 0 && outcome.isClean)
            #expect(outcome.output == Self.planFiles.map { "\(output)/\($0)\n" }.joined())
        }
        #expect(city.files(in: "one") == Self.planFiles.sorted())
        for name in city.files(in: "one") { #expect(try city.bytes("one/\(name)") == city.bytes("two/\(name)"), "\(name)") }
        #expect(try city.bytes("one/plan.json") != city.bytes("three/plan.json"))
        let plan = try city.json("one/plan.json")
        for key in [
            "city", "balance", "indicators", "zones", "leaks", "measures", "selection", "trajectory", "cash_flow", "finance", "assumptions",
        ] {
            #expect(plan[key] != nil, "\(key)")
        }
        #expect(plan["is_synthetic"] as? Bool == true)
    }

    @Test("a date given stands on the cover")
    func date() throws {
        #expect(try yusu("plan", "city", "--output", "out", "--date", "2027-03-31", "--pdf", "none", "--quiet").status == 0)
        #expect(try city.text("out/plan.html").contains("2027"))
    }

    @Test("several languages: a folder each, with the files of that language alone")
    func languages() throws {
        let words = ["--pdf", "none", "--quiet"]
        let both = try Program.yusu(["plan", "city", "--output", "both", "--language", "es", "--language", "ko"] + words, in: city)
        #expect(both.status == 0 && both.output.contains("both/es/plan.html\n") && both.output.contains("both/ko/plan.json\n"))
        #expect(try Program.yusu(["plan", "city", "--output", "one", "--language", "ko"] + words, in: city).status == 0)
        for name in ["plan.json", "plan.html", "plan.geojson"] { #expect(try city.text("both/ko/" + name) == city.text("one/" + name)) }
        #expect(try city.text("both/es/plan.html").contains("lang=\"es\""))
        #expect(!FileManager.default.fileExists(atPath: city.path + "/both/plan.json"))
        let twice = try Program.yusu(["plan", "city", "--output", "two", "--language", "ko", "--language", "ko"] + words, in: city)
        #expect(twice.status == 64 && twice.messages.contains("'ko' twice"))
    }

    @Test("what standard output receives is nothing but the result; --quiet leaves standard error empty")
    func streams() throws {
        let loud = try yusu("check", "city"), quiet = try yusu("check", "city", "--quiet")
        #expect(loud.output == quiet.output && !loud.messages.isEmpty && quiet.messages.isEmpty)
    }

    static let commands = [
        [], ["check"], ["network"], ["network", "info"], ["network", "simulate"], ["balance"], ["meters"], ["meters", "import"],
        ["meters", "status"], ["meters", "report"], ["meters", "export"], ["locate"], ["plan"],
    ]

    @Test("--help has an example, and fits into 80 columns", arguments: commands)
    func help(command: [String]) throws {
        let outcome = try Program.yusu(command + ["--help"], in: city)
        #expect(outcome.status == 0 && outcome.messages.isEmpty)
        #expect(outcome.output.contains("Example:") && outcome.output.contains("USAGE: yusu"))
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test("wrong use is exit code 64 with the way to write it", arguments: commands)
    func wrongUse(command: [String]) throws {
        let outcome = try Program.yusu(command + ["--no-such-option"], in: city)
        #expect(outcome.status == 64 && outcome.isClean && outcome.output.isEmpty)
        #expect(outcome.messages.lowercased().contains("usage: yusu"))
    }

    static let wrongValues = [
        ["plan", "city"], ["plan", "city", "--output", "out", "--langage", "en"], ["plan", "city", "--output", "out", "--language", "xx"],
        ["plan", "city", "--output", "out", "--seed", "-1"], ["plan", "city", "--output", "out", "--date", "soon"],
        ["plan", "city", "--output", "out", "--date", "2027-02-30"], ["plan", "city", "--output", "out", "--pdf", "word"],
        ["check", "city", "--format", "xml"], ["check"], ["frobnicate"],
        ["network", "simulate", "city/network.inp", "--output", "out", "--accuracy", "5"],
        ["network", "simulate", "city/network.inp", "--output", "out", "--demand-model", "xyz"],
        ["balance", "a.csv", "--standard", "mine"],
        ["meters", "import", "--store", "s.sqlite"], ["locate", "--output", "out"],
        ["locate", "city", "--network", "city/network.inp", "--output", "out"], ["locate", "city", "--since", "noon", "--output", "out"],
        ["locate", "city", "--language", "xx", "--output", "out"],
        ["locate", "--sensors", "s.csv", "--baseline", "b.csv", "--readings", "r.csv", "--map", "m.html", "--output", "out"],
        ["locate", "--sensors", "s.csv", "--baseline", "b.csv", "--readings", "r.csv", "--walked", "w.csv", "--output", "out"],
    ]

    @Test("a value that cannot be is refused before any work", arguments: wrongValues)
    func wrongValue(arguments: [String]) throws {
        let outcome = try Program.yusu(arguments, in: city)
        #expect(outcome.status == 64 && outcome.isClean && outcome.output.isEmpty)
        #expect(outcome.messages.hasPrefix("Error: ") && !outcome.messages.contains("read city"))
        #expect(city.files(in: "out").isEmpty)
    }

    @Test("a reader that goes away ends the program without a trace, whether the signal is heeded or not")
    func closedPipe() throws {
        _ = try yusu(
            "meters", "import", "--store", "m.sqlite", "--profile", "city/readings/registers.yaml", "city/readings/registers.csv.gz")
        for prefix in ["", "trap '' PIPE; "] {
            let outcome = try Program.shell("\(prefix)\"$YUSU\" meters export --store m.sqlite | head -n 1", in: city)
            #expect(outcome.output == "meter,time,value,unit,kind,quality,register\n")
            #expect(outcome.messages.isEmpty)
        }
    }

    @Test("a full or closed standard output is told with exit code 74")
    func fullOutput() throws {
        for target in [">/dev/full", ">&-"] {
            let outcome = try Program.shell("exec \"$YUSU\" network info city/network.inp \(target)", in: city)
            #expect(outcome.status == 74 && outcome.isClean, "\(target)")
            #expect(outcome.messages.hasPrefix("yusu: standard output cannot be written"))
        }
    }

    @Test("a result may go to a stream, a pipe or through a link, which stay what they are")
    func device() throws {
        try city.write("audits.csv", "audit,volume_unit,own_sources,billed_metered\ngood,ML,100,80\n")
        let outcome = try yusu("balance", "audits.csv", "--output", "/dev/fd/1")
        #expect(outcome.status == 0 && outcome.output.hasPrefix("audit,water_supplied"))
        let pipe = try Program.shell("mkfifo p && (cat p > copy &) && \"$YUSU\" balance audits.csv --output p && test -p p", in: city)
        #expect(pipe.status == 0)
        try city.write("far/results.csv", "old\n")
        let link = try Program.shell(
            "ln -s far/results.csv link.csv && \"$YUSU\" balance audits.csv --output link.csv && test -L link.csv", in: city)
        #expect(link.status == 0)
        #expect(try city.text("far/results.csv") == outcome.output)
    }

    @Test("a language is a file: a catalogue of the user's own gives the documents its words")
    func ownLanguage() throws {
        let city = try TemporaryCity()
        let english = try String(contentsOfFile: Program.root + "/Sources/Reporting/Languages/en.yaml", encoding: .utf8)
        let name = "The parts of the water supplied", own = "Las partes del agua suministrada"
        try #require(english.contains(name))
        try english.replacing(name, with: own).write(toFile: city.path + "/es.yaml", atomically: true, encoding: .utf8)
        #expect(
            try Program.yusu(["plan", "city", "--output", "out", "--language", "es.yaml", "--pdf", "none", "--quiet"], in: city).status == 0
        )
        let page = String(decoding: try city.bytes("out/plan.html"), as: UTF8.self)
        #expect(page.contains(own) && !page.contains(name))
        let missing = try Program.yusu(["plan", "city", "--output", "out2", "--language", "ko.yaml"], in: city)
        #expect(missing.status == 66 && missing.messages.contains("ko.yaml"))
    }
}
