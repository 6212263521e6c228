// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Planning
import Reporting
import TextFiles

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "The improvement plan of a city folder and its documents.",
        discussion: """
            Writes plan.html (one file, opens without a network) and plan.json (every figure, with the register of assumptions).
            Example: yusu plan Examples/Chanchamayo --output plan
            """)

    @Argument(help: "City folder.") var folder: String
    @Option(help: "Folder for the documents.") var output: String
    @Option(help: "Language of the documents: en.") var language: String?
    @Option(help: "Date on the cover, ISO 8601; none by default, so that the same input gives the same bytes.") var date: String?
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Flag(help: "No messages on standard error.") var quiet = false

    func run() throws {
        let work = try CityWork(folder: folder, seed: seed, findsLeaks: true, quiet: quiet)
        Console.progress("drawing up the plan", quiet: quiet)
        let plan = improvementPlan(for: work.city, assessment: work.assessment, seed: seed)
        let catalogue = try Catalogue.named(language ?? "en")
        var files = OutputFiles()
        files.add("plan.html", html(of: PlanDocument(plan: plan, language: catalogue, date: date)))
        files.add("plan.json", planJSON(plan).text)
        try files.write(to: output)
        for remark in work.remarks { Console.warn(remark) }
        Console.result("\(output)/plan.html\n\(output)/plan.json\n")
    }
}
