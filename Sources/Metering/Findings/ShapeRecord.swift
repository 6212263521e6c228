// SPDX-License-Identifier: GPL-3.0-or-later

/// How alike the days of a meter are before and after each end of a block of four weeks, as they stand and moved by hours.
struct ShapeRecord {
    /// Correlation of the hours of the mean day before and after where the later days are moved by −1, 0, 1 h, and by the hours at which
    /// they resemble the earlier most. −2 where either is unknown. One a block but the last. [–]
    struct Likeness {
        var earlier: Float, asTheyStand: Float, later: Float, best: Float
        /// That move, −11 to 12. [h]
        var move: Int8

        static let unknown = Likeness(earlier: -2, asTheyStand: -2, later: -2, best: -2, move: 0)
        var isKnown: Bool { asTheyStand > -2 }

        /// At a move of an hour or none; nil at others.
        func at(_ move: Int) -> Float? {
            switch move {
            case -1: earlier
            case 0: asTheyStand
            case 1: later
            default: nil
            }
        }
    }

    var boundaries: [Likeness] = []

    init(boundaries: [Likeness]) { self.boundaries = boundaries }

    init(_ shapes: [Float]) {
        let blocks = shapes.count / 24
        guard blocks > 1 else { return }
        var total = [Float](repeating: 0, count: 24)
        for (i, value) in shapes.enumerated() { total[i % 24] += value }
        var before = [Float](repeating: 0, count: 24)
        var likeness = [Float](repeating: 0, count: 24)
        for block in 1..<blocks {
            for hour in 0..<24 { before[hour] += shapes[(block - 1) * 24 + hour] }
            let after = (0..<24).map { total[$0] - before[$0] }
            guard let early = Self.standard(before), let late = Self.standard(after) else {
                boundaries.append(.unknown)
                continue
            }
            let twice = late + late
            var best = 0
            for shift in 0..<24 {
                var sum: Float = 0
                for hour in 0..<24 { sum += early[hour] * twice[hour + shift] }
                likeness[shift] = sum
                if sum > likeness[best] { best = shift }
            }
            boundaries.append(
                Likeness(
                    earlier: likeness[23], asTheyStand: likeness[0], later: likeness[1], best: likeness[best],
                    move: Int8(best > 12 ? best - 24 : best)))
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
