// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB

/// Reads channels' blocks one after the other, in room that is used again.
struct ChannelReader {
    private let path: String
    /// One a month that the store has blocks of, in order.
    private var months: [MonthBlocks] = []
    private var blob = BlobBytes()
    /// Of the channel before.
    private var readingsBefore = 0

    init(_ db: Database, path: String) throws {
        self.path = path
        let next = try db.makeStatement(sql: "SELECT min(id) FROM blocks WHERE id >= ?")
        var from = 0
        while let id = try Int.fetchOne(next, arguments: [from]) {
            let month = StoreFormat.month(ofBlock: id)
            months.append(try MonthBlocks(db, month: month))
            from = StoreFormat.block(0, month + 1)
        }
    }

    /// All readings of a channel, with one number of decimals.
    mutating func readings(_ channel: Channel) throws -> ReadingBlock {
        var block = ReadingBlock(isInterval: channel.kind != .register)
        block.reserve(readingsBefore)
        for index in months.indices {
            guard try months[index].copy(channel.id, to: &blob) else { continue }
            guard block.append(decoding: blob) else {
                throw MeterStoreError.damaged(path: path, meter: channel.meter, month: Month.name(months[index].month))
            }
        }
        readingsBefore = block.times.count
        return block
    }
}

/// The blocks of a month, gone through in order of channel as long as they are asked for in that order: a step to the next row costs a
/// fraction of a search.
private struct MonthBlocks {
    let month: Int
    private let statement: Statement
    private var cursor: RowCursor?
    private var row: Row?
    /// Channel of `row`.
    private var at = -1

    init(_ db: Database, month: Int) throws {
        self.month = month
        statement = try db.makeStatement(sql: "SELECT id, data FROM blocks WHERE id >= ? AND id < \(StoreFormat.block(0, month + 1))")
    }

    /// False where the channel has no block in this month.
    mutating func copy(_ channel: Int, to blob: inout BlobBytes) throws -> Bool {
        var isBetween = false
        if row != nil, channel > at {
            let before = at
            try step()
            isBetween = before < channel && channel < at
        }
        if at != channel {
            if isBetween { return false }
            // A cursor resets the statement when it goes: the old one goes before the new one begins.
            cursor = nil
            cursor = try Row.fetchCursor(statement, arguments: [StoreFormat.block(channel, month)])
            try step()
        }
        guard at == channel, let row else { return false }
        try row.withUnsafeData(atIndex: 1) { data in
            guard let data else { return }
            unsafe data.withUnsafeBytes { unsafe blob.copy($0) }
        }
        return true
    }

    private mutating func step() throws {
        row = try cursor?.next()
        at = row.map { StoreFormat.channel(ofBlock: $0[0]) } ?? Int.max
    }
}
