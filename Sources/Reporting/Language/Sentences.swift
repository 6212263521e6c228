// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// Sentences that other modules speak in English, and what the catalogue says in their place.
///
/// The English sentence is the key, its arguments `{0}`, `{1}` …: `zone {0}: no readings of inflow sensor {1}`. A sentence may
/// be followed by others that begin with a comma or a semicolon; arguments may be sentences of the catalogue themselves.
struct Sentences: Sendable {
    private struct Form: Sendable {
        /// What stands between the arguments, in UTF-8; one more than there are. A sentence is held against all forms: by its bytes,
        /// which costs a twentieth of what its characters cost.
        let pieces: [[UInt8]]
        let arguments: [Int]
        let translation: String
        var length: Int { pieces.reduce(0) { $0 + $1.count } }
        var beginsWithWords: Bool { pieces.first?.isEmpty == false }
        var endsWithWords: Bool { pieces.last?.isEmpty == false }
    }

    /// What rules most forms out, without a look at their words.
    private struct Outline: Sendable {
        /// Of the form's words at its beginning and its end; nil where an argument stands there.
        let first: UInt8?, last: UInt8?
        let length: Int

        init(_ form: Form) {
            first = form.pieces.first?.first
            last = form.pieces.last?.last
            length = form.length
        }

        func allows(_ sentence: [UInt8]) -> Bool {
            sentence.count >= length && (first == nil || first == sentence.first) && (last == nil || last == sentence.last)
        }
    }

    /// Those that begin with words of their own first, then those with most of them.
    private let forms: [Form]
    private let outlines: [Outline]
    private let plain: [String: String]

    /// - messages: the English sentence and the language's own.
    init(_ messages: [String: String]) {
        plain = messages
        forms = messages.compactMap { Self.form($0.key, $0.value) }.filter { $0.length > 0 }.sorted {
            ($0.beginsWithWords ? 0 : 1, -$0.length, $0.translation) < ($1.beginsWithWords ? 0 : 1, -$1.length, $1.translation)
        }
        outlines = forms.map(Outline.init)
    }

    /// The catalogue's words for a sentence, its arguments passed through `shown`; nil where it does not know the sentence.
    func translated(_ sentence: String, shown: (String) -> String) -> String? {
        translated(sentence, shown, depth: 0)
    }

    private func translated(_ sentence: String, _ shown: (String) -> String, depth: Int) -> String? {
        if let known = plain[sentence] { return known }
        guard depth < 4 else { return nil }
        let bytes = Array(sentence.utf8)
        let allowed = outlines.indices.filter { outlines[$0].allows(bytes) }
        func match(_ isWanted: (Outline) -> Bool) -> String? {
            for index in allowed where isWanted(outlines[index]) {
                guard let found = Self.arguments(of: bytes, forms[index]) else { continue }
                let words = found.map { $0.isEmpty ? "" : translated($0, shown, depth: depth + 1) ?? shown($0) }
                return Catalogue.filled(forms[index].translation, words)
            }
            return nil
        }
        // A form that ends in an argument would take in whatever is hung on to it, one that begins with an argument whatever stands before.
        if let text = match({ $0.first != nil && $0.last != nil }) { return text }
        // A sentence and what is hung on to it.
        for mark in bytes.indices.dropFirst().reversed() where bytes[mark] == UInt8(ascii: ";") || bytes[mark] == UInt8(ascii: ",") {
            let whole = String(decoding: bytes[mark...], as: UTF8.self)
            let ending = whole.hasSuffix(".") && plain[whole] == nil ? "." : ""
            let tail = String(whole.dropLast(ending.count))
            guard let second = translated(tail, shown, depth: depth + 1) ?? translated(tail + ending, shown, depth: depth + 1),
                let first = translated(String(decoding: bytes[..<mark], as: UTF8.self), shown, depth: depth + 1)
            else { continue }
            return first + second + (second.hasSuffix(".") ? "" : ending)
        }
        return match { $0.first != nil } ?? match { $0.last != nil } ?? match { _ in true }
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
        return arguments.isEmpty ? nil : Form(pieces: pieces.map { Array($0.utf8) }, arguments: arguments, translation: translation)
    }

    /// The arguments of a sentence in the order of their numbers; nil where it is not of this form.
    private static func arguments(of sentence: [UInt8], _ form: Form) -> [String]? {
        guard let first = form.pieces.first, let last = form.pieces.last, sentence.count >= form.length, sentence.starts(with: first),
            sentence[(sentence.count - last.count)...].elementsEqual(last)
        else { return nil }
        let end = sentence.count - last.count
        var at = first.count
        var found = [String](repeating: "", count: form.arguments.count)
        for (index, number) in form.arguments.enumerated() {
            guard found.indices.contains(number) else { return nil }
            let piece = form.pieces[index + 1]
            let isLast = index == form.arguments.count - 1
            guard let next = isLast ? end : place(of: piece, in: sentence, at..<end), next >= at else { return nil }
            found[number] = String(decoding: sentence[at..<next], as: UTF8.self)
            at = next + piece.count
        }
        return found
    }

    /// Where a piece begins in a part of a sentence; nil where it is not in it.
    private static func place(of piece: [UInt8], in sentence: [UInt8], _ part: Range<Int>) -> Int? {
        guard let first = piece.first else { return part.lowerBound }
        var at = part.lowerBound
        while at + piece.count <= part.upperBound {
            if sentence[at] == first, sentence[at..<at + piece.count].elementsEqual(piece) { return at }
            at += 1
        }
        return nil
    }
}

/// What sentences were put into: a plan says each of them several times, in each of its formats.
final class SpokenSentences: Sendable {
    private let known = Mutex<[String: String]>([:])

    func text(of sentence: String, else make: () -> String) -> String {
        if let text = known.withLock({ $0[sentence] }) { return text }
        let text = make()
        known.withLock { $0[sentence] = text }
        return text
    }
}
