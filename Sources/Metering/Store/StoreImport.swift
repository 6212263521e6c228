// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB
import TextFiles
import WaterModel

extension MeterStore {
    /// Imports exports, each in a transaction of its own: killed at any moment, the store holds whole files only.
    ///
    /// A file that cannot be used is named in `failed` and the others are still imported; rows that cannot be read are counted and kept
    /// in the table `rejected`. A file that is in the store already changes nothing.
    /// - register: meters whose zone, class, diameter, dials and factor are put into the store; may be empty.
    /// - progress: called before each file with its path, and its number.
    /// - Throws: `MeterStoreError` where the store itself fails.
    @discardableResult
    public func importFiles(
        _ paths: [String], profile: Profile, register: [Meter] = [], progress: ((_ path: String, _ index: Int) -> Void)? = nil
    ) throws(MeterStoreError) -> ImportReport {
        var report = ImportReport()
        let run = try write { db in
            try Self.put(register, into: db)
            try db.execute(
                sql: "INSERT INTO runs (profile, files, imported, failed) VALUES (?, ?, 0, 0)", arguments: [profile.source, paths.count])
            return Int(db.lastInsertedRowID)
        }
        for (index, path) in paths.enumerated() {
            progress?(path, index)
            do {
                try report.files.append(importFile(path, profile: profile, run: run))
            } catch let error as TextFileError {
                report.failed.append(error)
            } catch {
                throw .wrap(error, path: self.path)
            }
        }
        let imported = report.files.count - report.knownFiles
        try write { db in
            try db.execute(sql: "UPDATE runs SET imported = ?, failed = ? WHERE id = ?", arguments: [imported, report.failed.count, run])
        }
        return report
    }

    private func importFile(_ path: String, profile: Profile, run: Int) throws -> ImportReport.File {
        let bytes = try FileBytes.read(path)
        let content = ContentHash(bytes).text
        var file = ImportReport.File(path: path)
        if try read({ db in try Bool.fetchOne(db, sql: "SELECT 1 FROM files WHERE content = ?", arguments: [content]) }) != nil {
            file.isKnown = true
            return file
        }
        var reader = Self.reader(of: path, profile: profile)
        var parsed = ExportReadings()
        for start in stride(from: 0, to: bytes.count, by: Self.pieceSize) {
            try reader.read(bytes.span.extracting(start..<min(start + Self.pieceSize, bytes.count)))
            parsed.add(reader.take())
        }
        try reader.finish()
        parsed.add(reader.take())
        file.rows = parsed.rows
        file.emptyValues = parsed.emptyValues
        file.rejected = parsed.rejects.total
        file.rejectedBy = RejectReason.allCases.compactMap { reason in parsed.rejects.counts[reason].map { (reason, $0) } }
        let modified = profile.newest == .modified ? Self.modified(path) : 0
        let counts = try write { db in
            let id = (try Int.fetchOne(db, sql: "SELECT max(id) FROM files") ?? 0) + 1
            let rank = FileRank(path: path, modified: modified, content: content)
            var work = try FileImport(db, file: id, rank: rank, profile: profile, path: self.path)
            let counts = try work.store(parsed)
            try db.execute(
                sql: """
                    INSERT INTO files (id, run, name, content, bytes, modified, newest, standard_offset_s, rows, readings, empty, duplicates,
                    conflicts, rejected, first, last) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, run, path, content, bytes.count, modified, profile.newest.rawValue, profile.standardOffset, file.rows, counts.added,
                    file.emptyValues, counts.duplicates, counts.conflicts, file.rejected, parsed.readings.lazy.map(\.time).min(),
                    parsed.readings.lazy.map(\.time).max(),
                ])
            for (reason, rows) in file.rejectedBy {
                try db.execute(sql: "INSERT INTO rejected_counts VALUES (?, ?, ?)", arguments: [id, reason.rawValue, rows])
            }
            for row in parsed.rejects.kept {
                try db.execute(sql: "INSERT INTO rejected VALUES (?, ?, ?, ?)", arguments: [id, row.line, row.reason.rawValue, row.text])
            }
            try beforeCommit?(path)
            return counts
        }
        file.readings = counts.added
        file.duplicates = counts.duplicates
        file.conflicts = counts.conflicts
        file.replaced = counts.replaced
        return file
    }

    /// Bytes that a reader is given at once.
    private static let pieceSize = 1 << 20

    /// The reader of a file.
    static func reader(of path: String, profile: Profile) -> any ExportReader { ExportFormat.reader(of: path, profile: profile) }

    private static func modified(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.modificationDate] as? Date).map { Int($0.timeIntervalSince1970 * 1000) } ?? 0
    }

    private static func put(_ register: [Meter], into db: Database) throws {
        let statement = try db.makeStatement(
            sql: """
                INSERT INTO meters (meter, zone, class, diameter_m, installed, dials, factor_m3) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (meter) DO UPDATE SET zone = excluded.zone, class = excluded.class, diameter_m = excluded.diameter_m,
                installed = excluded.installed, dials = excluded.dials, factor_m3 = excluded.factor_m3
                """)
        for meter in register {
            try statement.execute(arguments: [
                meter.id.name, meter.zone?.name, meter.customerClass.rawValue, meter.diameter, meter.installed, meter.dials,
                meter.resolution,
            ])
        }
    }
}

/// One file's readings on their way into the store, inside its transaction.
private struct FileImport {
    let db: Database
    let file: Int
    let profile: Profile
    let path: String
    private var ranks: [Int: FileRank]

    init(_ db: Database, file: Int, rank: FileRank, profile: Profile, path: String) throws {
        self.db = db
        self.file = file
        self.profile = profile
        self.path = path
        ranks = [file: rank]
        for row in try Row.fetchAll(db, sql: "SELECT id, name, modified, content FROM files") {
            ranks[row["id"]] = FileRank(path: row["name"], modified: row["modified"], content: row["content"])
        }
    }

    mutating func store(_ parsed: ExportReadings) throws -> ReadingMerge {
        let (order, starts) = Self.groups(parsed)
        let find = try db.makeStatement(sql: "SELECT id FROM meters WHERE meter = ?")
        let add = try db.makeStatement(sql: "INSERT INTO meters (meter) VALUES (?)")
        let count = try db.makeStatement(sql: "UPDATE meters SET duplicates = duplicates + ?, conflicts = conflicts + ? WHERE id = ?")
        var total = ReadingMerge()
        for meter in parsed.meters.indices where starts[meter + 1] > starts[meter] {
            let rows = order[starts[meter]..<starts[meter + 1]]
            var id = try Int.fetchOne(find, arguments: [parsed.meters[meter]])
            if id == nil {
                try add.execute(arguments: [parsed.meters[meter]])
                id = Int(db.lastInsertedRowID)
            }
            guard let id else { continue }
            var merge = ReadingMerge()
            for series in parsed.series.indices {
                let part = rows.filter { parsed.readings[Int($0)].series == UInt8(series) }
                if !part.isEmpty { try store(parsed, part[...], meter: id, series: parsed.series[series], &merge) }
            }
            if merge.duplicates + merge.conflicts > 0 { try count.execute(arguments: [merge.duplicates, merge.conflicts, id]) }
            total.added += merge.added
            total.duplicates += merge.duplicates
            total.conflicts += merge.conflicts
            total.replaced += merge.replaced
        }
        return total
    }

    /// Rows by meter, in the file's order (counting sort), and where each meter's begin.
    private static func groups(_ parsed: ExportReadings) -> (order: [Int32], starts: [Int]) {
        var starts = [Int](repeating: 0, count: parsed.meters.count + 1)
        for reading in parsed.readings { starts[Int(reading.meter) + 1] += 1 }
        for i in 1..<max(1, starts.count) { starts[i] += starts[i - 1] }
        var next = starts
        var order = [Int32](repeating: 0, count: parsed.readings.count)
        for (row, reading) in parsed.readings.enumerated() {
            order[next[Int(reading.meter)]] = Int32(truncatingIfNeeded: row)
            next[Int(reading.meter)] += 1
        }
        return (order, starts)
    }

    private mutating func store(
        _ parsed: ExportReadings, _ rows: ArraySlice<Int32>, meter: Int, series: SeriesKind, _ merge: inout ReadingMerge
    ) throws {
        let isInterval = series.kind != .register
        let channel = try channel(meter: meter, series)
        let block = merge.block(parsed, rows: rows, isInterval: isInterval, file: file)
        let find = try db.cachedStatement(sql: "SELECT data FROM blocks WHERE id = ?")
        let put = try db.cachedStatement(sql: "INSERT OR REPLACE INTO blocks (id, first, last, readings, data) VALUES (?, ?, ?, ?, ?)")
        let ranks = ranks
        var start = 0
        while start < block.times.count {
            let month = Month.index(block.times[start])
            var end = start
            let limit = Self.monthEnd(month)
            while end < block.times.count, block.times[end] < limit { end += 1 }
            var part = ReadingBlock(
                isInterval: isInterval, decimals: block.decimals, times: Array(block.times[start..<end]),
                values: Array(block.values[start..<end]),
                origins: Array(block.origins[start..<end]))
            let id = channel << 16 | month
            if let data = try Data.fetchOne(find, arguments: [id]) {
                guard let stored = ReadingBlock(decoding: [UInt8](data)) else {
                    let name = try String.fetchOne(db, sql: "SELECT meter FROM meters WHERE id = ?", arguments: [meter]) ?? "?"
                    throw MeterStoreError.damaged(path: path, meter: name, month: Month.name(month))
                }
                part = merge.merge(stored, with: part) { fresh, old in
                    guard let a = ranks[fresh], let b = ranks[old] else { return true }
                    return b < a
                }
            } else {
                merge.added += part.times.count
            }
            part.normalise()
            try put.execute(arguments: [id, part.times.first, part.times.last, part.times.count, Data(part.encoded())])
            start = end
        }
    }

    private func channel(meter: Int, _ series: SeriesKind) throws -> Int {
        let find = try db.cachedStatement(
            sql: "SELECT id FROM channels WHERE meter = ? AND kind = ? AND unit = ? AND interval_s = ? AND register = ?")
        let key: StatementArguments = [meter, series.kind.rawValue, series.unit.name, series.interval, series.register]
        if let id = try Int.fetchOne(find, arguments: key) { return id }
        let add = try db.cachedStatement(
            sql: "INSERT INTO channels (meter, kind, unit, unit_m3, unit_s, interval_s, register, digits) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        try add.execute(arguments: [
            meter, series.kind.rawValue, series.unit.name, series.unit.cubicMetres, series.unit.seconds, series.interval, series.register,
            series.digits,
        ])
        return Int(db.lastInsertedRowID)
    }

    private static func monthEnd(_ month: Int) -> Int {
        Instant(year: 1970 + (month + 1) / 12, month: (month + 1) % 12 + 1, day: 1).seconds
    }
}

/// All readings of a file.
struct ExportReadings {
    var meters: [String] = []
    var series: [SeriesKind] = []
    var readings: [ParsedReading] = []
    var rejects = Rejects()
    var rows = 0
    var emptyValues = 0

    mutating func add(_ batch: ParsedExport) {
        meters += batch.newMeters
        series += batch.newSeries
        readings += batch.readings
        rejects.add(batch.rejects)
        rows += batch.rows
        emptyValues += batch.emptyValues
    }
}
