// SPDX-License-Identifier: GPL-3.0-or-later

/// Parts, types and relations of an OOXML file (ECMA-376, part 2).
struct OfficePackage {
    struct Relation {
        var id: String
        /// Last word of the type's address: `styles`, `image`.
        var kind: String
        var target: String
    }

    static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    private static let relationBase = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    private static let packageRelations = "http://schemas.openxmlformats.org/package/2006/relationships"

    private var parts: [(name: String, bytes: [UInt8])] = []
    private var types: [(name: String, type: String)] = []
    /// By the ending of a name.
    var defaults: [(ending: String, type: String)] = [
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"), ("xml", "application/xml"),
    ]

    mutating func add(_ name: String, type: String, _ root: Markup) {
        parts.append((name, Array(Self.declaration.utf8) + root.bytes))
        types.append((name, type))
    }

    /// A part whose type its ending tells.
    mutating func add(_ name: String, _ bytes: [UInt8]) { parts.append((name, bytes)) }

    mutating func relate(_ part: String, _ relations: [Relation]) {
        var names = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let last = names.removeLast()
        let path = (names + ["_rels", last + ".rels"]).joined(separator: "/")
        parts.append((path, Array((Self.declaration + Self.markup(relations).text).utf8)))
    }

    private static func markup(_ relations: [Relation]) -> Markup {
        Markup(
            "Relationships", [("xmlns", packageRelations)],
            relations.map { relation in
                let type =
                    relation.kind == "core-properties"
                    ? "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
                    : relationBase + relation.kind
                return Markup("Relationship", [("Id", relation.id), ("Type", type), ("Target", relation.target)])
            })
    }

    /// The whole file.
    /// - Parameters:
    ///   - main: path of the main part.
    ///   - title, language: for the file's properties.
    ///   - date: ISO 8601, nil: none.
    func bytes(main: String, title: String, language: String, date: String?) -> [UInt8] {
        var archive = ZIPArchive()
        let core = "docProps/core.xml"
        var contentTypes = Markup("Types", [("xmlns", "http://schemas.openxmlformats.org/package/2006/content-types")])
        for item in defaults { contentTypes.append(Markup("Default", [("Extension", item.ending), ("ContentType", item.type)])) }
        for item in types + [(core, "application/vnd.openxmlformats-package.core-properties+xml")] {
            contentTypes.append(Markup("Override", [("PartName", "/" + item.name), ("ContentType", item.type)]))
        }
        archive.add("[Content_Types].xml", Self.declaration + contentTypes.text)
        archive.add(
            "_rels/.rels",
            Self.declaration
                + Self.markup([
                    Relation(id: "rId1", kind: "officeDocument", target: main), Relation(id: "rId2", kind: "core-properties", target: core),
                ]).text)
        archive.add(core, Self.declaration + Self.properties(title: title, language: language, date: date).text)
        for part in parts { archive.add(part.name, part.bytes) }
        return archive.bytes
    }

    private static func properties(title: String, language: String, date: String?) -> Markup {
        var root = Markup(
            "cp:coreProperties",
            [
                ("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
                ("xmlns:dc", "http://purl.org/dc/elements/1.1/"), ("xmlns:dcterms", "http://purl.org/dc/terms/"),
                ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ])
        root.append(Markup("dc:title", text: title))
        root.append(Markup("dc:creator", text: "Yusu"))
        root.append(Markup("dc:language", text: language))
        if let date, isDay(date) {
            for name in ["dcterms:created", "dcterms:modified"] {
                root.append(Markup(name, [("xsi:type", "dcterms:W3CDTF")], text: date + "T00:00:00Z"))
            }
        }
        return root
    }

    private static func isDay(_ text: String) -> Bool {
        text.count == 10 && text.split(separator: "-").map(\.count) == [4, 2, 2]
            && text.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "-") }
    }
}
