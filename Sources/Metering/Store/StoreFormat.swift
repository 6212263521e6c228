// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB

/// Tables of a store, and the way from earlier formats. `PRAGMA user_version` is the format.
///
/// | format | blocks | channels | files |
/// |---|---|---|---|
/// | 1 | `id` = channel × 65536 + month; one block a month | no `register` | known by the hash of what they expand to, begun with the size |
/// | 2 | `id` = month × 2^32 + channel, so that a night's import writes one stretch of the table; a month may hold several blocks | `register` | known by the hash of the file as it lies (`packed`) and by that of what it expands to |
/// | 3 | as 2 | as 2 | hash of another kind (`ContentHash`); with tables `state`, `exceptions`, `zone_hours` |
/// | 4 | as 2 | as 2 | as 3; with the table `meter_history` |
enum StoreFormat {
    static let version = 4

    static let schema = """
        CREATE TABLE runs (id INTEGER PRIMARY KEY, profile TEXT NOT NULL, files INTEGER NOT NULL, imported INTEGER NOT NULL, failed INTEGER NOT NULL);
        CREATE TABLE files (
          id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs(id), name TEXT NOT NULL, content TEXT NOT NULL UNIQUE,
          bytes INTEGER NOT NULL, modified INTEGER NOT NULL, newest TEXT NOT NULL, standard_offset_s INTEGER NOT NULL,
          rows INTEGER NOT NULL, readings INTEGER NOT NULL, empty INTEGER NOT NULL, duplicates INTEGER NOT NULL, conflicts INTEGER NOT NULL,
          rejected INTEGER NOT NULL, first INTEGER, last INTEGER,
          packed TEXT NOT NULL DEFAULT '', packed_bytes INTEGER NOT NULL DEFAULT 0, hash INTEGER NOT NULL DEFAULT 1);
        \(results)
        CREATE INDEX files_packed_bytes ON files (packed_bytes);
        CREATE TABLE meters (
          id INTEGER PRIMARY KEY, meter TEXT NOT NULL UNIQUE, zone TEXT, class TEXT, diameter_m REAL, installed TEXT, dials INTEGER,
          factor_m3 REAL, duplicates INTEGER NOT NULL DEFAULT 0, conflicts INTEGER NOT NULL DEFAULT 0);
        \(history)
        \(channels)
        \(blocks)
        CREATE TABLE rejected (file INTEGER NOT NULL REFERENCES files(id), line INTEGER NOT NULL, reason TEXT NOT NULL, text TEXT NOT NULL);
        CREATE TABLE rejected_counts (
          file INTEGER NOT NULL REFERENCES files(id), reason TEXT NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (file, reason));
        """

    /// What validation makes of the readings, as of the last `meters report --keep`; and what the store knows of itself.
    private static let results = """
        CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
        CREATE TABLE exceptions (
          meter INTEGER NOT NULL REFERENCES meters(id), first INTEGER NOT NULL, last INTEGER NOT NULL, rule TEXT NOT NULL,
          version INTEGER NOT NULL, old REAL, new REAL);
        CREATE TABLE zone_hours (
          zone TEXT NOT NULL, hour INTEGER NOT NULL, consumption_ml INTEGER NOT NULL, meters INTEGER NOT NULL,
          estimated_ml INTEGER NOT NULL, meters_estimated INTEGER NOT NULL, PRIMARY KEY (zone, hour)) WITHOUT ROWID;
        """

    /// What the register said of meters before: until when, on the place's clock without changes [s].
    private static let history = """
        CREATE TABLE meter_history (
          meter INTEGER NOT NULL REFERENCES meters(id), until INTEGER NOT NULL, zone TEXT, class TEXT, diameter_m REAL, installed TEXT,
          dials INTEGER, factor_m3 REAL, PRIMARY KEY (meter, until)) WITHOUT ROWID;
        """

    private static let channels = """
        CREATE TABLE channels (
          id INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meters(id), kind TEXT NOT NULL, unit TEXT NOT NULL, unit_m3 REAL NOT NULL,
          unit_s INTEGER, interval_s INTEGER NOT NULL, register TEXT NOT NULL DEFAULT '', digits INTEGER,
          UNIQUE (meter, kind, unit, interval_s, register));
        """

    private static let blocks = """
        CREATE TABLE blocks (
          id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, readings INTEGER NOT NULL, parts INTEGER NOT NULL,
          data BLOB NOT NULL);
        """

    /// Key of a channel's blocks of a month.
    @inline(__always)
    static func block(_ channel: Int, _ month: Int) -> Int { month << 32 | channel }
    static func month(ofBlock id: Int) -> Int { id >> 32 }
    static func channel(ofBlock id: Int) -> Int { id & 0xffff_ffff }

    /// Brings a store of an earlier format to the present one.
    static func migrate(_ db: Database, from version: Int) throws {
        if version < 2 { try migrateFrom1(db) }
        if version < 3 {
            try db.execute(sql: results)
            try db.execute(sql: "INSERT INTO state VALUES ('block_bytes', (SELECT coalesce(sum(length(data)), 0) FROM blocks))")
        }
        try db.execute(sql: history)
    }

    /// Brings a store of format 1 to format 2. The bytes of its blocks stay.
    private static func migrateFrom1(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE files ADD COLUMN packed TEXT NOT NULL DEFAULT '';
                ALTER TABLE files ADD COLUMN packed_bytes INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE files ADD COLUMN hash INTEGER NOT NULL DEFAULT 1;
                UPDATE files SET packed_bytes = bytes;
                CREATE INDEX files_packed_bytes ON files (packed_bytes);
                ALTER TABLE channels RENAME TO channels1;
                \(channels)
                INSERT INTO channels (id, meter, kind, unit, unit_m3, unit_s, interval_s, digits)
                  SELECT id, meter, kind, unit, unit_m3, unit_s, interval_s, digits FROM channels1 ORDER BY id;
                DROP TABLE channels1;
                ALTER TABLE blocks RENAME TO blocks1;
                \(blocks)
                INSERT INTO blocks (id, first, last, readings, parts, data)
                  SELECT ((id & 65535) << 32) | (id >> 16), first, last, readings, 1, data FROM blocks1 ORDER BY id & 65535, id >> 16;
                DROP TABLE blocks1;
                """)
    }
}
