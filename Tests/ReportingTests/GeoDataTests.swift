// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import Reporting

@Suite("The plan's map layers")
struct GeoDataTests {
    static func bytes(prefix: String = "") throws -> [UInt8] {
        try geoPackage(of: SyntheticPlan.plan(prefix: prefix), language: try Catalogue.named("en"))
    }

    @Test("a point is GeoPackage binary, byte for byte")
    func point() {
        let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
        let two: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x40]
        let expected: [UInt8] =
            [0x47, 0x50, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF] + one + one + two + two + [1, 1, 0, 0, 0] + one + two
        #expect(GeoPackage.geometry([Point(x: 1, y: 2)], .point) == expected)
        #expect(GeoPackage.geometry([Point(x: .nan, y: 2)], .point) == nil)
        #expect(GeoPackage.geometry([Point(x: 1, y: 2)], .line) == nil)
    }

    @Test("a polygon is closed")
    func polygon() throws {
        let corners = [Point(x: 0, y: 0), Point(x: 1, y: 0), Point(x: 0, y: 1)]
        let bytes = try #require(GeoPackage.geometry(corners, .polygon))
        // Header 40, type 5, rings 4, points 4, four corners.
        #expect(bytes.count == 40 + 5 + 4 + 4 + 4 * 16 && bytes[49] == 4)
    }

    @Test("the same plan makes the same bytes, which begin as SQLite and bear the mark of a GeoPackage")
    func deterministic() throws {
        let bytes = try Self.bytes()
        #expect(bytes == (try Self.bytes()))
        #expect(String(decoding: bytes.prefix(15), as: UTF8.self) == "SQLite format 3")
        #expect(Array(bytes[68..<72]) == Array("GPKG".utf8))
        if let folder = ProcessInfo.processInfo.environment["YUSU_SHOW_PLAN"] {
            try IndependentProgram.write(bytes, to: folder + "/plan.gpkg")
        }
    }

    @Test(
        "Python's SQLite finds the tables that the standard asks for, and names as they are",
        .enabled(if: IndependentProgram.python != nil, "python3 is not installed"),
        arguments: [
            ("", "J1"), ("'; DROP TABLE pipes; --", "'; DROP TABLE pipes; --J1"), ("\u{1}", "\u{FFFD}J1"), ("🚰\u{202E}", "🚰\u{202E}J1"),
        ])
    func tables(prefix: String, node: String) throws {
        let script = """
            import sqlite3, sys, xml.dom.minidom as dom
            db = sqlite3.connect(sys.argv[1])
            get = lambda sql: db.execute(sql).fetchall()
            assert get("PRAGMA integrity_check") == [("ok",)] and get("PRAGMA foreign_key_check") == []
            assert get("PRAGMA application_id")[0][0] == 0x47504B47 and get("PRAGMA user_version")[0][0] == 10300
            assert {r[0] for r in get("SELECT srs_id FROM gpkg_spatial_ref_sys")} == {-1, 0, 4326}
            layers = [r[0] for r in get("SELECT table_name FROM gpkg_contents ORDER BY rowid")]
            assert layers == [r[0] for r in get("SELECT table_name FROM gpkg_geometry_columns ORDER BY rowid")]
            for (qml,) in get("SELECT styleQML FROM layer_styles"): dom.parseString(qml)
            assert get("SELECT id FROM nodes LIMIT 1")[0][0] == sys.argv[2], get("SELECT id FROM nodes LIMIT 1")
            print([(n, get("SELECT count(*) FROM " + n)[0][0]) for n in layers])
            """
        let bytes = try Self.bytes(prefix: prefix)
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.gpkg")
            return try IndependentProgram.python(script, [folder + "/plan.gpkg", node])
        }
        #expect(answer == "[('zones', 5), ('pipes', 87), ('devices', 1), ('nodes', 61), ('leak_candidates', 20), ('measures', 12)]")
    }

    @Test(
        "QGIS opens every layer with the style that the file brings, and draws them",
        .enabled(if: IndependentProgram.qgis != nil, "QGIS for Python (python3-qgis) is not installed"))
    func qgis() throws {
        let script = """
            import os, sys
            os.environ.update(QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=sys.argv[2], HOME=sys.argv[2])
            from qgis.core import *
            from qgis.PyQt.QtCore import QSize
            from qgis.PyQt.QtGui import QColor
            program = QgsApplication([], False)
            program.initQgis()
            layers = []
            for name in ["zones", "pipes", "devices", "nodes", "leak_candidates", "measures"]:
                layer = QgsVectorLayer(sys.argv[1] + "|layername=" + name, name, "ogr")
                assert layer.isValid() and layer.featureCount() > 0, name
                assert layer.loadDefaultStyle()[1], name
                layers.append(layer)
            kinds = [layer.renderer().type() for layer in layers]
            settings = QgsMapSettings()
            settings.setLayers(sorted(layers, key=lambda layer: layer.geometryType()))
            settings.setBackgroundColor(QColor("white"))
            settings.setOutputSize(QSize(300, 300))
            extent = QgsRectangle()
            extent.setMinimal()
            for layer in layers: extent.combineExtentWith(layer.extent())
            settings.setExtent(extent)
            job = QgsMapRendererParallelJob(settings)
            job.start()
            job.waitForFinished()
            image = job.renderedImage()
            colours = {image.pixel(x, y) for x in range(300) for y in range(300)}
            assert not job.errors() and len(colours) > 20, len(colours)
            print(kinds, flush=True)
            # QGIS may break off while Python takes its objects apart.
            os._exit(0)
            """
        let bytes = try Self.bytes()
        let python = try #require(IndependentProgram.qgis)
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.gpkg")
            return try IndependentProgram.run(python, ["-c", script, folder + "/plan.gpkg", folder])
        }
        #expect(answer.status == 0)
        #expect(
            answer.text.contains(
                "['singleSymbol', 'graduatedSymbol', 'singleSymbol', 'graduatedSymbol', 'singleSymbol', 'singleSymbol']"))
    }

    @Test(
        "GDAL reads every layer with its geometry, from GeoPackage and GeoJSON",
        .enabled(if: IndependentProgram.has("pyogrio"), "the Python package pyogrio is not installed"))
    func gdal() throws {
        let script = """
            import sys, warnings, pyogrio
            warnings.simplefilter("error")
            out = []
            for name, kind in pyogrio.list_layers(sys.argv[1] + "/plan.gpkg"):
                if name == "layer_styles": continue
                info = pyogrio.read_info(sys.argv[1] + "/plan.gpkg", layer=name, force_total_bounds=True)
                out.append((str(name), str(kind), info["features"]))
            print(out, pyogrio.read_info(sys.argv[1] + "/plan.geojson")["features"])
            """
        let bytes = try Self.bytes()
        let text = planGeoJSON(of: SyntheticPlan.plan(), language: try Catalogue.named("en"))
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.gpkg")
            try IndependentProgram.write(Array(text.utf8), to: folder + "/plan.geojson")
            return try IndependentProgram.python(script, [folder])
        }
        #expect(
            answer
                == "[('zones', 'Polygon', 5), ('pipes', 'LineString', 87), ('devices', 'LineString', 1), ('nodes', 'Point', 61), ('leak_candidates', 'LineString', 20), ('measures', 'Polygon', 12)] 186"
        )
    }

    @Test("GeoJSON: a feature a line, each with its layer, and hostile names as text")
    func geoJSON() throws {
        let text = planGeoJSON(of: SyntheticPlan.plan(prefix: "\"}</script>\u{1}"), language: try Catalogue.named("en"))
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let features = try #require(root["features"] as? [[String: Any]])
        let layers = Set(features.compactMap { ($0["properties"] as? [String: Any])?["layer"] as? String })
        #expect(features.count == 186 && layers == ["zones", "pipes", "devices", "nodes", "leak_candidates", "measures"])
    }

    @Test("a plan without a network has its zones and measures without places")
    func noNetwork() throws {
        var plan = SyntheticPlan.plan()
        plan.city.network = nil
        let layers = PlanLayers(plan: plan, language: try Catalogue.named("en")).all
        #expect(layers.map(\.name) == ["zones", "leak_candidates", "measures"])
        #expect(layers.allSatisfy { $0.features.allSatisfy(\.points.isEmpty) })
        #expect(try !geoPackage(of: plan, language: try Catalogue.named("en")).isEmpty)
    }
}
