// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import CAllocator

/// The command line: reads, calls, writes. It holds no arithmetic.
@main
struct Yusu: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yusu",
        abstract: "Find out how much drinking water a city loses, where, what it costs, and what to do first.",
        discussion: """
            Example: yusu init la-merced --country PE
            Example: yusu check Examples/Chanchamayo
            Example: yusu plan Examples/Chanchamayo --output plan
            Example: yusu meters import --guess july.csv
            Example: yusu zones town.inp --connections 12000 --output zones

            Each command's --help has examples of its own. Completion for your shell: yusu --generate-completion-script bash, zsh or fish.
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self,
            CheckCommand.self, NetworkCommand.self, BalanceCommand.self, BillingCommand.self, MetersCommand.self, NightFlowCommand.self,
            LocateCommand.self, MonitorCommand.self, SensorsCommand.self, ZonesCommand.self, PressureCommand.self, SelectCommand.self,
            PlanCommand.self,
            BatchCommand.self, BatchJobCommand.self,
        ])

    /// Runs the command and ends the process with the exit code that fits what happened (see `ExitStatus`).
    static func main() {
        Self.returnLargeMemory()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            ExitStatus.end(with: error)
        }
    }

    /// Has the C library give large arrays back to the system when they are done with. By itself it raises the size from which it does
    /// so with every array that grew, and keeps the holes: 130 MB of an import of a million meters.
    private static func returnLargeMemory() { _ = mallopt(M_MMAP_THRESHOLD, 2 << 20) }

    /// Has the C library keep up to 64 MB of small arrays that are done with for the next ones: a search makes and drops thousands, and
    /// each page that comes anew from the system is cleared first.
    static func keepSmallMemory() { _ = mallopt(M_TRIM_THRESHOLD, 64 << 20) }
}
