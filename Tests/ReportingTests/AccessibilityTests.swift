// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

@Suite("Readable for all")
struct AccessibilityTests {
    /// WCAG 2.2, success criterion 1.4.3: text of usual size.
    static let leastContrast = 4.5
    /// Success criterion 1.4.11: lines and areas that tell something.
    static let leastOfDrawings = 3.0

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

    /// Colours of the page by name.
    /// - scheme: 0 light, 1 dark.
    private static func colours(_ scheme: Int) throws -> [String: String] {
        let parts = StyleSheet.document.split(separator: "prefers-color-scheme: dark")
        try #require(parts.count == 2)
        var colours: [String: String] = [:]
        for part in parts.prefix(scheme + 1) {
            for declaration in part.prefix(while: { $0 != "*" }).split(whereSeparator: { ";{}".contains($0) }) {
                let pair = declaration.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
                if pair.count == 2, pair[0].hasPrefix("--"), pair[1].hasPrefix("#") { colours[pair[0]] = pair[1] }
            }
        }
        return colours
    }

    @Test("text stands out from its ground, in light and in dark", arguments: [0, 1])
    func page(scheme: Int) throws {
        let colours = try Self.colours(scheme)
        for (text, ground) in [
            ("--ink", "--ground"), ("--soft", "--ground"), ("--soft", "--panel"), ("--ink", "--panel"), ("--link", "--ground"),
            ("--link", "--panel"), ("--ink", "--caution"), ("--ink", "--missing"), ("--ink", "--information"),
            ("--link", "--caution"), ("--link", "--missing"), ("--link", "--information"),
        ] {
            let ratio = try Self.contrast(try #require(colours[text]), try #require(colours[ground]))
            #expect(ratio >= Self.leastContrast, "\(text) on \(ground): \(ratio)")
        }
    }

    @Test("lines and areas of charts stand out from the page, or have an edge that does, in light and in dark", arguments: [0, 1])
    func charts(scheme: Int) throws {
        let colours = try Self.colours(scheme)
        func ratio(_ name: String, on ground: String) throws -> Double {
            try Self.contrast(try #require(colours[name]), try #require(colours[ground]))
        }
        // The pale series have an edge, and lines of a colour of their own.
        #expect(StyleSheet.document.contains(".f.s3, .f.s4 { stroke: var(--soft)"))
        #expect(StyleSheet.document.contains(".l.s3 { stroke: var(--thin); } .l.s4 { stroke: var(--soft); }"))
        for name in ["--s1", "--s2", "--s5", "--thin", "--soft", "--caution-edge", "--missing-edge", "--information-edge", "--link"] {
            for ground in name.hasSuffix("edge") || name == "--link" ? ["--ground", "--panel"] : ["--ground"] {
                let found = try ratio(name, on: ground)
                #expect(found >= Self.leastOfDrawings, "\(name) on \(ground): \(found)")
            }
        }
    }

    private static func hex(_ rgb: UInt32?) throws -> String {
        let digits = String(try #require(rgb), radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    @Test("parts of the balance and of the Korean tree, which are pale in dark, too, have an edge", arguments: [0, 1])
    func parts(scheme: Int) throws {
        let ground = try #require(try Self.colours(scheme)["--ground"])
        for part in ["supplied", "used", "lost", "earning", "unearning", "unbilled", "apparent", "real"] {
            let style = DrawingStyle(element: "rect", classes: "part " + part)
            let found = max(try Self.contrast(try Self.hex(style.stroke), ground), try Self.contrast(try Self.hex(style.fill), ground))
            #expect(found >= Self.leastOfDrawings, "\(part): \(found)")
        }
    }

    @Test("what a map shows stands out from its paper and from the zones under it")
    func map() throws {
        let paper = try Self.hex(DrawingStyle(element: "rect", classes: "paper").fill)
        let zones = try (0..<4).map { try Self.hex(DrawingStyle(element: "path", classes: "zone z\($0)").fill) }
        let marks = (0..<5).map { "pipe p\($0)" } + (0..<5).map { "node n\($0)" } + ["zone z0", "device", "access"]
        for ground in [paper] + zones {
            for mark in marks {
                let found = try Self.contrast(try Self.hex(DrawingStyle(element: "path", classes: mark).stroke), ground)
                #expect(found >= Self.leastOfDrawings, "\(mark) on \(ground): \(found)")
            }
            for mark in ["sensors", "tank"] {
                let found = try Self.contrast(try Self.hex(DrawingStyle(element: "path", classes: mark).fill), ground)
                #expect(found >= Self.leastOfDrawings, "\(mark) on \(ground): \(found)")
            }
            for text in ["", "zone-name"] {
                let found = try Self.contrast(try Self.hex(DrawingStyle(element: "text", classes: text).fill), ground)
                #expect(found >= Self.leastContrast, "\(text) on \(ground): \(found)")
            }
        }
    }

    @Test(
        "so does text of Word and of the workbook",
        arguments: [
            (WordStyles.ink, "FFFFFF"), (WordStyles.soft, "FFFFFF"), (WordStyles.soft, WordStyles.panel), (WordStyles.accent, "FFFFFF"),
            (WordStyles.ink, "FFF4D6"), ("0000C0", "FFF9DB"),
        ])
    func files(text: String, ground: String) throws { #expect(try Self.contrast(text, ground) >= Self.leastContrast) }

    @Test(
        "text of drawings stands out from what it is written on",
        arguments: ["supplied", "used", "lost", "earning", "unearning", "unbilled", "apparent", "real"])
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
        for index in 0..<5 {
            let stroke = try Self.hex(DrawingStyle(element: "path", classes: "node n\(index)").stroke)
            #expect(css.contains(".n\(index) { stroke: \(stroke)"))
        }
        #expect(css.contains("--thin: " + (try Self.hex(DrawingStyle(element: "path", classes: "l s3").stroke))))
        for (index, name) in ["pipe p0", "pipe p1", "pipe p2", "pipe p3", "pipe p4"].enumerated() {
            let stroke = String(try #require(DrawingStyle(element: "path", classes: name).stroke), radix: 16)
            #expect(css.contains(".p\(index) { stroke: #\(stroke)"))
        }
    }
}
