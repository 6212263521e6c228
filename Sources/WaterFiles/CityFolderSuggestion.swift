// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds the word that a misspelt one was meant to be.
enum Spelling {
    /// Steps between two words: a letter put in, left out, changed, or two neighbours swapped (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.lowercased()), b = Array(right.lowercased())
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var before = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
            }
            before = last
            last = row
        }
        return last[b.count]
    }

    /// The nearest of the words, where it is near enough to be meant: two steps, or a third of its letters.
    static func nearest(_ word: String, in words: [String]) -> String? {
        guard word.count <= 64 else { return nil }
        let plain = word.replacing("-", with: "_").replacing(" ", with: "_")
        let ranked = words.map { (distance: distance(plain, $0), word: $0) }.min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let best = ranked, best.distance <= max(2, best.word.count / 3), best.distance < best.word.count else { return nil }
        return best.word
    }

    /// What to do about a word that is not one of `words`.
    static func remedy(_ word: String, in words: [String]) -> String {
        nearest(word, in: words).map { "did you mean '\($0)'?" } ?? "known are: \(words.joined(separator: ", "))"
    }
}
