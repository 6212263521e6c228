// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

extension PlanSource {
    /// Five sentences and the key figures.
    var summary: Section {
        Section(
            id: "summary", title: .words(.summaryTitle),
            blocks: [.list([whatIsLost, whereItIsLost, whatItCosts, whatToDo, whatItBrings]), .keyFigures(keyFigures)])
    }

    private var whatIsLost: Phrase {
        guard let balance = assessment.balance, balance.periodDays > 0 else { return .words(.summaryNoBalance) }
        let perDay = 1 / balance.periodDays
        return .words(
            .summaryLost,
            [
                .figure(Figure(balance.waterSupplied, times: perDay, .cubicMetresPerDay).from(.balanceVolume)),
                .figure(Figure(balance.nonRevenueWater, times: perDay, .cubicMetresPerDay).from(.balanceVolume)),
                .figure(Figure(balance.revenueWaterRatio, times: 100, .percent).from(.ratio)),
                .figure(Figure(balance.realLosses, times: perDay, .cubicMetresPerDay).from(.remainder)),
                .figure(Figure(balance.apparentLosses, times: perDay, .cubicMetresPerDay).from(.apparentLosses)),
            ])
    }

    private var whereItIsLost: Phrase {
        let measured = assessment.zones.filter { $0.realLoss != nil }
        let total = measured.reduce(0) { $0 + max(0, $1.realLoss?.value ?? 0) }
        guard let worst = measured.max(by: { ($0.realLoss?.value ?? 0) < ($1.realLoss?.value ?? 0) }), let loss = worst.realLoss, total > 0
        else {
            return .words(.summaryNoZones)
        }
        let zones = Phrase.words(
            .summaryWhere,
            [
                .literal(worst.zone.name), .figure(Figure(loss, times: Units.day, .cubicMetresPerDay).from(.nightLeakage)),
                .figure(Figure(100 * max(0, loss.value) / total, .percent, .decimals(0)).from(.share)),
            ])
        guard let leak = detectedLeaks.first else { return zones }
        let order = Dictionary(leak.candidates.map { ($0.pipe, $0.length) }, uniquingKeysWith: { first, _ in first })
        let length = leak.credibleSet90.reduce(0) { $0 + (order[$1] ?? 0) }
        return .words(
            .summaryWhereLeak,
            [
                zones, .figure(leakFlow(leak)), .counted(.pipes, leak.credibleSet90.count, from: Origin(.leakProbability)),
                .figure(Figure(length, .metres, .decimals(0)).from(.given)),
            ])
    }

    private var whatItCosts: Phrase {
        if let cost = indicator(.costOfNonRevenueWater) {
            return .words(.summaryCosts, [.figure(shown(cost))])
        }
        return .words(.summaryNoCosts)
    }

    private var whatToDo: Phrase {
        let works = selected.filter { Lot.name(for: $0.catalogueKey) != "supervision" }
        let first = works.prefix(3).map { measure -> Phrase in
            guard let cost = measure.costPerCubicMetre else { return name(of: measure) }
            return .words(
                .measureAtCost,
                [
                    name(of: measure),
                    .figure(Figure(cost, .moneyPerCubicMetre(currency), .decimals(2)).from(.costPerVolume, [measure.catalogueKey])),
                ])
        }
        return first.isEmpty ? .words(.summaryNothingPays) : .words(.summaryDoFirst, [.list(first)])
    }

    private var whatItBrings: Phrase {
        guard !selected.isEmpty else { return .words(.summaryNoProgramme) }
        let numbers: [Phrase] = [
            .counted(.measuresCount, selected.count, from: Origin(.counted)),
            .figure(Figure(plan.selection.capital, .money(currency)).from(.capital)),
            .figure(Figure(plan.selection.volumeSaved / 365, .cubicMetresPerDay).from(.saved)),
        ]
        guard let last = plan.trajectory.last else { return .words(.summaryBringsVolume, numbers) }
        return .words(
            .summaryBrings,
            numbers + [
                .figure(Figure(last.revenueWaterRatioWith, times: 100, .percent).from(.trajectory)), .literal("\(last.year)"),
                .figure(Figure(last.revenueWaterRatioWithout, times: 100, .percent).from(.trajectory)),
            ])
    }

    private var keyFigures: [KeyFigure] {
        var figures: [KeyFigure] = []
        if let balance = assessment.balance, balance.periodDays > 0 {
            figures.append(KeyFigure(.words(.revenueWaterRatio), Figure(balance.revenueWaterRatio, times: 100, .percent)))
            figures.append(
                KeyFigure(.words(.nonRevenueWater), Figure(balance.nonRevenueWater, times: 1 / balance.periodDays, .cubicMetresPerDay)))
            figures.append(KeyFigure(.words(.realLosses), Figure(balance.realLosses, times: 1 / balance.periodDays, .cubicMetresPerDay)))
        }
        for kind in [LossIndicator.Kind.infrastructureLeakageIndex, .realLossesPerConnection] {
            guard let found = indicator(kind) else { continue }
            figures.append(KeyFigure(.name(.indicator, kind.rawValue), shown(found)))
        }
        figures.append(KeyFigure(.words(.capitalCost), Figure(plan.selection.capital, .money(currency))))
        figures.append(KeyFigure(.words(.netPresentValue), Figure(plan.finance.netPresentValue, .money(currency))))
        if let cost = plan.finance.costPerCubicMetre {
            figures.append(KeyFigure(.words(.costPerVolume), Figure(cost, .moneyPerCubicMetre(currency), .decimals(2))))
        }
        return figures
    }

    func leakFlow(_ leak: LeakFinding) -> Figure {
        Figure(leak.flow * 1000, low: leak.flowLow95 * 1000, high: leak.flowHigh95 * 1000, .litresPerSecond).from(.leakFlow)
    }
}
