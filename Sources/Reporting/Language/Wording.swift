// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts phrases and figures into a language.
public struct Wording: Sendable {
    public let catalogue: Catalogue

    public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    public func text(_ phrase: Phrase) -> String {
        switch phrase {
        case .words(let key, let arguments):
            Catalogue.filled(catalogue.text(key), arguments.map(text))
        case .counted(let key, let count, let arguments):
            Catalogue.filled(catalogue.text(key, count: count), [number(Double(count), decimals: 0)] + arguments.map(text))
        case .name(let group, let member):
            name(member, in: group)
        case .message(let message): self.message(message)
        case .literal(let words): Self.isolated(words)
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
        case .moneyPerYear(let code):
            return Catalogue.filled(catalogue.text(.moneyPerYearForm), [number, Self.isolated(code)])
        case .moneyPerCubicMetre(let code):
            return Catalogue.filled(catalogue.text(.moneyPerVolumeForm), [number, Self.isolated(code)])
        default:
            let unit = unit(figure.unit)
            return unit.isEmpty ? number : number + "\u{A0}" + unit
        }
    }

    public func unit(_ unit: ShownUnit) -> String {
        if case .asWritten(let words) = unit {
            return ["–", "-", ""].contains(words) ? "" : catalogue.units[words] ?? Self.isolated(words)
        }
        let (key, argument) = unit.key
        return Catalogue.filled(catalogue.units[key] ?? key, [Self.isolated(argument)])
    }

    /// ISO date, `2026-11-24`, in the language's form; other text as it is.
    public func date(_ iso: String) -> String {
        let parts = iso.prefix(10).split(separator: "-")
        guard parts.count == 3, parts.allSatisfy({ Int($0) != nil }) else { return Self.isolated(iso) }
        return Catalogue.filled(catalogue.dateForm, parts.map(String.init))
    }

    private func message(_ message: String) -> String {
        let parts = message.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard let key = parts.first, let form = catalogue.messages[key] else {
            return catalogue.sentences.translated(message, shown: Self.isolated) ?? Self.isolated(message)
        }
        return Catalogue.filled(form, parts.dropFirst().map(Self.isolated))
    }

    /// `pressure_management.unit_cost` is the measure and its figure; `balance.imported` the line of the balance.
    private func name(_ member: String, in group: NameGroup) -> String {
        if let known = catalogue.names[group.rawValue]?[member] { return known }
        switch group {
        case .use:
            let places = member.split(separator: ",").map { String($0.drop { $0 == " " }) }
            if places.count > 1 { return places.map { name($0, in: .use) }.joined(separator: catalogue.text(.listSeparator)) }
            return catalogue.names[NameGroup.measure.rawValue]?[member] ?? Self.readable(member)
        case .assumption:
            guard let dot = member.firstIndex(of: ".") else { return Self.readable(member) }
            let (subject, rest) = (String(member[..<dot]), String(member[member.index(after: dot)...]))
            let line = subject == "balance" ? catalogue.names[NameGroup.balanceLine.rawValue]?[rest] : nil
            let figure = line ?? catalogue.names[NameGroup.parameter.rawValue]?[rest] ?? Self.readable(rest)
            guard
                let owner = catalogue.names[NameGroup.assumption.rawValue]?[subject]
                    ?? catalogue.names[NameGroup.measure.rawValue]?[subject]
            else { return Self.readable(subject) + ": " + figure }
            return Catalogue.filled(catalogue.text(.flagOf), [owner, figure])
        default: return Self.readable(member)
        }
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
