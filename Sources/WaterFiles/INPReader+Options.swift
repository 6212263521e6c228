// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [OPTIONS], [TIMES], [PATTERNS], [CURVES].
extension INPReader {
    /// EPANET's kinematic viscosity of water at 20 °C, 1.1e-5 ft²/s. [m²/s]
    private static let standardViscosity = 1.1e-5 * Units.foot * Units.foot

    mutating func readOptions() {
        var options = HydraulicOptions()
        var pressureUnit: String?
        var viscosity: Double?
        var pressureDriven = false
        var minimum = 0.0, required = 0.1, exponent = 0.5
        var limitsLine: Int?
        var minimumWord = 0.0, requiredWord: Double?
        let lines = text.lines(of: "OPTIONS")
        for line in lines {
            let words = line.words
            let key = words[0]
            let last = words[words.count - 1]
            func choice(_ allowed: [String], _ meaning: String) -> String? {
                if words.count > 1, let found = allowed.first(where: { words[1].matches($0) }) { return found }
                return nil
            }
            if key.matches("UNIT") {
                if let unit = choice(INPUnits.flowUnits + ["SI"], "unit") {
                    options.flowUnit = unit == "SI" ? "LPS" : unit
                } else {
                    report(
                        line.number, "flow unit '\(last)' is not known", "give one of \(INPUnits.flowUnits.joined(separator: ", "))")
                }
            } else if key.matches("PRESSURE"), words.count > 1, words[1].matches("EXPO") {
                exponent = number(line, 2, "pressure exponent", in: Self.positive) ?? exponent
            } else if key.matches("PRES") {
                pressureUnit = choice(INPUnits.pressureUnits + ["METRES"], "unit")
                if pressureUnit == nil {
                    report(line.number, "pressure unit '\(last)' is not known", "give PSI, KPA, METERS, BAR or FEET")
                }
            } else if key.matches("HEADL") {
                if let formula = choice(["H-W", "D-W", "C-M"], "formula").flatMap(HeadLossFormula.init(rawValue:)) {
                    options.headLossFormula = formula
                } else {
                    report(line.number, "head-loss formula '\(last)' is not known", "give H-W, D-W or C-M")
                }
            } else if key.matches("VISC") {
                viscosity = number(line, 1, "viscosity", in: Self.positive)
            } else if key.matches("SPEC") {
                options.specificGravity = number(line, words.count - 1, "specific gravity", in: Self.positive) ?? 1
            } else if key.matches("TRIA") {
                options.trials = number(line, 1, "number of trials", in: 1...1e6).map { Int($0) } ?? options.trials
            } else if key.matches("ACCU") {
                options.accuracy = number(line, 1, "accuracy", in: Self.notNegative).map { min(max($0, 1e-8), 0.1) } ?? options.accuracy
            } else if key.matches("DEMA"), words.count > 1, words[1].matches("MODE") {
                if last.matches("PDA") {
                    pressureDriven = true
                } else if !last.matches("DDA") {
                    report(line.number, "demand model '\(last)' is not known", "give DDA or PDA")
                }
            } else if key.matches("DEMA") {
                options.demandMultiplier = number(line, words.count - 1, "demand multiplier", in: Self.notNegative) ?? 1
            } else if key.matches("MINI") {
                minimumWord = number(line, words.count - 1, "minimum pressure", in: Self.notNegative) ?? 0
            } else if key.matches("REQU") {
                requiredWord = number(line, words.count - 1, "required pressure", in: Self.notNegative)
                limitsLine = line.number
            } else if key.matches("EMIT"), words.count > 1, words[1].matches("BACK") {
                options.emitterBackflow = !last.matches("NO")
            } else if key.matches("BACK") {
                options.emitterBackflow = !last.matches("NO")
            } else if key.matches("EMIT") {
                options.emitterExponent = number(line, words.count - 1, "emitter exponent", in: Self.positive) ?? 0.5
            } else if key.matches("PATT"), words.count > 1 {
                options.defaultPattern = Pattern.ID(words[1])
            } else {
                options.keptLines.append(line.raw)
            }
        }
        if pressureUnit == "METRES" { pressureUnit = "METERS" }
        let isUS = ["CFS", "GPM", "MGD", "IMGD", "AFD"].contains(options.flowUnit)
        options.pressureUnit = pressureUnit ?? (isUS ? "PSI" : "METERS")
        units = INPUnits(
            flowUnit: options.flowUnit, pressureUnit: options.pressureUnit, specificGravity: options.specificGravity, mode: constants)
        if let viscosity {
            options.kinematicViscosity = viscosity > 1e-3 ? viscosity * Self.standardViscosity : viscosity * units.viscosity
        } else {
            options.kinematicViscosity = Self.standardViscosity
        }
        if pressureDriven {
            minimum = minimumWord * units.pressure
            required = (requiredWord ?? 0.1) * units.pressure
            if required - minimum < 0.1 * units.pressure * 0.999_999 {
                report(
                    limitsLine, "the required pressure is not above the minimum pressure by 0.1 or more",
                    "raise REQUIRED PRESSURE or lower MINIMUM PRESSURE")
            }
            options.demandModel = .pressureDriven(PressureLimits(minimum: minimum, required: required, exponent: exponent))
        }
        network.hydraulics = options
    }

    mutating func readTimes() {
        for line in text.lines(of: "TIMES") {
            let words = line.words
            let second = words.count > 1 ? words[1] : ""
            let target: WritableKeyPath<TimeOptions, Int>
            let valueIndex: Int
            switch true {
            case words[0].matches("DURA"): (target, valueIndex) = (\.duration, 1)
            case words[0].matches("HYDR"): (target, valueIndex) = (\.hydraulicStep, 2)
            case words[0].matches("PATT") && second.matches("STAR"): (target, valueIndex) = (\.patternStart, 2)
            case words[0].matches("PATT"): (target, valueIndex) = (\.patternStep, 2)
            case words[0].matches("REPO") && second.matches("STAR"): (target, valueIndex) = (\.reportStart, 2)
            case words[0].matches("REPO"): (target, valueIndex) = (\.reportStep, 2)
            case words[0].matches("STAR"): (target, valueIndex) = (\.startClockTime, 2)
            default:
                network.times.keptLines.append(line.raw)
                continue
            }
            if let seconds = seconds(line, from: valueIndex) { network.times[keyPath: target] = seconds }
        }
        network.times.hydraulicStep = max(1, min(network.times.hydraulicStep, network.times.patternStep, network.times.reportStep))
    }

    /// `h`, `h:mm[:ss]`, `value UNIT`, or with AM or PM. A problem, and nil, for anything else.
    mutating func seconds(_ line: INPText.Line, from index: Int) -> Int? {
        guard index < line.words.count else {
            report(line.number, "a time is missing", "give hours, h:mm or a value with its unit")
            return nil
        }
        let word = line.words[index]
        let unit = index + 1 < line.words.count ? line.words[index + 1] : ""
        var hours: Double?
        if word.contains(":") {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { NumberText.number($0) }
            if parts.count <= 4, !parts.contains(nil) {
                hours = zip(parts.compactMap { $0 }, [1, 1 / 60.0, 1 / 3600.0, 0]).reduce(0) { $0 + $1.0 * $1.1 }
            }
        } else if let value = NumberText.number(word) {
            if unit.matches("SEC") {
                hours = value / 3600
            } else if unit.matches("MIN") {
                hours = value / 60
            } else if unit.matches("DAY") {
                hours = value * 24
            } else {
                hours = value
            }
        }
        guard var hours, hours >= 0, hours < 1e7 else {
            report(line.number, "time '\(word)' cannot be read", "give hours, h:mm or a value with its unit")
            return nil
        }
        if unit.matches("AM") || unit.matches("PM") {
            guard hours < 13 else {
                report(line.number, "time '\(word) \(unit)' cannot be read", "give an hour up to 12 with AM or PM")
                return nil
            }
            if hours >= 12 { hours -= 12 }
            if unit.matches("PM") { hours += 12 }
        }
        return Int((hours * 3600).rounded())
    }

    mutating func readPatterns() {
        for line in text.lines(of: "PATTERNS") {
            var multipliers: [Double] = []
            for index in line.words.indices.dropFirst() {
                if let value = number(line, index, "multiplier of pattern '\(line.words[0])'") { multipliers.append(value) }
            }
            if let index = patternIndex[line.words[0]] {
                network.patterns[index].multipliers += multipliers
            } else {
                patternIndex[line.words[0]] = network.patterns.count
                network.patterns.append(Pattern(id: Pattern.ID(line.words[0]), multipliers: multipliers))
            }
        }
        for index in network.patterns.indices where network.patterns[index].multipliers.isEmpty {
            network.patterns[index].multipliers = [1]
        }
        // The default pattern is the one named, "1" where none is named; one that does not exist means constant demand.
        let name = network.hydraulics.defaultPattern?.name ?? "1"
        network.hydraulics.defaultPattern = patternIndex[name] == nil ? nil : Pattern.ID(name)
    }

    mutating func readCurves() {
        for line in text.lines(of: "CURVES") {
            guard let x = number(line, 1, "x of curve '\(line.words[0])'"), let y = number(line, 2, "y of curve '\(line.words[0])'") else {
                continue
            }
            let index = curveIndex[line.words[0]] ?? network.curves.count
            if index == network.curves.count {
                curveIndex[line.words[0]] = index
                curveLines.append(line.number)
                network.curves.append(Curve(id: Curve.ID(line.words[0]), use: .unused, points: []))
            }
            if let last = network.curves[index].points.last, x <= last.x {
                report(line.number, "curve '\(line.words[0])': x does not rise", "sort its points by x, each once")
            }
            network.curves[index].points.append(Point(x: x, y: y))
        }
    }

    /// Curves get their units when all uses are known.
    mutating func convertCurves() {
        for index in network.curves.indices {
            let (x, y): (Double, Double) =
                switch network.curves[index].use {
                case .pumpHead, .headLoss: (units.flow, units.length)
                case .pumpEfficiency: (units.flow, 1)
                case .tankVolume: (units.length, units.volume)
                case .valveOpening, .unused: (1, 1)
                }
            for point in network.curves[index].points.indices {
                network.curves[index].points[point].x *= x
                network.curves[index].points[point].y *= y
            }
        }
    }
}
