// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("Documents in any language")
struct LanguageTests {
    /// The English catalogue in letters that no English word has: a text that comes from the catalogue shows none of a to z.
    static func invented() throws -> String {
        let english = try String(contentsOfFile: Program.root + "/Sources/Reporting/Languages/en.yaml", encoding: .utf8)
        var isInside = false
        let lines = english.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            if !line.hasPrefix(" "), line.contains(":") { isInside = ["words:", "names:", "units:", "messages:"].contains(line) }
            guard isInside, let colon = line.range(of: line.hasPrefix("  \"") ? "\": " : ": ") else { return String(line) }
            // The names of plural forms stay.
            let hasForms = line[colon.upperBound...].hasPrefix("{")
            var isQuoted = false
            return line[..<colon.upperBound]
                + String(
                    line[colon.upperBound...].map { character in
                        if character == "\"" { isQuoted.toggle() }
                        if hasForms, !isQuoted { return character }
                        guard let value = character.asciiValue, character.isLetter else { return character }
                        return Character(UnicodeScalar(0x24B6 + UInt32(value & 31) - 1) ?? "?")
                    })
        }
        return lines.joined(separator: "\n")
    }

    /// Words of three letters and more between the tags of a page.
    static func words(_ page: String) -> Set<String> {
        let visible = page.replacing(/(?s)<style.*?<\/style>/, with: " ").replacing(/(?s)<script.*?<\/script>/, with: " ")
            .replacing(/<[^>]*>/, with: " ")
        return Set(visible.split { !($0.isASCII && $0.isLetter) }.filter { $0.count > 2 }.map { $0.lowercased() })
    }

    @Test("every word of the documents comes from the catalogue or from the input")
    func nothingInEnglish() throws {
        let city = try TemporaryCity()
        try Self.invented().write(toFile: city.path + "/xx.yaml", atomically: true, encoding: .utf8)
        let outcome = try Program.yusu(["plan", "city", "--output", "out", "--language", "xx.yaml", "--quiet"], in: city)
        try #require(outcome.status == 0, "\(outcome.messages)")
        let page = String(decoding: try city.bytes("out/plan.html"), as: UTF8.self)
        // The program's own name is a word of every language.
        var input: Set<String> = ["min", "max", "com", "yusu"]
        let files = try #require(FileManager.default.enumerator(atPath: city.path + "/city"))
        for case let file as String in files {
            guard let text = try? String(contentsOfFile: city.path + "/city/" + file, encoding: .utf8) else { continue }
            input.formUnion(text.split { !($0.isASCII && $0.isLetter) }.map { $0.lowercased() })
        }
        #expect(Self.words(page).subtracting(input).sorted() == [])
    }

    @Test("the city's language is the default, --language another, and the page says which", arguments: ["es", "ko"])
    func language(code: String) throws {
        let city = try TemporaryCity()
        let profile = try city.text("city/city.yaml")
        try city.write("city/city.yaml", profile + "language: \(code)\n")
        #expect(try Program.yusu(["plan", "city", "--output", "own", "--quiet"], in: city).status == 0)
        #expect(try Program.yusu(["plan", "city", "--output", "asked", "--language", code, "--quiet"], in: city).status == 0)
        let own = try city.bytes("own/plan.html")
        #expect(try own == city.bytes("asked/plan.html"))
        #expect(try city.bytes("own/plan.json") == city.bytes("asked/plan.json"))
        let page = String(decoding: own, as: UTF8.self)
        #expect(page.contains("lang=\"\(code)\""))
        // Words that every English page has, and no name of the input.
        #expect(Self.words(page).isDisjoint(with: ["the", "which", "losses", "leakage"]), "\(code)")
    }

    @Test("--units shows gallons; the figures of plan.json stay in SI")
    func gallons() throws {
        let city = try TemporaryCity()
        #expect(try Program.yusu(["plan", "city", "--output", "si", "--quiet"], in: city).status == 0)
        #expect(try Program.yusu(["plan", "city", "--output", "imp", "--units", "imperial", "--quiet"], in: city).status == 0)
        let page = String(decoding: try city.bytes("imp/plan.html"), as: UTF8.self)
        #expect(page.contains("MIGD") && page.contains("psi") && !page.contains("m³/d]"))
        #expect(try city.bytes("si/plan.json") == city.bytes("imp/plan.json"))
    }
}
