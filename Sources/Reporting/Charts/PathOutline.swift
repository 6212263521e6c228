// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The lines of an SVG path of our own drawings: straight pieces, absolute or relative (SVG 1.1, section 8.3).
struct PathOutline {
    struct Line {
        var points: [Point]
        var isClosed = false
    }

    private(set) var lines: [Line] = []

    init(_ d: String) {
        var numbers: [Double] = []
        var command: UInt8 = 0
        var place = Point(x: 0, y: 0)
        var start = place

        func take() {
            switch command {
            case UInt8(ascii: "M"), UInt8(ascii: "L"), UInt8(ascii: "m"), UInt8(ascii: "l"):
                let isRelative = command > 96
                for index in stride(from: 0, to: numbers.count - 1, by: 2) {
                    place =
                        isRelative
                        ? Point(x: place.x + numbers[index], y: place.y + numbers[index + 1])
                        : Point(x: numbers[index], y: numbers[index + 1])
                    if index == 0, command == UInt8(ascii: "M") || command == UInt8(ascii: "m") {
                        lines.append(Line(points: [place]))
                        start = place
                    } else {
                        add(place)
                    }
                }
            case UInt8(ascii: "H"): for x in numbers { place.x = x; add(place) }
            case UInt8(ascii: "h"): for x in numbers { place.x += x; add(place) }
            case UInt8(ascii: "V"): for y in numbers { place.y = y; add(place) }
            case UInt8(ascii: "v"): for y in numbers { place.y += y; add(place) }
            case UInt8(ascii: "Z"), UInt8(ascii: "z"):
                if !lines.isEmpty { lines[lines.count - 1].isClosed = true }
                place = start
            default: break
            }
            numbers = []
        }
        func add(_ point: Point) {
            if lines.isEmpty || lines[lines.count - 1].isClosed {
                lines.append(Line(points: [start, point]))
            } else {
                lines[lines.count - 1].points.append(point)
            }
        }

        var token: [UInt8] = []
        func endNumber() {
            if !token.isEmpty, let value = Double(String(decoding: token, as: UTF8.self)) { numbers.append(value) }
            token = []
        }
        for byte in d.utf8 {
            switch byte {
            case 65...90, 97...122:
                endNumber()
                take()
                command = byte
            case UInt8(ascii: "-"):
                endNumber()
                token = [byte]
            case UInt8(ascii: "."), 48...57: token.append(byte)
            default: endNumber()
            }
        }
        endNumber()
        take()
    }
}
