// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import NumericalMethods
import WaterModel

/// Readings of a long record less the model, hour by hour, week after week.
///
/// Each week is modelled with all demand in the measure that the metered customers showed in it, so that seasons are no leaks.
struct RecordResiduals {
    let model: ImposedModel
    /// By channel, then by hour of the record. [unit of the channel]
    private(set) var residuals: [[Double?]]
    /// Demand of the metered customers over the model's, by day. [–]
    let demandFactor: [Double]
    /// Conditions of some ordinary days, for sensitivities: whole days from midnight.
    private(set) var examples: [BoundaryConditions] = []
    /// Mean size of what a channel reads. [unit]
    private(set) var meanSize: [Double]
    let hasMeteredDemand: Bool

    private static let exampleDays = 2

    /// - record: hourly, from a midnight.
    init(_ network: Network, sensors: [Sensor], record: SensorRecord) throws(LeakLocatorError) {
        let model = try ImposedModel(network, sensors: sensors, start: record.start)
        self.model = model
        guard !model.channels.isEmpty else { throw .noUsableSensor }
        let days = record.count / 24
        let factors = Self.demandFactors(model, record, days: days)
        demandFactor = factors ?? [Double](repeating: 1, count: days)
        hasMeteredDemand = factors != nil
        let factor = demandFactor
        let weeks = stride(from: 0, to: record.count, by: 168).map { $0..<min($0 + 168, record.count) }
        @Sendable func week(_ range: Range<Int>, known: LinkStates.Habit?) -> Result<HourlyResiduals, LeakLocatorError> {
            var scaled = network
            let here = range.lowerBound / 24..<max(range.upperBound / 24, range.lowerBound / 24 + 1)
            scaled.hydraulics.demandMultiplier *= Self.mean(factor, here)
            do throws(LeakLocatorError) {
                let model = try ImposedModel(scaled, sensors: sensors, start: record.start)
                let solver: HydraulicSolver
                do { solver = try HydraulicSolver(scaled) } catch { throw .hydraulics(error.description) }
                var found = HourlyResiduals(model, record.part(range), solver: solver, known: known)
                found.dropGrossErrors(model)
                return .success(found)
            } catch { return .failure(error) }
        }
        func get(_ result: Result<HourlyResiduals, LeakLocatorError>) throws(LeakLocatorError) -> HourlyResiduals {
            switch result {
            case .success(let found): found
            case .failure(let error): throw error
            }
        }
        let first = try get(week(weeks[0], known: nil))
        let example = min(24, max(first.conditions.count - 24 * Self.exampleDays, 0))
        examples = Array(first.conditions[example..<min(example + 24 * Self.exampleDays, first.conditions.count)])
        let habit = first.habit, later = Array(weeks.dropFirst())
        let others: [Result<(residuals: [[Double?]], meanSize: [Double]), LeakLocatorError>] = concurrentMap(later.count) { index in
            week(later[index], known: habit).map { ($0.residuals, $0.meanSize) }
        }
        residuals = first.residuals
        meanSize = first.meanSize
        for result in others {
            switch result {
            case .success(let found): for k in residuals.indices { residuals[k] += found.residuals[k] }
            case .failure(let error): throw error
            }
        }
    }

    /// Sum of the metered demands over the model's, by day, where both are known; nil without metered customers.
    private static func demandFactors(_ model: ImposedModel, _ record: SensorRecord, days: Int) -> [Double]? {
        guard !model.meteredDemands.isEmpty else { return nil }
        var factors: [Double] = []
        for day in 0..<days {
            var read = 0.0, modelled = 0.0
            for hour in day * 24..<(day + 1) * 24 {
                let nominal = BoundaryConditions(of: model.network, at: model.patternTime(record.instant(at: hour)))
                for (node, sensor) in model.meteredDemands {
                    guard let value = record.series[sensor]?[hour] else { continue }
                    read += value
                    modelled += nominal.demands[node]
                }
            }
            factors.append(modelled > 0 ? read / modelled : factors.last ?? 1)
        }
        return factors
    }

    private static func mean(_ values: [Double], _ range: Range<Int>) -> Double {
        let inside = range.clamped(to: 0..<values.count)
        return inside.isEmpty ? 1 : inside.reduce(0) { $0 + values[$1] } / Double(inside.count)
    }

    /// Demand of the day's week over that of the first one, from which the sensitivities are. [–]
    func demandLevel(day: Int) -> Double {
        let first = day / 7 * 7
        return Self.mean(demandFactor, first..<first + 7) / Self.mean(demandFactor, 0..<7)
    }

    /// Day's factor over that with which its week was modelled, less one. [–]
    func demandLeft(day: Int) -> Double {
        let first = day / 7 * 7
        return demandFactor[day] / Self.mean(demandFactor, first..<first + 7) - 1
    }
}

extension SensorRecord {
    /// The same readings by the hour, from the first midnight to the last: means over the hour where the step is shorter.
    func hourlyFromMidnight() -> SensorRecord? {
        guard step > 0, 3600 % step == 0 else { return nil }
        let perHour = 3600 / step
        let wait = ((86_400 - start.seconds % 86_400) % 86_400 + 86_400) % 86_400
        guard wait % step == 0 else { return nil }
        let first = wait / step
        let days = max(count - first, 0) / (24 * perHour)
        guard days > 0 else { return nil }
        let hours = days * 24
        let thinned = series.mapValues { values in
            (0..<hours).map { hour -> Double? in
                if perHour == 1 { return values[first + hour] }
                let known = (0..<perHour).compactMap { values[first + hour * perHour + $0] }
                return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
            }
        }
        return SensorRecord(start: start + wait, step: 3600, count: hours, series: thinned)
    }
}
