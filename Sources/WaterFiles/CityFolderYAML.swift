// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel
import Yams

typealias YAMLNode = Yams.Node

/// A YAML file as a tree that knows its lines.
enum YAMLFile {
    /// Larger or deeper files are not of a city folder. [bytes]
    static let largest = 4 << 20
    static let deepest = 64

    /// - Throws: `TextFileError`; for a fault of the notation, with its line.
    static func read(_ path: String, file: String? = nil) throws(TextFileError) -> YAMLNode {
        try parse(FileBytes.text(FileBytes.read(path)), file: file ?? path)
    }

    static func parse(_ text: String, file: String) throws(TextFileError) -> YAMLNode {
        func wrong(_ line: Int?, _ what: String, _ remedy: String) -> TextFileError {
            .invalid([InputProblem(file: file, line: line, what: what, remedy: remedy)])
        }
        guard text.utf8.count <= largest else { throw wrong(nil, "the file is larger than \(largest >> 20) MB", "is it the right file?") }
        if let line = tooDeep(text) { throw wrong(line, "the entries are nested too deeply", "is it the right file?") }
        do {
            guard let node = try Yams.compose(yaml: text) else { throw YamlError.no }
            return node
        } catch let error as YamlError {
            let indent = "check the indentation, colons and quotes of this line and the one before"
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
                throw wrong(mark.line, "this is not YAML: \(problem)", indent)
            case .duplicatedKeysInMapping(let duplicates, let context):
                throw wrong(context.mark.line, "the key '\(duplicates.first ?? "")' stands twice", "keep one of the two")
            case .reader(_, let offset, _, _):
                let line = offset.map { text.prefix($0).split(separator: "\n", omittingEmptySubsequences: false).count }
                throw wrong(line, "a character that text files do not hold", "save the file as UTF-8 text")
            default: throw wrong(nil, "the file is empty", "fill it in, or leave it out")
            }
        } catch {
            throw wrong(nil, "this is not YAML", "check the file")
        }
    }

    /// Line in which brackets or list marks are nested beyond all use.
    private static func tooDeep(_ text: String) -> Int? {
        var depth = 0, line = 1, marks = 0, leading = true
        for byte in text.utf8 {
            switch byte {
            case 10:
                line += 1
                marks = 0
                leading = true
            case 91, 123: depth += 1
            case 93, 125: depth -= 1
            case 45, 63: if leading { marks += 1 }
            case 32: break
            default: leading = false
            }
            if depth > deepest || marks > deepest && leading { return line }
        }
        return nil
    }
}

extension YAMLNode {
    var line: Int? { mark?.line }
}

/// A mapping of a YAML file whose keys are known.
struct YAMLMapping {
    let file: String
    /// Where in the file: "" at the top, else the key it stands under.
    let name: String
    let line: Int?
    private var entries: [String: YAMLNode] = [:]
    private var lines: [String: Int] = [:]
    private(set) var keys: [String] = []

    /// Takes a node apart. A key that is not `known` is a problem, with the word that was probably meant; nil allows every key.
    init?(_ node: YAMLNode, file: String, name: String = "", known: [String]?, problems: inout ProblemList) {
        self.file = file
        self.name = name
        line = node.line
        guard case .mapping(let mapping) = node else {
            let place = name.isEmpty ? "the file" : "'\(name)'"
            problems.add(
                file, node.line, "\(place) is not a list of 'key: value' lines",
                known.map { "known keys are: \($0.joined(separator: ", "))" } ?? "")
            return nil
        }
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                problems.add(file, key.line ?? node.line, "a key that is not a word", "write 'key: value'")
                continue
            }
            let word = scalar.string
            if let known, !known.contains(word) {
                problems.add(
                    file, key.line, name.isEmpty ? "unknown key '\(word)'" : "unknown key '\(word)' in '\(name)'",
                    Spelling.remedy(word, in: known))
                continue
            }
            keys.append(word)
            entries[word] = value
            lines[word] = key.line ?? value.line
        }
    }

    func node(_ key: String) -> YAMLNode? { entries[key] }
    func line(of key: String) -> Int? { lines[key] ?? line }
    func label(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

    /// The text of a key; nil where it is absent or a problem.
    func text(_ key: String, problems: inout ProblemList) -> String? {
        guard let node = entries[key] else { return nil }
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            problems.add(file, line(of: key), "'\(label(key))' has no text", "write it behind the colon, or leave the line out")
            return nil
        }
        return scalar.string
    }

    func requiredText(_ key: String, _ example: String, problems: inout ProblemList) -> String {
        if entries[key] == nil {
            problems.add(file, line, "'\(label(key))' is missing", "add a line '\(key): \(example)'")
            return ""
        }
        return text(key, problems: &problems) ?? ""
    }

    func number(_ key: String, _ range: ClosedRange<Double>, _ unit: String, problems: inout ProblemList) -> Double? {
        guard let text = text(key, problems: &problems) else { return nil }
        guard let value = NumberText.number(text), range.contains(value) else {
            let low = NumberText.exact(range.lowerBound), high = NumberText.exact(range.upperBound)
            let limits = range.upperBound >= 1e15 ? "of \(low) or more" : "from \(low) to \(high)"
            problems.add(file, line(of: key), "'\(label(key))' is '\(text)'", "give a number \(limits)\(unit.isEmpty ? "" : " [\(unit)]")")
            return nil
        }
        return value
    }

    func integer(_ key: String, _ range: ClosedRange<Int>, problems: inout ProblemList) -> Int? {
        guard let text = text(key, problems: &problems) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            problems.add(
                file, line(of: key), "'\(label(key))' is '\(text)'", "give a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func boolean(_ key: String, problems: inout ProblemList) -> Bool? {
        guard let text = text(key, problems: &problems) else { return nil }
        switch text.lowercased() {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            problems.add(file, line(of: key), "'\(label(key))' is '\(text)'", "give true or false")
            return nil
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type, problems: inout ProblemList
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(key, problems: &problems) else { return nil }
        if let value = Choice(rawValue: text) { return value }
        let words = type.allCases.map(\.rawValue)
        let meant = Spelling.nearest(text, in: words).map { "did you mean '\($0)'? " } ?? ""
        problems.add(file, line(of: key), "'\(label(key))' is '\(text)'", "\(meant)give one of: \(words.joined(separator: ", "))")
        return nil
    }

    /// The entries of a list; a single value counts as a list of one.
    func list(_ key: String) -> [YAMLNode] {
        guard let node = entries[key] else { return [] }
        if case .sequence(let sequence) = node { return Array(sequence) }
        return [node]
    }

    func texts(_ key: String, problems: inout ProblemList) -> [String] {
        var texts: [String] = []
        for node in list(key) {
            if case .scalar(let scalar) = node, !scalar.string.isEmpty {
                texts.append(scalar.string)
            } else {
                problems.add(file, node.line ?? line(of: key), "an entry of '\(label(key))' is not a text", "write '- text'")
            }
        }
        return texts
    }
}
