// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// How a class of a drawing looks in formats that know no style sheets: the light colours of `StyleSheet`, without transparency.
struct DrawingStyle: Equatable {
    /// 0xRRGGBB; nil: none.
    var fill: UInt32?
    var stroke: UInt32?
    /// [points of the drawing]
    var width = 1.0
    /// Lengths of dashes and gaps; empty: a whole line.
    var dashes: [Double] = []
    var isBold = false
    var textSize = Canvas.textSize

    private static let ink: UInt32 = 0x1B2733
    private static let soft: UInt32 = 0x55616D
    private static let white: UInt32 = 0xFFFFFF
    private static let paper: UInt32 = 0xFBFBF8

    private static let series: [String: (colour: UInt32, dashes: [Double])] = [
        "s1": (0x0B4F8A, []), "s2": (0xC77700, [7, 4]), "s3": (0x8CC7E8, [2, 3]), "s4": (0xCFD3D6, [1, 3]),
        "s5": (0xA8003F, [9, 3, 2, 3]),
    ]
    /// Of lines, which are thin, where the colour of areas is too pale for them.
    private static let lines: [String: UInt32] = ["s3": 0x4090C0, "s4": soft]
    private static let parts: [String: UInt32] = [
        "supplied": 0xDFE7EC, "used": 0xC9DCEA, "lost": 0xF0C9A0, "earning": 0xA9CBE3, "unearning": 0xF3DCC0, "unbilled": 0xD9D2A6,
        "apparent": 0xF2D48F, "real": 0xD97B52,
    ]
    private static let zones: [String: UInt32] = ["z0": 0xE6EEF3, "z1": 0xF1ECE0, "z2": 0xE7F0E6, "z3": 0xEFE7F0]
    private static let pipes: [String: (UInt32, Double)] = [
        "p0": (0x7A858E, 1.2), "p1": (0xB8741A, 2), "p2": (0xC9601C, 3), "p3": (0xA8331A, 4.2), "p4": (0x6E0F16, 5.6),
    ]
    /// Zones of a designed network, in colours that colour-blind readers tell apart (Okabe & Ito 2008), half of them dashed.
    private static let areas: [String: (colour: UInt32, dashes: [Double])] = [
        "a0": (0x0072B2, []), "a1": (0xE69F00, []), "a2": (0x009E73, [5, 2]), "a3": (0xCC79A7, []), "a4": (0xD55E00, [2, 2]),
        "a5": (0x56B4E9, [7, 2, 2, 2]),
    ]
    private static let nodes: [String: UInt32] = [
        "n0": 0x4189BF, "n1": 0x2F6EA6, "n2": 0x1F5890, "n3": 0x15457A, "n4": 0x08264A,
    ]

    /// What stands in place of the halo of a text where a format has none: an area of the ground's colour behind it.
    struct Backing {
        var corner: Point
        var width: Double
        var height: Double
        var style: DrawingStyle
    }

    /// nil for a text without a halo, and for one that stands upright.
    ///
    /// - isMap: on the paper of a map, else on the page.
    static func backing(of element: Markup, isMap: Bool) -> Backing? {
        func value(_ name: String) -> String { element.attributes.first { $0.0 == name }?.1 ?? "" }
        let names = value("class").split(separator: " ")
        guard element.name == "text", names.contains("halo"), value("transform").isEmpty else { return nil }
        let words = element.parts.reduce("") { text, part in
            if case .text(let piece) = part { text + piece } else { text }
        }
        let size = Self(element: "text", classes: value("class")).textSize
        let width = Canvas.width(of: words, size: size) + 2
        let (x, y) = (Double(value("x")) ?? 0, Double(value("y")) ?? 0)
        let left = value("text-anchor") == "middle" ? x - width / 2 : value("text-anchor") == "end" ? x - width + 1 : x - 1
        var style = Self(element: "rect", classes: "")
        (style.fill, style.stroke) = (isMap ? paper : white, nil)
        return Backing(corner: Point(x: left, y: y - 0.82 * size), width: width, height: 1.06 * size, style: style)
    }

    /// Of an element of a drawing by its classes.
    init(element: String, classes: String) {
        let names = classes.split(separator: " ").map(String.init)
        if element == "text" {
            fill = names.contains("zone-name") ? 0x44525E : Self.ink
            isBold = names.contains("strong") || names.contains("zone-name")
            textSize = names.contains("small") ? Canvas.smallTextSize : Canvas.textSize
            return
        }
        let series = names.lazy.compactMap { Self.series[$0] }.first
        let thin = names.lazy.compactMap { Self.lines[$0] }.first
        for name in names {
            switch name {
            case "grid": (stroke, width) = (0xE2E8EC, 1)
            case "axis", "leader": (stroke, width) = (Self.soft, 1)
            case "whisker": (stroke, width) = (Self.ink, 1.4)
            case "l": (stroke, width, dashes) = (thin ?? series?.colour ?? Self.ink, 2.2, series?.dashes ?? [])
            case "f":
                (fill, stroke, width) = (series?.colour ?? Self.ink, Self.white, 0.8)
                if thin != nil { (stroke, width) = (Self.soft, 0.6) }
            // A band hides what lies under it here, so that its edge must be seen on its own.
            case "b": (fill, stroke, width) = (Self.mixed(series?.colour ?? Self.ink, into: Self.white, 0.2), series?.colour, 0.5)
            case "part": (stroke, width) = (Self.soft, 0.8)
            case "paper": (fill, stroke) = (Self.paper, 0xCFD8DF)
            case "frame": stroke = 0xCFD8DF
            case "zone": (stroke, width, dashes) = (0x6F7E8A, 1.2, [5, 4])
            case "pipe": (stroke, width) = (0x7A858E, 1.2)
            case "device": (stroke, width, dashes) = (0x14202B, 2.4, [3, 3])
            case "node": width = names.contains("tiny") ? 3.4 : 6.4
            case "sensors": (fill, stroke, width) = (0x0B4F8A, Self.paper, 1.2)
            case "access": (fill, stroke, width) = (Self.paper, 0x2F6B2F, 1.6)
            case "meter": (fill, stroke, width) = (Self.paper, 0x14202B, 1.6)
            case "shut": (fill, stroke, width) = (0x14202B, Self.paper, 0.8)
            case "shut-cross": (stroke, width) = (Self.paper, 1.2)
            case "scale": (stroke, width) = (Self.ink, 1.4)
            case "tank": (fill, stroke, width) = (0x14202B, Self.paper, 1)
            default:
                if let colour = Self.parts[name] { fill = colour }
                if let colour = Self.zones[name] { fill = Self.mixed(colour, into: Self.paper, 0.75) }
                if let pipe = Self.pipes[name] { (stroke, width) = pipe }
                if let area = Self.areas[name] { (stroke, width, dashes) = (area.colour, 2.6, area.dashes) }
                if let colour = Self.nodes[name] { stroke = colour }
            }
        }
        if fill == nil, stroke == nil { stroke = Self.ink }
    }

    private static func mixed(_ colour: UInt32, into ground: UInt32, _ share: Double) -> UInt32 {
        [16, 8, 0].reduce(UInt32(0)) { sum, shift in
            let (a, b) = (Double(colour >> shift & 0xFF), Double(ground >> shift & 0xFF))
            return sum | UInt32((share * a + (1 - share) * b).rounded()) << shift
        }
    }

    /// A drawing whose elements bear their looks themselves, for programs that apply no style sheet to drawings.
    static func applied(to svg: Markup) -> Markup {
        var drawing = svg
        let isMap = isMap(svg)
        drawing.parts = svg.parts.flatMap { part -> [Markup.Part] in
            guard case .element(var element) = part, ["path", "rect", "text"].contains(element.name) else { return [part] }
            let style = Self(element: element.name, classes: element.attributes.first { $0.0 == "class" }?.1 ?? "")
            func colour(_ rgb: UInt32?) -> String {
                guard let rgb else { return "none" }
                let digits = String(rgb, radix: 16)
                return "#" + String(repeating: "0", count: 6 - digits.count) + digits
            }
            element.attributes.append(("fill", colour(style.fill)))
            if element.name == "text" {
                element.attributes += [
                    ("font-family", "Liberation Sans, Arial, Noto Sans CJK KR, sans-serif"), ("font-size", "\(style.textSize)"),
                ]
                if style.isBold { element.attributes.append(("font-weight", "bold")) }
            } else if style.stroke != nil {
                element.attributes += [
                    ("stroke", colour(style.stroke)), ("stroke-width", "\(style.width)"), ("stroke-linejoin", "round"),
                    ("stroke-linecap", style.dashes.isEmpty ? "round" : "butt"),
                ]
                if !style.dashes.isEmpty {
                    element.attributes.append(("stroke-dasharray", style.dashes.map { "\($0)" }.joined(separator: " ")))
                }
            }
            guard let backing = backing(of: element, isMap: isMap) else { return [.element(element)] }
            let box = [
                ("x", backing.corner.x), ("y", backing.corner.y), ("width", backing.width), ("height", backing.height),
            ].map { ($0.0, Canvas.coordinate($0.1)) }
            return [.element(Markup("rect", box + [("fill", colour(backing.style.fill)), ("stroke", "none")])), .element(element)]
        }
        return drawing
    }

    static func isMap(_ svg: Markup) -> Bool {
        svg.attributes.contains { $0.0 == "class" && $0.1.split(separator: " ").contains("map") }
    }
}
