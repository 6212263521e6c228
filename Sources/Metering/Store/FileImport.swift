// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB
import WaterModel

/// One file's readings on their way into the store, inside its transaction. They gather in a `ReadingLog` and are written when that is
/// full, and at the end.
final class FileImport {
    /// Blocks one behind the other of a month, from which on they are made one again.
    static let mostParts = 8

    private let db: Database
    private let file: Int
    private let path: String
    private let store: String
    private let logBytes: Int
    private let log = ReadingLog()
    private let catalogue: Catalogue
    private var meters: [String] = []
    private var meterIDs: [Int] = []
    private var series: [SeriesKind] = []
    /// Slot of a meter and series, at meter × 2^`shift` + series; −1 where there is none yet.
    private var slotOf: [Int32] = []
    private var shift = 0
    private var slots: [Slot] = []
    private var rank: FileRank
    private var ranks: [Int: FileRank] = [:]
    private var isNewerThan: [Int: Bool] = [:]
    private(set) var total = ReadingMerge()
    /// UTC. [s]
    var first: Int? { log.earliest > log.latest ? nil : log.earliest }
    var last: Int? { log.earliest > log.latest ? nil : log.latest }
    /// Bytes of blocks, more than the store had. [bytes]
    private var growth = 0

    private struct Slot {
        var meter: Int32
        var series: UInt8
        /// Made by this file: the store has no blocks of it but those written here.
        var isNew = false
        /// In the store; 0 until it is looked up.
        var channel = 0
    }

    /// - rank: of the file, without its content, which `finish` gives.
    init(_ db: Database, file: Int, rank: FileRank, path: String, store: String, logBytes: Int) throws {
        self.db = db
        self.file = file
        self.rank = rank
        self.path = path
        self.store = store
        self.logBytes = logBytes
        catalogue = try Catalogue(db)
        for row in try Row.fetchAll(db, sql: "SELECT id, name, modified, content FROM files") {
            ranks[row["id"]] = FileRank(path: row["name"], modified: row["modified"], content: row["content"])
        }
    }

    func add(_ batch: ParsedExport) throws {
        series += batch.newSeries
        while series.count > 1 << shift { widen() }
        meters += batch.newMeters
        meterIDs += repeatElement(0, count: batch.newMeters.count)
        slotOf += repeatElement(-1, count: batch.newMeters.count << shift)
        if !batch.readings.isEmpty { addReadings(batch) }
        if log.bytes > logBytes { try flush() }
    }

    /// - content: hash of what the file expands to.
    func finish(content: String) throws {
        rank.content = content
        try flush()
        try StoreState.blockBytes.write(StoreState.blockBytes.read(db) + growth, db)
    }

    private func addReadings(_ batch: ParsedExport) {
        let numbers = batch.numbers ?? Numbers()
        var next = 0
        while true {
            next = unsafe slotOf.withUnsafeBufferPointer { slotOf in
                unsafe numbers.meters.withUnsafeBufferPointer { meters in
                    unsafe numbers.series.withUnsafeBufferPointer { series in
                        guard let slotOf = slotOf.baseAddress else { return batch.readings.count }
                        let file = unsafe ReadingLog.SlotsOfFile(
                            slotOf: slotOf, shift: shift, meters: batch.numbers == nil ? nil : meters.baseAddress,
                            series: batch.numbers == nil ? nil : series.baseAddress)
                        return unsafe batch.readings.withUnsafeBufferPointer { unsafe log.append($0, from: next, file) }
                    }
                }
            }
            guard next < batch.readings.count else { break }
            let (meter, series) = batch.numberInFile(batch.readings[next])
            slotOf[Int(meter) << shift | Int(series)] = log.addSlot()
            slots.append(Slot(meter: meter, series: series))
        }
    }

    private func widen() {
        var wide = [Int32](repeating: -1, count: slotOf.count * 2)
        for meter in 0..<slotOf.count >> shift {
            for series in 0..<1 << shift { wide[meter << (shift + 1) | series] = slotOf[meter << shift | series] }
        }
        slotOf = wide
        shift += 1
    }

    // MARK: writing

    /// Encoded blocks of one month, one channel's after the other.
    private struct MonthBlocks {
        var encoder = BlockEncoder()
        var entries: [(channel: Int, end: Int, first: Int, last: Int, readings: Int, parts: Int)] = []
    }

    /// Of encoded blocks that wait to be written; written by month, they lie close in the file. [bytes]
    private static let mostEncoded = 16 << 20

    private var months: [Int: MonthBlocks] = [:]
    private var blob = BlobBytes()

    private func flush() throws {
        guard log.readings > 0 else { return }
        var readings = SlotReadings()
        let count = try db.cachedStatement(sql: "UPDATE meters SET duplicates = duplicates + ?, conflicts = conflicts + ? WHERE id = ?")
        var encoded = 0
        for slot in slots.indices where log.count(slot) > 0 {
            try find(slot)
            var merge = ReadingMerge()
            log.read(slot, into: &readings)
            let decimals = readings.settle(&merge)
            var start = 0
            while start < readings.count {
                let month = Month.index(readings.times[start])
                let end = readings.firstIndex(from: start, notBefore: Month.start(month + 1))
                encoded += try put(readings, start..<end, decimals, month, slots[slot], &months[month, default: MonthBlocks()], &merge)
                start = end
            }
            slots[slot].isNew = false
            if merge.duplicates + merge.conflicts > 0 {
                try count.execute(arguments: [merge.duplicates, merge.conflicts, meterIDs[Int(slots[slot].meter)]])
            }
            total += merge
            if encoded > Self.mostEncoded {
                try writeMonths()
                encoded = 0
            }
        }
        log.clear()
        try writeMonths()
    }

    private func writeMonths() throws {
        let put = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO blocks (id, first, last, readings, parts, data) VALUES (?, ?, ?, ?, ?, ?)")
        for (month, blocks) in months.sorted(by: { $0.key < $1.key }) {
            var start = 0
            for entry in blocks.entries {
                let id = StoreFormat.block(entry.channel, month)
                let data = Data(blocks.encoder.writer.bytes[start..<entry.end])
                try put.execute(arguments: [id, entry.first, entry.last, entry.readings, entry.parts, data])
                start = entry.end
            }
        }
        months = [:]
    }

    /// Encodes a stretch of a slot's readings that lies in one month, with what the store has of it. Returns the size. [bytes]
    private func put(
        _ readings: SlotReadings, _ range: Range<Int>, _ decimals: Int, _ month: Int, _ slot: Slot, _ blocks: inout MonthBlocks,
        _ merge: inout ReadingMerge
    ) throws -> Int {
        let isInterval = series[Int(slot.series)].kind != .register
        let first = readings.times[range.lowerBound], last = readings.times[range.upperBound - 1]
        let start = blocks.encoder.writer.bytes.count
        var entry = (channel: slot.channel, end: 0, first: first, last: last, readings: range.count, parts: 1)
        let stored = slot.isNew ? nil : try storedBlocks(slot.channel, month)
        defer { growth += blocks.encoder.writer.bytes.count - start - (stored?.data.count ?? 0) }
        if let stored, stored.last >= first || stored.parts >= Self.mostParts {
            let fresh = readings.block(range, isInterval: isInterval, decimals: decimals, file: file)
            let whole = try merge.merge(decoded(stored, slot, month), with: fresh, isNewer: isNewer)
            entry.first = whole.times.first ?? first
            entry.last = whole.times.last ?? last
            entry.readings = whole.times.count
            blocks.encoder.encode(whole)
        } else {
            if let stored {
                blocks.encoder.writer.bytes += stored.data
                entry.first = stored.first
                entry.readings += stored.readings
                entry.parts += stored.parts
            }
            let origins = readings.origins(range, file: file)
            unsafe readings.times.withUnsafeBufferPointer { times in
                unsafe readings.values.withUnsafeBufferPointer { values in
                    unsafe blocks.encoder.encode(
                        isInterval: isInterval, decimals: decimals, times: UnsafeBufferPointer(rebasing: times[range]),
                        values: UnsafeBufferPointer(rebasing: values[range]), origins: origins)
                }
            }
            merge.added += range.count
        }
        entry.end = blocks.encoder.writer.bytes.count
        blocks.entries.append(entry)
        return entry.end - start
    }

    // MARK: what the store has

    private struct StoredBlocks {
        var first: Int, last: Int, readings: Int, parts: Int
        var data: Data
    }

    private func storedBlocks(_ channel: Int, _ month: Int) throws -> StoredBlocks? {
        let find = try db.cachedStatement(sql: "SELECT first, last, readings, parts, data FROM blocks WHERE id = ?")
        guard let row = try Row.fetchOne(find, arguments: [StoreFormat.block(channel, month)]) else { return nil }
        return StoredBlocks(first: row[0], last: row[1], readings: row[2], parts: row[3], data: row[4])
    }

    private func decoded(_ stored: StoredBlocks, _ slot: Slot, _ month: Int) throws -> ReadingBlock {
        unsafe stored.data.withUnsafeBytes { unsafe blob.copy($0) }
        var block = ReadingBlock(isInterval: false)
        guard block.append(decoding: blob) else {
            throw MeterStoreError.damaged(path: store, meter: meters[Int(slot.meter)], month: Month.name(month))
        }
        return block
    }

    /// Looks up a slot's meter and channel, and makes them where they are new.
    private func find(_ slot: Int) throws {
        guard slots[slot].channel == 0 else { return }
        let meter = Int(slots[slot].meter)
        if meterIDs[meter] == 0 {
            if let id = try Int.fetchOne(catalogue.findMeter, arguments: [meters[meter]]) {
                meterIDs[meter] = id
            } else {
                try catalogue.addMeter.execute(arguments: [meters[meter]])
                meterIDs[meter] = Int(db.lastInsertedRowID)
            }
        }
        let series = series[Int(slots[slot].series)]
        let key: StatementArguments = [meterIDs[meter], series.kind.rawValue, series.unit.name, series.interval, series.register]
        if mayHaveChannels, let known = try Int.fetchOne(catalogue.findChannel, arguments: key) {
            slots[slot].channel = known
            return
        }
        try catalogue.addChannel.execute(
            arguments: [
                meterIDs[meter], series.kind.rawValue, series.unit.name, series.interval, series.register, series.unit.cubicMetres,
                series.unit.seconds, series.digits,
            ])
        slots[slot].channel = Int(db.lastInsertedRowID)
        slots[slot].isNew = true
    }

    /// Whether a channel can be in the store already; two series of a file, too, can be one there.
    private var mayHaveChannels: Bool { catalogue.hasChannels || series.count > 1 }

    /// Used for each meter: they are looked up once.
    private struct Catalogue {
        let findMeter, addMeter, findChannel, addChannel: Statement
        /// Before this file.
        let hasChannels: Bool

        init(_ db: Database) throws {
            findMeter = try db.cachedStatement(sql: "SELECT id FROM meters WHERE meter = ?")
            addMeter = try db.cachedStatement(sql: "INSERT INTO meters (meter) VALUES (?)")
            findChannel = try db.cachedStatement(
                sql: "SELECT id FROM channels WHERE meter = ? AND kind = ? AND unit = ? AND interval_s = ? AND register = ?")
            addChannel = try db.cachedStatement(
                sql: """
                    INSERT INTO channels (meter, kind, unit, interval_s, register, unit_m3, unit_s, digits) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            hasChannels = try Bool.fetchOne(db, sql: "SELECT 1 FROM channels") ?? false
        }
    }

    /// Whether this file is newer than the stored reading's.
    private func isNewer(_ fresh: Int, _ stored: Int) -> Bool {
        if let known = isNewerThan[stored] { return known }
        guard let other = ranks[stored] else { return true }
        // Files of one name are told apart by their content. The hash of this one is at hand at its end; before that it costs a reading.
        if rank.content.isEmpty, rank.modified == other.modified, rank.name == other.name {
            rank.content = (try? ContentHash.ofContent(path)) ?? ""
        }
        let newer = other < rank
        isNewerThan[stored] = newer
        return newer
    }
}
