// SPDX-License-Identifier: GPL-3.0-or-later

import Metering
import TextFiles

/// `yusu meters import --guess` and `--dry-run`: what the files hold, without a store.
enum MetersGuess {
    /// Files that one profile reads.
    private struct Group {
        var guess: ProfileGuess
        var files: [String]
    }

    /// Prints a proposed profile for each shape of file and a dry run, as YAML with comments: what is printed for one shape can be saved.
    static func propose(_ files: [String]) throws {
        var groups: [Group] = []
        var errors = InputErrors()
        for file in files {
            guard let guess = try errors.keep({ () throws(TextFileError) in try ProfileGuess(path: file) }) else { continue }
            if let at = groups.firstIndex(where: { $0.guess.fits(guess) { profile in try? DryRun(file, profile: profile) } }) {
                groups[at].files.append(file)
            } else if let failure = guess.failure {
                errors.add(
                    .invalid([
                        InputProblem(
                            file: file, what: "no profile can be proposed: \(failure)",
                            remedy: "write one by hand; its keys are in Examples/MeterExports.md")
                    ]))
            } else {
                groups.append(Group(guess: guess, files: [file]))
            }
        }
        for (index, group) in groups.enumerated() {
            if groups.count > 1 {
                Console.result(
                    (index > 0 ? "\n" : "") + "# Profile \(index + 1) of \(groups.count), for: \(group.files.joined(separator: ", "))\n"
                        + "# The files are of \(groups.count) shapes: save each profile in a file of its own.\n")
            }
            try propose(group)
        }
        if groups.count > 1 {
            Console.warn("the files are of \(groups.count) shapes, with a profile each: save each in a file of its own")
        }
        try errors.throwIfAny()
    }

    private static func propose(_ group: Group) throws {
        let guess = group.guess
        var text = "# Proposed from the beginning of \(guess.file). Look at each line; nothing was imported.\n"
        if !guess.questions.isEmpty {
            text += "# To be filled in where it says \(ProfileGuess.question): \(guess.questions.map(\.key).joined(separator: ", "))\n"
        }
        text += guess.yaml
        Console.result(text)
        let profile: Profile
        do {
            profile = try guess.trial()
        } catch {
            Console.result("#\n# No dry run: \(error.description.replacing("\n", with: "\n# "))\n")
            return
        }
        let assumed = guess.questions.map(\.key)
        let note = assumed.isEmpty ? "" : "; with what is asked filled in for the trial alone (time_zone: UTC)"
        Console.result("#\n# Dry run\(note):\n")
        try dryRun(group.files, profile: profile, mark: "# ")
    }

    /// - mark: before each line.
    static func dryRun(_ files: [String], profile: Profile, mark: String = "") throws {
        var errors = InputErrors()
        for file in files {
            guard let run = try errors.keep({ () throws(TextFileError) in try DryRun(file, profile: profile) }) else { continue }
            Console.result(run.lines.map { mark + $0 + "\n" }.joined())
            if let problem = run.problem { Console.warn(problem) }
        }
        try errors.throwIfAny()
    }
}
