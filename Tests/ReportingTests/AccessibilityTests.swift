// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

@Suite("Readable for all")
struct AccessibilityTests {
    /// WCAG 2.2, success criterion 1.4.3: text of usual size.
    static let leastContrast = 4.5

    /// WCAG 2.2, relative luminance and contrast ratio.
    static func contrast(_ a: String, _ b: String) throws -> Double {
        func luminance(_ hex: String) throws -> Double {
            let rgb = try #require(Int(hex.filter(\.isHexDigit), radix: 16))
            return zip([16, 8, 0], [0.2126, 0.7152, 0.0722]).reduce(0) { sum, part in
                let c = Double(rgb >> part.0 & 0xFF) / 255
                return sum + part.1 * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4))
            }
        }
        let (x, y) = (try luminance(a), try luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    @Test("black on white is 21 to 1")
    func scale() throws { #expect(abs(try Self.contrast("#000000", "#ffffff") - 21) < 1e-9) }

    @Test("text stands out from its ground, in light and in dark", arguments: [0, 1])
    func page(scheme: Int) throws {
        let parts = StyleSheet.document.split(separator: "prefers-color-scheme: dark")
        try #require(parts.count == 2)
        var colours: [String: String] = [:]
        for part in parts.prefix(scheme + 1) {
            for declaration in part.prefix(while: { $0 != "*" }).split(whereSeparator: { ";{}".contains($0) }) {
                let pair = declaration.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
                if pair.count == 2, pair[0].hasPrefix("--"), pair[1].hasPrefix("#") { colours[pair[0]] = pair[1] }
            }
        }
        for (text, ground) in [
            ("--ink", "--ground"), ("--soft", "--ground"), ("--soft", "--panel"), ("--ink", "--panel"), ("--link", "--ground"),
            ("--link", "--panel"), ("--ink", "--caution"), ("--ink", "--missing"), ("--ink", "--information"),
        ] {
            let ratio = try Self.contrast(try #require(colours[text]), try #require(colours[ground]))
            #expect(ratio >= Self.leastContrast, "\(text) on \(ground): \(ratio)")
        }
    }

    @Test(
        "so does text of Word and of the workbook",
        arguments: [
            (WordStyles.ink, "FFFFFF"), (WordStyles.soft, "FFFFFF"), (WordStyles.soft, WordStyles.panel), (WordStyles.accent, "FFFFFF"),
            (WordStyles.ink, "FFF4D6"), ("0000C0", "FFF9DB"),
        ])
    func files(text: String, ground: String) throws { #expect(try Self.contrast(text, ground) >= Self.leastContrast) }

    @Test("text of drawings stands out from what it is written on", arguments: ["supplied", "used", "lost", "earning", "unearning"])
    func drawings(part: String) throws {
        let style = DrawingStyle(element: "rect", classes: "part " + part)
        let ground = String(try #require(style.fill), radix: 16)
        #expect(try Self.contrast("14202b", ground) >= Self.leastContrast)
    }

    @Test("the colours of metafiles and workbooks are those of the page")
    func sameColours() throws {
        let css = StyleSheet.document
        for style in SeriesStyle.allCases {
            let fill = String(try #require(DrawingStyle(element: "rect", classes: "f " + style.rawValue).fill), radix: 16)
            #expect(css.contains("--\(style.rawValue): #\(String(repeating: "0", count: 6 - fill.count))\(fill)"))
        }
        for part in ["supplied", "used", "lost", "earning", "unearning", "unbilled", "apparent", "real"] {
            let fill = String(try #require(DrawingStyle(element: "rect", classes: "part " + part).fill), radix: 16)
            #expect(css.contains("--\(part): #\(fill)"))
        }
        for (index, name) in ["pipe p0", "pipe p1", "pipe p2", "pipe p3", "pipe p4"].enumerated() {
            let stroke = String(try #require(DrawingStyle(element: "path", classes: name).stroke), radix: 16)
            #expect(css.contains(".p\(index) { stroke: #\(stroke)"))
        }
    }
}
