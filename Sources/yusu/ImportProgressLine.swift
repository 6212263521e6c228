// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Metering

/// What an import shows on standard error: on a terminal one line with a bar, rate and remaining time; else a line a file.
struct ImportProgressLine {
    private let quiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = Date()
    private var shownAt = Date.distantPast
    private var file = -1

    init(quiet: Bool) { self.quiet = quiet }

    mutating func show(_ state: ImportProgress) {
        guard !quiet else { return }
        guard isTerminal else {
            if state.index != file { Console.progress("\(state.index + 1)/\(state.files) \(state.path)", quiet: false) }
            file = state.index
            return
        }
        let now = Date()
        guard state.index != file || now.timeIntervalSince(shownAt) > 0.2 else { return }
        file = state.index
        shownAt = now
        Console.bar(Self.text(state, seconds: now.timeIntervalSince(start)))
    }

    /// Ends the line of the bar.
    func end() { if !quiet, isTerminal { Console.bar("") } }

    /// `█████░░░░░ 50 %  3/20 day3.csv.gz  1.31 M rows/s  0:42 left`
    /// - seconds: since the start. [s]
    static func text(_ state: ImportProgress, seconds: Double) -> String {
        let share = state.allBytes > 0 ? min(1, Double(state.bytes) / Double(state.allBytes)) : 0
        let cells = 20, full = Int(share * Double(cells))
        var text = state.allBytes > 0 ? String(repeating: "█", count: full) + String(repeating: "░", count: cells - full) + " " : ""
        if state.allBytes > 0 { text += "\(Int(share * 100)) %  " }
        let name = state.path.split(separator: "/").last.map(String.init) ?? state.path
        text += "\(state.index + 1)/\(state.files) \(name.count > 30 ? name.prefix(29) + "…" : name)"
        if seconds > 0.5 { text += "  \(String(format: "%.2f", Double(state.rows) / seconds / 1e6)) M rows/s" }
        if share > 0.01, seconds > 0.5 {
            let left = Int((seconds / share * (1 - share)).rounded())
            text += "  \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
        }
        return text
    }
}
