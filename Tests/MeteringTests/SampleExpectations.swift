// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// What the samples hold, read by Python's csv, json and xml (`Tools/meter_samples.py ../shared/meter-samples > Samples/expected.txt`), and
/// the profile of each file.
enum SampleExpectations {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Samples/"

    private static func read(_ name: String) -> String { (try? FileBytes.text(FileBytes.read(folder + name))) ?? "" }

    /// A line a series: file, rows, kind, unit, register; readings, their sum, first and last instant.
    static let lines = read("expected.txt").split(separator: "\n").map(String.init)

    /// Sections `== file`, then the profile.
    static let profiles: [(file: String, yaml: String)] = ("\n" + read("profiles.txt")).components(separatedBy: "\n== ").dropFirst().map {
        let end = $0.firstIndex(of: "\n") ?? $0.endIndex
        return (String($0[..<end]), String($0[end...]))
    }
}
