// SPDX-License-Identifier: GPL-3.0-or-later

/// A piece of a sentence: words, or the place of the mark of the figure before it.
enum TextRun {
    case text(String)
    case mark(Origin)
}

extension Wording {
    /// As `text`, with the places of the marks of its figures.
    func runs(_ phrase: Phrase) -> [TextRun] {
        guard !phrase.origins.isEmpty else { return [.text(text(phrase))] }
        switch phrase {
        case .words(let key, let arguments): return Catalogue.filled(catalogue.text(key), arguments.map(runs))
        case .counted(let key, let count, let arguments, let origin):
            return Catalogue.filled(
                catalogue.text(key, count: count), [[.text(number(Double(count), decimals: 0))]] + arguments.map(runs))
                + (origin.map { [.mark($0)] } ?? [])
        case .figure(let figure): return [.text(text(figure))] + (figure.origin.map { [.mark($0)] } ?? [])
        case .list(let phrases):
            return phrases.enumerated().flatMap { index, phrase in
                (index == 0 ? [] : [TextRun.text(catalogue.text(.listSeparator))]) + runs(phrase)
            }
        case .finding(_, let origin): return [.text(text(phrase)), .mark(origin)]
        case .name, .message, .literal, .date: return [.text(text(phrase))]
        }
    }
}
