// SPDX-License-Identifier: GPL-3.0-or-later

import Metering
import TextFiles

/// `yusu meters import --guess` and `--dry-run`: what the files hold, without a store.
enum MetersGuess {
    /// Prints a proposed profile of the first file and a dry run of all, as YAML with comments: what is printed can be saved.
    static func propose(_ files: [String]) throws {
        guard let first = files.first else { return }
        let guess = try ProfileGuess(path: first)
        if let failure = guess.failure {
            throw TextFileError.invalid([
                InputProblem(
                    file: first, what: "no profile can be proposed: \(failure)",
                    remedy: "write one by hand; its keys are in Examples/README.md")
            ])
        }
        var text = "# Proposed from the beginning of \(first). Look at each line; nothing was imported.\n"
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
        try dryRun(files, profile: profile, mark: "# ")
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
