// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Reporting
import TextFiles
import WaterLoss
import WaterModel

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Is a city folder consistent; what do its data allow; what to measure next.",
        discussion: """
            Lists all that is wrong with the files at once (exit code 65), else what can be concluded and how surely.

            Example: yusu check Examples/Chanchamayo
            """)

    @Argument(help: "City folder.", completion: .directory) var folder: String
    @Option(help: "table or json.") var format = OutputFormat.table
    @Flag(help: "No messages on standard error.") var quiet = false

    func run() throws {
        let work = try CityWork(folder: folder, seed: 1, findsLeaks: false, quiet: quiet)
        switch format {
        case .table: Console.result(BalanceText.text(work.assessment))
        case .json: Console.result(json(work.assessment).text)
        }
        for remark in work.remarks { Console.warn(remark) }
        if !work.remarks.isEmpty { throw ExitStatus.answerIsBad }
    }

    private func json(_ assessment: CityAssessment) -> JSON {
        let advice = assessment.advice
        return .object([
            ("data_level", .string(assessment.level.word)),
            ("conclusions", JSON(advice?.conclusions ?? [])),
            ("real_losses_relative_margin95", JSON(advice?.realLossesMargin95)),
            ("measure_next", JSON(advice?.nextMeasurement)),
            ("measure_next_variance_share", JSON(advice?.share)),
            ("variance_shares", .object((advice?.shares ?? []).map { ($0.input, JSON($0.share)) })),
            ("gaps", JSON(assessment.gaps)),
        ])
    }
}
