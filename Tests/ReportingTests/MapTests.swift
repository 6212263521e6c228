// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import Reporting

@Suite("The map that moves")
struct MapTests {
    static func data(_ page: String) throws -> [String: Any] {
        let start = try #require(page.firstRange(of: "id=\"network-map-data\">"))
        let end = try #require(page[start.upperBound...].firstRange(of: "</script>"))
        return try #require(
            try JSONSerialization.jsonObject(with: Data(page[start.upperBound..<end.lowerBound].utf8)) as? [String: Any])
    }

    @Test("the script holds nothing that XML or HTML would read as markup")
    func script() {
        #expect(!MapScript.text.contains { "<&".contains($0) } && !MapScript.text.contains("]]>"))
        #expect(!MapScript.text.contains("innerHTML") && !MapScript.text.contains("http"))
    }

    @Test(
        "the page's security policy admits this script and no other",
        .enabled(if: IndependentProgram.python != nil, "python3 is not installed"))
    func digest() throws {
        let page = try DocumentTests.page()
        let script = """
            import base64, hashlib, re, sys
            page = open(sys.argv[1], encoding="utf-8").read()
            text = re.search(r"<script>(.*?)</script>", page, re.S).group(1)
            print(base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())
            """
        let digest = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(Array(page.utf8), to: folder + "/plan.html")
            return try IndependentProgram.python(script, [folder + "/plan.html"])
        }
        #expect(MapScript.digest == digest)
        #expect(page.contains("script-src &#39;sha256-\(digest)&#39;"))
    }

    @Test("each element's place and figures are in the data, to half a thousandth of the map's width")
    func places() throws {
        let plan = SyntheticPlan.plan()
        let data = try Self.data(try DocumentTests.page(plan))
        let pipes = try #require(data["pipes"] as? [String: Any])
        let network = try #require(plan.city.network)
        let ids = try #require(pipes["id"] as? [String])
        #expect(ids == network.links.filter { $0.pipe != nil }.map(\.id.name))
        #expect((pipes["d"] as? [Int])?.allSatisfy { $0 == 100 } == true && (pipes["l"] as? [Int])?.count == ids.count)
        let counts = try #require(pipes["n"] as? [Int])
        let steps = try #require(pipes["p"] as? [Int])
        #expect(counts.reduce(0, +) * 2 == steps.count)
        let positions = network.nodes.compactMap(\.position)
        let (left, top) = (positions.map(\.x).min() ?? 0, positions.map(\.y).max() ?? 0)
        let span = max((positions.map(\.x).max() ?? 0) - left, top - (positions.map(\.y).min() ?? 0))
        var (x, y, at) = (0, 0, 0)
        for (index, link) in network.links.filter({ $0.pipe != nil }).enumerated() {
            x += steps[at]
            y += steps[at + 1]
            let start = try #require(network.nodes.first { $0.id == link.start }?.position)
            #expect(abs(left + Double(x) * span / 65_535 - start.x) < 0.0005 * span)
            #expect(abs(top - Double(y) * span / 65_535 - start.y) < 0.0005 * span)
            for step in 1..<counts[index] {
                x += steps[at + 2 * step]
                y += steps[at + 2 * step + 1]
            }
            at += 2 * counts[index]
        }
        #expect((data["zones"] as? [String: Any])?["name"] as? [String] == ["Upper town", "Market", "Riverside", "Station", "Lower town"])
    }

    @Test("names of any kind stay text in the data", arguments: ["</script><b>", "\"]}", "<!--", "\u{1}\u{202E}", "&amp;"])
    func hostile(prefix: String) throws {
        let page = try DocumentTests.page(SyntheticPlan.plan(prefix: prefix))
        let data = try Self.data(page)
        let ids = try #require((data["pipes"] as? [String: Any])?["id"] as? [String])
        #expect(ids[0] == Wording.isolated(prefix) + "P1")
        #expect(WellFormed(page).fault == nil)
    }

    /// Opens the page in a browser that says what it logs and fetches.
    @Test(
        "Chromium runs the map: no error, no request, and the canvas is drawn",
        .enabled(if: IndependentProgram.browser != nil, "Chromium is not installed"))
    func browser() throws {
        let browser = try #require(IndependentProgram.browser)
        let page = try DocumentTests.page()
        try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(Array(page.utf8), to: folder + "/plan.html")
            let run = try IndependentProgram.run(
                browser,
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder)/user", "--enable-logging=stderr", "--v=0",
                    "--log-file=\(folder)/log", "--dump-dom", "--virtual-time-budget=2000", "file://\(folder)/plan.html",
                ])
            #expect(run.status == 0)
            #expect(run.text.contains("<canvas") && run.text.contains("is-live"))
            #expect(run.text.contains("Zoom in") && run.text.contains("map-layers"))
            let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
            #expect(!log.contains("CONSOLE"), "\(log)")
        }
    }

    @Test(
        "the whole page of a large city, for looking at it",
        .enabled(if: ProcessInfo.processInfo.environment["YUSU_SHOW_LARGE"] != nil, "YUSU_SHOW_LARGE names no folder"))
    func large() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["YUSU_SHOW_LARGE"])
        let plan = SyntheticPlan.plan(columns: 350, rows: 172)
        let page = try DocumentTests.page(plan)
        #expect((plan.city.network?.links.count ?? 0) > 99_000)
        #expect(page.utf8.count < 15_000_000)
        try IndependentProgram.write(Array(page.utf8), to: folder + "/large.html")
    }

    @Test("a city of a hundred thousand pipes stays below 15 MB")
    func size() throws {
        let network = SyntheticPlan.network(columns: 40, rows: 25, prefix: "")
        let pipes = network.links.filter { $0.pipe != nil }
        let positions = Dictionary(network.nodes.map { ($0.id, $0.position ?? Point(x: 0, y: 0)) }, uniquingKeysWith: { a, _ in a })
        let map = NetworkMap(
            pipes: pipes.map {
                .init(
                    id: $0.id.name, points: [positions[$0.start] ?? Point(x: 0, y: 0), positions[$0.end] ?? Point(x: 0, y: 0)],
                    probability: 0.001, length: 95, diameter: 0.1)
            }, devices: [],
            nodes: network.nodes.map {
                .init(id: $0.id.name, position: $0.position ?? Point(x: 0, y: 0), kind: .junction, nightPressure: 45.3, elevation: 760)
            },
            zones: [])
        let wording = Wording(try Catalogue.named("en"))
        let graphic = Graphic(id: "m", title: .literal(""), description: .literal(""), content: .map(map))
        let live = LiveMap(wording: wording, map: map, id: "m").parts.map(\.text.utf8.count).reduce(0, +)
        let still = GraphicDrawing(wording: wording, graphic: graphic).svg.text.utf8.count
        // Both grow with the number of elements; names and steps of a larger city are two characters longer at most.
        #expect(Double(live + still) / Double(pipes.count) * 100_000 < 13_000_000)
    }
}
