// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts phrases and figures into a language. A class, since it is handed about with every word, and a catalogue has many parts to copy.
public final class Wording: Sendable {
    public let catalogue: Catalogue

    public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    public func text(_ phrase: Phrase) -> String {
        switch phrase {
        case .words(let key, let arguments):
            Catalogue.filled(catalogue.text(key), arguments.map(text))
        case .counted(let key, let count, let arguments, _):
            Catalogue.filled(catalogue.text(key, count: count), [number(Double(count), decimals: 0)] + arguments.map(text))
        case .name(let group, let member):
            name(member, in: group)
        case .message(let message), .finding(let message, _): self.message(message)
        case .literal(let words): Self.isolated(words)
        case .date(let iso): date(iso)
        case .figure(let figure): text(figure)
        case .list(let phrases): phrases.map(text).joined(separator: catalogue.text(.listSeparator))
        }
    }

    /// Figure with interval and unit; the words for "not known" where there is none.
    public func text(_ figure: Figure) -> String {
        guard figure.value?.isFinite == true else { return catalogue.text(.notKnown) }
        let number = numbers(figure)
        switch figure.unit {
        case .none: return number
        case .percent: return Catalogue.filled(catalogue.text(.percentForm), [number])
        case .money: return Catalogue.filled(catalogue.text(.moneyForm), [number, unit(figure.unit)])
        case .moneyPerYear(let code): return Catalogue.filled(catalogue.text(.moneyPerYearForm), [number, amountUnit(code)])
        case .moneyPerCubicMetre(let code):
            let volume = catalogue.units[catalogue.unitSystem.pricedVolume] ?? "m³"
            return Catalogue.filled(catalogue.text(.moneyPerVolumeForm), [number, sign(of: code), volume])
        default:
            let unit = counted(figure) ?? unit(figure.unit)
            return unit.isEmpty ? number : number + "\u{A0}" + unit
        }
    }

    /// The unit in the form of its number, `1 leak`; nil for a unit that counts nothing.
    private func counted(_ figure: Figure) -> String? {
        let key = if case .asWritten(let words) = figure.unit { words } else { figure.unit.key.key }
        guard let forms = catalogue.countedUnits[key], let value = figure.value, let whole = Int(exactly: value) else { return nil }
        return forms[catalogue.pluralRules.form(for: whole)]
    }

    /// Name of the unit in which figures of `unit` are shown.
    public func unit(_ unit: ShownUnit) -> String {
        switch unit {
        case .asWritten(let words):
            if let (key, _) = catalogue.unitSystem.conversion(of: words) { return catalogue.units[key] ?? key }
            return ["–", "-", ""].contains(words) ? "" : spelled(words)
        case .money(let code): return Catalogue.filled(catalogue.units["money"] ?? "{0}", [amountUnit(code)])
        case .moneyPerYear(let code): return Catalogue.filled(catalogue.units["money_per_year"] ?? "{0}", [amountUnit(code)])
        default:
            let (key, argument) = unit.key
            let shown = catalogue.unitSystem.conversion(of: key)?.key ?? key
            return Catalogue.filled(catalogue.units[shown] ?? shown, [sign(of: argument)])
        }
    }

    /// The figure in the unit that is shown in its place.
    func converted(_ figure: Figure) -> Figure {
        let factor = factor(of: figure.unit)
        guard factor != 1 else { return figure }
        var converted = figure.times(factor)
        // A nominal diameter has no more digits than that.
        if figure.unit == .millimetres { converted.precision = .decimals(2) }
        return converted
    }

    /// From a unit to the one that is shown in its place.
    func factor(of unit: ShownUnit) -> Double {
        switch unit {
        case .money(let code), .moneyPerYear(let code): 1 / (catalogue.largeMoney[code]?.size ?? 1)
        case .asWritten(let words): catalogue.unitSystem.conversion(of: words)?.factor ?? 1
        default: catalogue.unitSystem.conversion(of: unit.key.key)?.factor ?? 1
        }
    }

    private func amountUnit(_ code: String) -> String { catalogue.largeMoney[code]?.unit ?? sign(of: code) }

    private func sign(of code: String) -> String { catalogue.currencies[code] ?? Self.isolated(code) }

    /// A unit of the data: a word of the catalogue, `PEN per meter`, `PEN/m³`; others as they are.
    private func spelled(_ words: String) -> String {
        if let known = catalogue.units[words] ?? catalogue.messages[words] { return known }
        for (mark, key) in [(" per ", TextKey.unitPer), ("/", .unitOver)] {
            guard let range = words.firstRange(of: mark), key == .unitPer || Self.isCurrency(words[..<range.lowerBound]) else { continue }
            return Catalogue.filled(
                catalogue.text(key), [spelled(String(words[..<range.lowerBound])), spelled(String(words[range.upperBound...]))])
        }
        return sign(of: words)
    }

    /// Three capitals, as in ISO 4217.
    private static func isCurrency(_ text: Substring) -> Bool { text.count == 3 && text.allSatisfy { $0.isASCII && $0.isUppercase } }

    /// ISO date or moment, `2026-11-24` or `2026-11-24T03:00`, in the language's form; other text as it is.
    public func date(_ iso: String) -> String { date(iso, form: catalogue.marks.date) }

    /// As `date`, without the year.
    func day(_ iso: String) -> String { date(iso, form: catalogue.marks.day) }

    private func date(_ iso: String, form: String) -> String {
        let parts = iso.prefix(10).split(separator: "-")
        let numbers = parts.compactMap { Int($0) }
        guard parts.count == 3, numbers.count == 3 else { return Self.isolated(iso) }
        let date = Catalogue.filled(form, parts.map(String.init) + ["\(numbers[1])", "\(numbers[2])"])
        let time = iso.dropFirst(10)
        return time.hasPrefix("T") ? date + "\u{A0}" + Self.isolated(String(time.dropFirst())) : date
    }

    /// An English sentence of the analyses in the language; others as they are.
    private func message(_ message: String) -> String {
        catalogue.spoken.text(of: message) { catalogue.sentences.translated(message, shown: argument) ?? Self.isolated(message) }
    }

    /// What stands in a sentence: a number, keys of measures or balance lines, or a name of the input.
    private func argument(_ text: String) -> String {
        if let number = catalogue.marks.translated(text) { return number }
        let keys = text.split(separator: ", ").map { Self.known(String($0), in: catalogue) }
        if keys.isEmpty || keys.contains(nil) { return Self.isolated(text) }
        return keys.compactMap(\.self).joined(separator: catalogue.text(.listSeparator))
    }

    /// `active_leak_control:Z5` is a measure in a zone.
    private static func known(_ key: String, in catalogue: Catalogue) -> String? {
        if let whole = catalogue.names[NameGroup.measure.rawValue]?[key] { return whole }
        let parts = key.split(separator: ":", maxSplits: 1)
        let groups: [NameGroup] = [.measure, .balanceLine, .parameter]
        guard let first = parts.first, let name = groups.lazy.compactMap({ catalogue.names[$0.rawValue]?[String(first)] }).first
        else { return nil }
        return parts.count == 1 ? name : Catalogue.filled(catalogue.text(.measureInZone), [name, isolated(String(parts[1]))])
    }

    /// `pressure_management.unit_cost` is the measure and its figure; `balance.imported` the line of the balance.
    private func name(_ member: String, in group: NameGroup) -> String {
        if let known = catalogue.names[group.rawValue]?[member] { return known }
        switch group {
        case .measure:
            // What a measure is done to is told where the catalogue has a name for it.
            let key = String(member.prefix { $0 != ":" })
            return catalogue.names[group.rawValue]?[key] ?? Self.readable(member)
        case .use:
            let places = member.split(separator: ",").map { String($0.drop { $0 == " " }) }
            if places.count > 1 { return places.map { name($0, in: .use) }.joined(separator: catalogue.text(.listSeparator)) }
            return catalogue.names[NameGroup.measure.rawValue]?[member] ?? Self.readable(member)
        case .assumption:
            guard let dot = member.firstIndex(of: ".") else { return Self.readable(member) }
            let (subject, rest) = (String(member[..<dot]), String(member[member.index(after: dot)...]))
            let line = subject == "balance" ? catalogue.names[NameGroup.balanceLine.rawValue]?[rest] : nil
            let figure = line ?? catalogue.names[NameGroup.parameter.rawValue]?[rest] ?? figureInZone(rest) ?? Self.readable(rest)
            guard
                let owner = catalogue.names[NameGroup.assumption.rawValue]?[subject]
                    ?? catalogue.names[NameGroup.measure.rawValue]?[subject]
            else { return Self.readable(subject) + ": " + figure }
            return Catalogue.filled(catalogue.text(.flagOf), [owner, figure])
        default: return Self.readable(member)
        }
    }

    /// `unit_cost:Z2`
    private func figureInZone(_ key: String) -> String? {
        let parts = key.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let name = catalogue.names[NameGroup.parameter.rawValue]?[String(parts[0])] else { return nil }
        return Catalogue.filled(catalogue.text(.measureInZone), [name, Self.isolated(String(parts[1]))])
    }

    /// `active_leak_control` → `active leak control`, for what the catalogue has no name for.
    private static func readable(_ key: String) -> String { isolated(String(key.map { $0 == "_" ? " " : $0 })) }

    /// Text of an input, without the marks that turn the direction of the text around it; right-to-left words are kept apart.
    static func isolated(_ text: String) -> String {
        var clean = ""
        var hasRightToLeft = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x202A...0x202E, 0x2066...0x2069: continue
            case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF: hasRightToLeft = true
            default: break
            }
            clean.unicodeScalars.append(scalar)
        }
        return hasRightToLeft ? "\u{2068}" + clean + "\u{2069}" : clean
    }
}
