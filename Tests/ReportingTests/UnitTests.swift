// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import Reporting

@Suite("Units of the place")
struct UnitTests {
    private static func document(_ units: UnitSystem, _ form: PlanForm? = nil) throws -> PlanDocument {
        let language = try Catalogue.named("en").used(in: "TT", units: units)
        guard let form else { return PlanDocument(plan: CompletePlan.plan, language: language) }
        return PlanDocument(plan: CompletePlan.plan, form: form, language: language)
    }

    @Test(
        "one of a thing is told in the singular, more and parts of it in the plural",
        arguments: [
            ("en", 1.0, "leaks", "1\u{A0}leak"), ("en", 2, "leaks", "2\u{A0}leaks"), ("en", 0.5, "leaks", "0.5\u{A0}leaks"),
            ("es", 1, "leaks", "1\u{A0}fuga"), ("es", 3, "leaks", "3\u{A0}fugas"), ("es", 1, "meters", "1\u{A0}medidor"),
            ("ko", 1, "leaks", "1\u{A0}건"), ("en", 1, "m", "1\u{A0}m"),
        ])
    func singular(code: String, value: Double, unit: String, text: String) throws {
        #expect(Wording(try .named(code)).text(Figure(value, .asWritten(unit))) == text)
    }

    @Test("the years of a figure too")
    func years() throws {
        #expect(Wording(try .named("en")).text(Figure(1, .years)) == "1\u{A0}year")
        #expect(Wording(try .named("es")).text(Figure(1, .years)) == "1\u{A0}año")
        #expect(Wording(try .named("en")).unit(.years) == "years")
    }

    @Test("a form that the language's plural rules have and a unit lacks is missed")
    func missingForm() throws {
        let yaml = (Catalogue.files["en"] ?? "").replacing("leaks: {one: \"leak\", other", with: "leaks: {other")
        #expect { _ = try Catalogue(yaml: yaml, file: "xx.yaml") } throws: { "\($0)".contains("'units.leaks.one' is missing") }
    }

    /// 25.4 mm an inch; 0.703 m of water a pound on the square inch.
    @Test("diameters come in inches, heads in pounds on the square inch, lengths in feet where gallons are usual")
    func lengths() throws {
        let wording = Wording(try Catalogue.named("en").used(in: "TT", units: .imperial))
        #expect(wording.text(Figure(15, .millimetres, .decimals(0))) == "0.59\u{A0}in")
        #expect(wording.text(Figure(0.703_07, .metresOfHead, .decimals(1))) == "1\u{A0}psi")
        #expect(wording.text(Figure(30.48, .metres)) == "100\u{A0}ft")
    }

    /// What stands for metric units in the documents.
    static let metric = ["m³", "L/s", "mm]", "[m]", " km", "[km]", "L/conn"]

    @Test(
        "no metric unit stands in a document of imperial gallons but where a source says it",
        arguments: PlanForm.allCases.map { $0 } + [nil])
    func imperial(form: PlanForm?) throws {
        let document = try Self.document(.imperial, form)
        let wording = Wording(document.language)
        func check(_ text: String, _ place: String) {
            for unit in Self.metric { #expect(!text.contains(unit), "\(place): \(text)") }
        }
        func check(_ section: Section) {
            // The register, the facts and formulas of indicators keep the words of their sources.
            guard !["register", "sources", "traces", "warnings"].contains(section.id) else { return }
            for block in section.blocks {
                switch block {
                case .table(let table):
                    for column in table.columns { check(column.unit.map(wording.unit) ?? wording.text(column.title), section.id) }
                    for (row, cells) in table.rows.enumerated() {
                        for (column, cell) in cells.cells.enumerated() {
                            guard case .number(let figure) = cell, table.origin(row, column)?.kind != .stated else { continue }
                            check(wording.text(figure), section.id)
                        }
                    }
                case .keyFigures(let figures): for key in figures { check(wording.text(key.figure), section.id) }
                case .paragraph(let phrase): for figure in phrase.figures { check(wording.text(figure), section.id) }
                case .list(let phrases): for figure in phrases.flatMap(\.figures) { check(wording.text(figure), section.id) }
                case .graphic(let graphic):
                    let read = WellFormed(graphic.svg(in: document.language))
                    #expect(read.fault == nil)
                    for unit in Self.metric { #expect(!read.text.contains(unit), "\(graphic.id): \(unit)") }
                case .notice, .footnotes: break
                }
            }
            section.sections.forEach(check)
        }
        document.sections.forEach(check)
    }

    @Test("the live map tells inches, feet and pounds on the square inch")
    func liveMap() throws {
        let page = html(of: try Self.document(.imperial))
        let data = try #require(page.firstRange(of: "network-map-data").map { page[$0.upperBound...].prefix(4000) })
        #expect(data.contains("\"metres\":\"ft\"") && data.contains("\"head\":\"psi\"") && data.contains("\"millimetres\":\"in\""))
        #expect(data.contains("Night pressure at nodes [psi]") || data.contains("[psi]"))
        #expect(!data.contains("[m]"))
    }
}

extension Phrase {
    /// Figures in it, in their order.
    fileprivate var figures: [Figure] {
        switch self {
        case .figure(let figure): figure.value?.isFinite == true ? [figure] : []
        case .words(_, let phrases), .counted(_, _, let phrases, _), .list(let phrases): phrases.flatMap(\.figures)
        case .name, .message, .finding, .literal, .date: []
        }
    }
}
