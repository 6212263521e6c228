// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB
import TextFiles
import WaterModel

/// Meter readings in one SQLite file, which any SQL tool can open: what came from where, and the readings themselves as one compressed
/// block per meter and month (`ReadingBlock`).
///
/// | table | a row is |
/// |---|---|
/// | `files` | an imported file, known by its content; with what was counted in it |
/// | `runs` | one import |
/// | `meters` | a meter: its place in the register, duplicates and conflicts so far |
/// | `channels` | a meter's readings in one unit and kind |
/// | `blocks` | a channel's readings of a month; `id` = months since January 1970 × 2^32 + channel |
/// | `rejected`, `rejected_counts` | what could not be read: the first 1000 of a file in detail, all of them in number |
/// | `exceptions`, `zone_hours` | what validation reads otherwise than it stands, and sums of zones (`keep`) |
/// | `state` | a number that the store knows of itself |
///
/// `PRAGMA user_version` is the format (`StoreFormat`). A store of an earlier format is brought to the present one when it is opened,
/// one of a later format is refused.
public final class MeterStore: Sendable {
    /// Of the tables and blocks written here.
    public static let version = StoreFormat.version
    /// Marks the SQLite file as ours ("Yusu").
    static let applicationID = 0x59757375

    /// Of pages that SQLite holds. [bytes]
    private static let cache = 48 << 20

    /// How long readers wait for an import that writes its pages, and a writer until the readers are done. [s]
    public static let patienceToRead = 5.0, patienceToWrite = 600.0

    public let path: String
    let database: DatabaseQueue
    /// For tests: called before a file's transaction ends; what it throws undoes the file.
    let beforeCommit: (@Sendable (String) throws -> Void)?
    /// Readings of a file that are held until they are written. [bytes]
    let logBytes: Int

    /// Opens a store, or makes one where there is none.
    /// - Throws: `MeterStoreError`.
    /// - patience: how long to wait while another process writes into the store. [s]
    /// - waiting: called once where that lasts longer than a second.
    public convenience init(
        path: String, patience: Double = 5, waiting: (@Sendable () -> Void)? = nil
    ) throws(MeterStoreError) {
        try self.init(path: path, patience: patience, waiting: waiting, beforeCommit: nil)
    }

    /// Opens a store that must be there.
    /// - Throws: `MeterStoreError.missing` and the others.
    public static func existing(path: String, patience: Double = patienceToRead) throws(MeterStoreError) -> MeterStore {
        guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
        return try MeterStore(path: path, patience: patience)
    }

    /// A store that ends with the process.
    /// - Throws: `MeterStoreError`.
    public static func inMemory() throws(MeterStoreError) -> MeterStore { try MeterStore(path: nil, beforeCommit: nil) }

    /// A store that ends with the process, and lies in a file without a name where it is larger than what SQLite holds.
    /// - Throws: `MeterStoreError`.
    public static func temporary() throws(MeterStoreError) -> MeterStore { try MeterStore(path: "", beforeCommit: nil) }

    /// - patience: how long to wait while another import writes. [s]
    init(
        path: String?, patience: Double = 5, waiting: (@Sendable () -> Void)? = nil, logBytes: Int = 64 << 20,
        beforeCommit: (@Sendable (String) throws -> Void)?
    ) throws(MeterStoreError) {
        let name = path.map { $0.isEmpty ? "the temporary store" : $0 } ?? "the store in memory"
        self.path = name
        self.beforeCommit = beforeCommit
        self.logBytes = logBytes
        do {
            var configuration = Configuration()
            configuration.busyMode = .callback { tries in
                // SQLite asks again after each twentieth of a second.
                if tries == 20 { waiting?() }
                guard Double(tries) * 0.05 < patience else { return false }
                Thread.sleep(forTimeInterval: 0.05)
                return true
            }
            // Blocks of a month are somewhat under a kilobyte: large pages are filled better. Those of a store that is there stay.
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA page_size = 16384")
                try db.execute(sql: "PRAGMA cache_size = -\(Self.cache >> 10)")
            }
            database =
                if let path { try DatabaseQueue(path: path, configuration: configuration) } else {
                    try DatabaseQueue(configuration: configuration)
                }
            // A store of the present format is only read here: programs that read it lock no other out.
            if try !database.read(Self.isPresent) { try database.write { db in try Self.prepare(db, path: name) } }
        } catch {
            throw .wrap(error, path: name)
        }
    }

    private static func isPresent(_ db: Database) throws -> Bool {
        let owner = try Int.fetchOne(db, sql: "PRAGMA application_id"), format = try Int.fetchOne(db, sql: "PRAGMA user_version")
        return owner == applicationID && format == version
    }

    private static func prepare(_ db: Database, path: String) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let owner = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if owner == applicationID {
            guard version <= Self.version else { throw MeterStoreError.newer(path: path, version: version, known: Self.version) }
            if version < Self.version {
                try StoreFormat.migrate(db, from: version)
                try db.execute(sql: "PRAGMA user_version = \(Self.version)")
            }
            return
        }
        guard tables == 0 else { throw MeterStoreError.notAStore(path: path) }
        try db.execute(sql: StoreFormat.schema)
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(Self.version)")
    }

    func read<T>(_ work: (Database) throws -> T) throws(MeterStoreError) -> T {
        do {
            return try database.read(work)
        } catch {
            throw .wrap(error, path: path)
        }
    }

    func write<T>(_ work: (Database) throws -> T) throws(MeterStoreError) -> T {
        do {
            return try database.write(work)
        } catch {
            throw .wrap(error, path: path)
        }
    }
}

/// What a store holds.
public struct StoreStatus: Sendable, Equatable {
    public var files = 0
    public var readings = 0
    public var meters = 0
    /// Size of the store. [bytes]
    public var bytes = 0
    /// Rows, and values of wide rows, that could not be read.
    public var rejected = 0
    public var duplicates = 0
    public var conflicts = 0
    /// UTC; nil where there are no readings.
    public var first: Instant?
    public var last: Instant?
}

extension MeterStore {
    /// - Throws: `MeterStoreError`.
    public func status() throws(MeterStoreError) -> StoreStatus {
        try read { db in
            var status = StoreStatus()
            // A file counts the readings that were new in it: their sum is what the store holds, without going through it.
            if let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) AS n, sum(rejected) AS r, sum(duplicates) AS d, sum(conflicts) AS c, sum(readings) AS s, min(first) AS f,
                    max(last) AS l FROM files
                    """)
            {
                status.files = row["n"]
                status.rejected = row["r"] ?? 0
                status.duplicates = row["d"] ?? 0
                status.conflicts = row["c"] ?? 0
                status.readings = row["s"] ?? 0
                status.first = (row["f"] as Int?).map { Instant(seconds: $0) }
                status.last = (row["l"] as Int?).map { Instant(seconds: $0) }
            }
            status.meters = try Int.fetchOne(db, sql: "SELECT count(DISTINCT meter) FROM channels") ?? 0
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            status.bytes = try pages * (Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
            return status
        }
    }

    /// Rejected rows that were kept, in order of file and line.
    /// - Throws: `MeterStoreError`.
    public func rejectedRows() throws(MeterStoreError) -> [RejectedRow] {
        try read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT f.name AS name, r.line AS line, r.reason AS reason, r.text AS text FROM rejected r JOIN files f ON f.id = r.file ORDER BY f.name, f.content, r.line, r.rowid"
            ).map { RejectedRow(file: $0["name"], line: $0["line"], reason: $0["reason"], text: $0["text"]) }
        }
    }
}

/// A row that could not be read.
public struct RejectedRow: Sendable, Hashable {
    public var file: String
    /// Counted from 1.
    public var line: Int
    public var reason: String
    /// Its beginning.
    public var text: String
}
