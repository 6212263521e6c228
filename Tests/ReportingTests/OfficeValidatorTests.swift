// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

/// OpenXML Audit, a port to Python of the checks of Microsoft's Open XML SDK: what Word and Excel open without repair.
@Suite("Valid office files")
struct OfficeValidatorTests {
    /// Prints each finding but those on security, and last that a file without its styles is refused.
    static let script = """
        import os, sys, zipfile
        from openxml_audit import OpenXmlValidator, FileFormat
        check = OpenXmlValidator(FileFormat.OFFICE_2019).validate
        folder = sys.argv[1]
        told = set()
        for name in sorted(os.listdir(folder)):
            for finding in check(os.path.join(folder, name)).errors:
                if finding.description not in told:
                    told.add(finding.description)
                    print(name, finding.part_uri, finding.path, finding.description)
        source = zipfile.ZipFile(os.path.join(folder, "plan-en.docx"))
        with zipfile.ZipFile(os.path.join(folder, "wrong.docx"), "w") as wrong:
            for name in source.namelist():
                bytes = source.read(name)
                if name == "word/document.xml": bytes = bytes.replace(b"<w:tblPr>", b"<w:tblPr><w:p/>", 1)
                wrong.writestr(name, bytes)
        print("sees" if check(os.path.join(folder, "wrong.docx")).errors else "blind")
        """

    /// Every file for Word and Excel, by name.
    static func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for code in Catalogue.embedded {
            let language = try Catalogue.named(code)
            for kind in DocumentKind.all where kind.donor == nil || code == "en" {
                files["\(kind.testDescription)-\(code).docx"] = word(of: kind.document(language))
            }
            files["plan-\(code).xlsx"] = workbook(of: CompletePlan.plan, language: language)
        }
        let hostile = SyntheticPlan.plan(prefix: "=<a>&\"'\u{202E}🚰\u{0}")
        files["hostile.docx"] = word(of: DocumentKind().document(of: hostile, try .named("es")))
        files["hostile.xlsx"] = workbook(of: hostile, language: try .named("es"))
        return files
    }

    @Test(
        "no file has a fault that Word or Excel would mend or refuse",
        .enabled(if: IndependentProgram.has("openxml_audit"), "the Python package openxml-audit is not installed"))
    func valid() throws {
        let files = try Self.files()
        let answer = try IndependentProgram.withFolder { folder in
            for (name, bytes) in files { try IndependentProgram.write(bytes, to: "\(folder)/\(name)") }
            return try IndependentProgram.python(Self.script, [folder])
        }
        #expect(answer == "sees", "\(answer.prefix(2000))")
    }
}
