// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// What one import did, file by file.
public struct ImportReport: Sendable {
    public struct File: Sendable {
        public var path: String
        /// Its content is in the store already: nothing was done.
        public var isKnown = false
        public var rows = 0
        /// New in the store.
        public var readings = 0
        /// Fields without a value: empty, or a null word.
        public var emptyValues = 0
        /// Same meter, instant and value as a reading that was there.
        public var duplicates = 0
        /// Same meter and instant, other value; the newer file's value stands.
        public var conflicts = 0
        /// Conflicts in which this file's value replaced the stored one.
        public var replaced = 0
        public var rejected = 0
        /// Reasons in the order of `RejectReason`.
        public var rejectedBy: [(reason: RejectReason, rows: Int)] = []

        public init(path: String) { self.path = path }
    }

    public var files: [File] = []
    /// Files of which nothing was imported, each with its reason.
    public var failed: [TextFileError] = []

    public init() {}

    public var rows: Int { files.reduce(0) { $0 + $1.rows } }
    public var readings: Int { files.reduce(0) { $0 + $1.readings } }
    public var duplicates: Int { files.reduce(0) { $0 + $1.duplicates } }
    public var conflicts: Int { files.reduce(0) { $0 + $1.conflicts } }
    public var rejected: Int { files.reduce(0) { $0 + $1.rejected } }
    public var emptyValues: Int { files.reduce(0) { $0 + $1.emptyValues } }
    public var knownFiles: Int { files.reduce(0) { $0 + ($1.isKnown ? 1 : 0) } }
}
