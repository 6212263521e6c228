// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// Hours that answer to a leak alike: a part of the day in one state of the pumps and switched links.
///
/// A pump that runs changes what a leak does to every pressure, so that a signature is a mean over hours of one state only. States
/// that were hardly seen in the healthy record are left out.
struct HourClasses {
    /// Of each hour of the healthy record and of the later one; −1 for hours of no class.
    let before: [Int]
    let after: [Int]
    let count: Int
    /// Hours a day of each class, in steps of the record.
    let perDay: [Double]

    private struct Key: Hashable {
        var state: [Link.Status]
        var part: Int
    }

    /// Healthy hours a day of the record that a class must have.
    private static let fewestPerDay = 1

    /// - options: `classStarts` for one state; several share the coarser `classStartsOfStates`.
    init(
        _ baseline: SensorRecord, _ before: HourlyResiduals, _ readings: SensorRecord, _ after: HourlyResiduals, options: LeakLocatorOptions
    ) {
        let fewest = Self.fewestPerDay * max(baseline.count * baseline.step / 86_400, 1)
        // Links that stood differently at different hours, by switching or by the clock.
        let all = before.conditions + after.conditions
        let varying = all.first.map { first in
            first.statuses.indices.filter { link in all.contains { $0.statuses[link] != first.statuses[link] } }
        }
        func state(_ conditions: BoundaryConditions) -> [Link.Status] { (varying ?? []).map { conditions.statuses[$0] } }
        let usual = before.conditions.reduce(into: [[Link.Status]: Int]()) { $0[state($1), default: 0] += 1 }
        let starts = usual.values.count { $0 >= fewest } > 1 ? options.classStartsOfStates : options.classStarts
        func key(_ record: SensorRecord, _ conditions: BoundaryConditions, _ hour: Int) -> Key {
            let hourOfDay = record.instant(at: hour).hourOfDay
            return Key(state: state(conditions), part: starts.lastIndex { $0 <= hourOfDay } ?? starts.count - 1)
        }
        let healthy = before.conditions.indices.map { key(baseline, before.conditions[$0], $0) }
        let counts = healthy.reduce(into: [Key: Int]()) { $0[$1, default: 0] += 1 }
        // In the order in which they were first seen.
        var index: [Key: Int] = [:]
        for key in healthy where index[key] == nil && counts[key, default: 0] >= fewest { index[key] = index.count }
        let kept = index.keys.sorted { index[$0, default: 0] < index[$1, default: 0] }
        self.before = healthy.map { index[$0] ?? -1 }
        self.after = after.conditions.indices.map { index[key(readings, after.conditions[$0], $0)] ?? -1 }
        count = kept.count
        let days = Double(baseline.count * baseline.step) / 86_400
        perDay = kept.map { max(Double(counts[$0] ?? 0) / days, 1) }
    }
}
