// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB
import TextFiles

/// Why the store could not do its work. The store itself is whole in every case: what was begun is undone.
public enum MeterStoreError: Error, Sendable, CustomStringConvertible {
    /// Written by a later version of this program.
    case newer(path: String, version: Int, known: Int)
    /// A file, but not a store of meter readings.
    case notAStore(path: String)
    /// The file is not there.
    case missing(path: String)
    /// Another import is at work.
    case busy(path: String)
    /// A block's checksum is wrong.
    case damaged(path: String, meter: String, month: String)
    /// SQLite's own words: disk full, no permission.
    case failed(path: String, reason: String)

    public var description: String {
        switch self {
        case .newer(let path, let version, let known):
            "\(path): the store has format \(version), this program knows up to \(known); use a newer yusu"
        case .notAStore(let path): "\(path): is no store of meter readings; name another file, or remove it"
        case .missing(let path): "\(path): no such store; make one with 'yusu meters import --store \(path)'"
        case .busy(let path): "\(path): another import is writing to this store; wait until it ends and try again"
        case .damaged(let path, let meter, let month):
            "\(path): readings of meter '\(meter)' of \(month) are damaged (checksum); restore the store from a copy or import the files into a new one"
        case .failed(let path, let reason): "\(path): \(reason); nothing of this step was kept, the store is as before"
        }
    }

    /// In the form that the command line ends with.
    public var textFileError: TextFileError {
        switch self {
        case .missing(let path): .missing(path: path)
        case .failed(let path, let reason): .cannotWrite(path: path, reason: reason)
        case .newer(let path, _, _), .notAStore(let path), .busy(let path), .damaged(let path, _, _):
            .invalid([InputProblem(file: path, what: String(description.dropFirst(path.count + 2)), remedy: "")])
        }
    }

    static func wrap(_ error: any Error, path: String) -> MeterStoreError {
        if let error = error as? MeterStoreError { return error }
        guard let error = error as? DatabaseError else { return .failed(path: path, reason: "\(error)") }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
        case .SQLITE_NOTADB: return .notAStore(path: path)
        case .SQLITE_FULL: return .failed(path: path, reason: "the disk is full")
        case .SQLITE_CANTOPEN: return .failed(path: path, reason: "the file cannot be opened or made; check folder and permission")
        case .SQLITE_READONLY: return .failed(path: path, reason: "the file is read-only")
        default: return .failed(path: path, reason: error.message ?? "SQLite error \(error.resultCode.rawValue)")
        }
    }
}
