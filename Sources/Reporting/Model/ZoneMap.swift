// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A network divided into zones: which pipe lies in which, what is closed and what is metered; without zones, where gateways stand that read
/// its meters.
public struct ZoneMap: Sendable {
    public struct Area: Sendable {
        public var name: String
        /// Its pipes.
        public var lines: [[Point]]
        /// Where its name stands: the node nearest to its middle.
        public var middle: Point
        /// Of zones with a common border no two have the same, as long as there are enough; from 0.
        public var colour: Int
    }

    public struct Mark: Sendable {
        public enum Kind: String, Sendable, CaseIterable {
            /// A valve to close, an inlet with a meter, one with a reducing valve too, a gateway.
            case closed, inlet, reducing, gateway
        }

        public var link: String
        public var position: Point
        public var kind: Kind
    }

    public var areas: [Area]
    /// Pipes outside the zones and across their borders; pumps and valves.
    public var others: [[Point]]
    public var devices: [[Point]]
    /// Tanks and reservoirs.
    public var sources: [NetworkMap.NodeDot]
    public var marks: [Mark]
    /// Places of meters, where they are given in place of a network.
    public var meters: [Point] = []
    /// Units of the coordinates in one metre; nil where the lengths of the pipes do not tell.
    public var unitsPerMetre: Double?

    /// Line forms of zones.
    static let colours = 6
}
