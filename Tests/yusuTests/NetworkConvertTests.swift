// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles

@Suite("the command line: network convert")
struct NetworkConvertTests {
    let city: TemporaryCity

    init() throws { city = try TemporaryCity() }

    func convert(_ arguments: String...) throws -> Program.Outcome { try Program.yusu(["network", "convert"] + arguments, in: city) }

    @Test("INP to INP: the converted model converts to itself, and simulates to the same bytes")
    func inp() throws {
        #expect(try convert("city/network.inp", "--output", "one.inp").status == 0)
        #expect(try convert("one.inp", "--output", "two.inp", "--quiet").status == 0)
        #expect(try city.bytes("one.inp") == city.bytes("two.inp"))
        for (model, output) in [("city/network.inp", "a"), ("one.inp", "b")] {
            #expect(try Program.yusu(["network", "simulate", model, "--output", output, "--quiet"], in: city).status == 0)
        }
        #expect(try city.bytes("a/nodes.csv") == city.bytes("b/nodes.csv") && city.bytes("a/links.csv") == city.bytes("b/links.csv"))
    }

    @Test("GeoJSON with the results of a chosen moment")
    func geoJSON() throws {
        #expect(try Program.yusu(["network", "simulate", "city/network.inp", "--output", "run", "--quiet"], in: city).status == 0)
        #expect(try convert("city/network.inp", "--output", "map.geojson", "--results", "run", "--time", "7200").status == 0)
        let map = try city.json("map.geojson")
        #expect(map["time_s"] as? Int == 7200 && (map["features"] as? [Any])?.count == 15)
        let features = map["features"] as? [[String: Any]] ?? []
        #expect(
            features.allSatisfy { ($0["properties"] as? [String: Any]).map { $0["head_m"] != nil || $0["flow_m3_per_s"] != nil } ?? false })
        let late = try convert("city/network.inp", "--output", "late.geojson", "--results", "run", "--time", "7")
        #expect(late.status == 65 && late.messages.contains("no results at 7 s"))
    }

    /// ogr2ogr, of GDAL.
    static let hasGDAL = (try? Program.run("/usr/bin/env", ["ogr2ogr", "--version"], in: "/").status) == 0

    @Test(
        "GDAL reads the GeoJSON: every node at its place with its head, every link with its ends and its flow",
        .enabled(if: hasGDAL, "ogr2ogr is not there: apt-get install gdal-bin"))
    func readByGDAL() throws {
        #expect(try Program.yusu(["network", "simulate", "city/network.inp", "--output", "run", "--quiet"], in: city).status == 0)
        #expect(try convert("city/network.inp", "--output", "map.geojson", "--results", "run", "--time", "7200").status == 0)
        /// Rows as GDAL writes them: the geometry's words, then the columns that were asked for.
        func rows(_ filter: String, _ geometry: String, _ columns: String) throws -> [[String]] {
            let command = [
                "ogr2ogr", "-f", "CSV", "back.csv", "map.geojson", "-where", filter, "-select", columns, "-lco", "GEOMETRY=\(geometry)",
            ]
            let outcome = try Program.run("/usr/bin/env", command, in: city.path)
            #expect(outcome.status == 0, "\(outcome.messages)")
            defer { try? city.remove("back.csv") }
            return try city.text("back.csv").split(separator: "\n").dropFirst().map { line in
                line.split(whereSeparator: { ", \"()".contains($0) }).map { String($0) }
            }
        }
        /// Columns two and three of a result at 7,200 s, by element.
        func results(_ file: String) throws -> [String: [Substring]] {
            let lines = try city.text(file).split(separator: "\n").filter { $0.hasPrefix("7200,") }
            return Dictionary(
                uniqueKeysWithValues: lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }.map {
                    (String($0[1]), Array($0[2...]))
                })
        }
        // GDAL writes 15 digits.
        func same(_ a: String, _ b: Substring) -> Bool {
            guard let a = Double(a), let b = Double(b) else { return false }
            return abs(a - b) <= 1e-14 * abs(b)
        }
        let nodes = try rows("head_m IS NOT NULL", "AS_XY", "id,head_m"), heads = try results("run/nodes.csv")
        #expect(nodes.count == 7 && heads.count == 7)
        let places = ["A1": (0, 0), "A2": (100, 0), "A3": (100, 100), "B1": (300, 0), "B2": (400, 0), "B3": (400, 100), "R": (200, 200)]
        for node in nodes where node.count == 4 {
            let place = try #require(places[node[2]])
            #expect(Double(node[0]) == Double(place.0) && Double(node[1]) == Double(place.1), "\(node)")
            #expect(same(node[3], try #require(heads[node[2]])[0]), "\(node)")
        }
        let links = try rows("flow_m3_per_s IS NOT NULL", "AS_WKT", "id,flow_m3_per_s,status,start,end"),
            flows = try results("run/links.csv")
        #expect(links.count == flows.count && links.count == 8)
        for link in links where link.count == 10 {
            // LINESTRING x y x y id flow status start end
            let result = try #require(flows[link[5]])
            #expect(same(link[6], result[0]) && link[7] == result[1], "\(link)")
            for (end, x, y) in [(link[8], link[1], link[2]), (link[9], link[3], link[4])] {
                let place = try #require(places[end])
                #expect(Double(x) == Double(place.0) && Double(y) == Double(place.1), "\(link)")
            }
        }
        #expect(nodes.allSatisfy { $0.count == 4 } && links.allSatisfy { $0.count == 10 }, "\(nodes.first ?? []), \(links.first ?? [])")
    }

    @Test("the format is that of the ending or of --to; what is asked in vain is said")
    func formats() throws {
        #expect(try convert("city/network.inp", "--to", "geojson", "--output", "map.json").status == 0)
        #expect(try city.text("map.json").contains("FeatureCollection"))
        let stream = try Program.shell(
            "\"$YUSU\" network convert city/network.inp --to inp --output /dev/stdout --quiet | head -1", in: city)
        #expect(stream.output == "[TITLE]\n")
        for (arguments, word) in [
            (["city/network.inp", "--output", "map.txt"], "--to"),
            (["city/network.inp", "--output", "m.inp", "--results", "r"], "--results"),
            (["city/network.inp", "--output", "m.geojson", "--time", "0"], "--time"),
        ] {
            let outcome = try Program.yusu(["network", "convert"] + arguments, in: city)
            #expect(outcome.status == 64 && outcome.messages.contains(word), "\(arguments): \(outcome.messages)")
        }
        #expect(try convert("none.inp", "--output", "m.inp").status == 66)
    }

    @Test("results of another model are refused")
    func otherResults() throws {
        try city.write("run/nodes.csv", "time_s,node,head_m,pressure_m,demand_m3_per_s\n0,X,1,1,0\n")
        try city.write("run/links.csv", "time_s,link,flow_m3_per_s,status\n0,Y,1,open\n")
        let outcome = try convert("city/network.inp", "--output", "m.geojson", "--results", "run")
        #expect(outcome.status == 65 && outcome.messages.contains("not among the results"))
    }

    @Test("what an INP file cannot hold is told on standard error, and --quiet says nothing")
    func remarks() throws {
        try city.write("blank.inp", "[JUNCTIONS]\n\"a b\" 1 1\n[RESERVOIRS]\nR 9\n[PIPES]\nP R \"a b\" 1 100 100\n[OPTIONS]\nUNITS LPS\n")
        let told = try convert("blank.inp", "--output", "x.inp")
        #expect(told.status == 0 && told.messages.contains("quotes"))
        #expect(try convert("blank.inp", "--output", "x.inp", "--quiet").messages.isEmpty)
    }
}
