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
        // Every measure, figure and unit that a plan may list.
        let measures = MeasureCatalogue.standard
        has(.measure, measures.measures.map(\.key))
        let figures = measures.general + measures.measures.flatMap(\.parameters)
        has(.parameter, figures.map(\.key))
        for unit in Set(figures.map(\.unit)) where unit.contains(where: \.isLetter) && !["m³/d", "US$ per €"].contains(unit) {
            #expect(catalogue.units[unit] != nil || catalogue.messages[unit] != nil, "units.\(unit)")
        }
    }

    @Test("every language says all that English says, with the same arguments", arguments: Catalogue.embedded)
    func sameAsEnglish(code: String) throws {
        #expect(try Catalogue.named(code).faults(against: .named("en")) == [])
    }

    @Test("a missing translation, a lost argument and a word too many are told")
    func faults() throws {
        let yaml = englishFile.replacing("\n  \"no water balance: {0}\": \"no water balance: {0}\"", with: "")
            .replacing("\"{0} – {1}\"", with: "\"{0} – {0}\"").replacing("\n  persons:", with: "\n  people: people\n  persons:")
        let faults = try Catalogue(yaml: yaml, file: "xx.yaml").faults(against: .named("en"))
        #expect(
            faults == [
                "words.from_to has the arguments [0], not [0, 1]", "units.people is not used", "messages.no water balance: {0} is missing",
            ])
    }

    /// Texts that are the same in all languages: formulas, names, numbers.
    static let same = ["(18 Lm + 0.8 Nc + 25 Lp)·P·T/24 (Lambert et al. 1999)", "FAVAD literature (May 1994)"]

    @Test("no sentence of another language is the English one", arguments: Catalogue.embedded.filter { $0 != "en" })
    func translated(code: String) throws {
        let catalogue = try Catalogue.named(code)
        for (sentence, own) in catalogue.messages where !Self.same.contains(sentence) && !sentence.hasSuffix(" per US$") {
            #expect(sentence != own)
        }
        let english = try Catalogue.named("en")
        for (key, own) in catalogue.texts where own.split(separator: " ").count(where: { $0.contains(where: \.isLetter) }) > 3 {
            #expect(own != english.texts[key], "words.\(key)")
        }
    }

    @Test(
        "the field's terms are those of the glossary",
        arguments: [
            ("es", TextKey.nonRevenueWater, "Agua no facturada"), ("es", .revenueWaterRatio, "Porcentaje de agua facturada"),
            ("es", .balanceTitle, "Balance hídrico"), ("es", .minimumNightFlow, "Caudal mínimo nocturno"),
            ("es", .realLosses, "Pérdidas reales"), ("es", .netPresentValue, "Valor actual neto (VAN)"),
            ("es", .internalRateOfReturn, "Tasa interna de retorno (TIR)"), ("ko", .nonRevenueWater, "무수수량+무효수량"),
            ("ko", .revenueWaterRatio, "유수율"), ("ko", .balanceTitle, "물수지"), ("ko", .minimumNightFlow, "야간최소유량"),
            ("ko", .realLosses, "실손실"), ("ko", .apparentLosses, "명목손실"), ("ko", .netPresentValue, "순현재가치"),
            ("ko", .internalRateOfReturn, "내부수익률"),
        ])
    func glossary(code: String, key: TextKey, term: String) throws {
        #expect(try Catalogue.named(code).text(key) == term)
    }

    @Test(
        "numbers, money, dates and units are those of the language and the place",
        arguments: [
            ("es", "PE", UnitSystem.si, Figure(12_345.6, .cubicMetresPerDay, .decimals(1)), "12\u{A0}345,6\u{A0}m³/d"),
            ("es", "PE", .si, Figure(1234.5, .metres, .decimals(1)), "1234,5\u{A0}m"),
            ("es", "MX", .si, Figure(1234.5, .metres, .decimals(1)), "1,234.5\u{A0}m"),
            ("es", "PE", .si, Figure(1_250_000, .money("PEN"), .decimals(0)), "S/\u{A0}1\u{A0}250\u{A0}000"),
            ("es", "PE", .si, Figure(2.12, .asWritten("PEN/m³"), .asGiven), "2,12\u{A0}S/ por m³"),
            ("es", "PE", .si, Figure(40, .asWritten("PEN per meter with endpoint"), .asGiven), "40\u{A0}S/ por medidor con emisor"),
            ("ko", "KR", .si, Figure(2_476_000_000, .money("KRW"), .decimals(0)), "2,476\u{A0}백만 원"),
            ("ko", "KR", .si, Figure(720, .moneyPerCubicMetre("KRW"), .decimals(0)), "m³당 720\u{A0}원"),
            ("ko", "KR", .si, Figure(341, .litresPerConnectionDay), "341\u{A0}L/급수전/일"),
            // 218 million imperial gallons are 991,047.62 m³.
            ("en", "TT", .imperial, Figure(991_047.62, .cubicMetresPerDay), "218\u{A0}MIGD"),
            ("en", "US", .us, Figure(3785.411784, .cubicMetresPerDay), "1\u{A0}MGD"),
            ("en", "TT", .imperial, Figure(1, .moneyPerCubicMetre("TTD"), .decimals(2)), "TT$\u{A0}4.546 per\u{A0}1000 imp. gal"),
            ("en", "US", .us, Figure(70.307, .metresOfHead), "100\u{A0}psi"), ("en", "TT", .imperial, Figure(10, .years), "10\u{A0}years"),
        ])
    func places(code: String, country: String, units: UnitSystem, figure: Figure, text: String) throws {
        #expect(Wording(try Catalogue.named(code).used(in: country, units: units)).text(figure) == text)
    }

    @Test("dates as the language writes them, moments with their hour")
    func dates() throws {
        for (code, date, moment) in [
            ("en", "2026\u{2011}03\u{2011}02", "2026\u{2011}03\u{2011}02\u{A0}03:00"), ("es", "02/03/2026", "02/03/2026\u{A0}03:00"),
            ("ko", "2026년 3월 2일", "2026년 3월 2일\u{A0}03:00"),
        ] {
            let wording = Wording(try Catalogue.named(code))
            #expect(wording.date("2026-03-02") == date)
            #expect(wording.text(.date("2026-03-02T03:00")) == moment)
            #expect(wording.text(.date("spring")) == "spring")
        }
    }

    @Test("gallons are usual where the field page shows them, metres elsewhere")
    func usualUnits() {
        #expect(UnitSystem.usual(in: "TT") == .imperial)
        #expect(UnitSystem.usual(in: "US") == .us)
        #expect(UnitSystem.usual(in: "PE") == .si)
    }

    /// CLDR 44's rules for whole numbers, and numbers of each form as CLDR lists them.
    @Test(
        "plural rules in the notation of CLDR choose the form",
        arguments: [
            (["one": "n = 1"], [1: "one", 0: "other", 2: "other", 11: "other"]), (["one": "n = 0..1"], [0: "one", 1: "one", 2: "other"]),
            ([:], [1: "other"]),
            (
                [
                    "one": "n % 10 = 1 and n % 100 != 11", "few": "n % 10 = 2..4 and n % 100 != 12..14",
                    "many": "n % 10 = 0 or n % 10 = 5..9 or n % 100 = 11..14",
                ], [1: "one", 21: "one", 11: "many", 12: "many", 22: "few", 5: "many", 100: "many", 104: "few"]
            ),
        ])
    func pluralRules(texts: [String: String], forms: [Int: String]) throws {
        let rules = try #require(PluralRules(texts))
        for (number, form) in forms { #expect(rules.form(for: number) == form, "\(number)") }
        for broken in ["m = 1", "n ~ 1", "n % 0 = 1", "n = 1 and", "n = a..b", "n = 3..1", "n"] {
            #expect(PluralRules(["one": broken]) == nil)
        }
    }

    @Test("a sentence is told in the language, with its numbers, keys and sources")
    func sentences() throws {
        let wording = Wording(try Catalogue.named("es"))
        #expect(
            wording.text(.message("own_sources is missing: a balance needs it; give its volume"))
                == "falta Fuentes propias: un balance lo necesita; dar su volumen")
        #expect(
            wording.text(.message("No source of funding is named: capital of 1,234,567 PEN is not covered."))
                == "No se nombra ninguna fuente de financiamiento: la inversión de 1\u{A0}234\u{A0}567 PEN no está cubierta.")
        #expect(
            wording.text(.message("BIWS problem data: mean cost of detection; range is Yusu's own; converted from EUR"))
                == "Datos del problema BIWS: costo medio de detección; el rango es de Yusu; convertido de EUR")
        #expect(
            wording.text(
                .message(
                    "Not sized or not priced for want of a figure, and so not in the comparison: faster_repair, service_renewal."))
                == "No dimensionadas o sin precio por falta de una cifra, y por eso fuera de la comparación: Reparación más rápida; "
                + "Renovación de conexiones domiciliarias.")
        #expect(
            wording.text(
                .message(
                    "The programme reaches a revenue-water ratio of 65.4 % in 2032; asked for are 75 %, which is missed by 9.6 points; "
                        + "all sized measures together would reach 71.8 %; the chance of missing it is 100 %."))
                == "El programa alcanza un porcentaje de agua facturada de 65,4\u{A0}% en 2032; se piden 75\u{A0}%, que no se alcanza por "
                + "9,6 puntos; todas las medidas dimensionadas juntas alcanzarían 71,8\u{A0}%; la probabilidad de no alcanzarla es 100\u{A0}%."
        )
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
        #expect(spanish.missingSentences(of: try .named("en")) == [])
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
        #expect(wording.text(.message("there is no balance")) == "there is no balance")
        #expect(wording.text(.message("Not a key | at all")) == "Not a key | at all")
    }
}
