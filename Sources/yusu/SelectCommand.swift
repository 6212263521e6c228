// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Planning
import TextFiles
import WaterModel

extension PlanSettings.Objective: ExpressibleByArgument {}

struct SelectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "select",
        abstract: "Which package each zone gets, and when: the exact best under budgets, crews, prerequisites and targets.",
        usage: "yusu select <problem> --output <output> [<options>]",
        discussion: """
            The problem is a JSON file of zones with packages and their years of start; OUTPUTS.md has its keys. Writes selection.csv, with a \
            reason for each zone, selection.json, with the proven bound and the prices of the limits, and with --frontier frontier.csv. \
            Exit code 65 where the problem contradicts itself or no choice keeps its limits.

            Example: yusu select zones.json --output choice --frontier 10
            """)

    @Argument(help: "Problem (JSON).", completion: .file()) var problem: String
    @Option(help: "Folder for the results.", completion: .directory) var output: String
    @Option(help: "In place of the problem's: \(PlanSettings.Objective.allCases.map(\.rawValue).joined(separator: ", ")).")
    var objective: PlanSettings.Objective?
    @Option(help: "Points between the most valuable choice and the one that saves most.") var frontier: Int?
    @Option(help: "Relative gap between choice and bound at which the search may stop.") var gap: Double = 1e-9
    @Option(help: "Gap that is good enough after a quarter of the steps.") var acceptedGap: Double = 1e-3
    @Option(help: "Steps of the search at most.") var steps: Int = 60_000
    @Flag(help: "Find the best choice but one too.") var runnerUp = false
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        if let frontier, frontier < 2 { throw ValidationError("--frontier must be 2 or more") }
        guard gap >= 0, acceptedGap >= 0 else { throw ValidationError("--gap and --accepted-gap must be 0 or more") }
        guard steps > 0 else { throw ValidationError("--steps must be 1 or more") }
    }

    func run() throws {
        try OutputFiles.check(output)
        let (selection, wanted) = try SelectionFile.read(problem)
        if let reason = selection.budgetBelowCheapest {
            throw TextFileError.invalid([InputProblem(file: problem, what: reason, remedy: "raise the budget, or offer smaller packages")])
        }
        let effort = SelectionProblem.Effort(gap: gap, steps: steps, acceptedGap: max(gap, acceptedGap), patience: steps / 4)
        let result: SelectionResult
        var points: [SelectionResult] = []
        var second: SelectionResult?
        do throws(SelectionError) {
            result = try selection.solve(for: objective ?? wanted, effort: effort)
            if runnerUp { second = try selection.runnerUp(to: result, effort: effort) }
            if let frontier { points = try selection.frontier(points: frontier, effort: effort) }
        } catch {
            throw TextFileError.invalid(error.reasons.map { InputProblem(file: problem, what: $0, remedy: "mend the problem") })
        }
        let text = SelectionText(problem: selection, result: result)
        var files = OutputFiles()
        files.add("selection.csv", text.table)
        files.add("selection.json", text.summary(runnerUp: second).text)
        if frontier != nil { files.add("frontier.csv", SelectionText.frontier(points)) }
        try files.write(to: output)
        Console.result(text.sentence)
    }
}
