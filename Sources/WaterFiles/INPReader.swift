// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Reads network models of EPANET (INP files, version 2.3 and before) into SI units.
///
/// Sections may come in any order. Sections that the engine does not use are kept. All that is wrong is reported at once,
/// each with its line.
public enum INP {
    /// - Parameter constants: whose unit factors to use.
    /// - Throws: `TextFileError`; `.invalid` lists every problem of the file.
    public static func read(_ path: String, constants: ConstantsMode = .exact) throws(TextFileError) -> Network {
        try parse(FileBytes.text(FileBytes.read(path)), file: path, constants: constants)
    }

    /// Reads a model from text; `file` is the name for messages.
    public static func parse(_ text: String, file: String, constants: ConstantsMode = .exact) throws(TextFileError) -> Network {
        var reader = INPReader(text: INPText(text, file: file), file: file, constants: constants)
        reader.readAll()
        guard reader.problems.isEmpty else {
            throw .invalid(reader.problems.sorted { ($0.line ?? .max) < ($1.line ?? .max) })
        }
        return reader.network
    }
}

/// State of one reading. The sections' own rules are in the extensions, a file each.
struct INPReader {
    let text: INPText
    let file: String
    let constants: ConstantsMode
    var units = INPUnits(flowUnit: "GPM", pressureUnit: "PSI", specificGravity: 1, mode: .exact)
    var network = Network()
    var problems: [InputProblem]
    var nodeIndex: [String: Int] = [:]
    var linkIndex: [String: Int] = [:]
    /// Lines on which elements were defined, for messages of later checks.
    var nodeLines: [Int] = []
    var linkLines: [Int] = []
    var patternIndex: [String: Int] = [:]
    var curveIndex: [String: Int] = [:]
    var curveLines: [Int] = []

    init(text: INPText, file: String, constants: ConstantsMode) {
        self.text = text
        self.file = file
        self.constants = constants
        problems = text.problems
    }

    /// Options first, because they say how the rest is meant; then what others refer to; then the references.
    mutating func readAll() {
        network.title = text.sections.filter { $0.name == "TITLE" }.flatMap(\.lines).map(\.raw)
        readOptions()
        readTimes()
        readPatterns()
        readCurves()
        for line in text.lines(of: "JUNCTIONS") { readJunction(line) }
        for line in text.lines(of: "RESERVOIRS") { readReservoir(line) }
        for line in text.lines(of: "TANKS") { readTank(line) }
        for line in text.lines(of: "PIPES") { readPipe(line) }
        for line in text.lines(of: "PUMPS") { readPump(line) }
        for line in text.lines(of: "VALVES") { readValve(line) }
        readDemands()
        for line in text.lines(of: "EMITTERS") { readEmitter(line) }
        for line in text.lines(of: "LEAKAGE") { readLeakage(line) }
        for line in text.lines(of: "STATUS") { readStatus(line) }
        for line in text.lines(of: "ENERGY") { readEnergy(line) }
        for line in text.lines(of: "CONTROLS") { readControl(line) }
        checkRules()
        readMap()
        convertCurves()
        check()
        let used: Set = [
            "TITLE", "JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "CONTROLS", "DEMANDS", "EMITTERS", "LEAKAGE",
            "PATTERNS", "CURVES", "STATUS", "TIMES", "OPTIONS", "COORDINATES", "VERTICES", "TAGS", "END",
        ]
        network.keptSections = text.sections.filter { !used.contains($0.name) }.map {
            Network.KeptSection(name: $0.name, lines: $0.lines.map(\.raw))
        }
    }

    // MARK: What the sections share

    mutating func report(_ line: Int?, _ what: String, _ remedy: String) {
        problems.append(InputProblem(file: file, line: line, what: what, remedy: remedy))
    }

    /// The number in a word; a problem, and nil, where it is none or outside `range`.
    mutating func number(
        _ line: INPText.Line, _ index: Int, _ meaning: String,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
    ) -> Double? {
        guard index < line.words.count else {
            report(line.number, "\(meaning) is missing", "add it as word \(index + 1) of the line")
            return nil
        }
        guard let value = NumberText.number(line.words[index]) else {
            report(line.number, "\(meaning) is '\(line.words[index])'", "give a number")
            return nil
        }
        guard range.contains(value) else {
            report(line.number, "\(meaning) is \(line.words[index])", Self.demand(range))
            return nil
        }
        return value
    }

    /// As `number`, but a word that is not there stands for `missing`.
    mutating func number(
        _ line: INPText.Line, _ index: Int, _ meaning: String, missing: Double,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
    ) -> Double? {
        index < line.words.count ? number(line, index, meaning, in: range) : missing
    }

    private static func demand(_ range: ClosedRange<Double>) -> String {
        if range.upperBound == .greatestFiniteMagnitude {
            return range.lowerBound == 0 ? "it may not be negative" : "it must be greater than zero"
        }
        return "it must lie between \(NumberText.exact(range.lowerBound)) and \(NumberText.exact(range.upperBound))"
    }

    static let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    static let notNegative = 0.0...Double.greatestFiniteMagnitude

    /// A pattern that must exist; `nil` and no problem for an empty word and `*`.
    mutating func pattern(_ line: INPText.Line, _ index: Int) -> Pattern.ID? {
        guard index < line.words.count, line.words[index] != "*", !line.words[index].isEmpty else { return nil }
        guard patternIndex[line.words[index]] != nil else {
            report(line.number, "pattern '\(line.words[index])' is not defined", "add it to [PATTERNS] or correct the name")
            return nil
        }
        return Pattern.ID(line.words[index])
    }

    /// A curve that must exist, and what it is used for.
    mutating func curve(_ line: INPText.Line, _ name: String, use: Curve.Use) -> Curve.ID? {
        guard let index = curveIndex[name] else {
            report(line.number, "curve '\(name)' is not defined", "add it to [CURVES] or correct the name")
            return nil
        }
        let known = network.curves[index].use
        if known != .unused, known != use {
            report(
                line.number, "curve '\(name)' serves as \(known.rawValue) and as \(use.rawValue)",
                "give each use a curve of its own, because their units differ")
        }
        network.curves[index].use = use
        return Curve.ID(name)
    }

    /// Takes a node into the network; a problem where its name is used already.
    mutating func add(_ node: Node, _ line: INPText.Line) {
        guard nodeIndex[node.id.name] == nil else {
            report(
                line.number, "node '\(node.id)' is defined twice",
                "rename one; it also stands in line \(nodeLines[nodeIndex[node.id.name] ?? 0])")
            return
        }
        nodeIndex[node.id.name] = network.nodes.count
        nodeLines.append(line.number)
        network.nodes.append(node)
    }

    mutating func add(_ link: Link, _ line: INPText.Line) {
        guard linkIndex[link.id.name] == nil else {
            report(
                line.number, "link '\(link.id)' is defined twice",
                "rename one; it also stands in line \(linkLines[linkIndex[link.id.name] ?? 0])")
            return
        }
        linkIndex[link.id.name] = network.links.count
        linkLines.append(line.number)
        network.links.append(link)
    }

    /// Ends of a link, words 2 and 3, which must exist and differ.
    mutating func ends(_ line: INPText.Line, _ element: String) -> (start: Node.ID, end: Node.ID)? {
        guard line.words.count >= 3 else {
            report(line.number, "\(element) has no start and end node", "give two node names after its own")
            return nil
        }
        var isWhole = true
        for name in line.words[1...2] where nodeIndex[name] == nil {
            report(line.number, "\(element) is joined to node '\(name)', which is not defined", "add the node or correct the name")
            isWhole = false
        }
        if line.words[1] == line.words[2] {
            report(line.number, "\(element) starts and ends at node '\(line.words[1])'", "join it to two nodes")
            isWhole = false
        }
        return isWhole ? (Node.ID(line.words[1]), Node.ID(line.words[2])) : nil
    }
}
