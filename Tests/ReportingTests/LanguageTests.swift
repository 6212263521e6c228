// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import TextFiles
import Testing
import WaterLoss
import WaterModel

@testable import Reporting

/// The file of the English words.
private let englishFile = Catalogue.files["en"] ?? ""

@Suite("Words and numbers")
struct LanguageTests {
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/Reporting")

    @Test("every language of the project has every key, unit and name", arguments: Catalogue.embedded)
    func complete(code: String) throws {
        let catalogue = try Catalogue.named(code)
        #expect(catalogue.code == code)
        func has(_ group: NameGroup, _ members: [String]) {
            for member in members { #expect(catalogue.names[group.rawValue]?[member] != nil, "names.\(group.rawValue).\(member)") }
        }
        has(.status, SourceStatus.allCases.map(\.rawValue))
        has(.statusMeaning, SourceStatus.allCases.map(\.rawValue))
        has(.indicator, LossIndicator.Kind.allCases.map(\.rawValue))
        has(.target, PlannedMeasure.Target.allCases.map(\.rawValue))
        has(.objective, PlanSettings.Objective.allCases.map(\.rawValue))
        has(.regime, PlanSettings.WaterRegime.allCases.map(\.rawValue))
        has(.fundingKind, PlanSettings.FundingSource.Kind.allCases.map(\.rawValue))
        has(.level, CityAssessment.DataLevel.allCases.map(\.word))
        has(.balanceLine, BalanceInput.Line.allCases.map(\.rawValue))
    }

    @Test("no key is left over: each is used by the sources")
    func used() throws {
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
        var text = ""
        for case let file as URL in files where file.pathExtension == "swift" && file.lastPathComponent != "TextKey.swift" {
            text += try String(contentsOf: file, encoding: .utf8)
        }
        for key in TextKey.allCases { #expect(text.contains("." + key.rawValue), "words.\(key.catalogueKey) is not used") }
    }

    @Test("a catalogue that lacks a key, or has one too many, is refused with the name of each")
    func incomplete() throws {
        var yaml = englishFile
        yaml = yaml.replacing("\n  summary_title:", with: "\n  sumary_title:")
        #expect {
            _ = try Catalogue(yaml: yaml, file: "xx.yaml")
        } throws: { error in
            let message = "\(error)"
            return message.contains("'words.summary_title' is missing") && message.contains("'words.sumary_title' is not used")
        }
        #expect(throws: TextFileError.self) { try Catalogue(yaml: "a: [", file: "xx.yaml") }
        #expect(throws: TextFileError.self) { try Catalogue.named("tlh") }
    }

    @Test("a further language is a file: its marks and words are used")
    func furtherLanguage() throws {
        var yaml = englishFile
        yaml = yaml.replacing("code: en", with: "code: es").replacing("decimal_mark: \".\"", with: "decimal_mark: \",\"")
            .replacing("thousands_mark: \",\"", with: "thousands_mark: \".\"").replacing("Non-revenue water", with: "Agua no facturada")
        let spanish = try Catalogue(yaml: yaml, file: "es.yaml")
        let wording = Wording(spanish)
        #expect(wording.text(Figure(Estimate(1_234_567, margin95: 56_789), .cubicMetres)) == "1.235.000\u{A0}±\u{A0}57.000\u{A0}m³")
        let page = html(of: PlanDocument(plan: SyntheticPlan.plan(), language: spanish))
        #expect(page.contains("lang=\"es\"") && page.contains("Agua no facturada"))
    }

    @Test(
        "the interval decides how many digits are printed",
        arguments: [
            (Figure(Estimate(1_234.5, margin95: 56.4), .none), "1,235\u{A0}±\u{A0}56"),
            (Figure(Estimate(1_234_567, margin95: 56_789), .none), "1,235,000\u{A0}±\u{A0}57,000"),
            (Figure(Estimate(0.012345, margin95: 0.00061), .none), "0.01235\u{A0}±\u{A0}0.00061"),
            (Figure(Estimate(-3.21, margin95: 0.5), .none), "\u{2212}3.21\u{A0}±\u{A0}0.50"),
            (Figure(1.4, low: 0.7, high: 2.8, .none), "1.4 (0.7–2.8)"), (Figure(42, .none), "42"),
            (Figure(0, .none), "0"), (Figure(nil, .percent), "not known"), (Figure(57.5, .percent, .decimals(1)), "57.5\u{A0}%"),
            (Figure(1_234_567, .money("PEN"), .decimals(0)), "PEN\u{A0}1,234,567"),
            (
                Figure(SourcedValue(0.42, low: 0.35, high: 0.5, status: .assumed), .moneyPerCubicMetre("PEN")),
                "PEN\u{A0}0.42 (0.35–0.5) per\u{A0}m³"
            ),
            (Figure(SourcedValue(168_949, status: .published), .persons), "168,949\u{A0}persons"),
        ])
    func numbers(figure: Figure, text: String) throws {
        #expect(Wording(try Catalogue.named("en")).text(figure) == text)
    }

    @Test("one thing is not told in the plural")
    func plural() throws {
        let wording = Wording(try Catalogue.named("en"))
        #expect(wording.text(.counted(.pipes, 1)) == "1 pipe")
        #expect(wording.text(.counted(.pipes, 2)) == "2 pipes")
    }

    @Test("arguments are put in as they are: a brace in one is not an argument")
    func arguments() {
        #expect(Catalogue.filled("{0} and {1}", ["{1}", "b"]) == "{1} and b")
        #expect(Catalogue.filled("{2} {x", ["a"]) == "{2} {x")
    }

    @Test("a message with a key is translated, other text is shown as it is")
    func messages() throws {
        let wording = Wording(try Catalogue.named("en"))
        #expect(wording.text(.message("synthetic")) == "The data are synthetic.")
        #expect(wording.text(.message("Not a key | at all")) == "Not a key | at all")
    }
}
