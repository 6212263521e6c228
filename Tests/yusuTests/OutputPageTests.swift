// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The tables of `OUTPUTS.md`: what commands write.
private struct OutputPage {
    private var rows: [(command: String, file: String, content: String)] = []
    private var sections: [(names: [String], text: String)] = []

    init() throws {
        let page = String(decoding: try Data(contentsOf: URL(fileURLWithPath: Program.root + "/OUTPUTS.md")), as: UTF8.self)
        for section in page.components(separatedBy: "\n## ").dropFirst() {
            sections.append((Self.spans(String(section.prefix { $0 != "\n" })), section))
        }
        for line in page.split(separator: "\n") where line.hasPrefix("| ") {
            // Bars inside a cell stand without blanks.
            let cells = line.replacing("| |", with: "|  |").components(separatedBy: " | ").map {
                $0.trimmingCharacters(in: [" ", "|"])
            }
            guard cells.count == 3 else { continue }
            rows.append((cells[0].isEmpty ? rows.last?.command ?? "" : cells[0], cells[1], cells[2]))
        }
    }

    /// What stands between backticks.
    private static func spans(_ text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// Everything in backticks that the page says of a file: its rows, and the sections on the command or the file.
    /// - command: how the command's cell begins.
    func said(of file: String, by command: String) -> [String] {
        let own = rows.filter { row in
            row.command.hasPrefix("`" + command)
                && (row.file.hasPrefix(file) || Self.spans(row.file).contains { $0 == file || $0.hasSuffix("/" + file) })
        }
        guard !own.isEmpty else { return [] }
        let more = sections.filter { $0.names.contains { $0 == file || command.hasPrefix($0) } }
        return Self.spans((own.map(\.content) + more.map(\.text)).joined(separator: "\n"))
    }
}

/// What stands in the files that commands write is what `OUTPUTS.md` says, on a town of ten meters: every file, every column of a table in
/// its order, every key of JSON outside of lists by name.
@Suite("OUTPUTS.md")
struct OutputPageTests {
    /// How the page names the command, and what is run; its files go to `out`.
    private static let runs: [(command: String, line: String)] = [
        ("network simulate", "network simulate $ROOT/Networks/pumps.inp --output out --timing"),
        ("network simulate", "network simulate $ROOT/Networks/Features/leaks_mixed.inp --output out"),
        ("network simulate", "network simulate city/network.inp --output out"),
        ("network check", "network check city/network.inp --format json"),
        ("network scenarios", "network scenarios city/network.inp --scenarios scenarios.csv --at A3 --output out"),
        ("network sensitivity", "network sensitivity city/network.inp --at A3 --output out"),
        (
            "network convert",
            "network simulate city/network.inp --output run && $YUSU network convert city/network.inp --output out/OUT.geojson --results run --time 3600"
        ),
        ("locate … --output", "locate --network city/network.inp \(readings) --output out"),
        ("locate` without", "locate \(readings) --output out"),
        ("monitor", "monitor --network city/network.inp --sensors city/sensors.csv --readings before.csv after.csv --output out"),
        ("sensors", "sensors --network city/network.inp --sensors city/sensors.csv --number 1 --output out"),
        ("balance audits.csv", "balance audits.csv --standard awwa --output out/results.csv"),
        ("balance SYSTEM.yaml\\|DIR --format json", "balance city --format json"),
        ("balance SYSTEM.yaml\\|DIR --format json", "balance $ROOT/Examples/system.yaml --format json"),
        ("balance SYSTEM.yaml\\|DIR --format csv", "balance city --format csv"),
        ("billing", "billing $ROOT/Examples/billing.csv --format csv"),
        ("billing", "billing $ROOT/Examples/billing.csv --format json"),
        ("nightflow DIR", "nightflow city --output out"),
        ("meters report", "\(store) && $YUSU meters report --store s.sqlite --output out"),
        ("meters zones", "\(store) && $YUSU meters zones --store s.sqlite --output out/F"),
        ("meters status", "\(store) && $YUSU meters status --store s.sqlite --format json"),
        ("meters export", "\(store) && $YUSU meters export --store s.sqlite"),
        ("plan DIR", "plan city --pdf none --output out"),
        ("plan lint", "plan city --pdf none --output p && $YUSU plan lint p/plan.json --format json"),
        ("select", "select problem.json --runner-up --frontier 3 --output out"),
        ("zones", "zones $ROOT/Networks/two_loop.inp --connections 2000 --most 1500 --output out"),
        ("pressure", "pressure city/network.inp --output out"),
        ("batch", "batch batch.yaml --output out"),
        ("check", "check city --format json"),
        ("init", "init out --country PE"),
    ]

    private static let readings = "--sensors city/sensors.csv --baseline before.csv --readings after.csv"
    private static let store =
        "meters import --store s.sqlite --profile city/readings/registers.yaml --register city/meters.csv city/readings/registers.csv.gz"

    /// Three weeks of hours, parted on the 17th day.
    private static let inputs = """
        head='timestamp,Q_A,Q_B,P_A3,P_B3'
        awk -v head=$head 'BEGIN {
          for (day = 1; day <= 21; day++) for (hour = 0; hour < 24; hour++) {
            file = day < 17 ? "before.csv" : "after.csv"; if (!(file in begun)) print head > file; begun[file]
            printf "2026-03-%02dT%02d:00,%.3f,%.3f,%.2f,%.2f\\n", day, hour, 0.3 + 0.01 * hour + (day * 7919 + hour * 1301) % 17 * 0.001,
              0.5 + 0.01 * hour + (day * 6007 + hour * 1213) % 13 * 0.001, 45 - 0.1 * hour + (day * 31 + hour * 17) % 11 * 0.01,
              52 - 0.05 * hour + (day * 29 + hour * 13) % 7 * 0.01 > file } }'
        printf 'scenario,change,element,fraction,value,exponent\\na,outflow,A2,,0.001,\\n' > scenarios.csv
        printf 'audit,volume_unit,own_sources,billed_metered\\na,m3,1000,700\\n' > audits.csv
        printf 'jobs:\\n  - {name: NAME, run: check city}\\n' > batch.yaml
        printf '{"first_year": 2027, "budget": 500, "zones": [{"zone": "A", "packages": [{"package": "P", "starts":
          [{"year": 2027, "net_present_value": 10, "capital": [100]}]}]}]}' > problem.json
        mkdir -p out

        """

    @Test("every file, column and key that a command writes stands in OUTPUTS.md", arguments: runs.indices)
    func page(index: Int) throws {
        let (command, line) = Self.runs[index]
        let town = try TemporaryCity()
        let run = try Program.shell(
            "set -e; ROOT='\(Program.root)'\n\(Self.inputs)\n$YUSU \(line) > printed", in: town)
        // 1 where something was found; a simulation finds nothing here.
        try #require(run.status <= (line.hasPrefix("network simulate") ? 0 : 1) && run.isClean, "\(line): \(run.messages)")
        var files = town.files(in: "out").filter { $0.contains(".") || $0 == "F" }.map { (name: $0, path: "out/" + $0) }
        if files.isEmpty { files = [("standard output", "printed")] }
        let page = try OutputPage()
        for file in files {
            let said = page.said(of: file.name.hasPrefix("NAME/") ? "NAME/" : file.name, by: command)
            #expect(!said.isEmpty, "\(command): no row for \(file.name)")
            let bytes = try town.bytes(file.path)
            if let value = try? JSONSerialization.jsonObject(with: Data(bytes)) {
                let words = Set(said.flatMap { $0.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init) })
                // Those of plan.json have a test of their own.
                let keys = file.name == "plan.json" ? [] : Self.keys(value).subtracting(["type", "features", "geometry", "properties"])
                #expect(keys.subtracting(words).isEmpty, "\(command): keys of \(file.name)")
            } else if file.name.hasSuffix(".csv") || ["F", "standard output"].contains(file.name) {
                let header = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
                let lists = said.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } }
                #expect(lists.contains(header.components(separatedBy: ",")), "\(command): columns of \(file.name): \(header)")
            }
        }
    }

    /// Keys of an object, of those in its lists, and of the properties of features.
    private static func keys(_ value: Any) -> Set<String> {
        if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(keys($1)) } }
        guard let object = value as? [String: Any] else { return [] }
        return object.reduce(into: Set(object.keys)) {
            if $1.value is [Any] || $1.key == "properties" { $0.formUnion(keys($1.value)) }
        }
    }
}
