// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import TextFiles

@Suite("files of a result")
struct OutputFilesTests {
    func files(_ members: [(String, String)]) -> OutputFiles {
        var files = OutputFiles()
        for (name, text) in members { files.add(name, text) }
        return files
    }

    @Test("all files stand in the folder under their names, and nothing else")
    func together() throws {
        let folder = try Folder()
        try files([("nodes.csv", "a\n"), ("summary.json", "{}\n")]).write(to: folder.path + "/deep/result")
        #expect(folder.names == ["deep", "deep/result", "deep/result/nodes.csv", "deep/result/summary.json"])
        #expect(try folder.text("deep/result/nodes.csv") == "a\n")
    }

    @Test("an older result is replaced whole")
    func replaced() throws {
        let folder = try Folder()
        try files([("a.csv", "a long older text\n")]).write(to: folder.path)
        try files([("a.csv", "new\n")]).write(to: folder.path)
        #expect(try folder.text("a.csv") == "new\n")
        #expect(folder.names == ["a.csv"])
    }

    @Test("where one file cannot be written, none is, and the older ones stay")
    func noneOrAll() throws {
        let folder = try Folder()
        try files([("a.csv", "old\n")]).write(to: folder.path)
        // No file system takes a name of 300 bytes.
        let message = complaint { () throws(TextFileError) in
            try files([("a.csv", "new\n"), (String(repeating: "n", count: 300), "x")]).write(to: folder.path)
        }
        #expect(message?.contains("cannot be written") == true)
        #expect(folder.names == ["a.csv"])
        #expect(try folder.text("a.csv") == "old\n")
    }

    @Test("a folder that has the name of a file stops the whole result")
    func folderInTheWay() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path + "/b.csv/x", withIntermediateDirectories: true)
        let message = complaint { () throws(TextFileError) in try files([("a.csv", "1"), ("b.csv", "2")]).write(to: folder.path) }
        #expect(message?.contains("b.csv") == true)
        #expect(folder.names == ["b.csv", "b.csv/x"])
    }

    @Test("a folder that was made for a result that fails is taken away again")
    func madeFolder() throws {
        let folder = try Folder()
        let name = String(repeating: "n", count: 300)
        _ = complaint { () throws(TextFileError) in try files([("a.csv", "1"), (name, "2")]).write(to: folder.path + "/new/result") }
        #expect(folder.names.isEmpty)
    }

    @Test("a file in the way of the folder is told")
    func fileInTheWay() throws {
        let folder = try Folder()
        let path = try folder.write("file", [])
        for output in [path, path + "/result", "/dev/full", "/dev/null/result"] {
            let message = complaint { () throws(TextFileError) in try files([("a.csv", "1")]).write(to: output) }
            #expect(message?.hasPrefix(output + ": cannot be written") == true)
        }
        #expect(folder.names == ["file"])
    }

    @Test("a folder without permission is told", .enabled(if: geteuid() != 0, "root may write everywhere"))
    func readOnly() throws {
        let folder = try Folder()
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
        let message = complaint { () throws(TextFileError) in try files([("a.csv", "1")]).write(to: folder.path) }
        #expect(message?.contains("cannot be written") == true)
        #expect(folder.names.isEmpty)
    }

    @Test("one file is written beside others, its folder made where it is missing")
    func single() throws {
        let folder = try Folder()
        try OutputFiles.write("x\n", to: folder.path + "/deep/results.csv")
        #expect(try folder.text("deep/results.csv") == "x\n")
    }
}
