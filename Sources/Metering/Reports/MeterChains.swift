// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Makes chains of meters' readings.
struct MeterChains {
    let rules: ChainRules
    /// Place's clock without changes less UTC. [s]
    let offset: Int

    /// Channel names that are no part of what passed forwards: the register of reverse flow, and what was billed.
    static let apart: Set<String> = ["reverse", "billed"]

    /// A meter's registers, the one with most readings first: one, or the high and the low one of a compound meter, which add up. Units
    /// that follow one another in time make one chain; what overlaps is left out and flagged.
    func chains(_ channels: [(Channel, ReadingBlock)], _ meter: Meter, _ flags: inout MeterFlags) -> [MeterChain] {
        // Most meters have one register in one unit.
        if channels.count == 1, !Self.apart.contains(channels[0].0.register) {
            return chain(channels[0].0, channels[0].1, meter, &flags).map { [$0] } ?? []
        }
        var registers: [(name: String, chain: MeterChain)] = []
        let byName = Dictionary(grouping: channels.filter { !Self.apart.contains($0.0.register) }, by: \.0.register)
        for (name, channels) in byName.sorted(by: { $0.key < $1.key }) {
            let chains = channels.compactMap { chain($0.0, $0.1, meter, &flags) }.sorted {
                ($0.readings, $0.first) > ($1.readings, $1.first)
            }
            guard var joined = chains.first else { continue }
            for other in chains.dropFirst() where !joined.join(other) { flags.insert(.overlappingUnits) }
            registers.append((name, joined))
        }
        registers.sort { ($0.chain.readings, $1.name) > ($1.chain.readings, $0.name) }
        guard let first = registers.first, registers.count > 1 else { return registers.map(\.chain) }
        // A register without a name beside named ones may be their sum: not added.
        let parts = first.name.isEmpty ? [first] : registers.filter { !$0.name.isEmpty }
        if parts.count < registers.count { flags.insert(.overlappingUnits) }
        return parts.map(\.chain)
    }

    /// Of the devices that stood there one after the other.
    func chain(_ channel: Channel, _ block: ReadingBlock, _ meter: Meter, _ flags: inout MeterFlags) -> MeterChain? {
        guard !meter.earlier.isEmpty else { return chain(ofOne: channel, block, meter, &flags) }
        let stretches = meter.stretches
        var whole: MeterChain?
        var at = 0, lastTime: Int?
        for (index, stretch) in stretches.enumerated() {
            if index + 1 < stretches.count, !stretch.isExchanged(for: stretches[index + 1]) { continue }
            // An interval stands at its end.
            let end =
                index + 1 < stretches.count
                ? block.firstIndex(notBefore: stretch.until.seconds - offset + (block.isInterval ? 1 : 0)) : block.times.count
            guard end > at else { continue }
            var device = meter
            (device.diameter, device.dials, device.resolution) = (stretch.diameter, stretch.dials, stretch.resolution)
            let part = block.part(at..<end)
            at = end
            guard var chain = chain(ofOne: channel, part, device, &flags) else { continue }
            guard var joined = whole else {
                whole = chain
                lastTime = part.times.last
                continue
            }
            if let lastTime, let first = part.times.first {
                chain.edits.insert(ChainEdit(rule: .exchange, from: lastTime, to: first), at: 0)
            }
            lastTime = part.times.last
            if joined.join(chain) { joined.replacements += 1 }
            whole = joined
        }
        return whole
    }

    private func chain(ofOne channel: Channel, _ block: ReadingBlock, _ meter: Meter, _ flags: inout MeterFlags) -> MeterChain? {
        var unit = channel.unit.cubicMetres
        if channel.unit.isStep {
            guard let factor = meter.resolution else { flags.insert(.noFactor); return nil }
            unit = factor
        }
        if let seconds = channel.unit.seconds { unit *= Double(channel.interval) / Double(seconds) }
        let power = Double(DecimalText.powers[block.decimals])
        /// Volume of a step of the block's integers. [m³]
        let size = unit / power
        guard size > 0 else { return nil }
        let millilitres = unit * MeterChain.millilitresPerCubicMetre / power
        let limit = rules.largestFlow(diameter: meter.diameter) / size
        if channel.kind != .register {
            return .intervals(block, millilitres: millilitres, length: channel.interval, flowLimit: limit, rules: rules)
        }
        var modulus: Double?
        if let dials = meter.dials, (1...12).contains(dials), let factor = meter.resolution {
            modulus = (Double(DecimalText.powers[dials]) * factor / size).rounded()
        } else if let digits = channel.digits ?? meter.dials, (1...12).contains(digits) {
            modulus = Double(DecimalText.powers[digits]) * power
        }
        if let known = modulus, known >= 9e17 { modulus = nil }
        return .register(
            block, millilitres: millilitres, modulus: modulus, flowLimit: limit, fallLimit: rules.exchangeFall / size, rules: rules,
            offset: offset)
    }
}
