// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB

/// Blocks that grow night by night leave the pages of the file half empty. Where that comes to much, the file is written anew: as it must
/// have grown by a share of itself before, that costs a bounded part of the imports in the long run.
extension MeterStore {
    /// Room that is taken beside the blocks, over what was so when the store was last packed: as a share of the blocks … [–]
    static let packAbove = 0.25
    /// … and at least. [bytes]
    static let packAtLeast = 1 << 20

    /// Packs the store where much of it is empty. What fails is left as it was: a disk that has no room for a second file, another import.
    func packWhereWorthwhile() {
        guard (try? isWorthPacking()) == true else { return }
        try? pack()
    }

    private func isWorthPacking() throws -> Bool {
        try database.read { db in
            let bytes = try StoreState.blockBytes.read(db)
            let more = try Self.size(db) - bytes - StoreState.overhead.read(db)
            return more > max(Self.packAtLeast, Int(Self.packAbove * Double(bytes)))
        }
    }

    private static func size(_ db: Database) throws -> Int {
        try (Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
    }

    /// Makes one block of those that lie one behind the other, and writes the file anew.
    func pack() throws {
        let ids = try database.read { db in try Int.fetchAll(db, sql: "SELECT id FROM blocks WHERE parts > 1 ORDER BY id") }
        for start in stride(from: 0, to: ids.count, by: 20_000) {
            try database.write { db in try Self.join(ids[start..<min(start + 20_000, ids.count)], db) }
        }
        try database.vacuum()
        try database.write { db in try StoreState.overhead.write(Self.size(db) - StoreState.blockBytes.read(db), db) }
    }

    private static func join(_ ids: ArraySlice<Int>, _ db: Database) throws {
        let find = try db.cachedStatement(sql: "SELECT data FROM blocks WHERE id = ?")
        let put = try db.cachedStatement(sql: "UPDATE blocks SET data = ?, parts = 1 WHERE id = ?")
        var blob = BlobBytes()
        var change = 0
        for id in ids {
            guard let data = try Data.fetchOne(find, arguments: [id]) else { continue }
            unsafe data.withUnsafeBytes { unsafe blob.copy($0) }
            var block = ReadingBlock(isInterval: false)
            // A damaged block is named by whoever reads it.
            guard block.append(decoding: blob) else { continue }
            let joined = Data(block.encoded())
            change += joined.count - data.count
            try put.execute(arguments: [joined, id])
        }
        try StoreState.blockBytes.write(StoreState.blockBytes.read(db) + change, db)
    }
}
