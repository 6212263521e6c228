// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Something odd in the readings or the model that a reader of a finding should know.
public enum LeakRemark: Sendable, Hashable, CustomStringConvertible {
    /// Equal readings for so many hours, which are left out.
    case stuck(Sensor.ID, hours: Int)
    /// No readings for so many hours.
    case silent(Sensor.ID, hours: Int)
    /// A pressure that is the model's in another unit than metres, and is taken so.
    case unit(Sensor.ID, PressureUnit)
    /// Clocks that are hours off, at all times or within some; the readings are moved. Positive: they belong later.
    case clock([Sensor.ID], hours: Int, from: Instant?, until: Instant?)
    /// Readings of all kinds belong so many hours later than the model's patterns have it; the patterns are moved.
    case patterns(hours: Int)
    /// A pressure so far from the model's that it is left out: another node, another unit. [m]
    case displaced(Sensor.ID, metres: Double)
    /// More of its readings than usual lie far from what the others allow; they are left out. [–]
    case straying(Sensor.ID, share: Double)
    /// What customers' meters say of the use of zones is too little, or does not go with the inflows and pressures; it is left out.
    case use([Zone.ID])
    /// A tank without a level sensor: its level is the model's at the start, whatever it does.
    case unreadTank(Node.ID)
    /// The link stood for so many hours otherwise than the model's schedule has it.
    case offSchedule(Link.ID, hours: Int)
    /// A pump gives so many times the head of its curve, by the healthy readings; a valve's flow, coefficient or loss is so many times what
    /// is set. The search takes it so. [–]
    case strength(Link.ID, Figure)
    /// A valve holds a pressure so far from its setting; the search takes it so. [m]
    case setting(Link.ID, model: Double, Figure)
    /// The healthy readings are much likelier if one of these pipes, the first before the others, is shut, or open, against the model: by
    /// the logarithm of the likelihood, of so many that were tried; whether the search takes the first one so. [–]
    case shut([Link.ID], gain: Double, tried: Int, isTaken: Bool)
    case open([Link.ID], gain: Double, tried: Int, isTaken: Bool)

    /// What readings say, with its 95 % interval.
    public struct Figure: Sendable, Hashable {
        public var value: Double
        public var low: Double
        public var high: Double

        public init(_ value: Double, low: Double, high: Double) {
            self.value = value
            self.low = low
            self.high = high
        }
    }

    public var description: String {
        switch self {
        case .stuck(let sensor, let hours): "sensor '\(sensor)' gave the same reading for \(hours) hours; they are left out"
        case .silent(let sensor, let hours): "sensor '\(sensor)' gave no reading for \(hours) hours"
        case .unit(let sensor, let unit):
            "sensor '\(sensor)' reads as if in \(unit.rawValue), not in metres; its readings are taken in \(unit.rawValue)"
        case .clock(let sensors, let hours, let from, let until):
            (sensors.count == 1 ? "sensor " : "sensors ") + sensors.map { "'\($0)'" }.joined(separator: ", ") + ": readings"
                + (from.map { " from \($0) on" } ?? "") + (until.map { " before \($0)" } ?? "")
                + " fit best \(abs(hours)) h \(hours > 0 ? "later" : "earlier"); is the clock right? They are moved by as much"
        case .patterns(let hours):
            "the readings of all sensors fit best \(abs(hours)) h \(hours > 0 ? "later" : "earlier") than the model's patterns have it; "
                + "is hour 0 of the patterns Monday 00:00 of the readings? The patterns are moved by as much"
        case .displaced(let sensor, let metres):
            "sensor '\(sensor)' reads \(Int(metres.rounded())) m off the model: another node or another unit? It is left out"
        case .straying(let sensor, let share):
            "\(Int((share * 100).rounded())) % of the readings of sensor '\(sensor)' do not go with the others; they are left out"
        case .use(let zones):
            "customers' readings of \(zones.count == 1 ? "zone" : "zones") \(zones.map { "'\($0)'" }.joined(separator: ", ")) are too few, or "
                + "do not go with inflows and pressures; the model's demand stands there"
        case .unreadTank(let node):
            "no sensor reads the level of tank '\(node)'; it is held at the model's, and what its changes do looks like a leak"
        case .offSchedule(let link, let hours): "'\(link)' stood for \(hours) hours otherwise than the model has it"
        case .strength(let link, let factor):
            "'\(link)' is \(Self.rounded(factor.value, 2)) times (\(Self.rounded(factor.low, 2))–\(Self.rounded(factor.high, 2))) as strong as "
                + "the model has it, by the healthy readings, and is taken so; are its curve, its speed and its setting right?"
        case .setting(let link, let model, let setting):
            "valve '\(link)' holds \(Self.rounded(setting.value, 1)) m (\(Self.rounded(setting.low, 1))–\(Self.rounded(setting.high, 1))), by "
                + "the healthy readings, where the model has \(Self.rounded(model, 1)) m, and is taken so; how is it set?"
        case .shut(let links, let gain, let tried, let isTaken): Self.closure(links, "shut", "open", gain, tried, isTaken)
        case .open(let links, let gain, let tried, let isTaken): Self.closure(links, "open", "shut", gain, tried, isTaken)
        }
    }

    private static func closure(
        _ links: [Link.ID], _ state: String, _ other: String, _ gain: Double, _ tried: Int, _ isTaken: Bool
    ) -> String {
        "the healthy readings want \(links.count == 1 ? "pipe" : "one of the pipes") "
            + links.map { "'\($0)'" }.joined(separator: ", ") + " \(state), which the model has \(other): they are then "
            + "e^\(rounded(gain, 0)) times as likely, the best of \(tried) that were tried; "
            + (isTaken ? "it is taken so. " : "it is left as it is. ") + "Look whether a valve there is \(state)"
    }

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }, whole = (abs(value) * scale).rounded()
        let sign = value < 0 && whole > 0 ? "-" : "", size = Int(whole), unit = Int(scale)
        guard digits > 0 else { return sign + String(size) }
        let rest = String(size % unit)
        return sign + "\(size / unit)." + String(repeating: "0", count: digits - rest.count) + rest
    }

    /// Hours without a reading, and share of strays, from which they are told.
    static let silentHours = 24, strayShare = 0.1
}

extension SensorRecord {
    /// Steps of equal pressures in a row that are no longer believed.
    private static let stuckSteps = 12

    /// The record without pressures that stand still, and how many readings of each sensor were left out.
    func withoutStuck(_ sensors: [Sensor]) -> (record: SensorRecord, stuck: [Sensor.ID: Int]) {
        var record = self
        var counts: [Sensor.ID: Int] = [:]
        for sensor in sensors where sensor.kind == .pressure {
            guard var values = record.series[sensor.id] else { continue }
            var first = 0
            for index in 0...values.count where index == values.count || values[index] == nil || values[index] != values[first] {
                if index - first >= Self.stuckSteps, values[first] != nil {
                    counts[sensor.id, default: 0] += index - first
                    for place in first..<index { values[place] = nil }
                }
                first = index
            }
            record.series[sensor.id] = values
        }
        return (record, counts)
    }
}

extension HourlyResiduals {
    /// Median distance from the model beyond which a pressure is not that of its node [m]; a lesser one tells it, too, where it is so many
    /// times that of the other sensors [–], and how near to these one may be at least [m].
    private static let farthest = 10.0, apart = 12.0, usualDistance = 0.3

    /// Channels whose pressure is nowhere near the model's, with the distance. [m]
    func displaced(_ model: ImposedModel) -> [Int: Double] {
        var centres: [Int: Double] = [:]
        for (k, channel) in model.channels.enumerated() where !channel.isFlow {
            let known = residuals[k].compactMap { $0 }
            if known.count > 8 { centres[k] = OrderStatistics.medianOrZero(known) }
        }
        let middle = OrderStatistics.medianOrZero(centres.values.sorted())
        let usual = 1.4826 * OrderStatistics.medianOrZero(centres.values.map { abs($0 - middle) }.sorted())
        let limit = centres.count > 4 ? Self.apart * max(usual, Self.usualDistance) : .infinity
        return centres.filter { abs($0.value) > Self.farthest || abs($0.value - middle) > limit }
    }

    mutating func leaveOut(_ channels: some Sequence<Int>) {
        for k in channels { residuals[k] = residuals[k].map { _ in nil } }
    }

    /// Hours at which each link stood otherwise than scheduled.
    func offSchedule(_ model: ImposedModel) -> [Link.ID: Int] {
        var found: [Link.ID: Int] = [:]
        for (bit, choice) in model.switched.choices.enumerated() {
            guard case .schedule(let link) = choice else { continue }
            let hours = switching.count { $0 >> bit & 1 == 1 }
            if hours > 0 { found[model.network.links[link].id] = hours }
        }
        return found
    }
}
