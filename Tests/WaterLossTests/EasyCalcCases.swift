// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// The systems that were put into WB-EasyCalc 6.17 (W11–W14 of the reference page), and what it displayed.
struct EasyCalcCase {
    var input: BalanceInput
    var profile: CityProfile

    /// Case A: every group of inputs used. - shareFactor: scales the margins of meter shares; (1 − p) makes our p/(1 − p) carry the
    /// margin that the sheet gives it.
    static func a(exactShares: Bool = false) -> EasyCalcCase {
        func share(_ p: Double, _ e: Double) -> SourcedValue { sourced(p, exactShares ? e * (1 - p) : e) }
        func part(_ name: String, _ volume: Double, _ e: Double) -> BalancePart { BalancePart(name: name, volume: sourced(volume, e)) }
        var use = UnauthorisedUse()
        use.illegalHouseholds = .init(number: sourced(500, 0.5), persons: sourced(5), usePerPerson: sourced(0.15))
        use.illegalOthers = .init(number: sourced(50, 0.4), use: sourced(1))
        use.tampering = .init(number: sourced(1000, 0.3), use: sourced(0.2))
        use.others = [.init(name: "free line", flow: sourced(100, 0.2))]
        var errors = MeterErrors()
        errors.exported = share(0.01, 0.1)
        errors.unbilledMetered = share(0.02, 0.1)
        errors.corruptReading = share(0.01, 0.5)
        errors.officeVolume = sourced(30_000, 0.5)
        let input = BalanceInput(
            periodDays: 365,
            volumes: [
                .exported: sourced(300_000), .billedMetered: sourced(7_000_000), .billedUnmetered: sourced(200_000),
                .unbilledMetered: sourced(50_000),
            ], meterUnderRegistration: share(0.05, 0.25),
            parts: [
                .ownSources: [part("1", 10_000_000, 0.02), part("2", 2_000_000, 0.05)],
                .unbilledUnmetered: [part("1", 100_000, 0.3), part("2", 40_000, 0.2)],
            ], unauthorisedUse: use, meterErrors: errors)
        var profile = CityProfile(name: "A", country: "XX", currency: "XXX")
        profile.connections = sourced(40_000, 0.03)
        profile.inactiveConnections = sourced(1_000, 0.1)
        profile.customers = sourced(42_000, 0.02)
        profile.mainsLength = sourced(500_000, 0.03)
        profile.mainsUnderestimation = sourced(20)
        profile.serviceLineLength = sourced(6, 0.2)
        let zones = [PressureZone(connections: 30_000, pressure: 35), PressureZone(connections: 11_000, pressure: 25)]
        profile.averagePressure = sourced(PressureZone.mean(zones) ?? 0, 0.1)
        profile.tariff = sourced(0.8)
        profile.variableProductionCost = sourced(0.2)
        profile.saleableWater = sourced(3_000)
        profile.operatingCost = sourced(9_000_000)
        return EasyCalcCase(input: input, profile: profile)
    }

    /// Case B: A with supply of some hours.
    static func b(exactShares: Bool = false) -> EasyCalcCase {
        var made = a(exactShares: exactShares)
        let zones = [
            SupplyZone(connections: 30_000, daysPerWeek: 7, hoursPerDay: 20),
            SupplyZone(connections: 11_000, daysPerWeek: 3.5, hoursPerDay: 12),
        ]
        made.profile.supplyHours = sourced(SupplyZone.mean(zones) ?? 0, 0.05)
        return made
    }

    /// Cases C (margins 0) and D; others change a figure of C.
    static func simple(
        margins: Double = 0, days: Double = 365, pressure: Double = 40, hours: Double? = nil, underestimation: Double = 0
    ) -> EasyCalcCase {
        let m = margins
        let input = BalanceInput(
            periodDays: days,
            volumes: [
                .ownSources: sourced(3_650_000, 0.05 * m), .billedMetered: sourced(2_555_000),
                .unbilledUnmetered: sourced(36_500, 0.5 * m),
            ],
            meterUnderRegistration: sourced(0.03, 0.5 * m))
        var profile = CityProfile(name: "C", country: "XX", currency: "XXX")
        profile.connections = sourced(9_000, 0.05 * m)
        profile.customers = sourced(10_000, 0.02 * m)
        profile.mainsLength = sourced(120_000, 0.05 * m)
        profile.mainsUnderestimation = sourced(underestimation * 1000)
        profile.serviceLineLength = sourced(0)
        profile.averagePressure = sourced(pressure, 0.1 * m)
        if let hours { profile.supplyHours = sourced(hours) }
        profile.tariff = sourced(1)
        profile.variableProductionCost = sourced(0.3)
        profile.operatingCost = sourced(3_000_000)
        return EasyCalcCase(input: input, profile: profile)
    }

    /// By the name that the vectors give it.
    static func named(_ name: String) -> EasyCalcCase? {
        switch name {
        case "A": a()
        case "B": b()
        case "D": simple(margins: 1)
        case "N1": simple(margins: 1, underestimation: 10)
        case "H": simple(days: 30)
        case "G", "WI8": simple(hours: 12)
        case let name where name.hasPrefix("P"): Double(name.dropFirst()).map { simple(pressure: $0) }
        case "C", "E", "F": simple()
        case let name where name.hasPrefix("WI"): simple()
        default: nil
        }
    }

    static let names =
        ["A", "B", "C", "D", "E", "F", "G", "H", "N1"] + ["P15", "P25", "P35", "P45", "P55"] + (0...8).map { "WI\($0)" }

    /// Targets as typed into the sheet; the present index and rate were typed rounded.
    static func targets(_ name: String) -> WhatIf.Targets? {
        var t = WhatIf.Targets()
        if name.hasPrefix("WI") {
            (t.pressure, t.hours, t.coverageFrom, t.coverageTo, t.extraSales) = (40, 24, 100, 100, 0)
            (t.infrastructureLeakageIndex, t.apparentLosses) = (7.167480719, 24.0549776)
        }
        switch name {
        case "A":
            (t.pressure, t.coverageFrom, t.coverageTo, t.extraSales) = (25, 80, 90, 500)
            (t.infrastructureLeakageIndex, t.apparentLosses) = (4, 60)
        case "B": (t.pressure, t.hours) = (40, 24)
        case "E": t.pressure = 30
        case "F": t.infrastructureLeakageIndex = 2
        case "G": t.hours = 24
        case "WI0": break
        case "WI1": t.pressure = 30
        case "WI2": t.pressure = 20
        case "WI3": t.infrastructureLeakageIndex = 2
        case "WI4": t.apparentLosses = 12
        case "WI5": (t.coverageFrom, t.coverageTo) = (80, 90)
        case "WI6": t.extraSales = 500
        case "WI7": (t.pressure, t.infrastructureLeakageIndex) = (30, 4)
        case "WI8": t.infrastructureLeakageIndex = 14.334961
        default: return nil
        }
        return t
    }
}
