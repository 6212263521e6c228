// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// `korean_statistics` in the file of a system: lines of the Korean waterworks statistics in place of those of the IWA. Each is a part
/// of one IWA line; 누수량 is what they leave.
enum KoreanLinesFile {
    /// Line of the statistics, the IWA line that it is a part of, and its name there.
    private static let lines: [(key: String, line: BalanceInput.Line, name: String)] = [
        ("charged_metered", .billedMetered, "요금수량"), ("charged_unmetered", .billedUnmetered, "요금수량"),
        ("other_revenue", .billedUnmetered, "기타"), ("exported", .exported, "분수량"),
        ("meter_insensitivity", .meteringInaccuracy, "계량기불감수량"), ("office_errors", .dataHandling, "office"),
        ("waterworks_metered", .unbilledMetered, "수도사업용수량"), ("waterworks_unmetered", .unbilledUnmetered, "수도사업용수량"),
        ("public_metered", .unbilledMetered, "공공수량"), ("public_unmetered", .unbilledUnmetered, "공공수량"),
        ("unauthorised_use", .unauthorised, "부정사용량"),
    ]

    /// What 조정감액수량 is: bills reduced for leaks behind the meter, or for errors.
    private enum Relief: String, CaseIterable {
        case realLoss = "real_loss"
        case dataHandling = "data_handling"
    }

    static func read(_ top: YAMLMapping, into input: inout BalanceInput, problems: inout ProblemList) {
        let known = lines.map(\.key) + ["relief_credit", "relief_credit_is"]
        guard let map = top.mapping("korean_statistics", known: known, problems: &problems) else { return }
        func put(_ key: String, _ line: BalanceInput.Line, _ name: String, _ problems: inout ProblemList) {
            if top.node(line.rawValue) != nil {
                problems.add(
                    map.file, map.line(of: key), "'\(map.label(key))' and '\(line.rawValue)' are both given", "keep one of the two")
            }
            let volume = map.figure(key, .volume, problems: &problems)
            if volume.value != nil { input.parts[line, default: []].append(BalancePart(name: name, volume: volume)) }
        }
        for item in lines where map.node(item.key) != nil { put(item.key, item.line, item.name, &problems) }
        guard map.node("relief_credit") != nil else { return }
        guard let relief = map.choice("relief_credit_is", of: Relief.self, problems: &problems) else {
            if map.node("relief_credit_is") == nil {
                problems.add(
                    map.file, map.line(of: "relief_credit"), "'korean_statistics.relief_credit' does not say what it is",
                    "add 'relief_credit_is:' with real_loss (leaks behind the meter) or data_handling (errors)")
            }
            return
        }
        switch relief {
        case .dataHandling: put("relief_credit", .dataHandling, "조정감액수량", &problems)
        // A part of the real losses, which are the residual: it is read, so that it is checked, and not taken off.
        case .realLoss: _ = map.figure("relief_credit", .volume, problems: &problems)
        }
    }
}
