// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

extension PlanSource {
    var balance: Section {
        guard let balance = assessment.balance, balance.periodDays > 0 else {
            return Section(
                id: "balance", title: .words(.balanceTitle),
                blocks: [.notice(Notice(.missing, .words(.balanceMissingTitle), [.words(.balanceMissing)]))])
        }
        var blocks: [Block] = [
            .paragraph(period(of: balance)),
            .graphic(
                Graphic(
                    id: "balance-diagram", title: .words(.balanceDiagramTitle),
                    description: .words(
                        .balanceDiagramDescription,
                        [
                            .figure(Figure(balance.revenueWaterRatio, times: 100, .percent)),
                            .figure(Figure(balance.nonRevenueWater, times: 1 / balance.periodDays, .cubicMetresPerDay)),
                        ]), content: .balance(diagram(of: balance)))),
        ]
        blocks += [lossWaterfall(of: balance)].compactMap(\.self).map { .graphic($0) }
        if let tree = koreanTree(of: balance) { blocks += [.graphic(tree), .paragraph(.words(.balanceTreeNote))] }
        blocks.append(.table(table(of: balance)))
        if !balance.defaults.isEmpty {
            blocks.append(
                .notice(
                    Notice(
                        .information, .words(.balanceDefaultsTitle),
                        balance.defaults.map { .finding($0, FindingOrigin.origin(ofDefault: $0)) })))
        }
        return Section(id: "balance", title: .words(.balanceTitle), blocks: blocks)
    }

    /// How intervals are to be read, and why a loss may have an end below zero.
    private func intervalNote(of losses: [Estimate]) -> Phrase {
        let isBelow = losses.contains { $0.value >= 0 && $0.low95 < 0 }
        return isBelow ? .words(.intervalBelowZero, [.words(.intervalNote)]) : .words(.intervalNote)
    }

    private func period(of balance: WaterBalance) -> Phrase {
        let days = Phrase.figure(Figure(balance.periodDays, .none, .decimals(0)).from(.given))
        guard let start = city.balance?.periodStart else { return .words(.balancePeriod, [days]) }
        return .words(.balancePeriodFrom, [days, .date(start)])
    }

    private func diagram(of balance: WaterBalance) -> BalanceDiagram {
        func figure(_ term: Estimate) -> Figure { Figure(term, times: 1 / balance.periodDays, .cubicMetresPerDay) }
        return BalanceDiagram(
            supplied: figure(balance.waterSupplied), authorised: figure(balance.authorisedConsumption), losses: figure(balance.waterLosses),
            revenue: figure(balance.revenueWater), nonRevenue: figure(balance.nonRevenueWater),
            unbilled: figure(balance.unbilledAuthorised),
            apparent: figure(balance.apparentLosses), real: figure(balance.realLosses))
    }

    private func table(of balance: WaterBalance) -> Table {
        let supplied = balance.waterSupplied.value
        func row(
            _ label: Phrase, _ term: Estimate, indent: Int, style: Table.Row.Style = .plain, kind: Trace.Kind = .balanceVolume,
            of lines: [BalanceInput.Line]
        ) -> Table.Row {
            let subjects = lines.map(\.rawValue)
            return Table.Row(
                [
                    .text(label), .number(Figure(term, times: 365 / balance.periodDays, .cubicMetresPerYear).from(kind, subjects)),
                    .number(Figure(term, times: 1 / balance.periodDays, .cubicMetresPerDay).from(kind, subjects)),
                    supplied == 0 ? .none : .number(Figure(100 * term.value / supplied, .percent, .decimals(1)).from(.share)),
                ], style: style, indent: indent)
        }
        func line(_ line: BalanceInput.Line, _ term: Estimate, _ indent: Int) -> Table.Row {
            row(.name(.balanceLine, line.rawValue), term, indent: indent, of: [line])
        }
        let sources: [BalanceInput.Line] = [.ownSources, .imported, .exported]
        let billed: [BalanceInput.Line] = [.billedMetered, .billedUnmetered]
        let unbilled: [BalanceInput.Line] = [.unbilledMetered, .unbilledUnmetered]
        let apparent: [BalanceInput.Line] = [.unauthorised, .meteringInaccuracy, .dataHandling]
        return Table(
            caption: .words(.balanceCaption),
            columns: [
                .init(.words(.balanceTerm)), .init(.words(.perYear), unit: .cubicMetresPerYear),
                .init(.words(.perDay), unit: .cubicMetresPerDay),
                .init(.words(.shareOfSupplied), unit: .percent),
            ],
            rows: [
                line(.ownSources, balance.ownSources, 1), line(.imported, balance.imported, 1), line(.exported, balance.exported, 1),
                row(.words(.waterSupplied), balance.waterSupplied, indent: 0, style: .total, of: sources),
                row(.words(.authorisedConsumption), balance.authorisedConsumption, indent: 1, style: .total, of: billed + unbilled),
                row(.words(.revenueWaterLong), balance.revenueWater, indent: 2, of: billed),
                line(.billedMetered, balance.billedMetered, 3), line(.billedUnmetered, balance.billedUnmetered, 3),
                row(.words(.unbilledAuthorised), balance.unbilledAuthorised, indent: 2, of: unbilled),
                line(.unbilledMetered, balance.unbilledMetered, 3), line(.unbilledUnmetered, balance.unbilledUnmetered, 3),
                row(.words(.waterLosses), balance.waterLosses, indent: 1, style: .total, of: sources + billed + unbilled),
                row(.words(.apparentLosses), balance.apparentLosses, indent: 2, kind: .apparentLosses, of: apparent),
                line(.unauthorised, balance.unauthorised, 3),
                line(.meteringInaccuracy, balance.meteringInaccuracy, 3), line(.dataHandling, balance.dataHandling, 3),
                row(.words(.realLossesLong), balance.realLosses, indent: 2, kind: .remainder, of: sources + billed + unbilled + apparent),
                row(.words(.nonRevenueWaterLong), balance.nonRevenueWater, indent: 0, style: .total, of: sources + billed),
            ], note: intervalNote(of: [balance.realLosses, balance.waterLosses, balance.unauthorised, balance.dataHandling]))
    }

    var indicators: Section {
        guard !assessment.indicators.isEmpty else {
            return Section(
                id: "indicators", title: .words(.indicatorsTitle),
                blocks: [.notice(Notice(.missing, .words(.indicatorsMissingTitle), [.words(.indicatorsMissing)]))])
        }
        let table = Table(
            caption: .words(.indicatorsCaption),
            columns: [
                .init(.words(.indicatorHead)), .init(.words(.figure), isNumeric: true), .init(.words(.formulaAndSource)),
                .init(.words(.readWithCare)),
            ],
            rows: assessment.indicators.map { indicator in
                Table.Row([
                    .text(.name(.indicator, indicator.kind.rawValue)), .number(shown(indicator)), .text(.message(indicator.source)),
                    indicator.flags.isEmpty ? .none : .lines(flagPhrases(of: indicator)),
                ])
            }, note: intervalNote(of: assessment.indicators.map(\.value)))
        return Section(id: "indicators", title: .words(.indicatorsTitle), blocks: [.table(table)])
    }

    /// Shares are told in percent.
    func shown(_ indicator: LossIndicator) -> Figure { inItsUnit(indicator).from(.indicator, [indicator.kind.rawValue]) }

    private func inItsUnit(_ indicator: LossIndicator) -> Figure {
        switch indicator.kind {
        case .revenueWaterRatio, .nonRevenueWaterShare:
            indicator.unit == "%" ? Figure(indicator.value, .percent) : Figure(indicator.value, times: 100, .percent)
        case .costOfNonRevenueWater: Figure(indicator.value, .moneyPerYear(currency))
        default:
            switch indicator.unit {
            case "L/conn/d": Figure(indicator.value, .litresPerConnectionDay)
            case "m³/d": Figure(indicator.value, .cubicMetresPerDay)
            default: Figure(indicator.value, .asWritten(indicator.unit))
            }
        }
    }
}
