// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// Whose constants are used to turn a file's units into SI.
public enum ConstantsMode: String, Sendable, CaseIterable {
    /// Exact definitions: one network gives one answer in any unit.
    case exact
    /// The rounded constants of EPANET 2.3 (its header files), for parity.
    case epanet
}

/// Factors from the units of an INP file to SI: multiply a value of the file by the factor.
struct INPUnits {
    /// Flow units and how many of them EPANET takes for a cubic foot per second.
    private static let epanetFlowPerCubicFoot: [String: Double] = [
        "CFS": 1, "GPM": 448.831, "MGD": 0.64632, "IMGD": 0.5382, "AFD": 1.9837, "LPS": 28.317, "LPM": 1699.0, "MLD": 2.4466,
        "CMH": 101.94, "CMD": 2446.6, "CMS": 0.028317,
    ]
    /// Exact size of each unit. [m³/s]
    private static let exactFlow: [String: Double] = [
        "CFS": Units.cubicFoot, "GPM": Units.usGallon / 60, "MGD": 1e6 * Units.usGallon / Units.day,
        "IMGD": 1e6 * Units.imperialGallon / Units.day, "AFD": Units.acreFoot / Units.day, "LPS": 1e-3, "LPM": 1e-3 / 60,
        "MLD": 1e3 / Units.day, "CMH": 1 / Units.hour, "CMD": 1 / Units.day, "CMS": 1,
    ]
    static let flowUnits = ["CFS", "GPM", "MGD", "IMGD", "AFD", "LPS", "LPM", "MLD", "CMH", "CMD", "CMS"]
    static let pressureUnits = ["PSI", "KPA", "METERS", "BAR", "FEET"]

    static func isUS(_ flowUnit: String) -> Bool { ["CFS", "GPM", "MGD", "IMGD", "AFD"].contains(flowUnit) }

    let mode: ConstantsMode
    /// US files give feet, inches and horsepower; SI files metres, millimetres and kilowatts.
    let isUS: Bool
    /// [m³/s]
    let flow: Double
    /// [m]
    let length: Double
    /// Of pipes, pumps and valves. [m]
    let diameter: Double
    /// Of tanks, in the unit of length. [m³]
    let volume: Double
    /// [m of head]
    let pressure: Double
    /// [W]
    let power: Double
    /// Head in which emitter coefficients are given: psi or m. [m of head]
    let emitterHead: Double
    /// Roughness of Darcy–Weisbach: mm or 1/1000 ft. [m]
    let roughnessHeight: Double
    /// Of a kinematic viscosity given as such. [m²/s]
    let viscosity: Double

    /// - Parameters:
    ///   - flowUnit: one of `flowUnits`.
    ///   - pressureUnit: one of `pressureUnits`.
    init(flowUnit: String, pressureUnit: String, specificGravity: Double, mode: ConstantsMode) {
        self.mode = mode
        isUS = Self.isUS(flowUnit)
        flow =
            switch mode {
            case .exact: Self.exactFlow[flowUnit] ?? 1
            case .epanet: Units.cubicFoot / (Self.epanetFlowPerCubicFoot[flowUnit] ?? 1)
            }
        length = isUS ? Units.foot : 1
        diameter = isUS ? Units.inch : 1e-3
        volume = isUS ? Units.cubicFoot : 1
        let psi = mode == .exact ? Units.psi / (Units.waterDensity * Units.gravity) : Units.foot / 0.4333
        let perUnit: Double =
            switch (pressureUnit, mode) {
            case ("PSI", _): psi
            case ("KPA", .exact): 1000 / (Units.waterDensity * Units.gravity)
            case ("KPA", .epanet): psi / 6.895
            case ("BAR", .exact): 1e5 / (Units.waterDensity * Units.gravity)
            case ("BAR", .epanet): psi / 0.068948
            case ("FEET", _): Units.foot
            default: 1
            }
        pressure = perUnit / specificGravity
        // EPANET 2.3.5 divides the kilowatts of an SI file by 0.7457 twice on their way to horsepower.
        power = isUS ? (mode == .exact ? Units.horsepower : 745.7) : (mode == .exact ? 1000 : 1000 / 0.7457)
        emitterHead = isUS ? psi / specificGravity : 1
        roughnessHeight = isUS ? Units.foot / 1000 : 1e-3
        viscosity = isUS ? Units.foot * Units.foot : 1
    }

    /// Of a valve's setting.
    func setting(of kind: Valve.Kind) -> Double {
        switch kind {
        case .pressureReducing, .pressureSustaining, .pressureBreaker: pressure
        case .flowControl: flow
        case .throttleControl, .generalPurpose, .positionalControl: 1
        }
    }

    /// Of the two axes of a curve.
    func curve(_ use: Curve.Use) -> (x: Double, y: Double) {
        switch use {
        case .pumpHead, .headLoss: (flow, length)
        case .pumpEfficiency: (flow, 1)
        case .tankVolume: (length, volume)
        case .valveOpening, .unused: (1, 1)
        }
    }

    /// Coefficient of an emitter q = C pⁿ. [m³/s per mⁿ]
    func emitterCoefficient(_ value: Double, exponent: Double) -> Double { value * flow * pow(1 / emitterHead, exponent) }

    /// Leakage of a pipe: A in mm² per 100 units of length, m in mm² per unit of head per 100 units of length.
    /// EPANET 2.3.5 takes the head of m in metres in US files too.
    func leakage(area: Double, expansion: Double) -> PipeLeakage {
        let headUnit = mode == .exact ? length : 1
        return PipeLeakage(
            areaPerLength: area * 1e-6 / (100 * length), expansionPerLength: expansion * 1e-6 / (100 * length * headUnit))
    }

    /// What turns a flow inside into the file's unit, taken at its exact size: 1 but for EPANET's constants, whose cubic foot has
    /// a slightly different size in each unit.
    static func flowCorrection(unit: String, mode: ConstantsMode) -> Double {
        guard mode == .epanet, let exact = exactFlow[unit], let count = epanetFlowPerCubicFoot[unit] else { return 1 }
        return exact * count / Units.cubicFoot
    }
}

extension INP {
    /// Factor by which flows of a solution with EPANET's constants are to be multiplied to be those that EPANET reports in the file's
    /// unit; 1 with exact constants. At most 1.0001 (acre-feet a day).
    public static func flowCorrection(of network: Network, constants: ConstantsMode) -> Double {
        INPUnits.flowCorrection(unit: network.hydraulics.flowUnit, mode: constants)
    }
}
