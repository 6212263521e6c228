// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Round values along an axis.
struct Ticks {
    /// Ascending.
    var values: [Double]
    var step: Double
    /// Decimals that the labels need.
    var decimals: Int

    var low: Double { values.first ?? 0 }
    var high: Double { values.last ?? 1 }

    /// Steps of 1, 2 or 5 times a power of ten, so that the ticks hold the range and are at most `count` + 2.
    /// - low, high: the range of the data; a range without width is widened.
    init(from low: Double, to high: Double, count: Int, smallestStep: Double = 0) {
        var low = low.isFinite ? low : 0
        var high = high.isFinite ? high : 1
        // Beyond this the steps of a Double are too coarse to count in.
        (low, high) = (min(max(low, -1e15), 1e15), min(max(high, -1e15), 1e15))
        if low > high { swap(&low, &high) }
        if high - low <= 1e-9 * max(abs(high), abs(low), 1e-12) {
            let half = max(abs(high) * 0.1, 0.5)
            low -= half
            high += half
        }
        let rough = (high - low) / Double(max(1, count))
        let power = pow(10, log10(rough).rounded(.down))
        let ratio = rough / power
        let wanted = (ratio <= 1.0001 ? 1 : ratio <= 2.0001 ? 2 : ratio <= 5.0001 ? 5 : 10) * power
        let step = max(wanted, smallestStep)
        self.step = step
        let first = (low / step + 1e-9).rounded(.down)
        let last = (high / step - 1e-9).rounded(.up)
        values = (0...Int(max(1, min(last - first, 100)))).map { (first + Double($0)) * step }
        decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    }
}
