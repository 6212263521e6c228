// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Clocks that are wrong by whole hours, and what puts them right.
struct ClockFaults {
    /// Readings that belong so much later.
    struct Fault: Equatable {
        /// Indices of channels.
        var channels: [Int]
        /// Steps of the record.
        var later: Int
        /// Step since the record began, from which on it holds, and before which; nil: since ever, for ever.
        var from: Int?
        var until: Int?
    }

    /// Steps of the record by which all readings fit later than the model's patterns. 0: none
    var patterns = 0
    var faults: [Fault] = []

    var isEmpty: Bool { patterns == 0 && faults.isEmpty }
    var isOfOne: Bool { patterns == 0 && faults.allSatisfy { $0.channels.count == 1 } }

    func remarks(_ model: ImposedModel, _ baseline: SensorRecord) -> [LeakRemark] {
        func moment(_ step: Int?) -> Instant? { step.map { baseline.start + $0 * baseline.step } }
        return (patterns == 0 ? [] : [LeakRemark.patterns(hours: patterns * baseline.step / 3600)])
            + faults.map { fault in
                .clock(
                    fault.channels.map { model.channels[$0].sensor }, hours: fault.later * baseline.step / 3600,
                    from: moment(fault.from), until: moment(fault.until))
            }
    }

    /// The readings at the hours to which they belong.
    func moved(_ model: ImposedModel, _ baseline: SensorRecord, _ later: SensorRecord) -> (baseline: SensorRecord, later: SensorRecord) {
        var result = (baseline: baseline, later: later)
        let gap = (later.start - baseline.start) / baseline.step
        for fault in faults {
            for sensor in Set(fault.channels.map({ model.channels[$0].sensor })) {
                guard let first = baseline.series[sensor], let second = later.series[sensor] else { continue }
                func reading(_ step: Int) -> Double? {
                    if first.indices.contains(step) { return first[step] }
                    return second.indices.contains(step - gap) ? second[step - gap] : nil
                }
                func isMeant(_ step: Int) -> Bool { step >= fault.from ?? .min && step < fault.until ?? .max }
                for step in first.indices where isMeant(step) { result.baseline.series[sensor]?[step] = reading(step - fault.later) }
                for step in second.indices where isMeant(gap + step) {
                    result.later.series[sensor]?[step] = reading(gap + step - fault.later)
                }
            }
        }
        return result
    }

    /// The model with its patterns so much earlier as the readings fit later.
    func moved(_ model: ImposedModel, step: Int) -> ImposedModel {
        var copy = model
        if patterns != 0 { copy.delay -= patterns * step }
        return copy
    }
}
