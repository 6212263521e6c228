// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Reads and writes network models of EPANET (INP files, version 2.3 and before), in SI units.
///
/// Sections may come in any order. Sections that the engine does not use are kept. All that is wrong is reported at once,
/// each with its line.
public enum INP {
    /// - Parameters:
    ///   - path: of the file.
    ///   - constants: whose unit factors to use.
    /// - Throws: `TextFileError`; `.invalid` lists every problem of the file.
    public static func read(_ path: String, constants: ConstantsMode = .exact) throws(TextFileError) -> Network {
        try parse(FileBytes.read(path), file: path, constants: constants)
    }

    /// Reads a model from text; `file` is the name for messages.
    public static func parse(_ text: String, file: String, constants: ConstantsMode = .exact) throws(TextFileError) -> Network {
        try parse(Array(text.utf8), file: file, constants: constants)
    }

    /// Reads a model from the bytes of a file: UTF-8 with or without a mark, else ISO 8859-1.
    public static func parse(_ bytes: [UInt8], file: String, constants: ConstantsMode = .exact) throws(TextFileError) -> Network {
        var reader = INPReader(text: INPText(FileBytes.utf8(bytes), file: file), file: file, constants: constants)
        reader.readAll()
        guard reader.problems.isEmpty else { throw .invalid(told(reader.problems, of: file)) }
        return reader.network
    }

    /// Problems told of one file; a file of another kind has one in every line.
    public static let mostProblems = 200

    /// In the order of the lines, the first `mostProblems` in full and the number of the others. Long words are cut.
    private static func told(_ problems: [InputProblem], of file: String) -> [InputProblem] {
        let sorted = problems.enumerated().sorted { ($0.1.line ?? .max, $0.0) < ($1.1.line ?? .max, $1.0) }
        var told = sorted.prefix(mostProblems).map { item in
            var problem = item.element
            if problem.what.utf8.count > 400 { problem.what = problem.what.prefix(300) + "… (cut)" }
            return problem
        }
        if problems.count > told.count {
            told.append(
                InputProblem(file: file, what: "\(problems.count - told.count) more problems", remedy: "mend the first ones and try again"))
        }
        return told
    }
}

/// State of one reading, which stands at one line. The sections' own rules are in the extensions, a file each.
struct INPReader {
    let text: INPText
    let file: String
    let constants: ConstantsMode
    var line = INPLine()
    var units = INPUnits(flowUnit: "GPM", pressureUnit: "PSI", specificGravity: 1, mode: .exact)
    var network = Network()
    var problems: [InputProblem]
    var nodeNames = NameTable()
    var linkNames = NameTable()
    var patternNames = NameTable()
    var curveNames = NameTable()
    /// Nodes and links whose own line was refused: what names them is not reported again.
    var refused: Set<String> = []
    /// Lines on which elements were defined, for messages of later checks.
    var nodeLines: [Int] = []
    var linkLines: [Int] = []
    var curveLines: [Int] = []
    /// Indices of the nodes at the ends of each link; −1 where the node was refused.
    var linkEnds: [(start: Int, end: Int)] = []
    var junctionCount = 0
    /// Positions of the valves among the links.
    var valves: [Int] = []
    /// Junctions whose demand has been replaced by [DEMANDS].
    var hasOwnDemands: [Bool] = []
    var rule = RuleInWork()

    init(text: INPText, file: String, constants: ConstantsMode) {
        self.text = text
        self.file = file
        self.constants = constants
        problems = text.problems
    }

    /// Sections whose whole content is in the model; the others are kept as they stand.
    static let used: Set = [
        "TITLE", "JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "CONTROLS", "RULES", "DEMANDS", "EMITTERS", "LEAKAGE",
        "PATTERNS", "CURVES", "STATUS", "ENERGY", "TIMES", "OPTIONS", "COORDINATES", "VERTICES", "TAGS", "END",
    ]

    /// Options first, because they say how the rest is meant; then what others refer to; then the references.
    mutating func readAll() {
        network.title = text.sections.filter { $0.name == "TITLE" }.flatMap(rawLines)
        readOptions()
        readTimes()
        readPatterns()
        readCurves()
        reserve()
        each("JUNCTIONS") { reader in reader.define { $0.readJunction() } }
        each("RESERVOIRS") { reader in reader.define { $0.readReservoir() } }
        each("TANKS") { reader in reader.define { $0.readTank() } }
        each("PIPES") { reader in reader.define { $0.readPipe() } }
        each("PUMPS") { reader in reader.define { $0.readPump() } }
        each("VALVES") { reader in reader.define { $0.readValve() } }
        hasOwnDemands = [Bool](repeating: false, count: network.nodes.count)
        each("DEMANDS") { $0.readDemand() }
        each("EMITTERS") { $0.readEmitter() }
        each("LEAKAGE") { $0.readLeakage() }
        each("STATUS") { $0.readStatus() }
        each("ENERGY") { $0.readEnergy() }
        each("CONTROLS") { $0.readControl() }
        readRules()
        readMap()
        convertCurves()
        check()
        network.keptSections = text.sections.filter { !Self.used.contains($0.name) }.map {
            Network.KeptSection(name: $0.name, lines: rawLines(of: $0))
        }
    }

    /// Room for as many elements as there are lines.
    private mutating func reserve() {
        func lines(_ names: [String]) -> Int { text.sections.reduce(0) { names.contains($1.name) ? $0 + $1.lines : $0 } }
        let nodes = lines(["JUNCTIONS", "RESERVOIRS", "TANKS"]), links = lines(["PIPES", "PUMPS", "VALVES"])
        network.nodes.reserveCapacity(nodes)
        nodeLines.reserveCapacity(nodes)
        nodeNames.reserve(nodes)
        network.links.reserveCapacity(links)
        linkLines.reserveCapacity(links)
        linkEnds.reserveCapacity(links)
        linkNames.reserve(links)
    }

    // MARK: Lines

    /// Stands at each line with words of all sections of a name, in the order of the file.
    mutating func each(_ name: String, _ read: (inout INPReader) -> Void) {
        for section in text.sections where section.name == name {
            var start = section.bytes.lowerBound
            for offset in 0..<section.lines {
                line.cut(text.bytes, from: start, number: section.line + 1 + offset)
                start = INPText.nextLine(text.bytes, line.bytes.upperBound)
                if line.count > 0 { read(&self) }
            }
        }
    }

    /// Lines as they stand, without the empty ones.
    private func rawLines(of section: INPText.Section) -> [String] {
        var lines: [String] = []
        var start = section.bytes.lowerBound
        for _ in 0..<section.lines {
            let end = INPText.lineEnd(text.bytes, start)
            if end > start { lines.append(String(decoding: text.bytes[start..<end], as: UTF8.self)) }
            start = INPText.nextLine(text.bytes, end)
        }
        return lines
    }

    /// Number of words of the line.
    var count: Int { line.count }

    /// A word as text.
    func word(_ index: Int) -> String { line.text(index, text.bytes) }

    func matches(_ index: Int, _ stem: String) -> Bool { line.matches(index, stem, text.bytes) }

    /// The number in a word, whatever is wrong with it.
    func value(_ index: Int) -> Double? { index < count ? NumberText.number(text.bytes, line.words[index]) : nil }

    /// Whether a word is there and is neither empty nor `*`.
    func isGiven(_ index: Int) -> Bool {
        guard index < count, let first = line.words[index].first else { return false }
        return line.words[index].count > 1 || text.bytes[first] != 42
    }

    /// Behind the semicolon, trimmed; empty where there is none.
    var comment: String {
        guard var start = line.commentStart else { return "" }
        var end = line.bytes.upperBound
        while start < end, text.bytes[start] <= 32 { start += 1 }
        while start < end, text.bytes[end - 1] <= 32 { end -= 1 }
        guard start < end else { return "" }
        let comment = String(decoding: text.bytes[start..<end], as: UTF8.self)
        return text.bytes[start] < 128 && text.bytes[end - 1] < 128 ? comment : comment.trimmingBlanks
    }

    var rawLine: String { String(decoding: text.bytes[line.bytes], as: UTF8.self) }

    // MARK: What the sections share

    /// Reads the line of a node or link and notes its name where the line was refused.
    private mutating func define(_ read: (inout INPReader) -> Void) {
        let before = problems.count
        read(&self)
        if problems.count > before { refused.insert(word(0)) }
    }

    /// A problem of the line.
    mutating func report(_ what: String, _ remedy: String) { report(at: line.number, what, remedy) }

    mutating func report(at line: Int?, _ what: String, _ remedy: String) {
        problems.append(InputProblem(file: file, line: line, what: what, remedy: remedy))
    }

    /// The number in a word; a problem, and nil, where it is none or outside `range`.
    /// - Parameters:
    ///   - meaning: what the number is.
    ///   - isNamed: whether `meaning` ends with the kind of the element, whose name is the first word.
    mutating func number(
        _ index: Int, _ meaning: String, isNamed: Bool = true,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
    ) -> Double? {
        if index < count, let value = NumberText.number(text.bytes, line.words[index]), range.contains(value),
            Self.isUsable(value)
        {
            return value
        }
        let meaning = isNamed ? "\(meaning) '\(word(0))'" : meaning
        if index >= count {
            report("\(meaning) is missing", "add it as word \(index + 1) of the line")
        } else if let value = value(index) {
            let isOutside = !range.contains(value)
            report(
                "\(meaning) is \(word(index))", isOutside ? Self.demand(range) : "no such size can be computed with; give another number")
        } else {
            report("\(meaning) is '\(word(index))'", "give a number")
        }
        return nil
    }

    /// As `number`, but a word that is not there stands for `missing`.
    mutating func number(
        _ index: Int, _ meaning: String, isNamed: Bool = true, missing: Double,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
    ) -> Double? {
        index < count ? number(index, meaning, isNamed: isNamed, in: range) : missing
    }

    private static func demand(_ range: ClosedRange<Double>) -> String {
        if range.upperBound == .greatestFiniteMagnitude {
            return range.lowerBound == 0 ? "it may not be negative" : "it must be greater than zero"
        }
        return "it must lie between \(NumberText.exact(range.lowerBound)) and \(NumberText.exact(range.upperBound))"
    }

    /// Sizes beyond these would vanish or overflow when units are changed.
    private static let smallest = 1e-100
    private static let largest = 1e100

    static func isUsable(_ value: Double) -> Bool { value == 0 || (abs(value) >= smallest && abs(value) <= largest) }

    static let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    static let notNegative = 0.0...Double.greatestFiniteMagnitude

    /// A pattern that must exist; `nil` and no problem for an empty word and `*`.
    mutating func pattern(_ index: Int) -> Pattern.ID? {
        guard isGiven(index) else { return nil }
        guard let pattern = patternNames.value(of: line.words[index], in: text.bytes) else {
            report("pattern '\(word(index))' is not defined", "add it to [PATTERNS] or correct the name")
            return nil
        }
        return network.patterns[pattern].id
    }

    /// A curve that must exist, and what it is used for.
    mutating func curve(_ index: Int, use: Curve.Use) -> Curve.ID? {
        guard let curve = curveNames.value(of: line.words[index], in: text.bytes) else {
            report("curve '\(word(index))' is not defined", "add it to [CURVES] or correct the name")
            return nil
        }
        let known = network.curves[curve].use
        if known != .unused, known != use {
            report(
                "curve '\(word(index))' serves as \(known.rawValue) and as \(use.rawValue)",
                "give each use a curve of its own, because their units differ")
        }
        network.curves[curve].use = use
        return network.curves[curve].id
    }

    func node(_ index: Int) -> Int? { nodeNames.value(of: line.words[index], in: text.bytes) }

    func link(_ index: Int) -> Int? { linkNames.value(of: line.words[index], in: text.bytes) }

    /// Takes a node into the network; a problem where its name is used already.
    mutating func add(_ node: consuming Node) {
        if let other = nodeNames.value(of: line.words[0], in: text.bytes) {
            return report("node '\(node.id)' is defined twice", "rename one; it also stands in line \(nodeLines[other])")
        }
        nodeNames.insert(line.words[0], network.nodes.count, in: text.bytes)
        nodeLines.append(line.number)
        if case .junction = node.kind { junctionCount += 1 }
        network.nodes.append(node)
    }

    mutating func add(_ link: consuming Link, _ ends: Ends) {
        if let other = linkNames.value(of: line.words[0], in: text.bytes) {
            return report("link '\(link.id)' is defined twice", "rename one; it also stands in line \(linkLines[other])")
        }
        linkNames.insert(line.words[0], network.links.count, in: text.bytes)
        linkLines.append(line.number)
        linkEnds.append((ends.startIndex, ends.endIndex))
        if case .valve = link.kind { valves.append(network.links.count) }
        network.links.append(link)
    }

    struct Ends {
        var start: Node.ID
        var end: Node.ID
        var startIndex: Int
        var endIndex: Int
    }

    /// Ends of a link, words 2 and 3, which must exist and differ.
    mutating func ends(_ kind: String) -> Ends? {
        guard count >= 3 else {
            report("\(kind) '\(word(0))' has no start and end node", "give two node names after its own")
            return nil
        }
        let start = node(1), end = node(2)
        if let start, let end, start != end {
            return Ends(start: network.nodes[start].id, end: network.nodes[end].id, startIndex: start, endIndex: end)
        }
        let names = [word(1), word(2)]
        var isWhole = true
        for (name, index) in zip(names, [start, end]) where index == nil && !refused.contains(name) {
            report("\(kind) '\(word(0))' is joined to node '\(name)', which is not defined", "add the node or correct the name")
            isWhole = false
        }
        if names[0] == names[1] {
            report("\(kind) '\(word(0))' starts and ends at node '\(names[0])'", "join it to two nodes")
            isWhole = false
        }
        guard isWhole else { return nil }
        return Ends(start: Node.ID(names[0]), end: Node.ID(names[1]), startIndex: start ?? -1, endIndex: end ?? -1)
    }
}
