// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// One job of a batch: a command line without the program's name.
public struct BatchJob: Sendable, Hashable {
    /// Once in the manifest; names the job's results.
    public var name: String
    public var arguments: [String]
    /// Names of jobs that must be done before.
    public var needs: [String]

    public init(name: String, arguments: [String], needs: [String] = []) {
        self.name = name
        self.arguments = arguments
        self.needs = needs
    }
}

/// The manifest of `yusu batch`: YAML with a list `jobs`, or a CSV with the columns `name`, `run`, `needs`.
///
///     jobs:
///       - {name: hanoi, run: check cities/hanoi}
///       - {folders: "cities/*", run: plan FOLDER --language en}  # a job for each folder, named after it
///       - {name: july, run: meters import --store s.sqlite --profile p.yaml july.csv}
///       - {name: report, run: meters report --store s.sqlite, needs: [july]}
public enum BatchManifestFile {
    /// - Throws: `TextFileError` with all that is wrong at once.
    public static func read(_ path: String) throws(TextFileError) -> [BatchJob] {
        var problems = ProblemList()
        let isTable = path.lowercased().hasSuffix(".csv")
        var jobs = isTable ? try table(path, &problems) : try yaml(path, &problems)
        check(&jobs, path, &problems)
        try problems.throwIfAny()
        return jobs
    }

    private static func table(_ path: String, _ problems: inout ProblemList) throws(TextFileError) -> [BatchJob] {
        let table = try DelimitedText(path: path)
        let known = ["name", "run", "needs"]
        for name in ["name", "run"] where !table.header.contains(name) {
            problems.add(path, 1, "no column '\(name)'", "the columns are: \(known.joined(separator: ", "))")
        }
        for name in table.header where !known.contains(name) {
            problems.add(path, 1, "unknown column '\(name)'", "the columns are: \(known.joined(separator: ", "))")
        }
        guard problems.isEmpty else { return [] }
        return table.rows.flatMap { row -> [BatchJob] in
            func field(_ column: String) -> String { table.header.firstIndex(of: column).map { row.fields[$0] } ?? "" }
            let needs = field("needs").split(separator: " ").map(String.init)
            return Self.jobs(name: field("name"), folders: nil, run: field("run"), needs: needs, path, row.line, &problems)
        }
    }

    private static func yaml(_ path: String, _ problems: inout ProblemList) throws(TextFileError) -> [BatchJob] {
        guard let top = YAMLMapping(try YAMLFile.read(path), file: path, known: ["jobs"], problems: &problems) else { return [] }
        if top.list("jobs").isEmpty {
            problems.add(path, top.line, "there is no list 'jobs'", "write 'jobs:' and a line '- {name: …, run: …}' a job")
        }
        var jobs: [BatchJob] = []
        for (index, node) in top.list("jobs").enumerated() {
            guard
                let entry = YAMLMapping(
                    node, file: path, name: "jobs[\(index + 1)]", known: ["name", "folders", "run", "needs"], problems: &problems)
            else { continue }
            let folders = entry.text("folders", problems: &problems)
            let name =
                folders == nil ? entry.requiredText("name", "hanoi", problems: &problems) : entry.text("name", problems: &problems) ?? ""
            let run = entry.requiredText("run", "check cities/hanoi", problems: &problems)
            let needs = entry.texts("needs", problems: &problems)
            jobs += Self.jobs(name: name, folders: folders, run: run, needs: needs, path, entry.line, &problems)
        }
        return jobs
    }

    /// One job, or one for each folder that fits the pattern.
    private static func jobs(
        name: String, folders: String?, run: String, needs: [String], _ file: String, _ line: Int?, _ problems: inout ProblemList
    ) -> [BatchJob] {
        guard let arguments = words(run) else {
            problems.add(file, line, "'run' has a quote that is not closed", "close it")
            return []
        }
        guard let pattern = folders else { return [BatchJob(name: name, arguments: arguments, needs: needs)] }
        let found = fitting(pattern)
        if found.isEmpty { problems.add(file, line, "no folder fits '\(pattern)'", "give a folder with * for the last part: cities/*") }
        if !run.contains("FOLDER") { problems.add(file, line, "'run' does not say where the folder goes", "write it as: check FOLDER") }
        return found.map { folder in
            let last = folder.split(separator: "/").last.map(String.init) ?? folder
            return BatchJob(
                name: name.isEmpty ? last : "\(name)-\(last)", arguments: arguments.map { $0.replacing("FOLDER", with: folder) },
                needs: needs)
        }
    }

    /// `cities/*`, `cities/pe-*`: folders whose last part fits, sorted.
    private static func fitting(_ pattern: String) -> [String] {
        let trimmed = pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
        let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
        let parent = parts.dropLast().joined(separator: "/"), last = parts.last.map(String.init) ?? ""
        let pieces = last.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        let prefix = parent.isEmpty ? "" : parent + "/"
        guard pieces.count == 2 else { return CityFolder.isFolder(trimmed) ? [trimmed] : [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.isEmpty ? "." : parent)) ?? []
        return names.sorted().filter {
            !$0.hasPrefix(".") && $0.hasPrefix(pieces[0]) && $0.hasSuffix(pieces[1]) && $0.count >= pieces[0].count + pieces[1].count
        }.map { prefix + $0 }.filter(CityFolder.isFolder)
    }

    /// Words of a command line; those in quotes keep their blanks. nil where a quote is not closed.
    static func words(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let done = word { words.append(done) }
        return quote == nil ? words : nil
    }

    private static func check(_ jobs: inout [BatchJob], _ file: String, _ problems: inout ProblemList) {
        var names: Set<String> = []
        for job in jobs {
            if job.name.isEmpty || job.name.contains("/") || job.name.hasPrefix(".") {
                problems.add(file, nil, "'\(job.name)' cannot name a job", "give a name without '/', which does not begin with a dot")
            }
            if job.arguments.isEmpty { problems.add(file, nil, "job '\(job.name)' runs nothing", "write what it runs: check cities/hanoi") }
            if job.arguments.first == "batch" { problems.add(file, nil, "job '\(job.name)' runs a batch", "list its jobs here") }
            if !names.insert(job.name).inserted {
                problems.add(
                    file, nil, "two jobs are called '\(job.name)'", "name each once; jobs of 'folders' take a 'name' before the folder's")
            }
        }
        for job in jobs {
            for need in job.needs where !names.contains(need) {
                problems.add(file, nil, "job '\(job.name)' needs '\(need)', which is no job", "mend the name")
            }
        }
        // A job that waits for itself would wait for ever.
        var done: Set<String> = []
        var left = jobs
        while true {
            let ready = left.filter { $0.needs.allSatisfy(done.contains) }
            if ready.isEmpty { break }
            done.formUnion(ready.map(\.name))
            left.removeAll { done.contains($0.name) }
        }
        if problems.isEmpty, !left.isEmpty {
            problems.add(file, nil, "jobs wait for each other: \(left.map(\.name).joined(separator: ", "))", "take one of their needs out")
        }
    }
}
