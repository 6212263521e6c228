// SPDX-License-Identifier: GPL-3.0-or-later

extension Catalogue {
    /// Sentences of the analyses that English has and this language lacks: they would come in English.
    public func missingSentences(of english: Catalogue) -> [String] {
        english.messages.keys.filter { messages[$0] == nil }.sorted()
    }

    /// Everything in which this language falls short of English: keys that are missing or not used, and texts whose placeholders differ.
    ///
    /// A language may leave out an argument only where English leaves it to the language: in forms of money and dates.
    public func faults(against english: Catalogue) -> [String] {
        var faults: [String] = []
        func compare(_ place: String, _ own: [String: String], _ other: [String: String]) {
            for (key, text) in other.sorted(by: { $0.key < $1.key }) {
                guard let mine = own[key] else { faults.append("\(place).\(key) is missing"); continue }
                let (wanted, found) = (Self.placeholders(text), Self.placeholders(mine))
                if wanted != found { faults.append("\(place).\(key) has the arguments \(found.sorted()), not \(wanted.sorted())") }
            }
            for key in own.keys.sorted() where other[key] == nil { faults.append("\(place).\(key) is not used") }
        }
        func words(_ catalogue: Catalogue) -> [String: String] {
            catalogue.texts.merging(catalogue.plurals.mapValues { $0["other"] ?? "" }) { first, _ in first }
        }
        compare("words", words(self), words(english))
        for group in NameGroup.allCases {
            compare("names.\(group.rawValue)", names[group.rawValue] ?? [:], english.names[group.rawValue] ?? [:])
        }
        compare("units", units, english.units)
        compare("messages", messages, english.messages)
        return faults
    }

    private static func placeholders(_ text: String) -> Set<Int> {
        var found: Set<Int> = []
        for piece in text.split(separator: "{").dropFirst(text.hasPrefix("{") ? 0 : 1) {
            if let close = piece.firstIndex(of: "}"), let number = Int(piece[..<close]) { found.insert(number) }
        }
        return found
    }
}
