// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB
import Planning
import TextFiles
import WaterModel

/// The plan's layers as a GeoPackage (OGC 12-128r18, version 1.3): network, zones, what is designed, leak candidates, measures, with styles
/// for QGIS. The same plan makes the same bytes. Coordinates are those of the network model, whose system it does not name: "undefined Cartesian".
///
/// - Throws: `TextFileError.cannotWrite` where SQLite has no room for its file.
public func geoPackage(of plan: ImprovementPlan, language: Catalogue) throws(TextFileError) -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-\(UUID().uuidString).gpkg").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    do {
        let queue = try DatabaseQueue(path: file)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(GeoPackage.applicationID); PRAGMA user_version = 10300")
            try db.inTransaction {
                try GeoPackage.write(PlanLayers(plan: plan, language: language).all, to: db)
                return .commit
            }
        }
        try queue.close()
        return try FileBytes.read(file)
    } catch {
        throw .cannotWrite(path: file, reason: "the GeoPackage cannot be made there: \(error)")
    }
}

enum GeoPackage {
    /// "GPKG"
    static let applicationID = 0x4750_4B47
    /// Of "undefined Cartesian coordinates".
    private static let system: Int32 = -1
    /// The file bears no date of its own: the same plan makes the same bytes.
    private static let date = "1970-01-01T00:00:00.000Z"

    private static let schema = """
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
          organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
          description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE,
          min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
          CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
        CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
          srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
          CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
          CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
        CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
          f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
          description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
        """

    private static let wgs84 =
        "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]"

    static func write(_ layers: [GeoLayer], to db: Database) throws {
        try db.execute(sql: schema)
        for row in [
            ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined"), ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
            ("WGS 84 geodetic", 4326, "EPSG", 4326, wgs84),
        ] {
            try db.execute(
                sql: "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, '')", arguments: [row.0, row.1, row.2, row.3, row.4])
        }
        for layer in layers { try write(layer, to: db) }
    }

    private static func write(_ layer: GeoLayer, to db: Database) throws {
        let points = layer.features.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        try db.execute(
            sql: "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [layer.name, layer.name, layer.title, date, xs.min(), ys.min(), xs.max(), ys.max(), Int(system)])
        try db.execute(
            sql: "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
            arguments: [layer.name, layer.kind.rawValue, Int(system)])
        let columns = layer.fields.map { "\"\($0.name)\" \($0.type.rawValue)" }.joined(separator: ", ")
        try db.execute(
            sql: "CREATE TABLE \"\(layer.name)\" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom \(layer.kind.rawValue), \(columns))")
        let marks = layer.fields.map { _ in ", ?" }.joined()
        let statement = try db.makeStatement(sql: "INSERT INTO \"\(layer.name)\" VALUES (?, ?\(marks))")
        for (index, feature) in layer.features.enumerated() {
            let geometry = geometry(feature.points, layer.kind).map { Data($0) }
            let values = feature.values.map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .none: nil
                case .text(let text): plain(text)
                case .integer(let number): number
                case .real(let number): number
                }
            }
            try statement.execute(arguments: StatementArguments([index + 1, geometry] + values))
        }
        guard let style = QGISStyle.of(layer) else { return }
        try db.execute(
            sql:
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, 'geom', 'Yusu', ?, '', 1, '', '', NULL, ?)",
            arguments: [layer.name, style, date])
    }

    /// Control characters, which end a text in some readers, as U+FFFD.
    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }))
    }

    /// GeoPackage binary: header with envelope, then well-known binary, all little-endian (OGC 12-128r18, clause 2.1.3). nil without points.
    static func geometry(_ all: [Point], _ kind: GeoLayer.Kind) -> [UInt8]? {
        var points = all.filter { $0.x.isFinite && $0.y.isFinite }
        guard points.count >= (kind == .point ? 1 : kind == .line ? 2 : 3) else { return nil }
        if kind == .polygon, let first = points.first, points.last != first { points.append(first) }
        var bytes: [UInt8] = [0x47, 0x50, 0, 0b11]
        bytes.append(littleEndian: system)
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        for end in [xs.min(), xs.max(), ys.min(), ys.max()] { bytes.append(littleEndian: (end ?? 0).bitPattern) }
        bytes.append(1)
        bytes.append(littleEndian: kind == .point ? UInt32(1) : kind == .line ? 2 : 3)
        if kind == .polygon { bytes.append(littleEndian: UInt32(1)) }
        if kind != .point { bytes.append(littleEndian: UInt32(points.count)) }
        for point in kind == .point ? points.prefix(1) : points[...] {
            bytes.append(littleEndian: point.x.bitPattern)
            bytes.append(littleEndian: point.y.bitPattern)
        }
        return bytes
    }
}
