// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// What the columns of a table hold, from their names and values.
struct ColumnGuess {
    private let table: TableGuess
    private var times: [Int: TimeGuess] = [:]
    private var numbers: [Int: NumberGuess] = [:]

    private static let meterWords = [
        "meter", "serial", "device", "endpoint", "sensor", "tag", "logger", "access code", "user key", "zähler", "compteur", "medidor",
        "commune",
        "account", "id",
    ]
    private static let valueWords = [
        "register", "reading", "read", "index", "stand", "volume", "consumption", "usage", "value", "flow", "pulses", "lectura", "consumo",
    ]
    private static let qualityWords = ["quality", "status", "flag", "est?", "estimated", "qualit"]
    private static let intervalWords = ["consumption", "usage", "flow", "volume", "pulses", "consumo", "delta", "diff"]
    private static let checkWords = ["diff", "delta", "check"]
    private static let unitWords = ["unit", "uom"]

    init(_ table: TableGuess) {
        self.table = table
        for column in 0..<table.columns {
            let values = table.values(column)
            // A column of whole numbers is a time only where all look like one.
            if let time = TimeGuess(values) { times[column] = time } else if let number = NumberGuess(values) { numbers[column] = number }
        }
    }

    func timeFormat(of name: String) -> TimeGuess? {
        TableLayout.place([name], in: table.header ?? []).flatMap { times[$0] }
    }

    private func named(_ words: [String], among columns: [Int]) -> Int? {
        for word in words {
            if let found = columns.first(where: { table.name($0).lowercased().contains(word) }) { return found }
        }
        return nil
    }

    // MARK: the proposal

    mutating func propose(into guess: inout ProfileGuess) {
        guard let timeAt = times.keys.sorted().first, let time = times[timeAt] else {
            guess.fail("no column holds times in a known format; the header has: \((table.header ?? []).joined(separator: ", "))")
            return
        }
        let others = (0..<table.columns).filter { $0 != timeAt }
        var numeric = others.filter { numbers[$0] != nil }
        let unitAt = others.first { column in
            let values = table.values(column)
            return numbers[column] == nil && !values.isEmpty && values.allSatisfy { ReadingUnit(spelling: $0) != nil }
        }
        let qualityAt = others.first { column in
            let name = table.name(column).lowercased()
            return column != unitAt && Self.qualityWords.contains { name.contains($0) }
        }
        numeric.removeAll { $0 == qualityAt }
        let texts = others.filter {
            numbers[$0] == nil && $0 != unitAt && $0 != qualityAt && times[$0] == nil && !table.values($0, 1).isEmpty
        }
        // Serial numbers look like numbers, and stand before the values.
        let meterAt = named(Self.meterWords, among: texts) ?? named(Self.meterWords, among: others.filter(isName)) ?? texts.first
        numeric.removeAll { $0 == meterAt }
        guard !numeric.isEmpty else { guess.fail("no column holds numbers beside the time"); return }
        let isWide = meterAt == nil && table.header != nil && (numeric.count > 1 || named(Self.valueWords, among: numeric) == nil)
        let reason =
            time.hasOffset
            ? "all stamps fit, and have an offset or are UTC" : "all stamps fit, such as \(table.values(timeAt, 1).first ?? "")"
        if isWide {
            wide(timeAt, numeric, reason, time, &guess)
        } else {
            long(timeAt, meterAt, numeric, unitAt, qualityAt, reason, time, &guess)
        }
    }

    private func isName(_ column: Int) -> Bool {
        let values = table.values(column)
        return !values.isEmpty && values.allSatisfy { !$0.contains(".") && !$0.contains(",") } && times[column] == nil
            && !Self.valueWords.contains { table.name(column).lowercased().contains($0) }
    }

    private func timeKeys(_ time: TimeGuess, _ reason: String, _ guess: inout ProfileGuess) {
        if let other = time.other {
            guess.add(
                "time_format", "\"\(time.pattern)\"",
                "\(reason); '\(other)' FITS TOO: nothing in these rows tells day from month. Look at a date after the 12th"
            )
        } else if time.pattern != "iso8601" {
            guess.add("time_format", "\"\(time.pattern)\"", reason)
        }
        if !time.hasOffset { guess.askZone("stamps have no offset") }
    }

    private func intervalKeys(_ instants: [Int], _ isDate: Bool, _ guess: inout ProfileGuess) {
        let steps = zip(instants.dropFirst(), instants).map { $0 - $1 }.filter { $0 > 0 }
        let counts = Dictionary(grouping: steps, by: { $0 }).mapValues(\.count)
        if let usual = counts.max(by: { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }) {
            let isMinutes = usual.key % 60 == 0
            guess.add(
                isMinutes ? "interval_minutes" : "interval_seconds", "\(isMinutes ? usual.key / 60 : usual.key)",
                "\(usual.value) of \(steps.count) steps are of \(usual.key) s")
        } else {
            guess.ask("interval_minutes", "no two stamps of one meter were seen. Write the length of an interval")
        }
        guess.ask("stamp", "whether a stamp is the start or the end of its interval is not in the file. Write start or end")
    }

    private func numberKeys(_ columns: [Int], _ guess: inout ProfileGuess) {
        let found = columns.compactMap { numbers[$0] }
        if found.contains(where: { $0.decimal == "," }) { guess.add("decimal", "\",\"", "numbers such as \(example(columns, ","))") }
        if let mark = found.compactMap(\.thousands).first {
            guess.add("thousands", "\"\(mark)\"", "numbers such as \(example(columns, mark)), in groups of three digits")
        }
        let words = Set(found.flatMap(\.nullWords)).sorted()
        if !words.isEmpty, words.count <= 8 {
            guess.add("null_words", "[\(words.map(Self.quoted).joined(separator: ", "))]", "words in the place of numbers")
        }
    }

    private func example(_ columns: [Int], _ mark: Character) -> String {
        for column in columns { if let value = table.values(column).first(where: { $0.contains(mark) }) { return value } }
        return ""
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    // MARK: wide

    private func wide(_ timeAt: Int, _ numeric: [Int], _ reason: String, _ time: TimeGuess, _ guess: inout ProfileGuess) {
        guess.add("shape", "wide", "\(numeric.count) columns of numbers beside the time, and no column of meters")
        guess.add("columns", "{time: \(Self.quoted(table.name(timeAt)))}", "the first column of times")
        let units = numeric.map { TableLayout.unitInName(table.name($0))?.unit }
        let known = units.compactMap { $0 }
        if known.isEmpty {
            guess.ask("kind", "write interval (volume of an interval), register or rate")
            guess.ask(
                "unit",
                "it is not in the header. Write one of: \((ReadingUnit.volumeNames + ReadingUnit.rateNames).joined(separator: ", "))")
        } else {
            let isRate = known.filter(\.isRate).count * 2 > known.count
            guess.add(
                "kind", isRate ? "rate" : kindOfWide(numeric), isRate ? "units in the header are flows" : "how the values go on in time")
            guess.add("unit", "header", "in brackets at the end of the columns' names")
        }
        // What is neither a meter nor its quality is left out.
        let meters = zip(numeric, units).filter { known.isEmpty || $0.1 != nil }.map(\.0)
        let names = (0..<table.columns).map { table.name($0) }
        var suffix: String?
        for meter in meters {
            let name = table.name(meter), stem = TableLayout.unitInName(name)?.stem ?? name
            if let beside = names.first(where: {
                $0 != name && ($0.hasPrefix(stem) && $0.count > stem.count) && TableLayout.unitInName($0) == nil
            }) {
                suffix = suffix ?? String(beside.dropFirst(stem.count))
            }
        }
        let rest = names.indices.filter { column in
            column != timeAt && !meters.contains(column) && !(suffix.map { names[column].hasSuffix($0) } ?? false) && !names[column].isEmpty
        }
        let ignored = rest.filter { numbers[$0] == nil || !known.isEmpty }
        if !ignored.isEmpty {
            guess.add(
                "ignore_columns", "[\(ignored.map { Self.quoted(names[$0]) }.joined(separator: ", "))]",
                "no numbers, or no unit of a volume or flow")
        }
        if let suffix {
            let columns = names.indices.filter { names[$0].hasSuffix(suffix) }
            let words = Set(columns.flatMap { column in table.rows.prefix(500).map { $0[column] } })
            guess.add("quality_suffix", Self.quoted(suffix), "columns named after others")
            qualityMap(words.sorted(), &guess)
        }
        numberKeys(meters, &guess)
        timeKeys(time, reason, &guess)
        let instants = table.values(timeAt).compactMap { TimeGuess.instant(time.pattern, $0) }
        intervalKeys(instants, time.isDate, &guess)
    }

    private func kindOfWide(_ columns: [Int]) -> String {
        let monotone = columns.filter { column in
            let values = table.values(column).compactMap { value(column, $0) }
            return Self.isRegister([values])
        }
        return monotone.count * 2 > columns.count ? "register" : "interval"
    }

    // MARK: long

    private func long(
        _ timeAt: Int, _ meterAt: Int?, _ numeric: [Int], _ unitAt: Int?, _ qualityAt: Int?, _ reason: String, _ time: TimeGuess,
        _ guess: inout ProfileGuess
    ) {
        let checkAt = named(Self.checkWords, among: numeric)
        let candidates = numeric.filter { $0 != checkAt }
        let valueAt = named(Self.valueWords, among: candidates) ?? candidates.last ?? numeric[0]
        let factorAt = numeric.first { $0 != valueAt && table.name($0).lowercased().contains("factor") }
        var columns: [String] = []
        if let meterAt { columns.append("meter: \(Self.quoted(table.name(meterAt)))") }
        columns.append("time: \(Self.quoted(table.name(timeAt)))")
        columns.append("value: \(Self.quoted(table.name(valueAt)))")
        if let unitAt { columns.append("unit: \(Self.quoted(table.name(unitAt)))") }
        if let qualityAt { columns.append("quality: \(Self.quoted(table.name(qualityAt)))") }
        if let factorAt { columns.append("factor: \(Self.quoted(table.name(factorAt)))") }
        if let checkAt, checkAt != valueAt { columns.append("check: \(Self.quoted(table.name(checkAt)))") }
        guess.add("columns", "{\(columns.joined(separator: ", "))}", "by their names and what they hold")
        if meterAt == nil { guess.ask("meter", "no column tells meters apart. Write the meter's name") }
        kind(timeAt, meterAt, valueAt, time, &guess)
        unit(valueAt, unitAt, factorAt, &guess)
        if let qualityAt { qualityMap(Set(table.rows.map { $0[qualityAt] }.prefix(3000)).sorted(), &guess) }
        numberKeys([valueAt], &guess)
        timeKeys(time, reason, &guess)
    }

    private func unit(_ valueAt: Int, _ unitAt: Int?, _ factorAt: Int?, _ guess: inout ProfileGuess) {
        if unitAt != nil {
            guess.add("unit", "column", "each row names its unit")
        } else if let unit = TableLayout.unitInName(table.name(valueAt))?.unit
            ?? factorAt.flatMap({ TableLayout.unitInName(table.name($0))?.unit })
        {
            guess.add("unit", unit.name, "at the end of a column's name")
        } else {
            let names = (ReadingUnit.volumeNames + ReadingUnit.rateNames).joined(separator: ", ")
            guess.ask("unit", "neither a column nor the header tells it. Write one of: \(names)")
        }
    }

    private func kind(_ timeAt: Int, _ meterAt: Int?, _ valueAt: Int, _ time: TimeGuess, _ guess: inout ProfileGuess) {
        let name = table.name(valueAt).lowercased()
        if TableLayout.unitInName(table.name(valueAt))?.unit.isRate == true {
            guess.add("kind", "rate", "the unit of column '\(table.name(valueAt))' is a flow")
            return intervalKeys(instants(timeAt, meterAt, time), time.isDate, &guess)
        }
        var series: [String: [(Int, Double)]] = [:]
        for row in table.rows {
            guard let instant = TimeGuess.instant(time.pattern, row[timeAt]), let value = value(valueAt, row[valueAt]) else { continue }
            series[meterAt.map { row[$0] } ?? "", default: []].append((instant, value))
        }
        let values = series.values.map { $0.sorted { $0.0 < $1.0 }.map(\.1) }
        let differences = values.reduce(0) { $0 + max(0, $1.count - 1) }
        let saysInterval = Self.intervalWords.contains { name.contains($0) } && !name.contains("cumulative") && !name.contains("index")
        if differences < 5 {
            guess.ask("kind", "too few rows of one meter to tell. Write register (cumulative), interval (volume of an interval) or rate")
        } else if Self.isRegister(values) {
            let doubt = saysInterval ? "; but the column's name speaks of a volume: look at it" : ""
            guess.add("kind", "register", "values of a meter fall in \(Self.changes(values).falls) of \(differences) steps\(doubt)")
        } else {
            guess.add("kind", "interval", "values of a meter rise and fall (in \(Self.changes(values).falls) of \(differences) steps)")
            intervalKeys(instants(timeAt, meterAt, time), time.isDate, &guess)
        }
    }

    /// Of the meter with most rows.
    private func instants(_ timeAt: Int, _ meterAt: Int?, _ time: TimeGuess) -> [Int] {
        let groups = Dictionary(grouping: table.rows, by: { row in meterAt.map { row[$0] } ?? "" })
        let rows = groups.max { $0.value.count != $1.value.count ? $0.value.count < $1.value.count : $0.key > $1.key }?.value ?? []
        return rows.compactMap { TimeGuess.instant(time.pattern, $0[timeAt]) }.sorted()
    }

    private func value(_ column: Int, _ text: String) -> Double? {
        guard let number = numbers[column] else { return nil }
        var word = text
        if let thousands = number.thousands { word.removeAll { $0 == thousands } }
        if number.decimal == "," { word = word.replacing(",", with: ".") }
        return NumberText.number(word)
    }

    private static func changes(_ series: [[Double]]) -> (falls: Int, rises: Int) {
        series.reduce((0, 0)) { sum, values in
            let pairs = zip(values.dropFirst(), values)
            return (sum.0 + pairs.count { $0.0 < $0.1 }, sum.1 + pairs.count { $0.0 > $0.1 })
        }
    }

    /// Registers fall seldom: at a rollover, an exchange or an error. Volumes fall about as often as they rise.
    private static func isRegister(_ series: [[Double]]) -> Bool {
        let (falls, rises) = changes(series)
        return rises > 0 && falls * 5 <= rises
    }

    private func qualityMap(_ words: [String], _ guess: inout ProfileGuess) {
        let known: [String: String] = [
            "": "good", "good": "good", "ok": "good", "0": "good", "192": "good", "g": "good", "a": "good", "n": "good", "false": "good",
            "y": "estimated", "e": "estimated", "est": "estimated", "estimated": "estimated", "1": "estimated", "true": "estimated",
            "uncertain": "uncertain", "64": "uncertain", "bad": "bad", "8": "bad",
        ]
        // OPC has 192 for good; its 0 is bad, which is good elsewhere.
        let isOPC = words.contains("192")
        var pairs: [String] = [], unknown: [String] = []
        for word in words.prefix(20) {
            let meaning = isOPC && word == "0" ? "bad" : known[word.lowercased()]
            if let meaning { pairs.append("\(Self.quoted(word)): \(meaning)") } else { unknown.append(word) }
        }
        let value = "{\(pairs.joined(separator: ", "))}"
        if unknown.isEmpty {
            guess.add("quality_map", value, "words of the quality column, as they usually mean; look at them")
        } else {
            guess.add("quality_map", value, "ADD what these mean, or their rows are rejected: \(unknown.joined(separator: ", "))")
        }
    }
}
