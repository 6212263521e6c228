// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB
import TextFiles
import WaterModel

/// How far an import is.
public struct ImportProgress: Sendable {
    /// Of the file at hand.
    public var path: String
    /// Counted from 0.
    public var index: Int
    public var files: Int
    /// Of all files as they lie there: read so far, and in all (0 where one of them is a stream). [bytes]
    public var bytes: Int
    public var allBytes: Int
    /// Rows read so far.
    public var rows: Int
}

extension MeterStore {
    /// Imports exports, each in a transaction of its own: killed at any moment, the store holds whole files only.
    ///
    /// A file that cannot be used is named in `failed` and the others are still imported; rows that cannot be read are counted and kept
    /// in the table `rejected`. A file that is in the store already changes nothing. Memory does not grow with the files, and what the
    /// store then holds does not depend on their order.
    /// - register: meters whose zone, class, diameter, dials and factor are put into the store; may be empty.
    /// - progress: called before each file and after each piece of it.
    /// - Throws: `MeterStoreError` where the store itself fails.
    @discardableResult
    public func importFiles(
        _ paths: [String], profile: Profile, register: [Meter] = [], progress: ((ImportProgress) -> Void)? = nil
    ) throws(MeterStoreError) -> ImportReport {
        var report = ImportReport()
        try put(register: register)
        let run = try write { db in
            try db.execute(
                sql: "INSERT INTO runs (profile, files, imported, failed) VALUES (?, ?, 0, 0)", arguments: [profile.source, paths.count])
            return Int(db.lastInsertedRowID)
        }
        let sizes = paths.map(Self.size)
        let isMeasured = sizes.allSatisfy { $0 > 0 }
        var state = ImportProgress(
            path: "", index: 0, files: paths.count, bytes: 0, allBytes: isMeasured ? sizes.reduce(0, +) : 0, rows: 0)
        // While a file is put into the store the next one is read.
        var following: Begun?
        for (index, path) in paths.enumerated() {
            state.path = path
            state.index = index
            let before = state
            progress?(state)
            do {
                let begun = try following ?? begin(path, profile: profile)
                following = index + 1 < paths.count ? try begin(paths[index + 1], profile: profile) : nil
                switch begun {
                case .known:
                    var file = ImportReport.File(path: path)
                    file.isKnown = true
                    report.files.append(file)
                case .failed(let error): report.failed.append(error)
                case .reading(let pipeline):
                    try report.files.append(
                        importFile(pipeline, profile: profile, run: run) { taken, rows in
                            state.bytes = before.bytes + taken
                            state.rows = before.rows + rows
                            progress?(state)
                        })
                }
            } catch let error as TextFileError {
                report.failed.append(error)
            } catch {
                throw .wrap(error, path: self.path)
            }
            state.bytes = before.bytes + sizes[index]
        }
        let imported = report.files.count - report.knownFiles
        try write { db in
            try db.execute(sql: "UPDATE runs SET imported = ?, failed = ? WHERE id = ?", arguments: [imported, report.failed.count, run])
        }
        if imported > 0 { packWhereWorthwhile() }
        return report
    }

    /// The reader of a file.
    static func reader(of path: String, profile: Profile) -> any ExportReader { ExportFormat.reader(of: path, profile: profile) }

    private enum Begun {
        case known
        case failed(TextFileError)
        case reading(ExportPipeline)
    }

    private func begin(_ path: String, profile: Profile) throws -> Begun {
        do {
            if try isKnown(path) { return .known }
        } catch let error as TextFileError {
            return .failed(error)
        }
        return .reading(ExportPipeline(path, reader: Self.reader(of: path, profile: profile)))
    }

    /// Whether the store holds the file's bytes as they lie there. They are read only where a file of that size was imported.
    private func isKnown(_ path: String) throws -> Bool {
        let size = Self.size(path)
        guard size > 0 else { return false }
        let formats = try read { db in
            try Set(Int.fetchAll(db, sql: "SELECT hash FROM files WHERE packed_bytes = ?", arguments: [size]))
        }
        for format in formats.sorted() {
            let text = try Self.hash(path, format: format, size: size)
            let column = format == 1 ? "content" : "packed"
            let isThere = try read { db in
                try Bool.fetchOne(db, sql: "SELECT 1 FROM files WHERE \(column) = ? AND hash = ?", arguments: [text, format])
            }
            if isThere != nil { return true }
        }
        return false
    }

    /// Of a file as it lies there, in one of the formats of `StoreFormat`.
    private static func hash(_ path: String, format: Int, size: Int) throws -> String {
        var now = ContentHash(), earlier = EarlierContentHash(size: format == 1 ? size : nil)
        let file = try FilePieces(path)
        var bytes: [UInt8] = []
        while try file.next(
            into: &bytes,
            raw: { raw in
                if format > 2 { now.add(raw) } else { earlier.add(raw) }
            })
        {}
        return format > 2 ? now.text : earlier.text
    }

    /// Whether the store holds what the file expands to, imported under another form.
    private static func isKnown(_ whole: ExportPipeline.Whole, _ path: String, _ db: Database) throws -> Bool {
        if try Bool.fetchOne(db, sql: "SELECT 1 FROM files WHERE content = ?", arguments: [whole.hash]) != nil { return true }
        let earlier = try Set(Int.fetchAll(db, sql: "SELECT hash FROM files WHERE hash < 3 AND bytes = ?", arguments: [whole.bytes]))
        for format in earlier.sorted() {
            let hash = try EarlierContentHash.ofContent(path, size: format == 1 ? whole.bytes : nil)
            if try Bool.fetchOne(db, sql: "SELECT 1 FROM files WHERE content = ?", arguments: [hash]) != nil { return true }
        }
        return false
    }

    private struct KnownFile: Error {}

    private func importFile(_ pipeline: ExportPipeline, profile: Profile, run: Int, progress: (_ taken: Int, _ rows: Int) -> Void) throws
        -> ImportReport.File
    {
        var file = ImportReport.File(path: pipeline.path)
        let modified = profile.newest == .modified ? Self.modified(pipeline.path) : 0
        do {
            try database.write { db in
                let id = (try Int.fetchOne(db, sql: "SELECT max(id) FROM files") ?? 0) + 1
                let rank = FileRank(path: pipeline.path, modified: modified, content: "")
                let work = try FileImport(db, file: id, rank: rank, path: pipeline.path, store: self.path, logBytes: logBytes)
                var whole = ExportPipeline.Whole()
                var rejects = Rejects()
                while let batch = try pipeline.next(&whole) {
                    try work.add(batch.export)
                    file.rows += batch.export.rows
                    file.emptyValues += batch.export.emptyValues
                    rejects.add(batch.export.rejects)
                    progress(batch.taken, file.rows)
                    pipeline.giveBack(batch)
                }
                if try Self.isKnown(whole, pipeline.path, db) { throw KnownFile() }
                try work.finish(content: whole.hash)
                file.rejected = rejects.total
                file.rejectedBy = RejectReason.allCases.compactMap { reason in rejects.counts[reason].map { (reason, $0) } }
                file.readings = work.total.added
                file.duplicates = work.total.duplicates
                file.conflicts = work.total.conflicts
                file.replaced = work.total.replaced
                try Self.put(file, whole, id: id, run: run, modified: modified, profile: profile, work, rejects, into: db)
                try beforeCommit?(pipeline.path)
            }
        } catch is KnownFile {
            file = ImportReport.File(path: pipeline.path)
            file.isKnown = true
        }
        return file
    }

    private static func put(
        _ file: ImportReport.File, _ whole: ExportPipeline.Whole, id: Int, run: Int, modified: Int, profile: Profile, _ work: FileImport,
        _ rejects: Rejects, into db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO files (id, run, name, content, bytes, modified, newest, standard_offset_s, rows, readings, empty, duplicates,
                conflicts, rejected, first, last, packed, packed_bytes, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 3)
                """,
            arguments: [
                id, run, file.path, whole.hash, whole.bytes, modified, profile.newest.rawValue, profile.standardOffset, file.rows,
                file.readings, file.emptyValues, file.duplicates, file.conflicts, file.rejected, work.first, work.last, whole.packedHash,
                whole.packedBytes,
            ])
        for (reason, rows) in file.rejectedBy {
            try db.execute(sql: "INSERT INTO rejected_counts VALUES (?, ?, ?)", arguments: [id, reason.rawValue, rows])
        }
        for row in rejects.kept {
            try db.execute(sql: "INSERT INTO rejected VALUES (?, ?, ?, ?)", arguments: [id, row.line, row.reason.rawValue, row.text])
        }
    }

    /// 0 for streams and what is not there. [bytes]
    private static func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else { return 0 }
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    private static func modified(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.modificationDate] as? Date).map { Int($0.timeIntervalSince1970 * 1000) } ?? 0
    }

    /// Puts zone, class, diameter, dials and factor of meters into the store.
    /// - Throws: `MeterStoreError`.
    public func put(register: [Meter]) throws(MeterStoreError) {
        if !register.isEmpty { try write { db in try Self.put(register, into: db) } }
    }

    private static func put(_ register: [Meter], into db: Database) throws {
        let statement = try db.makeStatement(
            sql: """
                INSERT INTO meters (meter, zone, class, diameter_m, installed, dials, factor_m3) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (meter) DO UPDATE SET zone = excluded.zone, class = excluded.class, diameter_m = excluded.diameter_m,
                installed = excluded.installed, dials = excluded.dials, factor_m3 = excluded.factor_m3
                """)
        let forget = try db.makeStatement(sql: "DELETE FROM meter_history WHERE meter = (SELECT id FROM meters WHERE meter = ?)")
        let remember = try db.makeStatement(
            sql: """
                INSERT INTO meter_history (meter, until, zone, class, diameter_m, installed, dials, factor_m3)
                SELECT id, ?, ?, ?, ?, ?, ?, ? FROM meters WHERE meter = ?
                """)
        let hasHistory = try Bool.fetchOne(db, sql: "SELECT 1 FROM meter_history") ?? false
        for meter in register {
            try statement.execute(arguments: [
                meter.id.name, meter.zone?.name, meter.customerClass.rawValue, meter.diameter, meter.installed, meter.dials,
                meter.resolution,
            ])
            if hasHistory { try forget.execute(arguments: [meter.id.name]) }
            for past in meter.earlier {
                try remember.execute(arguments: [
                    past.until.seconds, past.zone?.name, past.customerClass.rawValue, past.diameter, past.installed, past.dials,
                    past.resolution, meter.id.name,
                ])
            }
        }
    }
}
