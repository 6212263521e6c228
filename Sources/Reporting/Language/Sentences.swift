// SPDX-License-Identifier: GPL-3.0-or-later

/// Sentences that other modules speak in English, and what the catalogue says in their place.
///
/// The English sentence is the key, its arguments `{0}`, `{1}` …: `zone {0}: no readings of inflow sensor {1}`. A sentence may
/// be followed by others that begin with a comma or a semicolon; arguments may be sentences of the catalogue themselves.
struct Sentences: Sendable {
    private struct Form: Sendable {
        /// What stands between the arguments; one more than there are.
        let pieces: [String]
        let arguments: [Int]
        let translation: String
        var length: Int { pieces.reduce(0) { $0 + $1.utf8.count } }
    }

    /// Those that begin with words of their own first, then those with most of them.
    private let forms: [Form]
    private let plain: [String: String]

    /// - messages: the English sentence and the language's own.
    init(_ messages: [String: String]) {
        plain = messages
        forms = messages.compactMap { Self.form($0.key, $0.value) }.filter { $0.length > 0 }.sorted {
            ($0.pieces[0].isEmpty ? 1 : 0, -$0.length, $0.translation) < ($1.pieces[0].isEmpty ? 1 : 0, -$1.length, $1.translation)
        }
    }

    /// The catalogue's words for a sentence, its arguments passed through `shown`; nil where it does not know the sentence.
    func translated(_ sentence: String, shown: (String) -> String) -> String? {
        translated(sentence, shown, depth: 0)
    }

    private func translated(_ sentence: String, _ shown: (String) -> String, depth: Int) -> String? {
        if let known = plain[sentence] { return known }
        guard depth < 4 else { return nil }
        func match(_ isWanted: (Form) -> Bool) -> String? {
            for form in forms where isWanted(form) {
                guard let found = Self.arguments(of: sentence, form) else { continue }
                let words = found.map { $0.isEmpty ? "" : translated($0, shown, depth: depth + 1) ?? shown($0) }
                return Catalogue.filled(form.translation, words)
            }
            return nil
        }
        // A form that ends in an argument would take in whatever is hung on to it, one that begins with an argument whatever stands before.
        if let text = match({ $0.pieces.first != "" && $0.pieces.last != "" }) { return text }
        // A sentence and what is hung on to it.
        for mark in sentence.indices.reversed() where sentence[mark] == ";" || sentence[mark] == "," {
            guard mark > sentence.startIndex else { break }
            let ending = sentence.hasSuffix(".") && !plain.keys.contains(String(sentence[mark...])) ? "." : ""
            let tail = String(sentence[mark...].dropLast(ending.count))
            guard let second = translated(tail, shown, depth: depth + 1) ?? translated(tail + ending, shown, depth: depth + 1),
                let first = translated(String(sentence[..<mark]), shown, depth: depth + 1)
            else { continue }
            return first + second + (second.hasSuffix(".") ? "" : ending)
        }
        return match { $0.pieces.first != "" } ?? match { $0.pieces.last != "" } ?? match { _ in true }
    }

    private static func form(_ key: String, _ translation: String) -> Form? {
        var pieces = [""], arguments: [Int] = []
        var rest = Substring(key)
        while let open = rest.firstIndex(of: "{") {
            let tail = rest[rest.index(after: open)...]
            guard let close = tail.firstIndex(of: "}"), let number = Int(tail[..<close]) else { return nil }
            pieces[pieces.count - 1] += rest[..<open]
            pieces.append("")
            arguments.append(number)
            rest = tail[tail.index(after: close)...]
        }
        pieces[pieces.count - 1] += rest
        return arguments.isEmpty ? nil : Form(pieces: pieces, arguments: arguments, translation: translation)
    }

    /// The arguments of a sentence in the order of their numbers; nil where it is not of this form.
    private static func arguments(of sentence: String, _ form: Form) -> [String]? {
        guard sentence.hasPrefix(form.pieces[0]) else { return nil }
        var rest = sentence.dropFirst(form.pieces[0].count)
        var found = [String](repeating: "", count: form.arguments.count)
        for (index, number) in form.arguments.enumerated() {
            let piece = form.pieces[index + 1]
            let isLast = index == form.arguments.count - 1
            guard found.indices.contains(number) else { return nil }
            if isLast {
                guard rest.hasSuffix(piece) else { return nil }
                found[number] = String(rest.dropLast(piece.count))
            } else {
                guard let range = rest.firstRange(of: piece) else { return nil }
                found[number] = String(rest[..<range.lowerBound])
                rest = rest[range.upperBound...]
            }
        }
        return found
    }
}
