// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The data-poor cities of Examples/Shelf, all planned by one batch.
@Suite("Examples/Shelf")
struct ShelfTests {
    /// One batch for all tests; the folder vanishes with the process.
    static let shelf = Result {
        let folder = try TemporaryCity()
        let outcome = try Program.run(
            try Program.path(), ["batch", "Examples/Shelf/batch.yaml", "--output", folder.path + "/out"], in: Program.root)
        return (folder: folder, outcome: outcome)
    }

    static let withBalance = ["Bangkok", "HoChiMinhCity", "Hue", "ManilaWest", "Seoul", "Vientiane"]
    static let withoutVolumes = ["Hanoi", "Jakarta", "ManilaEast", "PhnomPenh", "PulauMuaraBesar"]

    /// Of non-revenue water, as printed. [%]
    static let printedShares: [(String, [Double])] = [
        ("Bangkok", [23.37, 25, 30]), ("HoChiMinhCity", [12.51]), ("ManilaWest", [43, 40]), ("Seoul", [100 - 95.3]), ("Vientiane", [24]),
    ]

    private func plan(_ city: String) throws -> [String: Any] { try Self.shelf.get().folder.json("out/\(city)/plan.json") }

    @Test("every city gets a plan")
    func all() throws {
        let outcome = try Self.shelf.get().outcome
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        #expect(outcome.output.hasPrefix("11 jobs: 11 done\n"), "\(outcome.output)")
        let folders = try FileManager.default.contentsOfDirectory(atPath: Program.root + "/Examples/Shelf").filter { !$0.contains(".") }
        #expect(folders.sorted() == (Self.withBalance + Self.withoutVolumes).sorted())
    }

    @Test(
        "the share of non-revenue water that is printed lies in the interval, contested prints all of them",
        arguments: printedShares)
    func share(city: String, prints: [Double]) throws {
        let balance = try #require(try plan(city)["balance"] as? [String: Any])
        let low = try #require(balance["revenue_water_ratio_low95_percent"] as? Double)
        let high = try #require(balance["revenue_water_ratio_high95_percent"] as? Double)
        for print in prints {
            #expect(low <= 100 - print && 100 - print <= high, "\(print) % against \(low) to \(high) % of revenue water")
        }
    }

    @Test("volumes that are not printed have intervals as wide as that: a fifth of the real losses or more", arguments: withBalance)
    func width(city: String) throws {
        let balance = try #require(try plan(city)["balance"] as? [String: Any])
        let real = try #require(balance["real_losses_m3"] as? Double), low = try #require(balance["real_losses_low95_m3"] as? Double)
        #expect(real > 0 && real - low > real / 5)
        let diagnosis = try #require(try plan(city)["diagnosis"] as? [String: Any])
        #expect(diagnosis["comes_first"] as? Bool == true)
        // The measurements account for next to all of what is not known, errors that two lines share among it.
        let steps = diagnosis["steps"] as? [[String: Any]] ?? []
        #expect(steps.reduce(0) { $0 + ($1["variance_share"] as? Double ?? 0) } > 0.95)
    }

    @Test("where no volume is printed there is no balance and no loss, and the first step is to draw one up", arguments: withoutVolumes)
    func unknown(city: String) throws {
        let plan = try plan(city)
        #expect(plan["balance"] is NSNull)
        #expect((plan["indicators"] as? [Any])?.isEmpty == true && (plan["measures"] as? [Any])?.isEmpty == true)
        let diagnosis = try #require(plan["diagnosis"] as? [String: Any])
        #expect((diagnosis["steps"] as? [[String: Any]])?.first?["step"] as? String == "measure_balance")
        #expect(try Self.shelf.get().folder.text("out/\(city)/plan.html").contains("class=\"notice missing\""))
    }

    @Test("every figure of a profile has its source, or is unknown", arguments: withBalance + withoutVolumes)
    func sources(city: String) throws {
        let profile = try #require(try plan(city)["city"] as? [String: Any])
        let figures = profile.values.compactMap { $0 as? [String: Any] }.filter { $0["status"] != nil }
        #expect(figures.count >= 10)
        for figure in figures {
            let isUnknown = figure["status"] as? String == "unknown"
            #expect(isUnknown || (figure["source"] as? String)?.isEmpty == false)
        }
    }

    @Test(
        "the folders are what Tools/make_shelf.py makes of facts.csv",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "no /usr/bin/python3"))
    func generated() throws {
        let outcome = try Program.run("/usr/bin/python3", [Program.root + "/Tools/make_shelf.py", "--check"], in: Program.root)
        #expect(outcome.status == 0, "\(outcome.messages)")
    }
}
