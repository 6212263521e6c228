// SPDX-License-Identifier: GPL-3.0-or-later

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

    /// Healthy hours that a class must have.
    private static let fewestHours = 10

    /// - options: `classStarts` for one state; several share the coarser `classStartsOfStates`.
    init(
        _ baseline: SensorRecord, _ before: HourlyResiduals, _ readings: SensorRecord, _ after: HourlyResiduals, options: LeakLocatorOptions
    ) {
        func states(_ residuals: HourlyResiduals) -> [Int: Int] { residuals.switching.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        let usual = states(before).filter { $0.value >= Self.fewestHours }
        let starts = usual.count > 1 ? options.classStartsOfStates : options.classStarts
        func key(_ record: SensorRecord, _ residuals: HourlyResiduals, _ hour: Int) -> [Int] {
            let hourOfDay = record.instant(at: hour).hourOfDay
            return [residuals.switching[hour], starts.lastIndex { $0 <= hourOfDay } ?? starts.count - 1]
        }
        let healthy = (0..<baseline.count).map { key(baseline, before, $0) }
        let counts = healthy.reduce(into: [[Int]: Int]()) { $0[$1, default: 0] += 1 }
        let kept = counts.filter { $0.value >= Self.fewestHours }.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let index = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        self.before = healthy.map { index[$0] ?? -1 }
        self.after = (0..<readings.count).map { index[key(readings, after, $0)] ?? -1 }
        count = kept.count
        let days = Double(baseline.count * baseline.step) / 86_400
        perDay = kept.map { max(Double(counts[$0] ?? 0) / days, 1) }
    }
}
