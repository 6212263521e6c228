// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// A profile that says how to read an export of customer meters, and the files it is for.
public struct ReadingProfileFiles: Sendable, Hashable {
    /// Path of the profile.
    public var profile: String
    /// Paths of the files that its `files:` names, sorted.
    public var files: [String]

    public init(profile: String, files: [String]) {
        self.profile = profile
        self.files = files
    }
}

extension CityFolder {
    /// The profiles in `readings/` with the files of each, sorted by name; empty where there are none.
    ///
    /// Only the key `files:` is read here, a pattern of file names (`*` any letters, `?` one letter) or a list of them.
    /// - Throws: `TextFileError.invalid` where a profile has no such key, or no file fits it.
    public static func readingProfiles(_ path: String) throws(TextFileError) -> [ReadingProfileFiles] {
        let (profiles, problems) = profiles(Folder(path: path))
        try problems.throwIfAny()
        return profiles
    }

    static func profileProblems(_ folder: Folder) -> [InputProblem] { profiles(folder).problems.all }

    private static func profiles(_ folder: Folder) -> (found: [ReadingProfileFiles], problems: ProblemList) {
        var problems = ProblemList()
        var found: [ReadingProfileFiles] = []
        let names = folder.names(in: "readings")
        for name in names where name.hasSuffix(".yaml") {
            let path = folder.file("readings/\(name)")
            guard let node = folder.yaml("readings/\(name)", &problems),
                let profile = YAMLMapping(node, file: path, known: nil, problems: &problems)
            else { continue }
            let patterns = profile.texts("files", problems: &problems)
            if patterns.isEmpty {
                let meant = Spelling.nearest("files", in: profile.keys).map { "rename the key '\($0)'" } ?? "add 'files: \"*.csv\"'"
                problems.add(path, profile.line, "'files' is missing", meant)
                continue
            }
            let files = names.filter { name in !name.hasSuffix(".yaml") && patterns.contains { matches(name, $0) } }
            if files.isEmpty {
                problems.add(
                    path, profile.line(of: "files"), "no file in readings/ fits '\(patterns.joined(separator: "', '"))'",
                    "mend the pattern, or add the files")
            }
            found.append(ReadingProfileFiles(profile: path, files: files.map { folder.file("readings/\($0)") }))
        }
        return (found, problems)
    }

    /// `*` stands for any letters, `?` for one.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let name = Array(name.utf8), pattern = Array(pattern.utf8)
        var n = 0, p = 0, star = -1, after = 0
        while n < name.count {
            if p < pattern.count, pattern[p] == 42 {
                star = p
                after = n
                p += 1
            } else if p < pattern.count, pattern[p] == 63 || pattern[p] == name[n] {
                n += 1
                p += 1
            } else if star >= 0 {
                after += 1
                n = after
                p = star + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == 42 }
    }
}

extension Folder {
    func yaml(_ name: String, _ problems: inout ProblemList) -> YAMLNode? {
        guard has(name) else { return nil }
        do {
            return try YAMLFile.read(file(name))
        } catch {
            problems.add(error)
            return nil
        }
    }
}
