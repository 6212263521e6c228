// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Readings as they came, in the order of the files, before they are put on one clock.
struct CollectedReadings {
    struct Reading {
        var time: Int
        var sensor: Int32
        var line: Int32
        var file: Int32
        /// SI.
        var value: Double
    }

    /// A moment of a row, with the first row that has it.
    struct Moment {
        var time: Int
        var line: Int32
        var file: Int32
    }

    /// Steps times sensors that a record may have: more is a wrong date, not a record.
    static let largestRecord = 200_000_000

    let sensors: [SensorDescription]
    var readings: [Reading] = []
    /// Neighbours differ.
    var moments: [Moment] = []
    var occurs: [Bool]
    /// Offset from UTC of the first row that has one, and where. [s]
    var offset: (seconds: Int, file: String, line: Int)?

    init(sensors: [SensorDescription]) {
        self.sensors = sensors
        occurs = [Bool](repeating: false, count: sensors.count)
    }

    mutating func add(moment time: Int, line: Int, file: Int32) {
        if moments.last?.time != time { moments.append(Moment(time: time, line: Int32(line), file: file)) }
    }

    /// Puts the readings on a clock of equal steps.
    func record(files: [String], problems: inout ProblemList) -> SensorRecord {
        guard let (start, step, count) = clock(files: files, problems: &problems) else {
            return SensorRecord(start: Instant(seconds: 0), step: 3600, count: 0, series: [:])
        }
        var slot = [Int](repeating: -1, count: sensors.count)
        var columns: [[Double?]] = []
        for index in sensors.indices where occurs[index] {
            slot[index] = columns.count
            columns.append([Double?](repeating: nil, count: count))
        }
        var conflicts: [Int] = []
        for (position, reading) in readings.enumerated() {
            let place = (reading.time - start) / step
            let column = slot[Int(reading.sensor)]
            if let earlier = columns[column][place] {
                if earlier != reading.value { conflicts.append(position) }
            } else {
                columns[column][place] = reading.value
            }
        }
        if !conflicts.isEmpty { explain(conflicts, files: files, problems: &problems) }
        var series: [Sensor.ID: [Double?]] = [:]
        for (index, sensor) in sensors.enumerated() where slot[index] >= 0 { series[sensor.sensor.id] = columns[slot[index]] }
        return SensorRecord(start: Instant(seconds: start), step: step, count: count, series: series)
    }

    /// First moment, step and number of steps; nil where there is none or the problems say why.
    private func clock(files: [String], problems: inout ProblemList) -> (start: Int, step: Int, count: Int)? {
        var times = moments.map(\.time)
        times.sort()
        guard let first = times.first, let last = times.last else {
            if problems.isEmpty {
                problems.add(files.first ?? "readings", nil, "there are no readings", "give files with rows below the header")
            }
            return nil
        }
        var differences: [Int: Int] = [:]
        for index in times.indices.dropFirst() where times[index] != times[index - 1] {
            differences[times[index] - times[index - 1], default: 0] += 1
        }
        guard let smallest = differences.keys.min() else { return (first, 3600, 1) }
        if times.allSatisfy({ ($0 - first) % smallest == 0 }) {
            return checked(first, smallest, last, files: files, problems: &problems)
        }
        let step = differences.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? smallest
        var phases: [Int: Int] = [:]
        for time in times { phases[(time - first) % step, default: 0] += 1 }
        let phase = phases.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
        for moment in moments where (moment.time - first) % step != phase {
            problems.add(
                files[Int(moment.file)], Int(moment.line),
                "the time \(Instant(seconds: moment.time)) does not lie on the step of \(Self.words(step)) of the other readings",
                "give readings at equal steps, or leave the row out")
        }
        return nil
    }

    private func checked(_ first: Int, _ step: Int, _ last: Int, files: [String], problems: inout ProblemList) -> (Int, Int, Int)? {
        let count = (last - first) / step + 1
        if count <= Self.largestRecord / max(1, sensors.count) { return (first, step, count) }
        let odd = moments.max { $0.time < $1.time }
        problems.add(
            files[Int(odd?.file ?? 0)], odd.map { Int($0.line) },
            "the readings reach from \(Instant(seconds: first)) to \(Instant(seconds: last)) at a step of \(Self.words(step)): too many to hold",
            "check the dates")
        return nil
    }

    private func explain(_ conflicts: [Int], files: [String], problems: inout ProblemList) {
        struct Key: Hashable {
            var time: Int
            var sensor: Int32
        }
        let keys = Set(conflicts.map { Key(time: readings[$0].time, sensor: readings[$0].sensor) })
        var firsts: [Key: Int] = [:]
        for (position, reading) in readings.enumerated() {
            let key = Key(time: reading.time, sensor: reading.sensor)
            if keys.contains(key), firsts[key] == nil { firsts[key] = position }
        }
        for position in conflicts {
            let reading = readings[position]
            guard let first = firsts[Key(time: reading.time, sensor: reading.sensor)] else { continue }
            let earlier = readings[first]
            let place = earlier.file == reading.file ? "line \(earlier.line)" : "\(files[Int(earlier.file)]):\(earlier.line)"
            problems.add(
                files[Int(reading.file)], Int(reading.line),
                "sensor '\(sensors[Int(reading.sensor)].name)' at \(Instant(seconds: reading.time)) has another value than in \(place)",
                "keep one of the two rows")
        }
    }

    private static func words(_ seconds: Int) -> String {
        if seconds % 3600 == 0 { return "\(seconds / 3600) h" }
        return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }
}
