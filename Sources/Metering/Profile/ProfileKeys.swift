// SPDX-License-Identifier: GPL-3.0-or-later

import Yams

extension ProfileReader {
    /// Where a key bears on what is read; a key that is not listed bears everywhere.
    private static let effects: [(keys: [String], where: String, holds: @Sendable (Profile) -> Bool)] = [
        (
            ["meter", "meter_line"], "in long tables, and 'meter' of Green Button files",
            { ($0.isTable && $0.shape == .long) || $0.format == .greenButton }
        ),
        (["header", "read_at", "skip_rows"], "in long tables", { $0.isTable && $0.shape == .long }),
        (
            ["thin_seconds"], "in long tables and in files that are no tables; thin a wide table before, or import it whole",
            { !($0.isTable && $0.shape == .wide) }
        ),
        (["quality_suffix", "ignore_columns", "units"], "in wide tables", { $0.isTable && $0.shape == .wide }),
        (["take"], "with formats that hold registers and intervals: beacon, xylem, billing, sentryx", { $0.format.givesBothKinds }),
        (["apply_constant"], "with 'format: cmep'", { $0.format == .cmep }),
        (["log_clock"], "with 'format: axioma-w1'", { $0.format == .axiomaW1 }),
        (["media"], "with 'format: wmbusmeters'", { $0.format == .wmbusmeters }),
        (["skip_lines"], "in tables", { $0.isTable }),
    ]

    /// A key that changes nothing is a mistake, and not passed over.
    mutating func refuseWithoutEffect(_ given: [String: Node], _ profile: Profile) {
        for effect in Self.effects where !effect.holds(profile) {
            for key in effect.keys {
                guard let node = given[key] else { continue }
                problem(node, "'\(key)' has no effect here: it bears \(effect.where)", "leave it out, or mend 'shape' or 'format'")
            }
        }
    }
}

extension Profile {
    /// Delimited text with a header, of any family.
    fileprivate var isTable: Bool {
        switch format {
        case .delimited, .beacon, .beaconInterval, .beaconBilling, .aclara, .metersense, .xylem, .scada, .historian, .pulseLogger, .billing:
            true
        case .cmep, .wmbusmeters, .axiomaW1, .sentryx, .subeca, .iec61968, .greenButton, .mvrs: false
        }
    }
}

extension ExportFormat {
    fileprivate var givesBothKinds: Bool { [.beacon, .xylem, .billing, .sentryx].contains(self) }
}
