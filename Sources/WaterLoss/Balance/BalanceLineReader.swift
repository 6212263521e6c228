// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Takes lines from an input, names the ones that are not there, and enters their uncertainty.
struct BalanceLineReader {
    let input: BalanceInput
    let rules: BalanceDefaults
    var register: InputRegister
    var defaults: [String] = []

    init(_ input: BalanceInput, _ rules: BalanceDefaults, _ register: InputRegister) {
        self.input = input
        self.rules = rules
        self.register = register
    }

    func isGiven(_ line: BalanceInput.Line) -> Bool { input.isGiven(line) }

    func require(_ line: BalanceInput.Line, or other: BalanceInput.Line) throws(BalanceError) {
        if !isGiven(line) && !isGiven(other) { throw .missing(line, orLine: other) }
    }

    // MARK: Volumes

    mutating func volume(_ line: BalanceInput.Line) throws(BalanceError) -> Propagated {
        if let parts = input.parts[line], !parts.isEmpty { return try sum(parts, of: line) }
        guard let figure = input.volumes[line], figure.value != nil else {
            defaults.append("\(line.rawValue): not given, taken as 0")
            return Propagated(0)
        }
        return try volume(line, line.rawValue, figure)
    }

    private mutating func volume(_ line: BalanceInput.Line, _ name: String, _ figure: SourcedValue) throws(BalanceError) -> Propagated {
        // Known over-registration and corrections may make the apparent losses negative, never a measured volume.
        let mayBeNegative = line == .meteringInaccuracy || line == .dataHandling
        guard let volume = register.input(name, figure), mayBeNegative || volume.value >= 0 else {
            throw .invalidVolume(line, figure.value ?? .nan)
        }
        return volume
    }

    private mutating func sum(_ parts: [BalancePart], of line: BalanceInput.Line) throws(BalanceError) -> Propagated {
        var total = Propagated(0)
        for part in parts {
            let name = "\(line.rawValue): \(part.name)"
            var volume = try volume(line, name, part.volume)
            if let figure = part.meterError {
                guard let error = register.input("\(name), meter error", figure), error.value > -1 else {
                    throw .invalidFigure("\(name), meter error", figure.value ?? .nan)
                }
                volume = volume / (1 + error)
            }
            total = total + volume
        }
        return total
    }

    /// The volume of a line; where it is not given, by a rule on another term.
    mutating func volume(
        _ line: BalanceInput.Line, orBy rule: BalanceDefaults.Rule?, of base: (BalanceDefaults.Base) -> Propagated
    ) throws(BalanceError) -> Propagated {
        guard !isGiven(line), let rule else { return try volume(line) }
        defaults.append("\(line.rawValue): \(Self.percent(rule.fraction)) of \(rule.base.rawValue) (\(rule.source))")
        return register.input(line.rawValue, rule.fraction) * base(rule.base)
    }

    /// A figure of an estimator, which must be known.
    mutating func figure(_ name: String, _ value: SourcedValue, least: Double = 0) throws(BalanceError) -> Propagated {
        guard let figure = register.input(name, value), figure.value >= least else { throw .invalidFigure(name, value.value ?? .nan) }
        return figure
    }

    /// Share of the true volume that is missed, turned to the registered volume.
    mutating func missed(_ name: String, _ value: SourcedValue) throws(BalanceError) -> Propagated {
        guard let share = register.input(name, value), abs(share.value) < 1 else { throw .invalidUnderRegistration(value.value ?? .nan) }
        return share.missedOverRegistered
    }

    /// `0.75 % ± 0.5`; the rounding is for reading only.
    static func percent(_ fraction: Estimate) -> String {
        func text(_ share: Double) -> String {
            let number = (share * 1e5).rounded() / 1e3
            let whole = "\(number)"
            return whole.hasSuffix(".0") ? String(whole.dropLast(2)) : whole
        }
        return fraction.standardDeviation > 0 ? "\(text(fraction.value)) % ± \(text(fraction.margin95))" : "\(text(fraction.value)) %"
    }
}
