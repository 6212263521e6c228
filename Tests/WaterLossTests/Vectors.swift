// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The vectors beside the package; tests that need them skip where they are missing.
enum Vectors {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/reference/water-balance-vectors.json").path
    static var isPresent: Bool { FileManager.default.fileExists(atPath: path) }

    static func load() throws -> Node {
        Node(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// A value of a JSON document; what is absent is nil all the way down.
    struct Node {
        let raw: Any?

        init(_ raw: Any?) { self.raw = raw }

        subscript(key: String) -> Node { Node((raw as? [String: Any])?[key]) }
        var number: Double? { (raw as? NSNumber)?.doubleValue }
        var text: String? { raw as? String }
        var members: [String: Node] { (raw as? [String: Any] ?? [:]).mapValues { Node($0) } }
        var list: [Node] { (raw as? [Any] ?? []).map { Node($0) } }
    }
}

/// |a − b| within a fraction of b.
func agrees(_ a: Double?, _ b: Double?, relative: Double) -> Bool {
    switch (a, b) {
    case (nil, nil): true
    case (let a?, let b?): abs(a - b) <= relative * max(abs(b), 1e-300)
    default: false
    }
}
