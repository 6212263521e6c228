// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Files of one result, written together: each goes to a temporary name first and is renamed when all are whole,
/// so that interrupted work leaves no half-written file.
public struct OutputFiles: Sendable {
    private var files: [(name: String, bytes: [UInt8])] = []

    public init() {}

    public var names: [String] { files.map(\.name) }

    /// Writes these files and takes over the grown ones, all or none.
    /// - Throws: `TextFileError.cannotWrite`.
    public func write(to folder: String, with grown: [GrowingFile]) throws(TextFileError) {
        for file in grown where !file.finish() || Self.isFolder(folder + "/" + file.name) {
            throw .cannotWrite(
                path: folder + "/" + file.name,
                reason: "disk full, read-only, no permission or a folder of that name; no result was written")
        }
        try write(to: folder)
        for file in grown {
            guard unsafe rename(file.part, folder + "/" + file.name) == 0 else {
                throw .cannotWrite(path: folder + "/" + file.name, reason: "it cannot be given its name")
            }
            file.isTaken = true
        }
    }

    public mutating func add(_ name: String, _ text: String) { files.append((name, Array(text.utf8))) }
    public mutating func add(_ name: String, _ bytes: [UInt8]) { files.append((name, bytes)) }

    /// Writes all files into `folder`, which is made if it is missing, and taken away again where nothing could be written.
    /// - Throws: `TextFileError.cannotWrite`.
    public func write(to folder: String) throws(TextFileError) {
        let manager = FileManager.default
        let made = Self.missingFolders(of: folder)
        func takeBack() { for path in made { unsafe rmdir(path) } }
        do {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            takeBack()
            throw .cannotWrite(path: folder, reason: "the folder cannot be made; give one that can be")
        }
        let mark = Self.mark
        var parts: [(from: String, to: String)] = []
        var path = folder
        do {
            for file in files {
                path = folder + "/" + file.name
                if Self.isFolder(path) { throw CocoaError(.fileWriteFileExists) }
                parts.append((path + mark, path))
                try Data(file.bytes).write(to: URL(fileURLWithPath: path + mark))
            }
            for part in parts {
                path = part.to
                guard unsafe rename(part.from, part.to) == 0 else { throw CocoaError(.fileWriteUnknown) }
            }
        } catch {
            for part in parts { unsafe unlink(part.from) }
            takeBack()
            throw .cannotWrite(
                path: path, reason: "disk full, read-only, no permission or a folder of that name; no result was written")
        }
    }

    /// Ends the name of a file that this process has begun.
    static var mark: String { ".\(ProcessInfo.processInfo.processIdentifier).part" }

    /// Removes what processes that were killed have begun in `folder`; a file that somebody named `.part` stays.
    public static func removeParts(in folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.contains(/\.[0-9]+\.part$/) { unsafe unlink(folder + "/" + name) }
    }

    /// Folders on the way to `folder` that are not there yet, the innermost first.
    static func missingFolders(of folder: String) -> [String] {
        var missing: [String] = []
        var url = URL(fileURLWithPath: folder).standardizedFileURL
        while url.path != "/", !FileManager.default.fileExists(atPath: url.path) {
            missing.append(url.path)
            url.deleteLastPathComponent()
        }
        return missing
    }

    /// Neither missing, nor a file, nor a folder; or a name by which the system gives a stream, whatever that is at present.
    public static func isDevice(_ path: String) -> Bool {
        let name = URL(fileURLWithPath: path).standardizedFileURL.path
        if name.hasPrefix("/dev/") || name.hasPrefix("/proc/") { return FileManager.default.fileExists(atPath: path) }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind != S_IFREG && kind != S_IFDIR
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Whether results could be written into `folder`, asked before long work. Nothing is made.
    /// - Throws: `TextFileError.cannotWrite`.
    public static func check(_ folder: String) throws(TextFileError) {
        let nearest = missingFolders(of: folder).last.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? folder
        guard isFolder(nearest) else { throw .cannotWrite(path: folder, reason: "'\(nearest)' is no folder; give another name") }
        guard FileManager.default.isWritableFile(atPath: nearest) else {
            throw .cannotWrite(path: folder, reason: "no permission to write into '\(nearest)'; give another folder")
        }
    }

    /// Folder and name under which a file is written: links are followed.
    public static func place(of path: String) -> (folder: String, name: String) {
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        return (url.deletingLastPathComponent().path, url.lastPathComponent)
    }

    /// Writes one file in the same way. What is no file, such as `/dev/stdout`, is written to and not replaced.
    /// - Throws: `TextFileError.cannotWrite`.
    public static func write(_ text: String, to path: String) throws(TextFileError) {
        if isDevice(path) {
            do {
                let device = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
                try device.write(contentsOf: Data(text.utf8))
            } catch {
                throw .cannotWrite(path: path, reason: "closed, full or no permission")
            }
            return
        }
        var files = OutputFiles()
        let place = place(of: path)
        files.add(place.name, text)
        try files.write(to: place.folder)
    }
}
