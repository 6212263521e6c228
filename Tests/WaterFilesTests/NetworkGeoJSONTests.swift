// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("GeoJSON of a network")
struct NetworkGeoJSONTests {
    private let network = INPSamples.text(
        pipes: "P1 R A 500 150 100\nP2 A B 300 100 100",
        more: """
            [VALVES]
            V A B 100 PRV 20
            [PUMPS]
            U A B POWER 5
            [TANKS]
            T 30 2 0 5 10
            [COORDINATES]
            A 1 2
            B 3 4.5
            R -1 0.25
            [VERTICES]
            P2 2 2
            P2 2.5 3
            [TAGS]
            NODE A Z1
            """)

    private struct Unread: Error {}

    /// Features by their identifier, read by Foundation.
    private func features(_ text: String) throws -> (whole: [String: Any], byID: [String: [String: Any]]) {
        guard let whole = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
            let features = whole["features"] as? [[String: Any]]
        else { throw Unread() }
        let named = features.compactMap { feature in
            ((feature["properties"] as? [String: Any])?["id"] as? String).map { ($0, feature) }
        }
        return (whole, Dictionary(named, uniquingKeysWith: { first, _ in first }))
    }

    @Test("nodes are points and links lines through their vertices, with properties in SI units")
    func geometry() throws {
        let written = NetworkGeoJSON.text(of: try INPSamples.read(network))
        let (whole, byID) = try features(written.text)
        #expect(whole["type"] as? String == "FeatureCollection" && (whole["note"] as? String)?.contains("WGS 84") == true)
        #expect(byID.count == 8)
        let a = try #require(byID["A"]), pipe = try #require(byID["P2"])
        #expect((a["geometry"] as? [String: Any])?["coordinates"] as? [Double] == [1, 2])
        let line = pipe["geometry"] as? [String: Any]
        #expect(line?["type"] as? String == "LineString")
        #expect(line?["coordinates"] as? [[Double]] == [[1, 2], [2, 2], [2.5, 3], [3, 4.5]])
        let properties = try #require(pipe["properties"] as? [String: Any]), node = try #require(a["properties"] as? [String: Any])
        #expect(properties["length_m"] as? Double == 300 && properties["diameter_m"] as? Double == 0.1)
        #expect(properties["start"] as? String == "A" && properties["end"] as? String == "B")
        #expect(node["base_demand_m3_per_s"] as? Double == 0.005 && node["tag"] as? String == "Z1")
        #expect((byID["V"]?["properties"] as? [String: Any])?["setting_m"] as? Double == 20)
        #expect((byID["U"]?["properties"] as? [String: Any])?["power_W"] as? Double == 5000)
        // The tank has no coordinates.
        #expect(byID["T"]?["geometry"] is NSNull && written.remarks.count == 1 && written.remarks[0].hasPrefix("1 nodes and links"))
    }

    @Test("the values of one moment of the results are added; isolated nodes have none")
    func results() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "nodes.csv",
            "time_s,node,head_m,pressure_m,demand_m3_per_s\n0,A,39,29,0.005\n0,B,,,0\n0,R,40,0,-0.01\n3600,A,38,28,0.006\n3600,B,37.5,25.5,0\n"
        )
        try folder.write("links.csv", "time_s,link,flow_m3_per_s,status\n0,P1,0.01,open\n3600,P1,0.012,open\n3600,P2,-0.001,closed\n")
        let first = try SimulationResults.read(folder: folder.path)
        #expect(first.time == 0 && first.nodes.count == 3 && first.nodes["B"]?.head == nil && first.links["P1"]?.flow == 0.01)
        let later = try SimulationResults.read(folder: folder.path, time: 3600)
        let (whole, byID) = try features(NetworkGeoJSON.text(of: try INPSamples.read(network), results: later).text)
        #expect(whole["time_s"] as? Int == 3600)
        let node = byID["B"]?["properties"] as? [String: Any], link = byID["P2"]?["properties"] as? [String: Any]
        #expect(node?["head_m"] as? Double == 37.5 && node?["pressure_m"] as? Double == 25.5)
        #expect(link?["flow_m3_per_s"] as? Double == -0.001 && link?["status"] as? String == "closed")
        #expect(link?["initial_status"] as? String == "open")
        let none = folder.complaints { () throws(TextFileError) in try SimulationResults.read(folder: folder.path, time: 1800) }
        #expect(none.first?.contains("no results at 1800 s") == true && none.first?.contains("0, 3600 s") == true, "\(none)")
        let missing = folder.complaints { () throws(TextFileError) in try SimulationResults.read(folder: folder.path + "/x") }
        #expect(missing.first?.contains("no such file") == true)
    }
}
