// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// What [OPTIONS] says before its numbers are turned into SI units.
private struct OptionWords {
    var options = HydraulicOptions()
    var pressureUnit: String?
    var viscosity: Double?
    var isPressureDriven = false
    var minimum: Double?
    var required: Double?
    var exponent: Double?
    var limitsLine: Int?
    /// Lines on pressure-driven demand, kept where the model is demand-driven.
    var limitLines: [String] = []
}

/// [OPTIONS].
extension INPReader {
    /// EPANET's kinematic viscosity of water at 20 °C, 1.1e-5 ft²/s. [m²/s]
    static let standardViscosity = 1.1e-5 * Units.foot * Units.foot

    /// Options of EPANET that the engine does not use: quality, drawing, its own iteration. They are kept.
    private static let keptOptions = [
        "HYDR", "QUAL", "MAP", "VERI", "UNBA", "DIFF", "TOLER", "SEGM", "HEADERROR", "FLOWCHANGE", "HTOL", "QTOL", "RQTOL", "CHECKFREQ",
        "MAXCHECK", "DAMPLIMIT",
    ]

    mutating func readOptions() {
        var words = OptionWords()
        each("OPTIONS") { $0.readOption(&words) }
        var options = words.options
        let isUS = INPUnits.isUS(options.flowUnit)
        options.pressureUnit = words.pressureUnit ?? (isUS ? "PSI" : "METERS")
        units = INPUnits(
            flowUnit: options.flowUnit, pressureUnit: options.pressureUnit, specificGravity: options.specificGravity, mode: constants)
        if let viscosity = words.viscosity {
            options.kinematicViscosity = viscosity > 1e-3 ? viscosity * Self.standardViscosity : viscosity * units.viscosity
        } else {
            options.kinematicViscosity = Self.standardViscosity
        }
        if words.isPressureDriven {
            let minimum = words.minimum ?? 0
            let required = words.required ?? minimum + 0.1
            if required - minimum < 0.1 * 0.999_999 {
                report(
                    at: words.limitsLine, "the required pressure is not above the minimum pressure by 0.1 or more",
                    "raise REQUIRED PRESSURE or lower MINIMUM PRESSURE")
            }
            options.demandModel = .pressureDriven(
                PressureLimits(minimum: minimum * units.pressure, required: required * units.pressure, exponent: words.exponent ?? 0.5))
        } else {
            options.keptLines += words.limitLines
        }
        network.hydraulics = options
    }

    private func choice(_ allowed: [String]) -> String? { allowed.first { matches(1, $0) } }

    private mutating func readOption(_ words: inout OptionWords) {
        let last = count - 1
        func option(_ reader: inout INPReader, _ meaning: String, in range: ClosedRange<Double>) -> Double? {
            reader.number(last, meaning, isNamed: false, in: range)
        }
        if matches(0, "UNIT") {
            if let unit = choice(INPUnits.flowUnits + ["SI"]) {
                words.options.flowUnit = unit == "SI" ? "LPS" : unit
            } else {
                report("flow unit '\(word(last))' is not known", "give one of \(INPUnits.flowUnits.joined(separator: ", "))")
            }
        } else if matches(0, "PRESSURE"), matches(1, "EXP") {
            words.exponent = number(2, "pressure exponent", isNamed: false, in: Self.positive)
            words.limitLines.append(rawLine)
        } else if matches(0, "PRES") {
            let unit = choice(INPUnits.pressureUnits + ["METRES"])
            words.pressureUnit = unit == "METRES" ? "METERS" : unit
            if unit == nil { report("pressure unit '\(word(last))' is not known", "give PSI, KPA, METERS, BAR or FEET") }
        } else if matches(0, "HEADL") {
            if let formula = choice(["H-W", "D-W", "C-M"]).flatMap(HeadLossFormula.init(rawValue:)) {
                words.options.headLossFormula = formula
            } else {
                report("head-loss formula '\(word(last))' is not known", "give H-W, D-W or C-M")
            }
        } else if matches(0, "VISC") {
            words.viscosity = number(1, "viscosity", isNamed: false, in: Self.positive)
        } else if matches(0, "SPEC") {
            words.options.specificGravity = option(&self, "specific gravity", in: Self.positive) ?? 1
        } else if matches(0, "TRIA") {
            if let trials = number(1, "number of trials", isNamed: false, in: 1...1e6) { words.options.trials = Int(trials) }
        } else if matches(0, "ACCU") {
            if let accuracy = number(1, "accuracy", isNamed: false, in: Self.notNegative) {
                words.options.accuracy = min(max(accuracy, 1e-8), 0.1)
            }
        } else if matches(0, "DEMA"), matches(1, "MODE") {
            if matches(last, "PDA") {
                words.isPressureDriven = true
            } else if !matches(last, "DDA") {
                report("demand model '\(word(last))' is not known", "give DDA or PDA")
            } else {
                words.isPressureDriven = false
            }
        } else if matches(0, "DEMA") {
            words.options.demandMultiplier = option(&self, "demand multiplier", in: Self.notNegative) ?? 1
        } else if matches(0, "MINI") {
            words.minimum = option(&self, "minimum pressure", in: Self.notNegative)
            words.limitsLine = words.limitsLine ?? line.number
            words.limitLines.append(rawLine)
        } else if matches(0, "REQ") {
            words.required = option(&self, "required pressure", in: Self.notNegative)
            words.limitsLine = line.number
            words.limitLines.append(rawLine)
        } else if matches(0, "BACK") || (matches(0, "EMIT") && matches(1, "BACK")) {
            if matches(last, "NO") || matches(last, "YES") {
                words.options.emitterBackflow = matches(last, "YES")
            } else {
                report("backflow of emitters is '\(word(last))'", "give YES or NO")
            }
        } else if matches(0, "EMIT") {
            words.options.emitterExponent = option(&self, "emitter exponent", in: Self.positive) ?? 0.5
        } else if matches(0, "PATT") {
            if count > 1 { words.options.defaultPattern = Pattern.ID(word(1)) }
        } else if Self.keptOptions.contains(where: { matches(0, $0) }) {
            words.options.keptLines.append(rawLine)
        } else {
            report("option '\(word(0))' is not known", "correct it, or remove the line; the options of EPANET 2.3 are read")
        }
    }
}
