// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Clocks that are wrong by whole hours: of one logger, of all pressures against the flows, of the model's patterns; from the first day or
/// from an hour within the record on, as where one logger keeps daylight saving time and the others do not.
///
/// A channel's readings are moved by some hours and laid over what the model says of it and what the other pressures' residuals have in
/// common. Each day has a level of its own, so that neither an offset nor a leak nor the demand of a day counts: what is left is the course
/// of the day. A clock is taken to be wrong where the moved readings fit better by far, day by day.
struct ClockCheck {
    /// What all clocks of a kind, or all there are, may have in common, and the clock of a tank's level: to be tried by how far the readings
    /// then lie from the model. It is run with that level and with states of pumps that all readings tell, and courses alone tell little then.
    private(set) var doubted: [ClockFaults] = []
    /// What single clocks have by themselves.
    private(set) var single = ClockFaults()

    /// Hours that a clock may be wrong: time zones differ by up to half a day.
    private static let furthest = 12
    /// Least gain of moved readings that is believed: ln of the mean distance from the model, mean over the days. [–]
    private static let least = 0.25
    /// The same of all of a kind, from which on it is worth a trial: right clocks lose 0.6 and more by an hour. [–]
    private static let leastOfMany = -0.5
    /// The same of one flow by itself: pumps that switch at other hours make its course another, whatever its clock. [–]
    private static let leastOfFlow = 0.9
    /// Share of the days that must agree. [–]
    private static let agreeing = 0.8
    /// What a change of the clock within the record must gain beside a fault at all times, summed over the days. [–]
    private static let change = 1.0
    private static let fewestDays = 2, fewestHours = 12

    private let channels: [ImposedModel.Channel]
    private let shifts: [Int]
    /// Of each hour that is looked at: step since the record began, day among those looked at.
    private let times: [Int]
    private let dayOf: [Int]
    private let dayCount: Int
    /// By channel: readings at any step; the model's value and whether the hour counts, by hour.
    private let readings: [[Int: Double]]
    private let predicted: [[Double?]]

    /// - without: channels that are not where they are said to be; the course of the day says nothing of their clock.
    init(
        _ model: ImposedModel, _ baseline: SensorRecord, _ before: HourlyResiduals, _ later: SensorRecord, _ after: HourlyResiduals,
        without: Set<Int> = []
    ) {
        channels = model.channels
        let hour = max(3600 / baseline.step, 1), gap = (later.start - baseline.start) / baseline.step
        let isFine = 3600 % baseline.step == 0 && later.step == baseline.step && gap >= baseline.count
        shifts = isFine ? [0] + (1...Self.furthest).flatMap { [$0 * hour, -$0 * hour] } : [0]
        times = Array(0..<baseline.count) + (0..<later.count).map { gap + $0 }
        let midnight = ((baseline.start.seconds % 86_400) + 86_400) % 86_400
        let days = times.map { ($0 * baseline.step + midnight) / 86_400 }
        let index = Dictionary(uniqueKeysWithValues: Set(days).sorted().enumerated().map { ($1, $0) })
        dayOf = days.map { index[$0] ?? 0 }
        dayCount = index.count
        let steps = times
        readings = model.channels.indices.map { k in
            let values = before.measured[k] + after.measured[k]
            return Dictionary(
                zip(steps, values).compactMap { time, value in value.map { (time, $0) } }, uniquingKeysWith: { first, _ in first })
        }
        predicted = model.channels.indices.map { k in
            zip(before.residuals[k] + after.residuals[k], before.predicted[k] + after.predicted[k]).map {
                $0 == nil || without.contains(k) ? nil : $1
            }
        }
        guard shifts.count > 1, dayCount >= Self.fewestDays else { return }
        look()
    }

    private mutating func look() {
        let pressures = channels.indices.filter { !channels[$0].isFlow }, flows = channels.indices.filter { channels[$0].isFlow }
        let plain = self
        let alone = concurrentMap(channels.count) { plain.gains($0, common: nil) }
        doubted = proposals(pressures, flows, alone)
        let deviations = deviations(pressures)
        let all = concurrentMap(channels.count) { k in
            plain.gains(k, common: Self.median(of: pressures.filter { $0 != k }.compactMap { deviations[$0] }, count: plain.times.count))
        }
        for k in channels.indices {
            let isFlow = channels[k].isFlow
            for fault in verdict(all[k], least: channels[k].isLink ? Self.leastOfFlow : Self.least)
            where !isFlow || (fault.from == nil && fault.until == nil) {
                let fault = ClockFaults.Fault(channels: [k], later: fault.later, from: fault.from, until: fault.until)
                // A tank's course is that of its pumps, and a leak changes when they run.
                if case .tank = channels[k].source { doubted.append(ClockFaults(faults: [fault])) } else { single.faults.append(fault) }
            }
        }
    }

    /// Pressures, flows, or the patterns against both, at the shifts that suit pressures or flows best.
    private func proposals(_ pressures: [Int], _ flows: [Int], _ alone: [[[Double?]]]) -> [ClockFaults] {
        var found: [ClockFaults] = [], shifts: Set<Int> = []
        for kind in [pressures, flows] {
            let middle = Self.middle(kind.map { alone[$0] })
            let gains = zip(self.shifts, middle).map { shift, row in shift == 0 ? row : row.map { $0.map { $0 - Self.leastOfMany } } }
            let ofAll = zip(self.shifts, gains).map { ($0, $1.reduce(0) { $0 + ($1 ?? 0) }) }.max { $0.1 < $1.1 }
            let whole = ofAll.flatMap { $0.1 > 0 ? [ClockFaults.Fault(channels: [], later: $0.0)] : nil } ?? []
            let parts = verdict(gains, least: 0)
            shifts.formUnion(whole.map(\.later))
            guard kind.count > 1 else { continue }
            for faults in [whole] + (parts == whole ? [] : [parts]) where !faults.isEmpty {
                found.append(
                    ClockFaults(faults: faults.map { ClockFaults.Fault(channels: kind, later: $0.later, from: $0.from, until: $0.until) }))
            }
        }
        return found + (pressures.isEmpty || flows.isEmpty ? [] : shifts.sorted().map { ClockFaults(patterns: $0) })
    }

    /// Residuals of each channel about their mean of the day, over their spread.
    private func deviations(_ channels: [Int]) -> [Int: [Double?]] {
        var found: [Int: [Double?]] = [:]
        for k in channels {
            let values = times.indices.map { i in predicted[k][i].flatMap { p in readings[k][times[i]].map { $0 - p } } }
            let level = centred(values)
            let spread = 1.4826 * OrderStatistics.medianOrZero(level.compactMap { $0.map(abs) })
            if spread > 0 { found[k] = level.map { $0.map { $0 / spread } } }
        }
        return found
    }

    /// Values less their mean of the day; nil on days with few.
    private func centred(_ values: [Double?]) -> [Double?] {
        var sums = [Double](repeating: 0, count: dayCount), counts = [Int](repeating: 0, count: dayCount)
        for (i, value) in values.enumerated() {
            guard let value else { continue }
            sums[dayOf[i]] += value
            counts[dayOf[i]] += 1
        }
        return values.enumerated().map { i, value in
            counts[dayOf[i]] >= Self.fewestHours ? value.map { $0 - sums[dayOf[i]] / Double(counts[dayOf[i]]) } : nil
        }
    }

    private static func median(of rows: [[Double?]], count: Int) -> [Double?]? {
        guard rows.count > 1 else { return nil }
        return (0..<count).map { i in OrderStatistics.median(rows.compactMap { $0[i] }) }
    }

    /// For each shift (row) and day, ln of the mean distance of the readings as they are over that of those moved, or of the readings from
    /// their mean where that is less: no hour fits where a leak holds a pressure or steps within the day. nil where nothing is told.
    private func gains(_ channel: Int, common: [Double?]?) -> [[Double?]] {
        let distances = shifts.map { distance(channel, $0, common) }
        return distances.map { row in
            zip(distances[0], row).map { plain, moved in
                guard let plain, let moved, plain.left > 0, moved.left > 0 else { return nil }
                return log(min(plain.left, max(moved.whole, moved.left)) / moved.left)
            }
        }
    }

    /// Mean distance, day by day, of readings moved by so many steps from the model's course and the common one, each times a factor that
    /// suits best; and from their mean of the day.
    private func distance(_ channel: Int, _ shift: Int, _ common: [Double?]?) -> [(left: Double, whole: Double)?] {
        var sums = [(left: Double, whole: Double)](repeating: (0, 0), count: dayCount), counts = [Int](repeating: 0, count: dayCount)
        for (i, value) in misfit(channel, shift, common).enumerated() {
            guard let value else { continue }
            sums[dayOf[i]].left += abs(value.left)
            sums[dayOf[i]].whole += abs(value.whole)
            counts[dayOf[i]] += 1
        }
        return zip(sums, counts).map { $1 >= Self.fewestHours ? ($0.left / Double($1), $0.whole / Double($1)) : nil }
    }

    private func misfit(_ channel: Int, _ shift: Int, _ common: [Double?]?) -> [(left: Double, whole: Double)?] {
        let own = readings[channel]
        var y = times.map { own[$0 - shift] }
        for i in times.indices where predicted[channel][i] == nil || (common != nil && common?[i] == nil) { y[i] = nil }
        y = centred(y)
        let p = centred(zip(predicted[channel], y).map { $1 == nil ? nil : $0 })
        let c = common.map { common in centred(zip(common, y).map { $1 == nil ? nil : $0 }) }
        var pp = 0.0, pc = 0.0, cc = 0.0, py = 0.0, cy = 0.0
        for i in y.indices {
            guard let y = y[i], let p = p[i] else { continue }
            let c = c?[i] ?? 0
            pp += p * p
            pc += p * c
            cc += c * c
            py += p * y
            cy += c * y
        }
        let determinant = pp * cc - pc * pc
        var ofModel = pp > 0 ? py / pp : 0, ofCommon = 0.0
        if determinant > 1e-9 * pp * cc {
            ofModel = (py * cc - cy * pc) / determinant
            ofCommon = (cy * pp - py * pc) / determinant
        }
        // A course against the model's is none at all.
        if ofModel < 0 { (ofModel, ofCommon) = (0, cc > 0 ? cy / cc : 0) }
        return y.indices.map { i in y[i].flatMap { y in p[i].map { (y - ofModel * $0 - ofCommon * (c?[i] ?? 0), y) } } }
    }

    /// Of several channels, the middle one for each shift and day.
    private static func middle(_ gains: [[[Double?]]]) -> [[Double?]] {
        guard let first = gains.first else { return [] }
        return first.indices.map { s in first[s].indices.map { d in OrderStatistics.median(gains.compactMap { $0[s][d] }) } }
    }

    /// What the gains say: nothing where the clock is right, one fault, or one on either side of a change.
    private func verdict(_ gains: [[Double?]], least: Double = Self.least) -> [ClockFaults.Fault] {
        guard gains.count == shifts.count else { return [] }
        func sum(_ s: Int, _ days: Range<Int>) -> Double { days.reduce(0) { $0 + (gains[s][$1] ?? 0) } }
        func best(_ days: Range<Int>) -> (shift: Int, gain: Double) {
            shifts.indices.reduce((0, 0.0)) { found, s in
                let gain = sum(s, days)
                return gain > found.1 ? (s, gain) : found
            }
        }
        func isSure(_ s: Int, _ days: Range<Int>) -> Bool {
            let known = days.compactMap { gains[s][$0] }
            guard known.count >= Self.fewestDays, known.reduce(0, +) >= least * Double(known.count) else { return false }
            return Double(known.count { $0 > 0 }) >= Self.agreeing * Double(known.count)
        }
        let all = 0..<dayCount, whole = best(all)
        var parts = [(shift: whole.shift, days: all)], gain = whole.gain + Self.change
        if dayCount >= 2 * Self.fewestDays {
            for day in Self.fewestDays...dayCount - Self.fewestDays {
                let first = best(0..<day), second = best(day..<dayCount)
                guard first.shift != second.shift, first.gain + second.gain > gain else { continue }
                gain = first.gain + second.gain
                parts = [(first.shift, 0..<day), (second.shift, day..<dayCount)]
            }
        }
        return parts.filter { $0.shift != 0 && isSure($0.shift, $0.days) }.map { part in
            func time(_ day: Int) -> Int? { dayOf.firstIndex(of: day).map { times[$0] } }
            return ClockFaults.Fault(
                channels: [], later: shifts[part.shift], from: part.days.lowerBound > 0 ? time(part.days.lowerBound) : nil,
                until: part.days.upperBound < dayCount ? time(part.days.upperBound) : nil)
        }
    }
}
