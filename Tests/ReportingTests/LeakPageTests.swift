// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterLoss
import WaterModel

@testable import Reporting

@Suite("The page of a search for a leak")
struct LeakPageTests {
    static let network = SyntheticPlan.network(columns: 6, rows: 4, prefix: "")
    private static let pipes = network.links.filter { $0.pipe != nil }

    /// Three pipes hold the probability, the rest next to nothing.
    static func finding(isDetected: Bool = true) -> LeakFinding {
        let shares = [0.65, 0.3, 0.04]
        let rest = 0.01 / Double(pipes.count - 3)
        let candidates = pipes.enumerated().map { index, pipe in
            LeakFinding.Candidate(pipe: pipe.id, probability: index < 3 ? shares[index] : rest, length: pipe.pipe?.length ?? 1)
        }
        var finding = LeakFinding(
            isDetected: isDetected, pValue: isDetected ? 0.0004 : 0.4, start: isDetected ? Instant(year: 2026, month: 3, day: 9) : nil,
            flow: 0.0031, flowLow95: 0.0025, flowHigh95: 0.0038, candidates: candidates, credibleSet90: candidates.prefix(2).map(\.pipe))
        finding.remarks = [.silent("P_1", hours: 30)]
        return finding
    }

    static func page(_ finding: LeakFinding, network: Network = network, language: String = "en") throws -> String {
        let sensors = [
            Sensor(id: "P_1", kind: .pressure, element: network.nodes[2].id.name),
            Sensor(id: "Q_1", kind: .flow, element: pipes[0].id.name), Sensor(id: "</script>", kind: .level, element: "nowhere"),
        ]
        return html(
            of: PlanDocument(
                finding: finding, walk: LeakWalk(finding, network: network), network: network, sensors: sensors, name: "Town",
                language: try Catalogue.named(language)))
    }

    @Test("probabilities, steps, sensors and access points are in the map's data; the page is well-formed and fetches nothing")
    func data() throws {
        let page = try Self.page(Self.finding())
        #expect(WellFormed(page).fault == nil)
        #expect(!page.contains("src=") && !page.contains("href=\"http"))
        let data = try MapTests.data(page)
        let pipes = try #require(data["pipes"] as? [String: Any])
        let chances = try #require(pipes["q"] as? [Double])
        #expect(Array(chances.prefix(3)) == [65, 30, 4])
        let walk = try #require(pipes["walk"] as? [Int])
        #expect(walk.first == 0 && Set(walk.prefix(3)) == [0, 1, 2])
        let first = try #require((pipes["w"] as? [Any])?[0] as? [Double])
        #expect(first[0] == 1 && first[2] == 65)
        let sites = try #require(data["sites"] as? [[String: Any]])
        #expect(sites.map { $0["key"] as? String } == ["sensors", "access"])
        #expect(sites[0]["id"] as? [String] == ["P_1", "Q_1"])
        let access = try #require(sites[1]["id"] as? [String])
        let ends = Set([0, 1].flatMap { [Self.pipes[$0].start.name, Self.pipes[$0].end.name] })
        #expect(Set(access) == ends)
        let layers = try #require(data["layers"] as? [[String: Any]]).compactMap { $0["key"] as? String }
        #expect(layers == ["pipes", "walk", "sensors", "access", "devices"])
        #expect(page.contains("3.1") && page.contains("P_1") && page.contains("30 hours"))
    }

    @Test("without a leak the map shows the sensors, and neither walk nor probabilities")
    func healthy() throws {
        let data = try MapTests.data(Self.page(Self.finding(isDetected: false)))
        let pipes = try #require(data["pipes"] as? [String: Any])
        #expect(pipes["q"] is NSNull && (pipes["walk"] as? [Int]) == [])
        #expect((data["sites"] as? [[String: Any]])?.count == 1)
    }

    @Test("a network without coordinates gives the walk as a table, and says what is missing")
    func unplaced() throws {
        var network = Self.network
        for index in network.nodes.indices { network.nodes[index].position = nil }
        let page = try Self.page(Self.finding(), network: network)
        #expect(page.contains("no coordinates") && page.contains("<table") && !page.contains("map-data"))
    }

    @Test("every figure of the page bears the mark of where it comes from, and its foot tells that", arguments: ["en", "es", "ko"])
    func traces(code: String) throws {
        let finding = Self.finding()
        let document = PlanDocument(
            finding: finding, walk: LeakWalk(finding, network: Self.network), network: Self.network, sensors: [], name: "Town",
            language: try .named(code))
        #expect(document.placedFigures.count > 15)
        #expect(TraceTests.untraced(document) == [])
        #expect(Set(document.kindTraces.map(\.kind)).isSuperset(of: [.leakFlow, .leakProbability, .given, .reading]))
        let page = html(of: document)
        for trace in document.kindTraces {
            #expect(page.contains("href=\"#\(trace.anchor)\"") && page.contains("id=\"\(trace.anchor)\""), "\(trace.kind)")
        }
    }

    @Test("every language has the page's words", arguments: ["es", "ko"])
    func languages(code: String) throws {
        let page = try Self.page(Self.finding(), language: code)
        #expect(page.contains("lang=\"\(code)\"") && !page.contains("Order of the walk"))
    }

    @Test(
        "Chromium runs the page's map without an error or a request",
        .enabled(if: IndependentProgram.browser != nil, "Chromium is not installed"))
    func browser() throws {
        let browser = try #require(IndependentProgram.browser)
        let page = try Self.page(Self.finding())
        try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(Array(page.utf8), to: folder + "/map.html")
            let run = try IndependentProgram.run(
                browser,
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder)/user", "--enable-logging=stderr", "--v=0",
                    "--log-file=\(folder)/log", "--dump-dom", "--virtual-time-budget=2000", "file://\(folder)/map.html",
                ])
            #expect(run.status == 0 && run.text.contains("<canvas") && run.text.contains("Access point"))
            let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
            #expect(!log.contains("CONSOLE"), "\(log)")
        }
    }
}
