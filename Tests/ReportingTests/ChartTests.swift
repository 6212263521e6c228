// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import Reporting

@Suite("Charts")
struct ChartTests {
    static func drawing(_ content: Graphic.Content) throws -> WellFormed {
        let graphic = Graphic(id: "g", title: .literal("Title"), description: .literal("Text"), content: content)
        return WellFormed(graphic.svg(in: try Catalogue.named("en")))
    }

    static func number(_ element: WellFormed.Element, _ name: String) throws -> Double {
        try #require(Double(element.attributes[name] ?? ""))
    }

    @Test(
        "ticks are round, hold the range and are few",
        arguments: [(0.0, 1.0), (0, 973), (-350_000, 1_200_000), (0.57, 0.76), (5, 5), (0, 0), (1e-9, 3e-9), (2027, 2041), (-3, -1)])
    func ticks(low: Double, high: Double) throws {
        let ticks = Ticks(from: low, to: high, count: 6)
        let rounding = 1e-9 * max(abs(low), abs(high), 1e-9)
        #expect(ticks.low <= low + rounding && ticks.high >= high - rounding)
        #expect((2...8).contains(ticks.values.count))
        let digit = ticks.step / pow(10, log10(ticks.step).rounded(.down))
        #expect([1.0, 2, 5, 10].contains { abs($0 - digit) < 1e-6 })
    }

    @Test("bars are as long as their values, from the same zero")
    func barLengths() throws {
        let ranking = Ranking(
            axis: .literal("Loss"), unit: .litresPerConnectionDay,
            items: [.init(.literal("A"), Figure(400, low: 350, high: 450, .none)), .init(.literal("B"), Figure(100, .none))])
        let read = try Self.drawing(.ranking(ranking))
        #expect(read.fault == nil)
        let bars = read.elements.filter { $0.name == "rect" }
        #expect(bars.count == 2)
        let halfPoint = 0.1  // coordinates have one decimal
        #expect(abs(try Self.number(bars[0], "width") - 4 * Self.number(bars[1], "width")) < 4 * halfPoint)
        #expect(bars[0].attributes["x"] == bars[1].attributes["x"])
        #expect(read.elements.filter { $0.attributes["class"] == "whisker" }.count == 1)
    }

    @Test("areas of the balance are in proportion and end together")
    func balanceAreas() throws {
        func volume(_ value: Double) -> Figure { Figure(value, .cubicMetresPerDay) }
        let read = try Self.drawing(
            .balance(
                BalanceDiagram(
                    supplied: volume(1000), authorised: volume(600), losses: volume(400), revenue: volume(575), nonRevenue: volume(425),
                    unbilled: volume(25), apparent: volume(80), real: volume(320))))
        #expect(read.fault == nil)
        func part(_ style: String) throws -> [(top: Double, height: Double)] {
            try read.elements.filter { $0.attributes["class"] == "part " + style }.map {
                (try Self.number($0, "y"), try Self.number($0, "height"))
            }
        }
        let supplied = try #require(try part("supplied").first)
        let rounding = 0.21  // two coordinates of one decimal
        for (style, share) in [
            ("used", 0.6), ("lost", 0.4), ("earning", 0.575), ("unearning", 0.425), ("unbilled", 0.025), ("apparent", 0.08), ("real", 0.32),
        ] {
            let height = try #require(try part(style).first).height
            #expect(abs(height - share * supplied.height) < rounding, "\(style)")
        }
        let real = try #require(try part("real").first)
        #expect(abs(real.top + real.height - supplied.top - supplied.height) < rounding)
    }

    @Test("a line is broken where a night has no reading")
    func gap() throws {
        let points: [Point?] = [Point(x: 0, y: 1), Point(x: 1, y: 2), nil, Point(x: 3, y: 1), Point(x: 4, y: 2)]
        let read = try Self.drawing(
            .plot(Plot(x: .init(.literal("x")), y: .init(.literal("y")), panels: [.init(marks: [.line(points, .primary)])], legend: [])))
        let line = try #require(read.elements.first { $0.attributes["class"] == "l s1" }?.attributes["d"])
        #expect(line.filter { $0 == "M" }.count == 2 && line.filter { $0 == "L" }.count == 2)
    }

    @Test("north is up: the node with the higher y is drawn higher")
    func north() throws {
        func dot(_ id: String, _ y: Double) -> NetworkMap.NodeDot {
            .init(id: id, position: Point(x: y / 2, y: y), kind: .tank, nightPressure: nil)
        }
        let read = try Self.drawing(.map(NetworkMap(pipes: [], devices: [], nodes: [dot("south", 0), dot("north", 100)], zones: [])))
        #expect(read.fault == nil)
        let tanks = read.elements.filter { $0.attributes["class"] == "tank" }.prefix(2).compactMap { element -> Double? in
            let place = (element.attributes["d"] ?? "").dropFirst().split(separator: " ")
            return place.count > 1 ? Double(place[1].prefix { $0 != "l" }) : nil
        }
        #expect(tanks.count == 2 && tanks[1] < tanks[0])
    }

    @Test("classes of leak probability and pressure hold their lower ends")
    func classes() {
        #expect(GraphicDrawing.index(of: 0.2, in: GraphicDrawing.probabilityClasses) == 4)
        #expect(GraphicDrawing.index(of: 0.19, in: GraphicDrawing.probabilityClasses) == 3)
        #expect(GraphicDrawing.index(of: -5, in: GraphicDrawing.pressureClasses) == 0)
        #expect(GraphicDrawing.index(of: 60, in: GraphicDrawing.pressureClasses) == 4)
    }

    @Test("the hull of a square with points inside is the square")
    func hull() {
        let corners = [Point(x: 0, y: 0), Point(x: 2, y: 0), Point(x: 2, y: 2), Point(x: 0, y: 2)]
        let hull = ConvexHull.around(corners + [Point(x: 1, y: 1), Point(x: 1, y: 0), Point(x: 0.5, y: 1.5)])
        #expect(Set(hull) == Set(corners) && hull.count == 4)
    }

    /// WCAG 2.1 relative luminance of `#rrggbb`.
    static func luminance(_ colour: Substring) -> Double {
        let value = Int(colour.dropFirst(), radix: 16) ?? 0
        func channel(_ shift: Int) -> Double {
            let c = Double((value >> shift) & 255) / 255
            return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    @Test("text stands out from its ground by 4.5 to 1 in both schemes (WCAG AA), and areas differ in grey")
    func contrast() throws {
        let style = StyleSheet.document
        let schemes = style.components(separatedBy: "prefers-color-scheme: dark")
        for scheme in schemes.prefix(2) {
            func colour(_ name: String) throws -> Double {
                let start = try #require(scheme.range(of: "--\(name): #")?.upperBound)
                return Self.luminance(scheme[scheme.index(before: start)...].prefix(7))
            }
            func ratio(_ a: Double, _ b: Double) -> Double { (max(a, b) + 0.05) / (min(a, b) + 0.05) }
            for ground in ["ground", "panel", "caution", "missing", "information"] {
                #expect(ratio(try colour("ink"), try colour(ground)) >= 4.5, "ink on \(ground)")
            }
            #expect(ratio(try colour("soft"), try colour("ground")) >= 4.5)
            #expect(ratio(try colour("soft"), try colour("panel")) >= 4.5)
            #expect(ratio(try colour("link"), try colour("ground")) >= 4.5)
        }
        let areas = try ["s1", "s2", "s3"].map { name -> Double in
            let start = try #require(style.range(of: "--\(name): #")?.upperBound)
            return Self.luminance(style[style.index(before: start)...].prefix(7))
        }
        for (dark, light) in zip(areas, areas.dropFirst()) { #expect((light + 0.05) / (dark + 0.05) > 1.3) }
    }
}

@Suite("Broken lines")
struct DashedLineTests {
    private static func length(_ points: [Point]) -> Double {
        zip(points, points.dropFirst()).reduce(0) {
            $0 + (($1.1.x - $1.0.x) * ($1.1.x - $1.0.x) + ($1.1.y - $1.0.y) * ($1.1.y - $1.0.y)).squareRoot()
        }
    }

    @Test("dashes and gaps have their lengths along the line, around corners too")
    func lengths() throws {
        let line = [Point(x: 0, y: 0), Point(x: 10, y: 0), Point(x: 10, y: 12)]
        let pieces = DashedLine.pieces(of: line, dashes: [7, 4])
        // Of 22: 0 to 7, 11 to 18.
        #expect(pieces.count == 2)
        #expect(pieces.allSatisfy { abs(Self.length($0) - 7) < 1e-9 })
        #expect(pieces[1].map { [$0.x, $0.y] } == [[10, 1], [10, 8]])
        let bent = DashedLine.pieces(of: line, dashes: [15, 4])
        #expect(bent.first?.count == 3 && bent.last?.last?.y == 12)
    }

    @Test("a line without dashes, or with lengths that are none, stays whole")
    func whole() {
        let line = [Point(x: 0, y: 0), Point(x: 10, y: 0)]
        for dashes: [Double] in [[], [0, 0], [3, -1]] { #expect(DashedLine.pieces(of: line, dashes: dashes) == [line]) }
    }
}
