// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB

/// Numbers that a store knows of itself (table `state`).
enum StoreState: String {
    /// Of all blocks' data. [bytes]
    case blockBytes = "block_bytes"
    /// Size of the store less that, after it was last packed. [bytes]
    case overhead
    /// `exceptions` and `zone_hours` were made when this was the last file.
    case keptThroughFile = "kept_through_file"

    func read(_ db: Database) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT value FROM state WHERE name = ?"), arguments: [rawValue]) ?? 0
    }

    func write(_ value: Int, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO state VALUES (?, ?)").execute(arguments: [rawValue, value])
    }
}
