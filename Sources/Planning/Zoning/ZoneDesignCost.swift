// SPDX-License-Identifier: GPL-3.0-or-later

/// What the inlets and valves of a design of zones cost.
public struct ZoneDesignCost: Sendable {
    /// [currency]; nil: no unit cost is known.
    public var inlets: Double?
    public var valves: Double?
    /// ISO 4217; empty where the user's own unit costs are used.
    public var currency: String
    public var source: String
    public var status: String

    /// - inletCost: of an inlet chamber with meter; nil: the catalogue's `district_metering.unit_cost`.
    /// - valveCost: of a valve; nil: not counted, since no public figure was found.
    public init(_ design: ZoneDesign, inletCost: Double?, valveCost: Double?) {
        let count = Double(design.borders.count { $0.role != .closed })
        let closed = Double(design.borders.count { $0.role == .closed })
        let parameter = MeasureCatalogue.standard.parameter("district_metering", "unit_cost")
        if let inletCost {
            (inlets, currency, source, status) = (count * inletCost, "", "given by the user", "given")
        } else {
            inlets = parameter?.value.value.map { $0 * count }
            currency = parameter?.currency ?? ""
            source = parameter?.value.source ?? ""
            status = parameter?.value.status.rawValue ?? ""
        }
        valves = valveCost.map { $0 * closed }
    }
}

extension ZoneDesign {
    /// Share of the properties that lies in zones. [–]
    public var zonedShare: Double { properties > 0 ? 1 - propertiesOutside / properties : 0 }
}
