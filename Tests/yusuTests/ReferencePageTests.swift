// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import Testing
import WaterLoss
import WaterModel

/// Pages to look things up in, held to the program: what it says of itself, and what stands in its tables. With YUSU_WRITE_EXPECTED set
/// the generated pages are written anew, and the tests fail.
@Suite("reference pages")
struct ReferencePageTests {
    private func page(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: Program.root + "/" + name)), as: UTF8.self)
    }

    /// The part of a page from a heading to the next of its level or above.
    private func section(_ heading: String, of page: String) throws -> String {
        let start = try #require(page.range(of: "\n\(heading)\n"), "no heading '\(heading)'")
        let rest = page[start.upperBound...]
        let level = heading.prefix { $0 == "#" }
        let end = rest.range(of: "\n\(level) ")?.lowerBound ?? rest.endIndex
        return String(rest[..<end])
    }

    /// Names in backticks in the first column of the tables.
    private func documented(in text: String) -> Set<String> {
        var names: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cell = line.dropFirst(2).prefix { $0 != "|" }
            for (index, part) in cell.split(separator: "`", omittingEmptySubsequences: false).enumerated() where index % 2 == 1 {
                names.insert(String(part))
            }
        }
        return names
    }

    /// What the message on an unknown key lists.
    private func known(_ messages: String) throws -> Set<String> {
        let line = try #require(messages.split(separator: "\n").first { $0.contains("unknown key 'zzzzzz'") })
        let list = try #require(line.range(of: "are: ")).upperBound
        return Set(line[list...].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    }

    @Test(
        "every key of a file of the city folder is in its table, and no other",
        arguments: ["city.yaml", "balance.yaml", "components.yaml", "plan.yaml", "catalogue.yaml"])
    func cityFolder(file: String) throws {
        let city = try TemporaryCity()
        try city.write("new/city.yaml", "name: A\ncountry: PE\ncurrency: PEN\n" + (file == "city.yaml" ? "zzzzzz: 1\n" : ""))
        if file != "city.yaml" { try city.write("new/" + file, "zzzzzz: 1\n") }
        let keys = try known(Program.yusu(["check", "new"], in: city).messages)
        let table = documented(in: try section("## `\(file)`", of: page("Examples/README.md")))
        #expect(keys.subtracting(table).isEmpty, "not in Examples/README.md")
        #expect(table.subtracting(keys).isEmpty, "in Examples/README.md, and no key")
    }

    @Test("every key of a meter profile is in the table of Examples/MeterExports.md, and no other")
    func profile() throws {
        let city = try TemporaryCity()
        try city.write("p.yaml", "zzzzzz: 1\n")
        try city.write("x.csv", "a,b\n")
        let keys = try known(Program.yusu(["meters", "import", "--profile", "p.yaml", "--dry-run", "x.csv"], in: city).messages)
        let table = documented(in: try section("## Keys", of: page("Examples/MeterExports.md")))
        #expect(keys.subtracting(table).isEmpty, "not in Examples/MeterExports.md")
        #expect(table.subtracting(keys).isEmpty, "in Examples/MeterExports.md, and no key")
    }

    @Test("every key of plan.json is named in OUTPUTS.md")
    func plan() throws {
        let city = try TemporaryCity()
        let run = try Program.yusu(
            ["plan", Program.root + "/Examples/Shelf/Hanoi", "--output", "out", "--pdf", "none", "--quiet"], in: city)
        #expect(run.status == 0, "\(run.messages)")
        let words = Set(try section("## `plan.json`", of: page("OUTPUTS.md")).split { !$0.isLetter && $0 != "_" }.map(String.init))
        let missing = try city.json("out/plan.json").keys.filter { !words.contains($0) }
        #expect(missing.isEmpty)
    }

    @Test("the pages of the catalogue and of the indicators are what the program holds", arguments: ["catalogue", "indicators"])
    func generated(name: String) throws {
        let text = name == "catalogue" ? Self.catalogue : Self.indicators
        let file = Program.root + "/Guide/\(name).md"
        if ProcessInfo.processInfo.environment["YUSU_WRITE_EXPECTED"] != nil {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            Issue.record("\(name).md was written anew: look at it, then run without YUSU_WRITE_EXPECTED")
        }
        #expect(try page("Guide/\(name).md") == text)
    }

    private static func number(_ value: Double?) -> String {
        guard let value else { return "" }
        return value == value.rounded() ? String(Int(value)) : "\(value)"
    }

    private static func rows(_ parameters: [MeasureCatalogue.Parameter]) -> String {
        parameters.map { parameter in
            let value = parameter.value
            let unit = parameter.currency.map { "\($0) per \(parameter.unit)" } ?? parameter.unit
            let figures = value.value == nil ? "asked | | " : "\(number(value.low)) | \(number(value.value)) | \(number(value.high))"
            return
                "| `\(parameter.key)` | \(unit) | \(figures) | \(value.year ?? "") | \(value.status.rawValue) | \(value.source ?? "") |\n"
        }.joined()
    }

    private static var catalogue: String {
        let head =
            "| parameter | unit | low | central | high | year | status | source |\n|---|---|---|---|---|---|---|---|\n"
        let catalogue = MeasureCatalogue.standard
        var text = """
            # The built-in catalogue

            Generated from the program. Every figure can be replaced in `catalogue.yaml` of a city folder, by measure and parameter; money there
            is in the city's currency. "asked": no public figure was found, and the measure is not sized or priced without the city's own.

            ## `general`


            """
        text += head + rows(catalogue.general)
        for measure in catalogue.measures {
            text += "\n## `\(measure.key)`\n\n"
            let needs = measure.prerequisites.map { "`\($0)`" }, shuts = measure.exclusions.map { "`\($0)`" }
            if !needs.isEmpty { text += "Needs \(needs.joined(separator: ", ")) where it is not in place. " }
            if !shuts.isEmpty { text += "Shuts out \(shuts.joined(separator: ", ")). " }
            if !needs.isEmpty || !shuts.isEmpty { text = String(text.dropLast()) + "\n\n" }
            text += head + rows(measure.parameters)
        }
        return text
    }

    private static var indicators: String {
        var text = """
            # Indicators

            Generated from the program: name in files, formula, where it is defined, and when it means what it says. Lm: mains [km], Nc:
            connections, Lp: private pipe from the boundary to the meter [km], P: mean pressure [m], T: hours of supply a day; UARL in L/d.
            Under `--standard awwa` UARL has the form of the AWWA.

            | indicator | formula | reference | conditions |
            |---|---|---|---|

            """
        for kind in LossIndicator.Kind.allCases {
            let definition = kind.definition()
            text += "| `\(kind.rawValue)` | \(definition.formula) | \(definition.reference) | \(definition.conditions) |\n"
        }
        let american = LossIndicator.Kind.unavoidableRealLosses.definition(form: .freeWaterAudit)
        text += "| `unavoidable_real_losses`, AWWA | \(american.formula) | \(american.reference) | \(american.conditions) |\n"
        return text
    }
}
