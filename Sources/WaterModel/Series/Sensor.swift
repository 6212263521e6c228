// SPDX-License-Identifier: GPL-3.0-or-later

/// A measuring point in the network, and what it reads.
public struct Sensor: Hashable, Sendable {
    public typealias ID = Identifier<Sensor>

    public enum Kind: String, Sendable, CaseIterable {
        /// Pressure head at a node. [m]
        case pressure
        /// Flow in a link, positive from its start to its end. [m³/s]
        case flow
        /// Level of a tank above its bottom. [m]
        case level
        /// Consumption at a node. [m³/s]
        case demand
    }

    public var id: ID
    public var kind: Kind
    /// Node or link that it sits on, as the network file names it; nil where no model is given.
    public var element: String?
    /// Zone that it belongs to; for a flow sensor, the zone it feeds.
    public var zone: Zone.ID?

    public init(id: ID, kind: Kind, element: String?, zone: Zone.ID? = nil) {
        self.id = id
        self.kind = kind
        self.element = element
        self.zone = zone
    }
}

/// Readings of many sensors on one clock, in SI units, at equal steps.
public struct SensorRecord: Sendable {
    public var start: Instant
    /// Distance between readings. [s]
    public var step: Int
    /// Every series begins at `start`, has the step `step` and the same count.
    public var series: [Sensor.ID: [Double?]]
    public var count: Int

    public init(start: Instant, step: Int, count: Int, series: [Sensor.ID: [Double?]]) {
        self.start = start
        self.step = step
        self.count = count
        self.series = series
    }

    public func instant(at index: Int) -> Instant { start + index * step }

    public func timeSeries(_ sensor: Sensor.ID) -> TimeSeries? {
        series[sensor].map { TimeSeries(start: start, step: step, values: $0) }
    }
}
