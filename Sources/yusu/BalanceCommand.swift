// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import TextFiles
import WaterFiles
import WaterLoss

/// Water balances of many audits in one table.
struct BalanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "Water balance and loss indicators of a city folder, of one audit or of thousands.",
        discussion: """
            Volumes come out in each audit's own unit; `uarl` is a volume of the period. A row that cannot be computed keeps \
            its place, with the reason in the column `alerts`.

            Example: yusu balance audits.csv --standard awwa --output results.csv
            Example: yusu balance Examples/Chanchamayo
            """)

    @Argument(help: "City folder; or a CSV with one audit a row, named columns, empty where not given.")
    var file: String

    @Option(help: "Rules of the balance: \(WaterAudit.Standard.allCases.map(\.rawValue).joined(separator: ", ")).")
    var standard = WaterAudit.Standard.awwa

    @Option(help: "File to write; standard output where it is not given.")
    var output: String?

    @Flag(help: "No messages but errors.")
    var quiet = false

    func run() throws {
        if CityFolder.isFolder(file) {
            let text = BalanceText.text(try CityWork(folder: file, seed: 1, findsLeaks: false, quiet: quiet).assessment)
            if let output { try OutputFiles.write(text, to: output) } else { Console.result(text) }
            return
        }
        let table = try AuditTable(path: file)
        let (text, failed) = table.results(standard)
        if let output { try OutputFiles.write(text, to: output) } else { Console.result(text) }
        if failed > 0, !quiet {
            Console.warn("\(failed) of \(table.count) audits could not be computed; the reasons are in the column 'alerts'")
        }
        if failed == table.count, failed > 0 { throw ExitStatus.answerIsBad }
    }
}

extension WaterAudit.Standard: ExpressibleByArgument {}
