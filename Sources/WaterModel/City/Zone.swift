// SPDX-License-Identifier: GPL-3.0-or-later

/// A part of the network whose inflow is metered (district metered area, DMA).
public struct Zone: Sendable {
    public typealias ID = Identifier<Zone>

    /// A meter at the boundary: `sign` +1 where its positive flow enters the zone, −1 where it leaves.
    public struct BoundaryMeter: Sendable, Hashable {
        public var sensor: Sensor.ID
        public var sign: Double

        public init(sensor: Sensor.ID, sign: Double) {
            self.sensor = sensor
            self.sign = sign
        }
    }

    public var id: ID
    public var name: String
    public var connections: Int?
    /// [m]
    public var mainsLength: Double?
    /// Mean over the connections and the day. [m]
    public var averagePressure: Double?
    public var inflowMeters: [BoundaryMeter]

    public init(
        id: ID, name: String, connections: Int? = nil, mainsLength: Double? = nil, averagePressure: Double? = nil,
        inflowMeters: [BoundaryMeter] = []
    ) {
        self.id = id
        self.name = name
        self.connections = connections
        self.mainsLength = mainsLength
        self.averagePressure = averagePressure
        self.inflowMeters = inflowMeters
    }
}
