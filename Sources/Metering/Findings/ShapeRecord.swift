// SPDX-License-Identifier: GPL-3.0-or-later

/// How alike the days of a meter are before and after each end of a block of four weeks, as they stand and moved by hours.
struct ShapeRecord {
    /// Correlation of the hours of the mean day before and after; nil-like −2 where either is unknown. One a block but the last. [–]
    var alike: [Float] = []
    /// The move of the later days, −11 to 12, at which they resemble the earlier most. [h]
    var move: [Int8] = []
    /// Correlation at that move. [–]
    var alikeMoved: [Float] = []

    static let unknown: Float = -2

    init(_ shapes: [Float]) {
        let blocks = shapes.count / 24
        guard blocks > 1 else { return }
        var total = [Float](repeating: 0, count: 24)
        for (i, value) in shapes.enumerated() { total[i % 24] += value }
        var before = [Float](repeating: 0, count: 24)
        for block in 1..<blocks {
            for hour in 0..<24 { before[hour] += shapes[(block - 1) * 24 + hour] }
            let after = (0..<24).map { total[$0] - before[$0] }
            guard let early = Self.standard(before), let late = Self.standard(after) else {
                alike.append(Self.unknown)
                move.append(0)
                alikeMoved.append(Self.unknown)
                continue
            }
            let twice = late + late
            var best = 0, bestValue: Float = -1
            var atRest: Float = 0
            for shift in 0..<24 {
                var sum: Float = 0
                for hour in 0..<24 { sum += early[hour] * twice[hour + shift] }
                if shift == 0 { atRest = sum }
                if sum > bestValue { bestValue = sum; best = shift }
            }
            alike.append(atRest)
            move.append(Int8(best > 12 ? best - 24 : best))
            alikeMoved.append(bestValue)
        }
    }

    /// Mean 0 and length 1; nil where all are equal.
    private static func standard(_ values: [Float]) -> [Float]? {
        let mean = values.reduce(0, +) / Float(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard square > 0 else { return nil }
        let length = square.squareRoot()
        return values.map { ($0 - mean) / length }
    }
}
