// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Metering
import TextFiles

/// Files that stand beside the project, where they are at hand.
enum Samples {
    static let folder: String = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/meter-samples").path
    static let areThere = FileManager.default.fileExists(atPath: folder)
    static let missing = "the sample files of ../shared/meter-samples are not at hand"

    static func path(_ name: String) -> String { folder + "/" + name }
}

/// A folder that is removed at the end.
final class Scratch {
    let folder: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-metering-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = folder + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}

/// Profiles as a user writes them.
enum Profiles {
    static func make(_ yaml: String) throws -> Profile { try Profile(yaml: yaml, file: "profile.yaml") }

    static let longRegister = """
        columns: {meter: meter_id, time: timestamp, value: register_l}
        kind: register
        unit: L
        register_digits: 8
        """

    static func register(zone: String = "UTC") throws -> Profile {
        try make("columns: {meter: meter, time: time, value: value}\nkind: register\nunit: L\ntime_zone: \(zone)\n")
    }

    static func interval(zone: String = "UTC", stamp: String = "start") throws -> Profile {
        try make("columns: {meter: meter, time: time, value: value}\nkind: interval\nunit: L\ntime_zone: \(zone)\nstamp: \(stamp)\n")
    }
}
