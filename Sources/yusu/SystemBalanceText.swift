// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// The balance of a system as people know it: boxes of the IWA table with margins, then indicators, what moves them, alerts.
/// 80 columns.
enum SystemBalanceText {
    /// - advises: say what to measure next; a city folder says it from all its data.
    static func text(_ system: SystemBalance, advises: Bool) -> String {
        var lines = head(system.balance, name: system.profile.name) + boxes(system.balance)
        if let korean = system.korean { lines += [""] + koreanTree(korean) }
        if !system.parts.isEmpty { lines += [""] + parts(system.parts) }
        if !system.indicators.indicators.isEmpty { lines += [""] + indicators(system.indicators.indicators) }
        lines += groups(system)
        lines += ranking(system)
        if advises, let first = system.indicators.varianceShares(of: .currentAnnualRealLosses).first {
            lines += ["To measure next:"] + TextColumns.wrapped(DataAdvice.measurement(first.input))
        }
        if let whatIf = system.whatIf { lines += [""] + targets(whatIf, system.profile.currency) }
        if !system.alerts.isEmpty { lines += ["", "To check:"] + system.alerts.flatMap { TextColumns.wrapped($0.message, mark: "! ") } }
        if !system.balance.defaults.isEmpty {
            lines += ["", "Not given:"] + system.balance.defaults.flatMap { TextColumns.wrapped($0) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the numbers of the boxes are.
    static func head(_ balance: WaterBalance, name: String = "") -> [String] {
        let base = balance.exportConvention == .billed ? "system input volume" : "water supplied"
        let start = name.isEmpty ? "Water balance" : "\(name): water balance"
        return TextColumns.wrapped(
            "\(start) of \(NumberText.exact(balance.periodDays)) days, \(isLarge(balance) ? "thousand m³" : "m³") with the 95 % interval; "
                + "per cent of \(base).", mark: "", indent: 0)
    }

    /// Too large for boxes of m³.
    private static func isLarge(_ balance: WaterBalance) -> Bool { abs(balance.terms.waterSupplied.value) >= 1e9 }

    // MARK: Boxes

    /// The IWA table.
    static func boxes(_ b: WaterBalance) -> [String] {
        let base = b.waterSupplied.value
        func cell(_ span: Int, _ name: String, _ cubicMetres: Estimate) -> BoxTable.Cell {
            let volume = isLarge(b) ? 1e-3 * cubicMetres : cubicMetres
            let share = NumberText.fixed(cubicMetres.value / base * 100, 1) + " %"
            return BoxTable.Cell(span: span, lines: [name, TextColumns.grouped(volume.value), margin(volume), share])
        }
        let billsExport = b.exportConvention == .billed && b.exported.value > 0
        let billed = billsExport ? 3 : 2
        var leaves = billsExport ? [cell(1, "Billed export", b.exported)] : []
        leaves += [
            cell(1, "Billed metered", b.billedMetered), cell(1, "Billed unmetered", b.billedUnmetered),
            cell(1, "Unbilled metered", b.unbilledMetered), cell(1, "Unbilled unmetered", b.unbilledUnmetered),
            cell(1, "Unauthorised", b.unauthorised), cell(1, "Meter errors", b.meteringInaccuracy),
            cell(1, "Data handling", b.dataHandling),
            cell(1, "Leakage and overflows", b.realLosses),
        ]
        let table = BoxTable(
            widths: [14, 13, 13, 16, 18],
            columns: [
                [cell(billed + 6, b.exportConvention == .billed ? "System input" : "Water supplied", b.waterSupplied)],
                [cell(billed + 2, "Authorised", b.authorisedConsumption), cell(4, "Water losses", b.waterLosses)],
                [
                    cell(billed, "Billed", b.revenueWater), cell(2, "Unbilled", b.unbilledAuthorised),
                    cell(3, "Apparent losses", b.apparentLosses), cell(1, "Real losses", b.realLosses),
                ],
                leaves,
                [cell(billed, "Revenue water", b.revenueWater), cell(6, "Non-revenue water", b.nonRevenueWater)],
            ])
        return table.lines()
    }

    /// `±12,345`, or both distances where they differ; "" for an exact figure.
    static func margin(_ estimate: Estimate, _ text: (Double) -> String = TextColumns.grouped) -> String {
        let below = estimate.value - estimate.low95, above = estimate.high95 - estimate.value
        guard below + above > 0 else { return "" }
        let isEven = abs(above - below) <= 0.1 * (above + below)
        return isEven ? "±" + text((above + below) / 2) : "-\(text(below)) +\(text(above))"
    }

    // MARK: Further tables

    private static func koreanTree(_ tree: KoreanTree) -> [String] {
        func row(_ depth: Int, _ name: String, _ volume: Estimate) -> String {
            TextColumns.padded(String(repeating: "  ", count: depth) + name, 38) + TextColumns.right(TextColumns.grouped(volume.value), 16)
                + TextColumns.right(margin(volume), 18)
        }
        func ratio(_ name: String, _ value: Estimate) -> String {
            TextColumns.padded(name, 38) + TextColumns.right(NumberText.fixed(value.value * 100, 2) + " %", 16)
                + TextColumns.right(margin(value) { NumberText.fixed($0 * 100, 2) }, 18)
        }
        return [
            row(0, "총급수량 supply", tree.supply), row(1, "유효수량 effective", tree.effective), row(2, "유수수량 revenue water", tree.revenueWater),
            row(3, "요금수량 charged", tree.charged), row(3, "분수량 exported", tree.exported),
            row(2, "무수수량 without revenue", tree.nonRevenueEffective), row(3, "계량기불감수량 meters", tree.meterInsensitivity),
            row(3, "수도사업용수량·공공수량 own, public", tree.waterworksAndPublicUse), row(3, "부정사용량 unauthorised", tree.unauthorisedUse),
            row(1, "무효수량 ineffective", tree.ineffective), row(2, "조정감액수량 relief credit", tree.reliefCredit),
            row(2, "누수량 leakage (the residual)", tree.leakage), ratio("유수율 revenue water ratio", tree.revenueWaterRatio),
            ratio("유효율 effective ratio", tree.effectiveRatio), ratio("무수율 without revenue (not NRW)", tree.nonRevenueEffectiveRatio),
            ratio("누수율 leakage ratio", tree.leakageRatio),
        ]
    }

    private static func parts(_ parts: [BalanceSet.Part]) -> [String] {
        let head =
            TextColumns.padded("Parts", 20) + TextColumns.right("input m³", 16) + TextColumns.right("RWR %", 14)
            + TextColumns.right("real losses m³", 28)
        return [head]
            + parts.map { part in
                let b = part.balance
                let ratio = b.revenueWaterRatio, real = b.realLosses
                return TextColumns.padded(part.name, 20) + TextColumns.right(TextColumns.grouped(b.waterSupplied.value), 16)
                    + TextColumns.right(NumberText.fixed(ratio.value * 100, 1) + " " + margin(ratio) { NumberText.fixed($0 * 100, 1) }, 14)
                    + TextColumns.right(TextColumns.grouped(real.value) + " " + margin(real), 28)
            }
    }

    /// A line an indicator, and below what to read with care: a flag once, with the figures that it is about.
    static func indicators(_ indicators: [LossIndicator]) -> [String] {
        var lines: [String] = []
        var flags: [(text: String, names: [String])] = []
        for indicator in indicators {
            let name = name(indicator.kind)
            var (scale, unit) = (1.0, indicator.unit == "–" ? "" : indicator.unit)
            if unit.hasSuffix("/year"), abs(indicator.value.value) >= 1e6 { (scale, unit) = (1e-6, "million \(unit)") }
            let value = scale * indicator.value
            let interval =
                value.high95 > value.low95
                ? "\(NumberText.significant(value.low95)) to \(NumberText.significant(value.high95))" : ""
            lines.append(
                (TextColumns.padded(name, 37) + TextColumns.right(NumberText.significant(value.value), 8) + "  "
                    + TextColumns.padded(interval, 17) + unit).trimmedRight)
            for flag in indicator.flags {
                if let index = flags.firstIndex(where: { $0.text == flag }) {
                    flags[index].names.append(name)
                } else {
                    flags.append((flag, [name]))
                }
            }
        }
        return lines
            + flags.flatMap { flag in
                let whose = flag.names.count > 2 ? "\(flag.names.count) figures" : flag.names.joined(separator: ", ")
                return TextColumns.wrapped("\(whose): \(flag.text)", mark: "! ")
            }
    }

    private static func name(_ kind: LossIndicator.Kind) -> String {
        kind.rawValue.replacing("_", with: " ").replacing("non revenue", with: "non-revenue")
    }

    private static func groups(_ system: SystemBalance) -> [String] {
        var lines: [String] = []
        for region in PerformanceGroup.Region.allCases {
            let group = system.group(region)
            guard let real = group.realLosses else { continue }
            let place = region == .standard ? "standard matrix" : "low- and middle-income matrix"
            let water = group.nonRevenueWater.map { ", non-revenue water \($0.rawValue)" } ?? ""
            lines += TextColumns.wrapped("Performance group, \(place): real losses \(real.rawValue)\(water)", mark: "", indent: 0)
        }
        if let validity = system.validity {
            lines.append("Data validity, our approximation: \(NumberText.fixed(validity.score, 0)) of 100, tier \(validity.tier)")
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    /// Which input's uncertainty matters most, and what it would be worth to halve it.
    private static func ranking(_ system: SystemBalance) -> [String] {
        let kinds: [LossIndicator.Kind] = [
            .nonRevenueWaterShare, .currentAnnualRealLosses, .infrastructureLeakageIndex, .costOfNonRevenueWater,
        ]
        let shares = kinds.map { kind in
            Dictionary(system.indicators.varianceShares(of: kind).map { ($0.input, $0.share) }) { first, _ in first }
        }
        let worth = Dictionary(system.worthOfData.map { ($0.input, $0.worth) }) { first, _ in first }
        let names = Set(shares.flatMap(\.keys))
        guard !names.isEmpty else { return [] }
        func largest(_ name: String) -> Double { shares.map { $0[name] ?? 0 }.max() ?? 0 }
        let order = names.sorted { (largest($1), $0) < (largest($0), $1) }.prefix(8)
        let money = system.worthOfData.isEmpty ? "" : "\(system.profile.currency)/year"
        let head =
            TextColumns.padded("Part of the variance, %", 42) + ["NRW", "RL", "ILI", "cost"].map { TextColumns.right($0, 6) }.joined()
            + TextColumns.right(system.worthOfData.isEmpty ? "" : "halving it is", 14)
        let second = system.worthOfData.isEmpty ? [] : [TextColumns.right("worth, \(money)", 80)]
        return ["", head.trimmedRight] + second
            + order.map { name in
                let cells = shares.map { TextColumns.right($0[name].map { NumberText.fixed($0 * 100, 0) } ?? "", 6) }.joined()
                let value = worth[name].map { TextColumns.right(TextColumns.grouped($0), 14) } ?? ""
                return (TextColumns.padded(name, 42) + cells + value).trimmedRight
            }
    }

    private static func targets(_ w: WhatIf, _ currency: String) -> [String] {
        func row(_ name: String, _ value: Double, _ unit: String) -> String {
            TextColumns.padded(name, 38) + TextColumns.right(TextColumns.grouped(value), 14) + "  " + unit
        }
        return [
            "What if:", row("  real losses", w.realLosses, "m³/d"), row("  apparent losses", w.apparentLosses, "m³/d"),
            row("  non-revenue water", w.nonRevenueWater, "m³/d"), row("  billed", w.billed, "m³/d"),
            row("  system input", w.systemInput, "m³/d"), row("  operating cost", w.operatingCost, "\(currency)/year"),
            row("  revenue", w.revenue, "\(currency)/year"),
            row("  value of non-revenue water", w.nonRevenueWaterValue, "\(currency)/year"),
        ]
    }
}

extension String {
    /// Without blanks at its end.
    fileprivate var trimmedRight: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
