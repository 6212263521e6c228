// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The national utility of Examples/TrinidadAndTobago, against what is published of it.
@Suite("Examples/TrinidadAndTobago")
struct TrinidadTests {
    static let run = Result {
        let folder = try TemporaryCity()
        let outcome = try Program.run(
            try Program.path(), ["plan", "Examples/TrinidadAndTobago", "--output", folder.path + "/out", "--pdf", "none", "--form", "all"],
            in: Program.root)
        return (folder: folder, outcome: outcome)
    }

    private var plan: [String: Any] { get throws { try Self.run.get().folder.json("out/plan.json") } }

    private func table(_ key: String) throws -> [[String: Any]] { try plan[key] as? [[String: Any]] ?? [] }

    @Test("both prints of the loss lie in the interval, and stand beside each other with their status")
    func contested() throws {
        let outcome = try Self.run.get().outcome
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        let balance = try #require(try plan["balance"] as? [String: Any])
        let low = try #require(balance["revenue_water_ratio_low95_percent"] as? Double)
        let high = try #require(balance["revenue_water_ratio_high95_percent"] as? Double)
        #expect(low <= 50 && 60 <= high, "\(low) to \(high) %")
        let page = try Self.run.get().folder.text("out/plan.html")
        let regulator = try #require(page.range(of: "NRW (regulator)")), minister = try #require(page.range(of: "NRW (Minister)"))
        let row = page[regulator.upperBound..<minister.lowerBound]
        #expect(row.contains("50") && row.contains("contested") && row.split(separator: "<tr").count == 2, "\(row)")
    }

    @Test("water saved is worth nothing while desalination must be paid for, and its price from then on, up to what is bought")
    func takeOrPay() throws {
        // Of 45.6 million imperial gallons a day: US$1.00 for 40 and 1.63 for 5.6, at TT$6.78. [m³/year, TT$/m³]
        let gallons = 1e6 * 4.54609e-3 * 365
        let years = try table("water_value")
        #expect(years.count == 15)
        for entry in years {
            let year = try #require(entry["year"] as? Int), worth = try #require(entry["avoided_worth_currency"] as? Double)
            let saved = try #require(entry["saved_m3_per_year"] as? Double)
            let dear = min(saved, 5.6 * gallons), cheap = min(saved - dear, 40 * gallons)
            // The price is rounded to four digits in the folder.
            let expected = year <= 2028 ? 0 : 6.78 * (1.63 * dear + cheap)
            #expect(entry["is_after_contract"] as? Bool == (year > 2028))
            #expect(saved <= 45.6 * gallons && abs(worth - expected) <= 1e-3 * expected, "\(year)")
        }
    }

    @Test("the lot has its 15,000 meters, a network that hears them all, quantities without prices, and supervision")
    func lot() throws {
        let reading = try #require(try plan["reading_network"] as? [String: Any])
        #expect(reading["endpoints"] as? Double == 15_000 && reading["is_in_programme"] as? Bool == true)
        let placement = try #require(reading["placement"] as? [String: Any])
        let gateways = try #require(placement["gateways"] as? Int), bound = try #require(placement["lower_bound"] as? Int)
        #expect(bound <= gateways && gateways <= 2 * bound && placement["covered_percent"] as? Double == 100)
        let tender = try Self.run.get().folder.text("out/tender.html")
        for words in ["15,000", "Sites of gateways", "Supervision", "The lot of 15,000 meters is synthetic"] {
            #expect(tender.contains(words), "\(words)")
        }
        #expect(!tender.contains("TT$"))
        let lots = try table("lots").compactMap { $0["lot"] as? String }
        #expect(Set(lots) == ["leak_control", "meters", "supervision", "zoning_and_pressure"])
    }

    @Test("a ministry reads imperial gallons, and nothing that is not known as if it were")
    func document() throws {
        let page = try Self.run.get().folder.text("out/plan.html")
        #expect(page.contains("MIGD") && !page.contains("m³/d]"))
        #expect(!page.contains("with one of not known"))
        #expect(page.contains("contract over") && page.contains(">2036<"))
    }

    @Test(
        "the folder is what Tools/generate_trinidad.py makes of facts.csv",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "no /usr/bin/python3"))
    func generated() throws {
        let outcome = try Program.run("/usr/bin/python3", [Program.root + "/Tools/generate_trinidad.py", "--check"], in: Program.root)
        #expect(outcome.status == 0, "\(outcome.messages)")
    }
}
