// SPDX-License-Identifier: GPL-3.0-or-later

extension PlanDocument {
    /// Draws up the traces of the figures shown, and the annex that tells them.
    /// - isShort: at the foot, without a section of its own.
    /// - traced: the trace of each origin.
    mutating func addTraces(isShort: Bool = false, _ traced: (Set<Origin>) -> [Origin: Trace]) {
        let origins = placedFigures.compactMap(\.origin)
        let shown = Set(origins.map(\.kind)).subtracting([.stated])
        let kinds = Trace.Kind.allCases.filter(shown.contains)
        traces = traced(Set(origins + kinds.map { Origin($0) }))
        kindTraces = kinds.compactMap(wholeTrace)
        guard !kindTraces.isEmpty else { return }
        if !isShort {
            sections.append(Self.annex(kindTraces))
        } else if !sections.isEmpty {
            sections[sections.count - 1].blocks.append(.footnotes(Self.notes(kindTraces)))
        }
    }

    /// The trace of a kind, with the statuses of all its figures.
    private func wholeTrace(of kind: Trace.Kind) -> Trace? {
        guard var whole = traces[Origin(kind)] else { return nil }
        whole.statuses = Set(whole.statuses + traces.filter { $0.key.kind == kind }.flatMap(\.value.statuses)).sorted()
        return whole
    }

    private static func notes(_ traces: [Trace]) -> [Footnote] {
        let head = Phrase.words(.traceLine, [.words(.traceFormula), .words(.traceInputs), .words(.source), .words(.statusHead)])
        return [Footnote(anchor: "from", mark: "[…]", text: head)]
            + traces.enumerated().map { index, trace in
                Footnote(anchor: trace.anchor, mark: TraceMark.text(index + 1, trace.isUncertain), text: trace.line)
            }
    }

    /// One row for each kind, in the order of their numbers.
    private static func annex(_ traces: [Trace]) -> Section {
        let table = Table(
            caption: .words(.traceCaption),
            columns: [
                .init(.words(.numberSign), isNumeric: true), .init(.words(.traceFormula)), .init(.words(.traceInputs)),
                .init(.words(.source)), .init(.words(.statusHead)),
            ],
            rows: traces.enumerated().map { index, trace in
                var row = Table.Row([
                    .ordinal(index + 1), .text(trace.formula), .text(.list(trace.inputs)), .text(trace.source),
                    trace.statuses.isEmpty ? .none : .text(.list(trace.statuses.map { .name(.status, $0.rawValue) })),
                ])
                row.anchor = trace.anchor
                return row
            }, note: .words(.traceNote))
        return Section(id: "traces", title: .words(.traceTitle), blocks: [.table(table)])
    }
}
