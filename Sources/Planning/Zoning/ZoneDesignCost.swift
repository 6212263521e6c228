// SPDX-License-Identifier: GPL-3.0-or-later

/// What the inlets and valves of a design of zones cost.
public struct ZoneDesignCost: Sendable {
    /// A sum with where its unit cost comes from.
    public struct Part: Sendable {
        /// [currency]; nil: no unit cost is known.
        public var sum: Double?
        /// ISO 4217; empty where the user's own unit cost is used.
        public var currency: String
        public var source: String
        public var status: String

        init(_ count: Int, given: Double?, _ key: String) {
            let parameter = MeasureCatalogue.standard.parameter("district_metering", key)
            if let given {
                (sum, currency, source, status) = (Double(count) * given, "", "given by the user", "given")
            } else {
                sum = parameter?.value.value.map { $0 * Double(count) }
                currency = parameter?.currency ?? ""
                source = parameter?.value.source ?? ""
                status = parameter?.value.status.rawValue ?? ""
            }
        }
    }

    public var inlets: Part
    public var valves: Part

    /// - Parameters:
    ///   - design: zones with their borders.
    ///   - inletCost: of an inlet chamber with meter; nil: the catalogue's `district_metering.unit_cost`.
    ///   - valveCost: of a border that is closed; nil: the catalogue's `district_metering.valve_cost`.
    public init(_ design: ZoneDesign, inletCost: Double?, valveCost: Double?) {
        inlets = Part(design.borders.count { $0.role != .closed }, given: inletCost, "unit_cost")
        valves = Part(design.borders.count { $0.role == .closed }, given: valveCost, "valve_cost")
    }
}

extension ZoneDesign {
    /// Share of the properties that lies in zones. [–]
    public var zonedShare: Double { properties > 0 ? 1 - propertiesOutside / properties : 0 }
}
