// SPDX-License-Identifier: GPL-3.0-or-later

extension MeterChain {
    /// The same volumes, those of long gaps divided among their hours as the meter's own days are: workdays and the weekend apart, by the
    /// mean of its measured hours. Without enough days of readings, and up to two hours, a gap stays linear.
    /// - offset: place's clock less UTC. [s]
    func shaped(offset: Int, rules: ChainRules) -> MeterChain {
        func isShaped(_ segment: Segment) -> Bool {
            let length = segment.end - segment.start
            return segment.quality == .shapeEstimated && segment.volume > 0 && length > rules.longestLinear && length <= rules.longestSpread
        }
        let others = hours?.longer ?? segments
        guard rules.shapesGaps, step > 0, step <= 3600, others.contains(where: isShaped),
            let shape = DayShape(others, hours, offset: offset, rules: rules)
        else { return self }
        var shaped: [Segment] = []
        for segment in others {
            if isShaped(segment) { shaped += shape.parts(of: segment, offset: offset) } else { shaped.append(segment) }
        }
        var result = self
        if hours == nil { result.segments = shaped } else { result.hours?.longer = shaped }
        return result
    }
}

/// Mean use of a meter by the hour of the day, on workdays and at the weekend.
private struct DayShape {
    /// [mL/h]
    private var means: [Double]

    /// nil where too few days were measured.
    init?(_ segments: [MeterChain.Segment], _ row: HourRow?, offset: Int, rules: ChainRules) {
        var volumes = [Double](repeating: 0, count: 48), seconds = [Int](repeating: 0, count: 48)
        if let row, rules.longestLinear >= 3600 {
            for (i, volume) in row.volumes.enumerated() where volume >= 0 {
                let slot = Self.slot((row.start + i) * 3600 + 1800)
                volumes[slot] += Double(volume)
                seconds[slot] += 3600
            }
        }
        for segment in segments where segment.quality == .measured && segment.end - segment.start <= rules.longestLinear {
            let slot = Self.slot((segment.start + segment.end) / 2 + offset)
            volumes[slot] += Double(segment.volume)
            seconds[slot] += segment.end - segment.start
        }
        guard seconds.reduce(0, +) >= rules.shapeDays * 86_400, (0..<24).allSatisfy({ seconds[$0] + seconds[24 + $0] > 0 }) else {
            return nil
        }
        means = (0..<48).map { slot in
            // A weekend that was not measured is taken as the other days.
            let other = (slot + 24) % 48
            let own = seconds[slot] > 0 ? (volumes[slot], seconds[slot]) : (volumes[other], seconds[other])
            return own.0 * 3600 / Double(own.1)
        }
    }

    /// 1970-01-01 was a Thursday.
    private static func slot(_ local: Int) -> Int { ((local / 86_400 + 3) % 7 >= 5 ? 24 : 0) + local / 3600 % 24 }

    /// The volume, to the millilitre, hour by hour.
    func parts(of whole: MeterChain.Segment, offset: Int) -> [MeterChain.Segment] {
        var cuts = [whole.start]
        var hour = (whole.start + offset) / 3600 * 3600 - offset + 3600
        while hour < whole.end {
            cuts.append(hour)
            hour += 3600
        }
        cuts.append(whole.end)
        let weights = (1..<cuts.count).map { means[Self.slot(cuts[$0 - 1] + offset)] * Double(cuts[$0] - cuts[$0 - 1]) }
        let total = weights.reduce(0, +)
        guard total > 0 else { return [whole] }
        var passed = 0, sum = 0.0
        return weights.indices.map { k in
            sum += weights[k]
            let until = k + 1 == weights.count ? whole.volume : min(whole.volume, Int(Double(whole.volume) * sum / total))
            defer { passed = until }
            return .init(start: cuts[k], end: cuts[k + 1], volume: until - passed, quality: .shapeEstimated)
        }
    }
}
