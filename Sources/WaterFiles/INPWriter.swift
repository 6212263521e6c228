// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

extension INP {
    /// A model as the text of an INP file.
    public struct Written: Sendable {
        public var text: String
        /// What the format cannot hold, a sentence each; empty where the text says all that the model says.
        public var remarks: [String]
    }

    /// A model in the units that its file had. Numbers read back as the same SI values; kept sections stand as they stood.
    /// - Parameters:
    ///   - network: the model.
    ///   - constants: the same as the model was read with, so that EPANET finds the numbers it found before.
    ///   - file: name for messages.
    /// - Throws: `TextFileError.invalid` for names that no reader of such files could take.
    public static func text(of network: Network, constants: ConstantsMode = .exact, file: String) throws(TextFileError) -> Written {
        var writer = INPWriter(network, constants: constants)
        writer.writeAll()
        guard writer.refusals.isEmpty else {
            throw .invalid(writer.refusals.map { InputProblem(file: file, what: $0, remedy: "give it a plain name of letters and digits") })
        }
        return Written(text: writer.text, remarks: writer.remarks)
    }

    /// Writes a model to a file.
    /// - Returns: what the format cannot hold, a sentence each.
    /// - Throws: `TextFileError`.
    public static func write(_ network: Network, to path: String, constants: ConstantsMode = .exact) throws(TextFileError) -> [String] {
        let written = try text(of: network, constants: constants, file: path)
        try OutputFiles.write(written.text, to: path)
        return written.remarks
    }
}

/// State of one writing. The sections are in the extensions, a file each.
struct INPWriter {
    let network: Network
    let units: INPUnits
    var text = ""
    var remarks: [String] = []
    /// Names that cannot be written.
    var refusals: [String] = []
    /// Names seen that EPANET would cut or refuse, told once.
    private var toldQuotes = false
    private var toldLength = false

    init(_ network: Network, constants: ConstantsMode) {
        self.network = network
        units = INPUnits(
            flowUnit: network.hydraulics.flowUnit, pressureUnit: network.hydraulics.pressureUnit,
            specificGravity: network.hydraulics.specificGravity, mode: constants)
        text.reserveCapacity(64 * (network.nodes.count + network.links.count) + 4096)
    }

    mutating func writeAll() {
        section("TITLE")
        for line in network.title { raw(line) }
        writeNodes()
        writeLinks()
        writeDemands()
        writeOutflows()
        writeStatus()
        writePatternsAndCurves()
        writeControls()
        writeRules()
        writeEnergy()
        writeTimes()
        writeOptions()
        writeMap()
        for kept in network.keptSections where !INPReader.used.contains(kept.name) {
            section(kept.name)
            for line in kept.lines { raw(line) }
        }
        text += "\n[END]\n"
    }

    mutating func section(_ name: String) { text += text.isEmpty ? "[\(name)]\n" : "\n[\(name)]\n" }

    /// A line of the user's, which may not begin a section.
    private mutating func raw(_ line: String) {
        if line.trimmingBlanks.hasPrefix("[") || line.utf8.contains(where: { $0 == 10 || $0 == 13 }) {
            remarks.append("the line '\(line)' begins like a section or holds a line break and was left out")
        } else {
            text += line + "\n"
        }
    }

    mutating func row(_ words: [String]) {
        for (index, word) in words.enumerated() { text += index == 0 ? word : " " + word }
        text += "\n"
    }

    // MARK: Words

    /// A name as a word of the file; in quotes where it holds what parts words.
    mutating func name(_ name: String) -> String {
        var isPlain = !name.isEmpty
        var isQuotable = !name.isEmpty
        var length = 0
        for byte in name.utf8 {
            if INPLine.isBlank(byte) || byte == 59 { isPlain = false }
            if byte == 34 || byte == 10 || byte == 13 { isQuotable = false }
            length += 1
        }
        let first = name.utf8.first
        if first == 34 { isPlain = false }
        if first == 91 { (isPlain, isQuotable) = (false, false) }
        if isPlain && name.utf8.contains(where: { $0 == 10 || $0 == 13 }) { isPlain = false }
        if length > 31, !toldLength {
            toldLength = true
            remarks.append("EPANET refuses names of more than 31 letters, such as '\(name)'")
        }
        if isPlain { return name }
        guard isQuotable else {
            refusals.append("the name '\(name)' cannot be written")
            return "?"
        }
        if !toldQuotes {
            toldQuotes = true
            remarks.append("names with blanks, such as '\(name)', stand in quotes, which EPANET 2.3 misreads")
        }
        return "\"\(name)\""
    }

    func number(_ value: Double, _ factor: Double = 1) -> String { INPDecimals.text(value, factor) }

    /// `h:mm:ss`
    func clock(_ seconds: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// A time of a control or a rule. EPANET drops fractions of a second, so that its own sum may be a second short of `h:mm:ss`:
    /// then hours with a quarter of a second more.
    func moment(_ seconds: Int) -> String {
        let hours = Double(seconds / 3600) + Double(seconds / 60 % 60) / 60 + Double(seconds % 60) / 3600
        return Int(hours * 3600) == seconds ? clock(seconds) : NumberText.exact((Double(seconds) + 0.25) / 3600)
    }
}
