// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

extension PlanSource {
    var register: Section {
        guard !plan.assumptions.isEmpty else {
            return Section(id: "register", title: .words(.registerTitle), blocks: [.paragraph(.words(.registerEmpty))])
        }
        let table = Table(
            caption: .words(.registerCaption), columns: Self.sourcedColumns(tail: [.init(.words(.usedIn))]),
            rows: plan.assumptions.map { assumption in
                Table.Row(
                    [.text(.name(.assumption, assumption.item))] + Self.sourcedCells(assumption.value, .asWritten(assumption.unit))
                        + [.text(.name(.use, assumption.usedIn))])
            }, note: .words(.registerNote))
        return Section(id: "register", title: .words(.registerTitle), blocks: [.table(table)])
    }

    var warnings: Section {
        var lines = warningPhrases
        for indicator in assessment.indicators {
            lines += flagPhrases(of: indicator).map { .words(.flagOf, [.name(.indicator, indicator.kind.rawValue), $0]) }
        }
        var blocks: [Block] = [lines.isEmpty ? .paragraph(.words(.noWarnings)) : .list(lines)]
        if !assessment.gaps.isEmpty {
            blocks.append(.notice(Notice(.missing, .words(.gapsTitle), gapPhrases)))
        }
        return Section(id: "warnings", title: .words(.warningsTitle), blocks: blocks)
    }

    /// Every source that a figure names, in the order of their first use.
    var sources: Section {
        var order: [String] = []
        var counts: [String: Int] = [:]
        let named =
            sourcedValues.compactMap { value in value.source.map { ($0, value.year) } }
            + assessment.indicators.map { ($0.source, nil as String?) }
        for (source, _) in named where !source.isEmpty {
            if counts[source] == nil { order.append(source) }
            counts[source, default: 0] += 1
        }
        let statuses = SourceStatus.allCases.map { status in
            Table.Row([
                .status(status), .text(.name(.statusMeaning, status.rawValue)), .number(Figure(Double(count(status)), .none, .decimals(0))),
            ])
        }
        return Section(
            id: "sources", title: .words(.sourcesTitle),
            blocks: [
                .table(
                    Table(
                        caption: .words(.statusCaption),
                        columns: [.init(.words(.statusHead)), .init(.words(.meaning)), .init(.words(.figuresCount), isNumeric: true)],
                        rows: statuses)),
                order.isEmpty
                    ? .paragraph(.words(.noSources))
                    : .table(
                        Table(
                            caption: .words(.sourcesCaption),
                            columns: [.init(.words(.source)), .init(.words(.figuresCount), isNumeric: true)],
                            rows: order.map {
                                Table.Row([.text(.message($0)), .number(Figure(Double(counts[$0] ?? 0), .none, .decimals(0)))])
                            })),
                .table(glossary),
            ])
    }

    private var glossary: Table {
        let terms: [(TextKey, TextKey)] = [
            (.revenueWaterRatio, .defineRevenueWaterRatio), (.nonRevenueWater, .defineNonRevenueWater), (.realLosses, .defineRealLosses),
            (.apparentLosses, .defineApparentLosses), (.districtMeteredArea, .defineDistrictMeteredArea),
            (.minimumNightFlow, .defineMinimumNightFlow), (.leakageIndex, .defineLeakageIndex), (.netPresentValue, .defineNetPresentValue),
        ]
        return Table(
            caption: .words(.glossaryCaption), columns: [.init(.words(.term)), .init(.words(.meaning))],
            rows: terms.map { Table.Row([.text(.words($0)), .text(.words($1))]) })
    }
}
