// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("imports that are killed")
struct KilledImportTests {
    @Test("killed at random moments, an import loses and doubles nothing")
    func killed() throws {
        let folder = try TemporaryCity()
        let outcome = try Program.run(
            "/usr/bin/env",
            ["python3", Program.root + "/Tools/kill_imports.py", Program.path(), "--kills", "6", "--meters", "20", "--days", "6"],
            in: folder.path)
        #expect(outcome.status == 0 && outcome.output.hasPrefix("6 kills"), "\(outcome.output)\(outcome.messages)")
    }
}
