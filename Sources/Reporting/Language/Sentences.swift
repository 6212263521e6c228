// SPDX-License-Identifier: GPL-3.0-or-later

/// Sentences that other modules speak in English, and what the catalogue says in their place.
///
/// The English sentence is the key, its arguments `{0}`, `{1}` …: `zone {0}: no readings of inflow sensor {1}`. A sentence may
/// be followed by others that begin with a comma or a semicolon; arguments may be sentences of the catalogue themselves.
struct Sentences: Sendable {
    private struct Form: Sendable {
        /// What stands between the arguments, in UTF-8; one more than there are. A sentence is held against hundreds of forms: by its bytes,
        /// which costs a twentieth of what its characters cost.
        let pieces: [[UInt8]]
        let arguments: [Int]
        let translation: String
        /// Bytes of all pieces.
        let length: Int
        var beginsWithWords: Bool { pieces.first?.isEmpty == false }
        var endsWithWords: Bool { pieces.last?.isEmpty == false }
    }

    /// Forms with most words of their own first, those that begin with words by their first byte.
    private let closed, beginning: [UInt8: [Form]]
    /// Those that begin with an argument, by their last byte; 0 where they end with one, too.
    private let others: [UInt8: [Form]]
    private let plain: [String: String]

    /// - messages: the English sentence and the language's own.
    init(_ messages: [String: String]) {
        plain = messages
        let forms = messages.compactMap { Self.form($0.key, $0.value) }.filter { $0.length > 0 }.sorted {
            (-$0.length, $0.translation) < (-$1.length, $1.translation)
        }
        let (begun, rest) = (forms.filter(\.beginsWithWords), forms.filter { !$0.beginsWithWords })
        func byFirst(_ forms: [Form]) -> [UInt8: [Form]] { Dictionary(grouping: forms) { $0.pieces.first?.first ?? 0 } }
        closed = byFirst(begun.filter(\.endsWithWords))
        beginning = byFirst(begun.filter { !$0.endsWithWords })
        others = Dictionary(grouping: rest) { $0.pieces.last?.last ?? 0 }
    }

    /// The catalogue's words for a sentence, its arguments passed through `shown`; nil where it does not know the sentence.
    func translated(_ sentence: String, shown: (String) -> String) -> String? {
        translated(sentence, shown, depth: 0)
    }

    private func translated(_ sentence: String, _ shown: (String) -> String, depth: Int) -> String? {
        if let known = plain[sentence] { return known }
        guard depth < 4 else { return nil }
        let bytes = Array(sentence.utf8)
        func match(_ forms: [Form]?) -> String? {
            for form in forms ?? [] {
                guard let found = Self.arguments(of: bytes, form) else { continue }
                let words = found.map { $0.isEmpty ? "" : translated($0, shown, depth: depth + 1) ?? shown($0) }
                return Catalogue.filled(form.translation, words)
            }
            return nil
        }
        guard let first = bytes.first, let last = bytes.last else { return nil }
        // A form that ends in an argument would take in whatever is hung on to it, one that begins with an argument whatever stands before.
        if let text = match(closed[first]) { return text }
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
        return match(beginning[first]) ?? match(others[last]) ?? match(others[0])
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
        guard !arguments.isEmpty else { return nil }
        let bytes = pieces.map { Array($0.utf8) }
        return Form(pieces: bytes, arguments: arguments, translation: translation, length: bytes.reduce(0) { $0 + $1.count })
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
