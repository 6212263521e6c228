// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Hydraulics
import TextFiles
import WaterFiles
import WaterModel

extension NetworkCommand {
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Is a network model consistent? What an engineer should look at before trusting it.",
            discussion: """
                Errors first, then warnings and notes. Exit code 1 where there are errors.

                Example: yusu network check town.inp
                Example: yusu network check town.inp --format json
                """)

        @Argument(help: "Network model (EPANET INP).", completion: .file()) var file: String
        @Option(help: "table or json.") var format = OutputFormat.table

        func run() throws {
            let findings = NetworkCheck.findings(in: try INP.read(file))
            Console.result(format == .json ? json(findings).text : table(findings))
            if findings.contains(where: { $0.severity == .error }) { throw ExitStatus.answerIsBad }
        }

        private func table(_ findings: [NetworkFinding]) -> String {
            var text = ""
            for finding in findings { text += "\(finding.severity.rawValue)  \(finding.check): \(finding.message)\n" }
            let counts = NetworkFinding.Severity.allCases.map { severity in
                let count = findings.filter { $0.severity == severity }.count
                return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
            }
            return text + counts.joined(separator: ", ") + "\n"
        }

        private func json(_ findings: [NetworkFinding]) -> JSON {
            .object([
                ("errors", JSON(findings.filter { $0.severity == .error }.count)),
                ("warnings", JSON(findings.filter { $0.severity == .warning }.count)),
                ("notes", JSON(findings.filter { $0.severity == .note }.count)),
                (
                    "findings",
                    .array(
                        findings.map { finding in
                            .object([
                                ("check", .string(finding.check)), ("severity", .string(finding.severity.rawValue)),
                                ("elements", .array(finding.elements.map { .string($0) })), ("message", .string(finding.message)),
                            ])
                        })
                ),
            ])
        }
    }
}
