// SPDX-License-Identifier: GPL-3.0-or-later

/// Meters of a lot that are to be bought for one place, on connections that have none. With `count` 0 it is a place where a gateway may stand.
public struct LotMeters: Sendable, Hashable {
    /// On a map to scale; nil: not known. [m]
    public var place: Point?
    public var customerClass: Meter.CustomerClass
    /// Nominal. [m]
    public var diameter: Double?
    public var count: Int

    public init(place: Point? = nil, customerClass: Meter.CustomerClass = .residential, diameter: Double? = nil, count: Int) {
        self.place = place
        self.customerClass = customerClass
        self.diameter = diameter
        self.count = count
    }
}
