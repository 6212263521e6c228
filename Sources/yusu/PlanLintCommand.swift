// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Reporting
import TextFiles

struct PlanLintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Checks plan.json against the content list of improvement plans, row by row.",
        usage: "yusu plan lint <plan.json> [<options>]",
        discussion: """
            26 rows, each with its reasons. Exit code 1 where a required row fails; a row on measures that the programme does not hold \
            does not apply.

            Example: yusu plan lint plan/plan.json
            """)

    @Argument(help: "plan.json of 'yusu plan'.", completion: .file()) var file: String
    @Option(help: "table or json.") var format = OutputFormat.table

    func run() throws {
        let value = try JSONFile.value(of: file)
        guard value["format"]?.text == "yusu-plan" else {
            throw TextFileError.invalid([
                InputProblem(file: file, what: "it is no plan of yusu", remedy: "give the plan.json that 'yusu plan' wrote")
            ])
        }
        let lint = PlanLint(value)
        switch format {
        case .table: Console.result(Self.table(lint))
        case .json: Console.result(Self.json(lint).text)
        }
        if !lint.passes { throw ExitStatus.answerIsBad }
    }

    private static func table(_ lint: PlanLint) -> String {
        var lines = lint.rows.map { row -> String in
            let verdict = row.verdict == .notApplicable ? "–" : row.verdict == .pass ? "pass" : row.isRequired ? "FAIL" : "warn"
            let head = TextColumns.padded("\(row.number)", 3) + TextColumns.padded(verdict, 6) + row.section
            return ([head] + row.reasons.map { "           - \($0)" }).joined(separator: "\n")
        }
        let failed = lint.rows.count { $0.isRequired && $0.verdict == .fail }
        lines.append("\(lint.rows.count { $0.verdict == .pass }) rows pass, \(failed) required rows fail")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ lint: PlanLint) -> JSON {
        .object([
            ("passes", .boolean(lint.passes)),
            (
                "rows",
                .array(
                    lint.rows.map {
                        .object([
                            ("row", .integer($0.number)), ("section", .string($0.section)), ("required", .boolean($0.isRequired)),
                            ("verdict", .string($0.verdict.rawValue)), ("reasons", JSON($0.reasons)),
                        ])
                    })
            ),
        ])
    }
}
