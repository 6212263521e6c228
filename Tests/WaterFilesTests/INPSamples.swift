// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import Testing
import WaterFiles
import WaterModel

/// Foundation has a `Pipe` too.
typealias Pipe = WaterModel.Pipe

/// Network files for the tests of the reader.
enum INPSamples {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let networks = package + "/Networks/"
    static let shared = package + "/../shared/networks/"
    static let hasShared = FileManager.default.fileExists(atPath: shared + "own")

    /// Two junctions in a row behind a reservoir; sections can be put in their stead or added.
    static func text(
        junctions: String = "A 10 5\nB 12 6", reservoirs: String = "R 40", pipes: String = "P1 R A 500 150 100\nP2 A B 500 150 100",
        options: String = "UNITS LPS\nHEADLOSS H-W", more: String = ""
    ) -> String {
        "[JUNCTIONS]\n\(junctions)\n[RESERVOIRS]\n\(reservoirs)\n[PIPES]\n\(pipes)\n\(more)\n[OPTIONS]\n\(options)\n[END]\n"
    }

    static func read(_ text: String, constants: ConstantsMode = .exact) throws -> Network {
        try INP.parse(text, file: "town.inp", constants: constants)
    }

    /// What the reader says of a text; empty where it takes it.
    static func complaints(_ text: String) -> [InputProblem] {
        do {
            _ = try INP.parse(text, file: "town.inp")
            return []
        } catch {
            guard case .invalid(let problems) = error else { return [] }
            return problems
        }
    }

    /// Files of a folder with that ending, sorted.
    static func files(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".inp") }.sorted().map { folder + $0 }
    }
}

extension Network {
    func node(_ name: String) throws -> Node { try #require(nodes.first { $0.id.name == name }, "no node \(name)") }
    func link(_ name: String) throws -> Link { try #require(links.first { $0.id.name == name }, "no link \(name)") }
    func junction(_ name: String) throws -> Junction { try #require(try node(name).junction) }
    func pipe(_ name: String) throws -> Pipe { try #require(try link(name).pipe) }
    func valve(_ name: String) throws -> Valve { try #require(try link(name).valve) }
    func pump(_ name: String) throws -> Pump { try #require(try link(name).pump) }
}
