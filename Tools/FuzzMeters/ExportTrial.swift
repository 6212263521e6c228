// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Metering
import TextFiles

/// Files of one family, with the profile that reads them.
struct SeedFamily {
    var name: String
    var profile: Profile
    var files: [[UInt8]]

    /// In order of their names.
    static func all(in folder: String) throws -> [SeedFamily] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path + "/profile.yaml") else { return nil }
            let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { $0 != "profile.yaml" }
            return SeedFamily(
                name: name, profile: try Profile(path: path + "/profile.yaml"), files: try files.map { try FileBytes.read(path + "/" + $0) }
            )
        }
    }
}

/// One input put through a reader, whole and in pieces, and through the proposal of a profile.
enum ExportTrial {
    enum Outcome: Equatable {
        case read
        /// Nothing of it can be used, with a reason.
        case refused
        /// What should not be: why.
        case fault(String)
    }

    /// Readings are of the years that are taken, or end an interval that began in them. [s]
    private static let earliest = 788_918_400 - 86_400, latest = 2_366_841_600 + 400 * 86_400

    static func run(_ bytes: [UInt8], family: SeedFamily, pieceSize: Int) -> Outcome {
        let whole = DryRun(bytes, file: "input", profile: family.profile)
        let pieces = DryRun(bytes, file: "input", profile: family.profile, pieceSize: pieceSize)
        if whole.problem == nil || pieces.problem == nil {
            guard whole.digest == pieces.digest, whole.lines == pieces.lines else {
                return .fault(
                    "in pieces of \(pieceSize) bytes:\n\(pieces.lines.joined(separator: "\n"))\nas a whole:\n"
                        + whole.lines.joined(separator: "\n")
                )
            }
        }
        if let first = whole.first, let last = whole.last, first < earliest || last > latest {
            return .fault("readings from \(first) to \(last)")
        }
        let rejected = whole.rejectedBy.reduce(0) { $0 + $1.rows }
        if whole.problem == nil, whole.rows > 0, whole.readings + rejected + whole.emptyValues == 0 {
            return .fault("rows that came to nothing")
        }
        if whole.problem?.isEmpty == true { return .fault("refused without a reason") }
        return whole.problem == nil ? .read : .refused
    }

    /// Why the proposal of a profile is not as it should be; nil where it is.
    static func guessFault(_ bytes: [UInt8]) -> String? {
        let guess = ProfileGuess(bytes: bytes, file: "input")
        if guess.failure != nil { return nil }
        // A proposal is a profile, or says what is wrong with it.
        do { _ = DryRun(bytes, file: "input", profile: try guess.trial()) } catch { return error.description.isEmpty ? "no reason" : nil }
        return nil
    }
}
