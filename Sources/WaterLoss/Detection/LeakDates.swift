// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// When the leaks of a history began and ended, and how sure each is.
struct LeakDates {
    let residuals: RecordResiduals
    let errors: DailyErrors
    let space: DaySpace
    let prior: LeakPrior

    /// Half of the squared 95 % quantile of the normal distribution, one-sided: 1.645² / 2.
    private static let allowed = 1.353
    private static let pastDays = 7

    init(_ residuals: RecordResiduals, _ errors: DailyErrors, _ space: DaySpace, _ prior: LeakPrior) {
        self.residuals = residuals
        self.errors = errors
        self.space = space
        self.prior = prior
    }

    /// Earliest and latest start that the readings allow. [s since the record began]
    func start(of leak: RunningLeak, among leaks: [RunningLeak]) -> (earliest: Int, latest: Int) {
        guard case .at(let day, let growth) = leak.course.onset else { return (0, 0) }
        if growth == 0 {
            let found = change(of: leak, day: day)
            return (found.earliest * 3600, found.latest * 3600)
        }
        let found = GrowthDates(space: space, prior: prior).start(of: leak, day: day, among: leaks)
        return (Int(found.earliest * 86_400), Int(found.latest * 86_400))
    }

    /// End of a leak, to the hour. [s since the record began]
    func end(of leak: RunningLeak, day: Double) -> Int {
        let found = change(of: leak, day: day)
        return (found.earliest + found.latest + 1) / 2 * 3600
    }

    /// Hours of the record at which a step of this leak's answer most likely came, on a day or the days about it.
    private func change(of leak: RunningLeak, day: Double) -> (earliest: Int, latest: Int) {
        let channels = errors.channels, perPart = 24 / errors.parts, hours = residuals.demandFactor.count * 24
        let answer = errors.answers[0].column(leak.pipe)
        let weights = answer.indices.map { answer[$0] / max(errors.daily[$0, $0] * Double(perPart), 1e-30) }
        let middle = Int(day) * 24
        let window = max(middle - 36, 0)..<min(middle + 60, hours)
        guard window.count > 48 else { return (middle, middle) }
        // All channels together, each against its own week before at the same hours.
        func reading(_ hour: Int) -> Double? {
            let part = hour % 24 / perPart
            var sum = 0.0, told = 0.0
            for k in 0..<channels {
                let f = part * channels + k
                guard let value = residuals.residuals[k][hour] else { continue }
                let past = (2...(Self.pastDays + 1)).compactMap { back in
                    window.lowerBound - 24 * (back - 1) + (hour % 24) - window.lowerBound % 24
                }.filter { $0 >= 0 && $0 < window.lowerBound }.compactMap { residuals.residuals[k][$0] }
                guard !past.isEmpty else { continue }
                sum += weights[f] * (value - past.reduce(0, +) / Double(past.count))
                told += weights[f] * answer[f]
            }
            return told > 0 ? sum / told : nil
        }
        let series = window.map(reading)
        var costs: [Double] = []
        for split in 6..<series.count - 6 {
            var cost = 0.0
            for part in [series[..<split], series[split...]] {
                let known = part.compactMap { $0 }
                guard !known.isEmpty else { continue }
                let mean = known.reduce(0, +) / Double(known.count)
                cost += known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            }
            costs.append(cost)
        }
        guard let least = costs.min() else { return (middle, middle) }
        let count = Double(series.compactMap { $0 }.count)
        let variance = max(least / max(count - 3, 1), 1e-30)
        let possible = costs.indices.filter { costs[$0] <= least + 2 * Self.allowed * variance }
        return (window.lowerBound + 6 + (possible.first ?? 0), window.lowerBound + 6 + (possible.last ?? 0))
    }

    /// Odds of the leaks with this one, against those without it and the others larger. [–]
    func probability(of leak: RunningLeak, among leaks: [RunningLeak]) -> Double {
        let days = space.days.columns
        var others = leaks.filter { $0.course != leak.course || $0.pipe != leak.pipe }
        let with = HistoryModel(space, prior, days: days, leaks: leaks).evidence()
        let sizes = HistoryModel(space, prior, days: days, leaks: others).sizes()
        for i in others.indices { others[i].size = sizes[i] }
        let without = HistoryModel(space, prior, days: days, leaks: others).evidence()
        return 1 / (1 + exp(min(without - with, 700)))
    }
}
