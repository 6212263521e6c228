// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import TextFiles

/// The folder of a batch while one works in it: no other batch does, nor a job that a killed one left behind.
struct BatchPlace {
    private let lock: FolderLock

    static func records(of output: String) -> String { output + "/jobs" }

    /// Takes the folder, waits for the last jobs of a killed batch to end, and removes what they began.
    /// - Throws: `TextFileError.cannotWrite` where another batch is there.
    init(_ output: String) throws(TextFileError) {
        let records = Self.records(of: output)
        do {
            try FileManager.default.createDirectory(atPath: records, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: records, reason: "the folder cannot be made; give one that can be")
        }
        // A process that was killed a moment ago may not be gone yet.
        guard let lock = try FolderLock(output, .alone, patience: .seconds(3)) else {
            throw .cannotWrite(path: output, reason: "another batch works in it; wait for its end, or give another folder")
        }
        self.lock = lock
        guard let jobs = try FolderLock(records, .alone, patience: .seconds(60)) else {
            lock.release()
            throw .cannotWrite(path: records, reason: "jobs of a batch that was killed do not end; stop the processes 'yusu batch-job'")
        }
        jobs.release()
        for folder in [output, records] { OutputFiles.removeParts(in: folder) }
    }

    func leave() { lock.release() }

    /// What a process of a batch holds while it works on a job; nil: the next batch is already there.
    /// - Throws: `TextFileError.cannotWrite`.
    static func joined(_ output: String) throws(TextFileError) -> FolderLock? {
        try FolderLock(records(of: output), .together, patience: .seconds(60))
    }
}
