// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// What the comparison with EPANET needs: Python with the `epanet` module, networks beside the project, the built program.
enum CrossCheck {
    static let networks = [
        "published/19_pipe", "published/Balerma", "published/Hanoi", "published/FOWM", "published/PES", "published/ZJ", "published/shamir",
        "published/Todini_two-loop_CMH", "published/Blacksburg_VA1", "published/foss_poly_1", "published/z0000060", "published/ky7",
        "published/Net3", "own/prv_regimes", "own/fcv_regimes", "own/prv_psv_series", "own/pda_wagner", "own/favad_network_lps",
        "own/dw_regimes", "own/cm_cms", "own/times_odd", "own/pumps_all_kinds", "own/rules_all_kinds", "small/io",
    ].map { Places.shared + $0 + ".inp" }

    /// Ours, each for something that EPANET does in its own way.
    static let own = [
        "emitter", "psv_regimes", "mains_with_valves", "loss_valves", "Features/pda_branches", "Features/pump_closed_at_start",
        "Features/pattern_start", "Features/tank_empty_wide_pipe", "Features/controls", "Features/rules",
    ].map { Places.networks + $0 + ".inp" }

    static let program: String? = [
        Places.package + "/.build/debug/yusu",
        Bundle.main.bundleURL.deletingLastPathComponent().appendingPathComponent("yusu").path,
    ].first { FileManager.default.isExecutableFile(atPath: $0) }

    static let hasEPANET: Bool = (try? run(["python3", "-c", "from epanet import toolkit"]).status) == 0
    static let hasNetworks = networks.allSatisfy { FileManager.default.fileExists(atPath: $0) }

    static func run(_ command: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Foundation.Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

@Suite("Comparison with EPANET 2.3.5")
struct CrossCheckTests {
    @Test(
        "heads, flows and statuses of published networks agree with EPANET's over their whole periods",
        .enabled(if: CrossCheck.hasEPANET, "python3 has no module epanet: pip install owa-epanet"),
        .enabled(if: CrossCheck.hasNetworks, "../shared/networks is not there"),
        .enabled(if: CrossCheck.program != nil, "the program yusu is not built: swift build"),
        .timeLimit(.minutes(3)))
    func agreement() throws {
        let program = try #require(CrossCheck.program)
        let files = CrossCheck.networks + CrossCheck.own
        let result = try CrossCheck.run(["python3", Places.package + "/Tools/crosscheck_hydraulics.py", program] + files)
        // The tool's bars: 1e-6 m and 1e-6 of the largest flow, at EPANET's accuracy of 1e-8; beyond them only where EPANET's own
        // lack of balance is worth the difference, which the tool measures.
        let lines = result.output.split(separator: "\n").filter { $0.contains("  file ") }
        #expect(lines.count == files.count, "\(result.output)")
        for line in lines { #expect(line.contains(" file agree ") || line.contains(" file EPANET's balance "), "\(line)") }
    }
}
