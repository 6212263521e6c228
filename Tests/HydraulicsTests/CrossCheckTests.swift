// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// What the comparison with EPANET needs: Python with the `epanet` module, networks beside the project, the built program.
enum CrossCheck {
    static let networks = [
        "published/19_pipe", "published/Balerma", "published/Hanoi", "published/FOWM", "published/PES", "published/ZJ", "published/shamir",
        "published/Todini_two-loop_CMH", "published/Blacksburg_VA1", "published/foss_poly_1", "published/z0000060", "published/ky7",
        "own/prv_regimes", "own/fcv_regimes", "own/pda_wagner", "own/favad_network_lps", "own/dw_regimes", "own/cm_cms",
    ].map { Places.shared + $0 + ".inp" }

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
        let result = try CrossCheck.run(["python3", Places.package + "/Tools/crosscheck_hydraulics.py", program] + CrossCheck.networks)
        // The tool's bars: 1e-6 m + 1e-8 |H| and 1e-9 m³/s + 1e-8 of the largest flow, at EPANET's accuracy of 1e-8.
        let closing = result.output.split(separator: "\n").last { $0.hasPrefix("agree: ") } ?? ""
        let count = closing.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        #expect(count >= 12, "\(result.output)")
        // The others: EPANET's penalties of active valves and its own tolerance of leaks (1e-4 ft³/s a node) show beyond the bars.
        for line in result.output.split(separator: "\n") where line.contains("  file ") && !line.contains(" agree ") {
            let words = line.split(separator: " ")
            let head = words.firstIndex(of: "dH").flatMap { Double(words[$0 + 1]) }
            let statuses = words.firstIndex(of: "status").flatMap { Int(words[$0 + 1]) }
            #expect((head ?? .infinity) < 2e-5 && statuses == 0, "\(line)")
        }
    }
}
