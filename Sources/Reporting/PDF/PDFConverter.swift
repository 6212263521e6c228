// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A program of the machine that turns a document into PDF. None is needed: without one there is no PDF, and a message says so.
public struct PDFConverter: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case chromium, weasyprint, libreoffice

        /// Names under which it is installed.
        var names: [String] {
            switch self {
            case .chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
            case .weasyprint: ["weasyprint"]
            case .libreoffice: ["soffice", "libreoffice"]
            }
        }
    }

    public enum Failure: Error, Hashable, CustomStringConvertible {
        case cannotStart(String)
        case tookTooLong(String, seconds: Double)
        /// Ended without a whole PDF.
        case failed(String, status: Int32)

        public var description: String {
            switch self {
            case .cannotStart(let path): "\(path) cannot be started, or there is no room for its files"
            case .tookTooLong(let path, let seconds): "\(path) was ended: it took more than \(Int(seconds)) s"
            case .failed(let path, let status): "\(path) made no PDF (exit status \(status))"
            }
        }
    }

    public let kind: Kind
    public let path: String

    public init(kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }

    /// The first that is installed: Chromium, WeasyPrint, LibreOffice.
    /// - Parameters:
    ///   - wanted: that one alone.
    ///   - searchPath: folders with a colon between them, as in PATH.
    public static func find(_ wanted: Kind? = nil, in searchPath: String) -> PDFConverter? {
        let folders = searchPath.split(separator: ":").map(String.init)
        for kind in Kind.allCases where wanted == nil || wanted == kind {
            for name in kind.names {
                for folder in folders where FileManager.default.isExecutableFile(atPath: folder + "/" + name) {
                    return PDFConverter(kind: kind, path: folder + "/" + name)
                }
            }
        }
        return nil
    }

    /// The document as PDF. Everything is made in a folder that is taken away again; what is killed or takes too long leaves nothing.
    /// - timeout: [s]
    public func pdf(of document: PlanDocument, timeout: Double = 180) throws(Failure) -> [UInt8] {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent("yusu-\(UUID().uuidString)").path
        defer { try? manager.removeItem(atPath: folder) }
        let isWord = kind == .libreoffice
        let source = folder + (isWord ? "/plan.docx" : "/plan.html")
        let result = folder + "/plan.pdf"
        do {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let bytes = isWord ? word(of: document) : Array(printedHTML(of: document).utf8)
            try Data(bytes).write(to: URL(fileURLWithPath: source))
        } catch {
            throw .cannotStart(path)
        }
        let status = try run(arguments(source: source, result: result, folder: folder), timeout: timeout)
        guard status == 0, let data = try? Data(contentsOf: URL(fileURLWithPath: result)), Self.isWhole(data) else {
            throw .failed(path, status: status)
        }
        return Self.dated([UInt8](data), document.date)
    }

    private func arguments(source: String, result: String, folder: String) -> [String] {
        switch kind {
        case .chromium:
            // The page runs nothing and fetches nothing; as root, Chromium starts without its sandbox alone.
            return [
                "--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--no-pdf-header-footer",
                "--user-data-dir=" + folder + "/user", "--print-to-pdf=" + result,
            ] + (geteuid() == 0 ? ["--no-sandbox"] : []) + ["file://" + source]
        case .weasyprint: return ["--quiet", source, result]
        case .libreoffice:
            return [
                "-env:UserInstallation=file://" + folder + "/user", "--headless", "--norestore", "--convert-to", "pdf", "--outdir", folder,
                source,
            ]
        }
    }

    private func run(_ arguments: [String], timeout: Double) throws(Failure) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        // Programs that know it bear this moment as their date: the same document makes the same bytes.
        process.environment = ProcessInfo.processInfo.environment.merging(["SOURCE_DATE_EPOCH": "315532800"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw .cannotStart(path)
        }
        let end = Date().addingTimeInterval(timeout)
        while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
        guard process.isRunning else { return process.terminationStatus }
        process.terminate()
        let grace = Date().addingTimeInterval(3)
        while process.isRunning, Date() < grace { Thread.sleep(forTimeInterval: 0.02) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        throw .tookTooLong(path, seconds: timeout)
    }

    static func isWhole(_ data: Data) -> Bool {
        data.starts(with: Array("%PDF-".utf8)) && data.suffix(1024).range(of: Data("%%EOF".utf8)) != nil
    }

    /// Dates of the file's making, which Chromium and LibreOffice take from the clock, replaced by others of the same length.
    static func dated(_ bytes: [UInt8], _ date: String?) -> [UInt8] {
        let digits = (date ?? "").filter { $0.isASCII && $0.isNumber }
        let day = Array(((digits.count == 8 ? digits : "19800101") + "000000").utf8)
        var bytes = bytes
        for mark in ["Date (D:", "Date(D:"].map({ Array($0.utf8) }) {
            for index in bytes.indices.dropLast(mark.count + 14) where bytes[index] == mark[0] {
                let digitsAt = index + mark.count
                guard bytes[index..<digitsAt].elementsEqual(mark), bytes[digitsAt..<(digitsAt + 14)].allSatisfy({ (48...57).contains($0) })
                else { continue }
                bytes.replaceSubrange(digitsAt..<(digitsAt + 14), with: day)
            }
        }
        return bytes
    }
}
