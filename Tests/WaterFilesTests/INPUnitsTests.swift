// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterFiles
import WaterModel

@Suite("INP files: units")
struct INPUnitsTests {
    /// Size of each flow unit by its definition. [m³/s]
    static let exact: [(unit: String, size: Double, isUS: Bool)] = [
        ("CFS", 0.3048 * 0.3048 * 0.3048, true), ("GPM", 231 * 0.0254 * 0.0254 * 0.0254 / 60, true),
        ("MGD", 1e6 * 231 * 0.0254 * 0.0254 * 0.0254 / 86_400, true), ("IMGD", 4546.09 / 86_400, true),
        ("AFD", 43_560 * 0.3048 * 0.3048 * 0.3048 / 86_400, true), ("LPS", 0.001, false), ("LPM", 0.001 / 60, false),
        ("MLD", 1000.0 / 86_400, false), ("CMH", 1.0 / 3600, false), ("CMD", 1.0 / 86_400, false), ("CMS", 1, false),
    ]

    /// EPANET's rounded number of each unit in a cubic foot per second (its header files).
    static let perCubicFoot = [
        "CFS": 1, "GPM": 448.831, "MGD": 0.64632, "IMGD": 0.5382, "AFD": 1.9837, "LPS": 28.317, "LPM": 1699.0, "MLD": 2.4466,
        "CMH": 101.94, "CMD": 2446.6, "CMS": 0.028317,
    ]

    /// Rounding of a few multiplications and of the decimal text.
    private let rounding = 1e-12

    /// One network, with every kind of quantity, written in any unit; pressures in metres or psi as the unit system has them.
    private func text(_ unit: String, _ size: Double, _ isUS: Bool) -> String {
        let m = isUS ? 1 / 0.3048 : 1, mm = isUS ? 1 / 25.4 : 1, flow = 1 / size
        let psi = 6894.757293168361 / (1000 * 9.80665)
        let pressure = isUS ? 1 / psi : 1
        let kilowatt = isUS ? 1000 / 745.69987158227022 : 1
        return """
            [JUNCTIONS]
            A \(12 * m) \(0.005 * flow)
            B \(15 * m) \(0.002 * flow)
            C \(15 * m) 0
            D \(9 * m)
            [DEMANDS]
            B \(0.003 * flow)
            [RESERVOIRS]
            R \(60 * m)
            [TANKS]
            T \(40 * m) \(3 * m) \(1 * m) \(6 * m) \(8 * m) \(20 * m * m * m)
            [PIPES]
            P1 R A \(500 * m) \(200 * mm) 110 2
            P2 A B \(300 * m) \(150 * mm) 100
            P3 D T \(200 * m) \(150 * mm) 100
            [PUMPS]
            U A D HEAD K
            W A T POWER \(7.5 * kilowatt)
            [VALVES]
            V B C \(100 * mm) PRV \(25 * pressure)
            F C D \(100 * mm) FCV \(0.001 * flow)
            G C D \(100 * mm) GPV H
            [CURVES]
            K \(0.02 * flow) \(30 * m)
            H 0 0
            H \(0.01 * flow) \(4 * m)
            [EMITTERS]
            A \(0.0004 * flow * (isUS ? psi.squareRoot() : 1))
            [LEAKAGE]
            P2 \(30 / m) \(0.5 / m / m)
            [CONTROLS]
            LINK U CLOSED IF NODE T ABOVE \(5 * m)
            LINK V \(20 * pressure) IF NODE A BELOW \(10 * pressure)
            [STATUS]
            F \(0.0015 * flow)
            [OPTIONS]
            UNITS \(unit)
            DEMAND MODEL PDA
            MINIMUM PRESSURE \(2 * pressure)
            REQUIRED PRESSURE \(12 * pressure)
            """
    }

    /// All quantities of a network, in a fixed order.
    private func numbers(_ network: Network) throws -> [Double] {
        var numbers: [Double] = []
        for node in network.nodes {
            numbers.append(node.elevation)
            switch node.kind {
            case .junction(let junction): numbers += junction.demands.map(\.baseFlow) + [junction.emitter?.coefficient ?? 0]
            case .tank(let tank): numbers += [tank.initialLevel, tank.minimumLevel, tank.maximumLevel, tank.diameter, tank.minimumVolume]
            case .reservoir: break
            }
        }
        for link in network.links {
            switch link.kind {
            case .pipe(let pipe):
                numbers += [pipe.length, pipe.diameter, pipe.roughness, pipe.minorLoss]
                numbers += [pipe.leakage?.areaPerLength ?? 0, pipe.leakage?.expansionPerLength ?? 0]
            case .pump(let pump): if case .constantPower(let watts) = pump.characteristic { numbers.append(watts) }
            case .valve(let valve): numbers += [valve.diameter, valve.setting]
            }
        }
        for curve in network.curves { numbers += curve.points.flatMap { [$0.x, $0.y] } }
        for control in network.controls {
            if case .setting(let value) = control.action { numbers.append(value) }
            switch control.trigger {
            case .above(_, let limit), .below(_, let limit): numbers.append(limit)
            default: break
            }
        }
        if case .pressureDriven(let limits) = network.hydraulics.demandModel { numbers += [limits.minimum, limits.required] }
        return numbers
    }

    @Test("one network in each of the eleven flow units gives the same SI values", arguments: exact.map(\.unit))
    func elevenUnits(unit: String) throws {
        let entry = try #require(Self.exact.first { $0.unit == unit })
        let network = try INPSamples.read(text(unit, entry.size, entry.isUS))
        #expect(network.hydraulics.flowUnit == unit)
        #expect(network.hydraulics.pressureUnit == (entry.isUS ? "PSI" : "METERS"))
        let expected: [Double] = [
            12, 0.005, 0.0004, 15, 0.003, 0, 15, 0, 9, 0,  // junctions: elevation, demand (none for zero), emitter
        ]
        let found = try numbers(network)
        #expect(found.prefix(expected.count).elementsEqual(expected) { abs($0 - $1) <= rounding * max(abs($1), 1e-3) }, "\(found)")
        let metric = try numbers(try INPSamples.read(text("CMS", 1, false)))
        #expect(found.count == metric.count && metric.count > 50)
        for (a, b) in zip(found, metric) { #expect(abs(a - b) <= rounding * abs(b), "\(a) \(b)") }
    }

    @Test("metric values are those written in the file")
    func metricValues() throws {
        let network = try INPSamples.read(text("LPS", 0.001, false))
        let pipe = try network.pipe("P1"), leak = try #require(try network.pipe("P2").leakage)
        #expect(pipe.length == 500 && abs(pipe.diameter - 0.2) < rounding && pipe.roughness == 110 && pipe.minorLoss == 2)
        // 30 mm² per 100 m; 0.5 mm² per m of head and 100 m.
        #expect(abs(leak.areaPerLength / 3e-7 - 1) < rounding && abs(leak.expansionPerLength / 5e-9 - 1) < rounding)
        #expect(try network.valve("V").setting == 25)
        #expect(abs(try network.valve("F").setting - 0.0015) < rounding)
        guard case .constantPower(let watts) = try network.pump("W").characteristic else { throw CocoaError(.formatting) }
        #expect(abs(watts - 7500) < 1e-9)
        #expect(network.hydraulics.demandModel == .pressureDriven(PressureLimits(minimum: 2, required: 12, exponent: 0.5)))
        #expect(network.controls[0].trigger == .above("T", 5))
        #expect(network.controls[1].trigger == .below("A", 10))
        #expect(network.controls[1].action == .setting(20))
    }

    @Test("in parity mode a flow is turned round with EPANET's own rounded factor", arguments: exact.map(\.unit))
    func epanetFactors(unit: String) throws {
        let perCubicFoot = try #require(Self.perCubicFoot[unit])
        let network = try INPSamples.read(INPSamples.text(junctions: "A 10 5\nB 12 7", options: "UNITS \(unit)"), constants: .epanet)
        let expected = 7 / perCubicFoot * 0.3048 * 0.3048 * 0.3048
        #expect(abs(try network.junction("B").demands[0].baseFlow / expected - 1) < rounding)
    }

    /// 30 m of water in each unit.
    static let thirtyMetres: [(unit: String, setting: Double)] = [
        ("METERS", 30), ("METRES", 30), ("FEET", 30 / 0.3048), ("KPA", 294.1995), ("BAR", 2.941995), ("PSI", 294_199.5 / 6894.757293168361),
    ]

    @Test("pressures may be in any unit, whatever the flow unit is", arguments: thirtyMetres.map(\.unit))
    func pressureUnits(unit: String) throws {
        let setting = try #require(Self.thirtyMetres.first { $0.unit == unit }).setting
        for flow in ["LPS", "GPM"] {
            let network = try INPSamples.read(
                INPSamples.text(options: "UNITS \(flow)\nPRESSURE \(unit)", more: "[VALVES]\nV A B 100 PRV \(setting)"))
            #expect(abs(try network.valve("V").setting / 30 - 1) < rounding, "\(unit), \(flow)")
        }
        // EPANET's rounded 0.4333 psi/ft, 6.895 kPa/psi and 0.068948 bar/psi.
        let perPsi: [String: Double] = ["PSI": 1, "KPA": 6.895, "BAR": 0.068948]
        if let perPsi = perPsi[unit] {
            let expected = setting / perPsi / 0.4333 * 0.3048
            let text = INPSamples.text(options: "UNITS LPS\nPRESSURE \(unit)", more: "[VALVES]\nV A B 100 PRV \(setting)")
            #expect(abs(try INPSamples.read(text, constants: .epanet).valve("V").setting / expected - 1) < rounding)
        }
    }

    @Test("UNITS SI means L/s; without a unit the file is in gallons a minute and psi")
    func defaultUnits() throws {
        #expect(try INPSamples.read(INPSamples.text(options: "UNITS SI")).hydraulics.flowUnit == "LPS")
        let plain = try INPSamples.read(INPSamples.text(options: ""))
        #expect(plain.hydraulics.flowUnit == "GPM" && plain.hydraulics.pressureUnit == "PSI")
        #expect(try plain.pipe("P1").diameter == 150 * 0.0254)
    }

    @Test("specific gravity turns pressures into heads of that liquid")
    func specificGravity() throws {
        let text = INPSamples.text(options: "UNITS LPS\nSPECIFIC GRAVITY 0.8", more: "[VALVES]\nV A B 100 PRV 30")
        #expect(abs(try INPSamples.read(text).valve("V").setting - 37.5) < rounding * 37.5)
    }

    @Test("roughness of Darcy–Weisbach is a height in mm or thousandths of a foot; viscosity is relative or absolute")
    func roughnessAndViscosity() throws {
        let metric = try INPSamples.read(INPSamples.text(options: "UNITS LPS\nHEADLOSS D-W\nVISCOSITY 1.3e-6"))
        #expect(abs(try metric.pipe("P1").roughness - 0.1) < rounding)
        #expect(metric.hydraulics.kinematicViscosity == 1.3e-6)
        let us = try INPSamples.read(INPSamples.text(options: "UNITS GPM\nHEADLOSS D-W\nVISCOSITY 2"))
        #expect(abs(try us.pipe("P1").roughness - 100 * 0.3048 / 1000) < rounding)
        // 1.1e-5 ft²/s is EPANET's water at 20 °C.
        #expect(abs(us.hydraulics.kinematicViscosity / (2 * 1.1e-5 * 0.3048 * 0.3048) - 1) < rounding)
    }
}
