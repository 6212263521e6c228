// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization
import TextFiles
import Yams

/// The words of one language, its number marks and its unit names, read from a YAML file, for one country.
///
/// A language is a file of the form of `Languages/en.yaml`: one that lies beside it, by `named(_:)`, or any other, by `init(yaml:file:)`.
public struct Catalogue: Sendable {
    /// As HTML's `lang` wants it: `en`.
    public let code: String
    /// Left to right or right to left: `ltr`, `rtl`.
    public let direction: String
    /// Units in which figures are shown.
    public private(set) var unitSystem = UnitSystem.si
    private(set) var marks: NumberMarks
    let texts: [String: String]
    /// Plural forms: key, form (`one`, `other`), text.
    let plurals: [String: [String: String]]
    let pluralRules: PluralRules
    let names: [String: [String: String]]
    let units: [String: String]
    /// Plural forms of units that count things; `units` holds the other form.
    let countedUnits: [String: [String: String]]
    /// Signs of currencies by their ISO 4217 code.
    let currencies: [String: String]
    /// Currencies whose amounts are told in a larger unit: how many of the currency it holds, and its name.
    private(set) var largeMoney: [String: (size: Double, unit: String)]
    let messages: [String: String]
    let sentences: Sentences
    private(set) var spoken = SpokenSentences()
    /// Marks of countries that write numbers otherwise than the language's file does.
    private let places: [String: [String: String]]

    /// Languages that the project holds, in order of their codes.
    public static var embedded: [String] { files.keys.sorted() }

    /// A language of the project.
    /// - Throws: `TextFileError.invalid` for a language that the project does not hold.
    public static func named(_ code: String) throws(TextFileError) -> Catalogue {
        guard let text = files[code] else {
            let known = embedded.joined(separator: ", ")
            throw .invalid([InputProblem(file: "--language", what: "there is no language '\(code)'", remedy: "use one of: \(known)")])
        }
        // Reading takes longer than most of a small plan: a batch reads each language once.
        if let known = read.withLock({ $0[code] }) { return known }
        let catalogue = try Catalogue(yaml: text, file: "\(code).yaml")
        read.withLock { $0[code] = catalogue }
        return catalogue
    }

    /// Languages of the project that were read in this process.
    private static let read = Mutex<[String: Catalogue]>([:])

    /// The language as a country writes its numbers, with figures in the units wanted.
    /// - country: ISO 3166 code.
    public func used(in country: String, units: UnitSystem) -> Catalogue {
        var catalogue = self
        catalogue.marks = marks.changed(by: places[country] ?? [:])
        catalogue.spoken = SpokenSentences()
        catalogue.unitSystem = units
        return catalogue
    }

    /// The same words with figures in SI units, money in whole units of the currency and dates with plain hyphens: for files that other programs compute with.
    var forComputing: Catalogue {
        var catalogue = self
        catalogue.unitSystem = .si
        catalogue.largeMoney = [:]
        catalogue.marks.date = catalogue.marks.date.replacing("\u{2011}", with: "-")
        return catalogue
    }

    /// - Throws: `TextFileError.invalid` with every key that is missing and every one that is not known. Sentences may be missing: they
    ///   come in English (`missingSentences`).
    public init(yaml: String, file: String) throws(TextFileError) {
        let root: [String: Any]
        do {
            root = try Yams.load(yaml: yaml) as? [String: Any] ?? [:]
        } catch {
            throw .invalid([InputProblem(file: file, what: "is not YAML: \(error)", remedy: "mend the file's form")])
        }
        var problems: [InputProblem] = []
        func missing(_ key: String) { problems.append(InputProblem(file: file, what: "key '\(key)' is missing", remedy: "add its text")) }
        func unknown(_ key: String) {
            problems.append(InputProblem(file: file, what: "key '\(key)' is not used", remedy: "mend its spelling or take it out"))
        }
        let language = Self.flat(root["language"])
        for key in ["code", "direction"] + NumberMarks.keys where language[key] == nil { missing("language.\(key)") }
        code = language["code"] ?? ""
        direction = language["direction"] ?? "ltr"
        marks = NumberMarks().changed(by: language)
        let rules = PluralRules(Self.flat((root["language"] as? [String: Any])?["plural"]))
        if rules == nil {
            problems.append(
                InputProblem(file: file, what: "language.plural cannot be read", remedy: "write rules as 'n % 10 = 2..4 and n != 1'"))
        }
        pluralRules = rules ?? .none
        places = (root["places"] as? [String: Any] ?? [:]).mapValues(Self.flat)

        var texts: [String: String] = [:]
        var plurals: [String: [String: String]] = [:]
        let words = root["words"] as? [String: Any] ?? [:]
        for (key, value) in words {
            if let forms = value as? [String: Any] { plurals[key] = Self.flat(forms) } else { texts[key] = "\(value)" }
        }
        let wanted = Set(TextKey.allCases.map(\.catalogueKey))
        for key in wanted.sorted() {
            if let forms = plurals[key] {
                for form in pluralRules.forms where forms[form] == nil { missing("words.\(key).\(form)") }
            } else if texts[key] == nil {
                missing("words.\(key)")
            }
        }
        for key in words.keys.sorted() where !wanted.contains(key) { unknown("words.\(key)") }

        var names: [String: [String: String]] = [:]
        let groups = root["names"] as? [String: Any] ?? [:]
        for group in NameGroup.allCases {
            guard let members = groups[group.rawValue] else { missing("names.\(group.rawValue)"); continue }
            names[group.rawValue] = Self.flat(members)
        }
        var units = Self.flat(root["units"])
        var countedUnits: [String: [String: String]] = [:]
        for (key, value) in root["units"] as? [String: Any] ?? [:] {
            guard let forms = value as? [String: Any] else { continue }
            countedUnits[key] = Self.flat(forms)
            units[key] = countedUnits[key]?["other"]
            for form in pluralRules.forms where countedUnits[key]?[form] == nil { missing("units.\(key).\(form)") }
        }
        for key in ShownUnit.keys where units[key] == nil { missing("units.\(key)") }
        self.texts = texts
        self.plurals = plurals
        self.names = names
        self.units = units
        self.countedUnits = countedUnits
        currencies = Self.flat(root["currencies"])
        largeMoney = (root["large_money"] as? [String: Any] ?? [:]).compactMapValues { value in
            let group = Self.flat(value)
            guard let size = group["size"].flatMap(Double.init), size > 0, let unit = group["unit"] else { return nil }
            return (size, unit)
        }
        messages = Self.flat(root["messages"])
        sentences = Sentences(messages)
        if !problems.isEmpty { throw .invalid(problems) }
    }

    private static func flat(_ value: Any?) -> [String: String] {
        (value as? [String: Any] ?? [:]).filter { !($0.value is [String: Any]) }.mapValues { "\($0)" }
    }

    /// The form of the plural for a number. Languages without plural have `other` alone.
    func text(_ key: TextKey, count: Int) -> String {
        let key = key.catalogueKey
        guard let forms = plurals[key] else { return texts[key] ?? key }
        return forms[pluralRules.form(for: count)] ?? forms["other"] ?? key
    }

    func text(_ key: TextKey) -> String {
        let key = key.catalogueKey
        return texts[key] ?? plurals[key]?["other"] ?? key
    }

    /// `{0}`, `{1}` … replaced, in one pass: an argument's own braces are left alone.
    static func filled(_ form: String, _ arguments: [String]) -> String {
        guard form.utf8.contains(UInt8(ascii: "{")) else { return form }
        var output = ""
        scan(form, arguments.count, text: { output += $0 }, argument: { output += arguments[$0] })
        return output
    }

    static func filled(_ form: String, _ arguments: [[TextRun]]) -> [TextRun] {
        var output: [TextRun] = []
        scan(form, arguments.count, text: { output.append(.text(String($0))) }, argument: { output += arguments[$0] })
        return output
    }

    private static func scan(_ form: String, _ count: Int, text: (Substring) -> Void, argument: (Int) -> Void) {
        var rest = Substring(form)
        while let open = rest.firstIndex(of: "{") {
            text(rest[..<open])
            let tail = rest[rest.index(after: open)...]
            if let close = tail.firstIndex(of: "}"), let number = Int(tail[..<close]), (0..<count).contains(number) {
                argument(number)
                rest = tail[tail.index(after: close)...]
            } else {
                text("{")
                rest = tail
            }
        }
        text(rest)
    }
}

extension TextKey {
    /// `revenueWaterRatio` stands in the files as `revenue_water_ratio`.
    var catalogueKey: String { Self.catalogueKeys[self] ?? rawValue }

    private static let catalogueKeys = Dictionary(uniqueKeysWithValues: allCases.map { ($0, Self.inSnakeCase($0.rawValue)) })

    private static func inSnakeCase(_ name: String) -> String {
        var output = ""
        for character in name {
            if character.isUppercase { output += "_" + character.lowercased() } else { output.append(character) }
        }
        return output
    }
}

extension ShownUnit {
    /// Keys of the catalogue's `units`.
    static let keys =
        [
            "none", "percent", "m3", "m3_per_day", "m3_per_year", "l_per_s", "l_per_connection_day", "m", "km", "mm", "m_head", "h_per_day",
            "years",
            "persons", "connections", "nights", "money", "money_per_year", "money_per_m3",
        ] + UnitSystem.convertedKeys
}
