// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

@Suite("PDF through programs of the machine")
struct PDFTests {
    static func document() throws -> PlanDocument { PlanDocument(plan: SyntheticPlan.plan(), language: try Catalogue.named("en")) }

    /// A folder with a program of this name, whose text is a shell script.
    private static func withProgram<T>(_ name: String, _ script: String, _ body: (String) throws -> T) throws -> T {
        try IndependentProgram.withFolder { folder in
            let path = folder + "/" + name
            try ("#!/bin/sh\n" + script).write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return try body(folder)
        }
    }

    @Test("nothing is found where nothing is installed, and each kind under its names")
    func find() throws {
        #expect(PDFConverter.find(in: "/nowhere:") == nil)
        try Self.withProgram("chromium-browser", "") { folder in
            #expect(PDFConverter.find(in: folder)?.kind == .chromium)
            #expect(PDFConverter.find(.weasyprint, in: folder) == nil)
        }
    }

    @Test("a program that makes half a file, none or too late is an error, and leaves nothing")
    func failures() throws {
        let document = try Self.document()
        try Self.withProgram("weasyprint", "printf '%%PDF-1.7 half' > \"$3\"") { folder in
            let converter = try #require(PDFConverter.find(in: folder))
            #expect(throws: PDFConverter.Failure.failed(converter.path, status: 0)) { try converter.pdf(of: document) }
        }
        try Self.withProgram("weasyprint", "exit 3") { folder in
            let converter = try #require(PDFConverter.find(in: folder))
            #expect(throws: PDFConverter.Failure.failed(converter.path, status: 3)) { try converter.pdf(of: document) }
        }
        try Self.withProgram("weasyprint", "exec sleep 60") { folder in
            let converter = try #require(PDFConverter.find(in: folder))
            #expect(throws: PDFConverter.Failure.tookTooLong(converter.path, seconds: 0.3)) {
                try converter.pdf(of: document, timeout: 0.3)
            }
        }
        try Self.withProgram("weasyprint", "printf '%%PDF-1.7\\n(D:x)\\n%%%%EOF\\n' > \"$3\"") { folder in
            let converter = try #require(PDFConverter.find(in: folder))
            #expect(String(decoding: try converter.pdf(of: document), as: UTF8.self) == "%PDF-1.7\n(D:x)\n%%EOF\n")
        }
    }

    @Test("dates of the making are replaced by others of the same length")
    func dates() {
        let bytes = Array("/CreationDate (D:20261129015959+00'00')\n/ModDate(D:20261129015959)\n".utf8)
        #expect(
            String(decoding: PDFConverter.dated(bytes, "2027-03-31"), as: UTF8.self)
                == "/CreationDate (D:20270331000000+00'00')\n/ModDate(D:20270331000000)\n")
        #expect(String(decoding: PDFConverter.dated(bytes, nil), as: UTF8.self).contains("(D:19800101000000)"))
    }

    @Test("the page for print runs nothing, and its drawings bear their colours")
    func printed() throws {
        let read = WellFormed(printedHTML(of: try Self.document()))
        #expect(read.fault == nil)
        #expect(!read.elements.contains { $0.name == "script" })
        let marks = read.elements.filter { ["path", "rect", "text"].contains($0.name) }
        #expect(marks.count > 300 && marks.allSatisfy { $0.attributes["fill"] != nil })
    }

    /// Pages of a PDF; nil where it tells them in compressed objects alone.
    private static func pages(_ bytes: [UInt8]) throws -> Int? {
        if let info = IndependentProgram.path("pdfinfo") {
            return try IndependentProgram.withFolder { folder in
                try IndependentProgram.write(bytes, to: folder + "/a.pdf")
                let answer = try IndependentProgram.run(info, [folder + "/a.pdf"]).text
                return answer.split(separator: "\n").first { $0.hasPrefix("Pages:") }.flatMap { Int($0.drop { !$0.isNumber }) }
            }
        }
        return String(decoding: bytes, as: UTF8.self).firstMatch(of: /\/Count (\d+)/).flatMap { Int($0.1) }
    }

    @Test("the brief is one page, by each program that is installed", arguments: PDFConverter.Kind.allCases, Catalogue.embedded)
    func brief(kind: PDFConverter.Kind, language: String) throws {
        guard let converter = PDFConverter.find(kind, in: ProcessInfo.processInfo.environment["PATH"] ?? "") else {
            print("\(kind.rawValue) is not installed: the pages of its brief are not counted")
            return
        }
        let document = PlanDocument(plan: CompletePlan.plan, form: .brief, language: try Catalogue.named(language))
        guard let pages = try Self.pages(try converter.pdf(of: document)) else {
            print("pdfinfo is not installed: the pages of the brief by \(kind.rawValue) are not counted")
            return
        }
        #expect(pages == 1)
    }

    @Test(
        "each program that is installed makes a whole PDF", arguments: PDFConverter.Kind.allCases)
    func installed(kind: PDFConverter.Kind) throws {
        guard let converter = PDFConverter.find(kind, in: ProcessInfo.processInfo.environment["PATH"] ?? "") else {
            print("\(kind.rawValue) is not installed: its PDF is not tested")
            return
        }
        let bytes = try converter.pdf(of: try Self.document())
        #expect(bytes.count > 20_000)
        if let folder = ProcessInfo.processInfo.environment["YUSU_SHOW_PLAN"] {
            try IndependentProgram.write(bytes, to: folder + "/plan-\(kind.rawValue).pdf")
        }
    }
}
