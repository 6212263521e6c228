// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import WaterModel

/// What is kept of a job in `jobs/NAME.json`: written last and in one step, so that a job is either done with its results or not done.
struct JobRecord: Sendable {
    enum Status: String, Sendable { case done, badAnswer = "bad_answer", failed, crashed, skipped }

    var name: String
    var arguments: [String]
    /// Of the arguments and the content of every input.
    var fingerprint: String
    var status: Status
    /// As the command alone would end.
    var exitCode: Int32
    var messages: [String]
    var seconds: Double
    /// Folder of the results; nil where there are none.
    var results: String?
    /// City folder that the job looked at.
    var folder: String?
    var city: JobCapture.CityFigures?

    /// Whether its results stand, so that it need not run again.
    var isDone: Bool { status == .done || status == .badAnswer }

    var json: JSON {
        var members: [(String, JSON)] = [
            ("job", .string(name)), ("arguments", JSON(arguments)), ("status", .string(status.rawValue)),
            ("exit_code", .integer(Int(exitCode))), ("messages", JSON(messages)), ("seconds", .number((seconds * 1000).rounded() / 1000)),
            ("results", JSON(results)), ("folder", JSON(folder)), ("fingerprint", .string(fingerprint)),
        ]
        if let city {
            let figures = city.figures.sorted { $0.key < $1.key }.map { key, value in
                (key, JSON.object([("value", .number(value.value)), ("standard_deviation", .number(value.standardDeviation))]))
            }
            members += [("city", .string(city.city)), ("country", .string(city.country)), ("figures", .object(figures))]
        }
        return .object(members)
    }

    /// nil where there is no whole record.
    init?(path: String) {
        guard let bytes = FileManager.default.contents(atPath: path),
            let root = (try? JSONSerialization.jsonObject(with: bytes)) as? [String: Any], let name = root["job"] as? String,
            let arguments = root["arguments"] as? [String], let fingerprint = root["fingerprint"] as? String,
            let status = (root["status"] as? String).flatMap(Status.init), let code = root["exit_code"] as? Int,
            let seconds = root["seconds"] as? Double
        else { return nil }
        self.init(
            name: name, arguments: arguments, fingerprint: fingerprint, status: status, exitCode: Int32(code),
            messages: root["messages"] as? [String] ?? [], seconds: seconds, results: root["results"] as? String,
            folder: root["folder"] as? String)
        if let city = root["city"] as? String, let figures = root["figures"] as? [String: [String: Double]] {
            self.city = .init(
                city: city, country: root["country"] as? String ?? "",
                figures: figures.mapValues { Estimate($0["value"] ?? .nan, standardDeviation: $0["standard_deviation"] ?? .nan) })
        }
    }

    init(
        name: String, arguments: [String], fingerprint: String, status: Status, exitCode: Int32, messages: [String] = [],
        seconds: Double = 0,
        results: String? = nil, folder: String? = nil, city: JobCapture.CityFigures? = nil
    ) {
        self.name = name
        self.arguments = arguments
        self.fingerprint = fingerprint
        self.status = status
        self.exitCode = exitCode
        self.messages = messages
        self.seconds = seconds
        self.results = results
        self.folder = folder
        self.city = city
    }
}

/// Mark of a job's content: its words and the bytes of every file that they name. Two sums of FNV-1a, 128 bits together; against accidents,
/// not against forgers.
struct Fingerprint {
    private var first: UInt64 = 0xcbf2_9ce4_8422_2325
    private var second: UInt64 = 0x6c62_272e_07bb_0142

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte)) &* 0x3f_0000_01b3
        }
    }

    /// Ends a part, so that two parts are not one.
    mutating func add(_ text: String) {
        add(text.utf8)
        add([0])
    }

    var text: String {
        func hex(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hex(first) + hex(second)
    }

    /// - Parameters:
    ///   - outputs: files and folders that the job writes; they are not part of its content.
    init(arguments: [String], outputs: [String], version: String) {
        add(version)
        let written = outputs.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        for argument in arguments {
            add(argument)
            let path = URL(fileURLWithPath: argument).standardizedFileURL.path
            if !argument.hasPrefix("-"), !written.contains(path) { add(file: path, except: written) }
        }
    }

    private mutating func add(file path: String, except written: [String]) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else {
            // A pipe or a device has no content of its own, and reading it may never end.
            let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let kind = try? FileManager.default.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType
            guard kind == .typeRegular, let handle = FileHandle(forReadingAtPath: path) else { return }
            while let piece = try? handle.read(upToCount: 1 << 20), !piece.isEmpty { add(piece) }
            add([0])
            return
        }
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() {
            let inner = path + "/" + name
            // What an earlier run wrote, or another job writes, into the city's folder.
            guard !name.hasPrefix("."), !written.contains(inner) else { continue }
            add(name)
            add(file: inner, except: written)
        }
    }
}
