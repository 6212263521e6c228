// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [TIMES], [PATTERNS], [CURVES].
extension INPReader {
    mutating func readTimes() {
        each("TIMES") { $0.readTime() }
        var times = network.times
        if times.patternStep == 0 { times.patternStep = 3600 }
        if times.reportStep == 0 { times.reportStep = times.patternStep }
        if times.hydraulicStep == 0 { times.hydraulicStep = 3600 }
        times.hydraulicStep = max(1, min(times.hydraulicStep, times.patternStep, times.reportStep))
        if let step = times.ruleStep { times.ruleStep = step == 0 ? nil : min(step, times.hydraulicStep) }
        network.times = times
    }

    private mutating func readTime() {
        if matches(0, "STAT") || matches(0, "QUAL") || matches(0, "MINI") { return network.times.keptLines.append(rawLine) }
        let target: WritableKeyPath<TimeOptions, Int>?
        switch true {
        case matches(0, "DURA"): target = \.duration
        case matches(0, "HYDR"): target = \.hydraulicStep
        case matches(0, "RULE"): target = nil
        case matches(0, "PATT") && matches(1, "STAR"): target = \.patternStart
        case matches(0, "PATT"): target = \.patternStep
        case matches(0, "REPO") && matches(1, "STAR"): target = \.reportStart
        case matches(0, "REPO"): target = \.reportStep
        case matches(0, "STAR"): target = \.startClockTime
        default: return report("'\(word(0))' of [TIMES] is not known", "correct it, or remove the line; the times of EPANET 2.3 are read")
        }
        // The value stands last, or before its unit.
        let last = count - 1
        guard last > 0 else { return report("a time is missing", "give hours, h:mm or a value with its unit") }
        let hasUnit = last > 1 && text.bytes[line.words[last]].allSatisfy { ($0 | 32) >= 97 && ($0 | 32) <= 122 } && isUnit(last)
        guard let seconds = seconds(hasUnit ? last - 1 : last, unit: hasUnit ? last : nil) else { return }
        if let target { network.times[keyPath: target] = seconds } else { network.times.ruleStep = seconds }
        network.times.startClockTime %= 86_400
    }

    private func isUnit(_ index: Int) -> Bool { ["SEC", "MIN", "HOU", "DAY", "AM", "PM"].contains { matches(index, $0) } }

    /// `h`, `h:mm[:ss]`, `value UNIT`, or with AM or PM. A problem, and nil, for anything else.
    /// - isCut: whether EPANET drops the fraction of a second in place of rounding it; done with its constants only.
    mutating func seconds(_ index: Int, unit: Int?, isCut: Bool = false) -> Int? {
        guard index < count else {
            report("a time is missing", "give hours, h:mm or a value with its unit")
            return nil
        }
        let range = line.words[index]
        let isHalfOfDay = unit.map { matches($0, "AM") || matches($0, "PM") } ?? false
        var hours: Double?
        if text.bytes[range].contains(58) {
            let parts = word(index).split(separator: ":", omittingEmptySubsequences: false).map { NumberText.number($0) }
            if parts.count <= 3, !parts.contains(nil) {
                hours = zip(parts.compactMap { $0 }, [1, 60.0, 3600.0]).reduce(0) { $0 + $1.0 / $1.1 }
            }
        } else if let value = value(index) {
            if let unit, !isHalfOfDay {
                if matches(unit, "SEC") {
                    hours = value / 3600
                } else if matches(unit, "MIN") {
                    hours = value / 60
                } else if matches(unit, "DAY") {
                    hours = value * 24
                } else if matches(unit, "HOU") {
                    hours = value
                }
            } else {
                hours = value
            }
        }
        guard var hours, hours >= 0, hours < 1e7 else {
            let shown = unit.map { "\(word(index)) \(word($0))" } ?? word(index)
            report("time '\(shown)' cannot be read", "give hours, h:mm, h:mm:ss or a value with its unit")
            return nil
        }
        if let unit, isHalfOfDay {
            guard hours < 13 else {
                report("time '\(word(index)) \(word(unit))' cannot be read", "give an hour up to 12 with AM or PM")
                return nil
            }
            if hours >= 12 { hours -= 12 }
            if matches(unit, "PM") { hours += 12 }
        }
        return isCut && constants == .epanet ? Int(hours * 3600) : Int((hours * 3600).rounded())
    }

    mutating func readPatterns() {
        each("PATTERNS") { reader in
            let known = reader.patternNames.value(of: reader.line.words[0], in: reader.text.bytes)
            let index = known ?? reader.network.patterns.count
            if known == nil {
                reader.patternNames.insert(reader.line.words[0], index, in: reader.text.bytes)
                reader.network.patterns.append(Pattern(id: Pattern.ID(reader.word(0)), multipliers: []))
            }
            for word in 1..<max(1, reader.count) {
                guard let value = reader.number(word, "multiplier of pattern") else { continue }
                reader.network.patterns[index].multipliers.append(value)
            }
        }
        for index in network.patterns.indices where network.patterns[index].multipliers.isEmpty {
            network.patterns[index].multipliers = [1]
        }
        // The default pattern is the one named, "1" where none is named; one that does not exist means constant demand.
        let name = network.hydraulics.defaultPattern?.name ?? "1"
        network.hydraulics.defaultPattern = network.patterns.first { $0.id.name == name }?.id
    }

    mutating func readCurves() {
        each("CURVES") { reader in
            guard let x = reader.number(1, "x of curve"), let y = reader.number(2, "y of curve") else { return }
            let known = reader.curveNames.value(of: reader.line.words[0], in: reader.text.bytes)
            let index = known ?? reader.network.curves.count
            if known == nil {
                reader.curveNames.insert(reader.line.words[0], index, in: reader.text.bytes)
                reader.curveLines.append(reader.line.number)
                reader.network.curves.append(Curve(id: Curve.ID(reader.word(0)), use: .unused, points: []))
            }
            if let last = reader.network.curves[index].points.last, x <= last.x {
                reader.report("curve '\(reader.word(0))': x does not rise", "sort its points by x, each once")
            }
            reader.network.curves[index].points.append(Point(x: x, y: y))
        }
    }

    /// Curves get their units when all uses are known.
    mutating func convertCurves() {
        for index in network.curves.indices {
            let (x, y) = units.curve(network.curves[index].use)
            for point in network.curves[index].points.indices {
                network.curves[index].points[point].x *= x
                network.curves[index].points[point].y *= y
            }
        }
    }
}
