// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("the command line: which package each zone gets")
struct SelectCommandTests {
    /// Two zones with a package of 100 each, and what a case changes in them.
    private static func problem(
        limits: String = "\"budget\": 500", mandatory: Bool = false, capital: String = "100", requires: (String, String) = ("", "")
    ) -> String {
        func zone(_ name: String, _ requires: String) -> String {
            let list = requires.isEmpty ? "" : "\"requires\": [\"\(requires)\"], "
            return """
                {"zone": "\(name)", "mandatory": \(mandatory), "packages": [{"package": "P", \(list)
                 "starts": [{"year": 2027, "net_present_value": 10, "capital": [\(name == "A" ? "100" : capital)]}]}]}
                """
        }
        return """
            {"first_year": 2027, \(limits), "zones": [\(zone("A", requires.0)), \(zone("B", requires.1))]}
            """
    }

    private static let cases: [(name: String, problem: String, says: String)] = [
        (
            "a budget below the cheapest mandatory packages", problem(limits: "\"budget\": 150", mandatory: true),
            "the budget of 150 is below 200, the least that the mandatory packages cost (A, B)"
        ),
        (
            "a budget below the cheapest package", problem(limits: "\"budget\": 60"),
            "the budget of 60 is below 100, the price of the cheapest package (A/P)"
        ),
        (
            "a yearly budget that no mandatory package fits into", problem(limits: "\"yearly_budgets\": [60, 500]", mandatory: true),
            "A must get a package, but none fits into the yearly budgets: P needs 100 in 2027, where the budget is 60"
        ),
        (
            "a target above 100 %",
            problem(
                limits: "\"target_revenue_water_percent\": 120, \"revenue_water_m3_per_year\": 50, \"supply_m3_per_year\": 100"),
            "the target of 120 % revenue water must lie above 0 and not above 100 %"
        ),
        (
            "prerequisites in a circle", problem(requires: ("B/P", "A/P")),
            "prerequisites go round in a circle: A/P requires B/P requires A/P"
        ),
        ("a negative price", problem(capital: "-5"), "B/P from 2027: a capital of −5; a price must be 0 or more"),
        ("a negative budget", problem(limits: "\"budget\": -1"), "the budget is −1; it must be 0 or more"),
        (
            "a target that nothing reaches",
            problem(limits: "\"least_volume_m3_per_year\": 5"), "no choice keeps the volume to be saved"
        ),
    ]

    @Test("what contradicts itself is refused with the reason and its place, exit code 65", arguments: 0..<8)
    func refused(index: Int) throws {
        let (_, text, says) = Self.cases[index]
        let folder = try TemporaryCity()
        try folder.write("problem.json", text)
        let done = try Program.yusu(["select", "problem.json", "--output", "out"], in: folder)
        #expect(done.status == 65 && !done.isCrash)
        #expect(done.messages.contains("problem.json: \(says)"), "\(done.messages)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
    }

    @Test("a deficit is one limit for all years, or one a year", arguments: [("60", 63.0), ("[60, 0]", 3.0), ("[60]", 3.0)])
    func sale(limit: String, value: Double) throws {
        // Two packages of 50 a year in two years, water sold worth 1 more than the rest: what lies above the limit earns that less.
        let folder = try TemporaryCity()
        let zones = ["A", "B"].map {
            """
            {"zone": "\($0)", "mandatory": true, "packages": [{"package": "P", "starts": [
              {"year": 2027, "net_present_value": 71.5, "capital": [1], "saleable_m3_per_year": [50, 50]}]}]}
            """
        }.joined(separator: ", ")
        let sale = "\"sale\": {\"limit_m3_per_year\": \(limit), \"worth_per_m3\": [1, 1]}"
        try folder.write("problem.json", "{\"first_year\": 2027, \(sale), \"zones\": [\(zones)]}")
        let done = try Program.yusu(["select", "problem.json", "--output", "out", "--quiet"], in: folder)
        #expect(done.status == 0, "\(done.messages)")
        let found = try #require(try folder.json("out/selection.json")["value"] as? Double)
        #expect(abs(found - value) < 1e-9)
    }

    @Test("what can be chosen is chosen")
    func chosen() throws {
        let folder = try TemporaryCity()
        try folder.write("problem.json", Self.problem(limits: "\"budget\": 150"))
        let done = try Program.yusu(["select", "problem.json", "--output", "out", "--quiet"], in: folder)
        #expect(done.status == 0 && done.output.contains("1 of 2 zones get a package"))
    }
}
