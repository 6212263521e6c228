// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A broken line as the whole lines it is made of, for programs that draw no dashes: LibreOffice draws those of a metafile whole.
enum DashedLine {
    /// Dashes of one line; the last is as long as there is room for.
    private static let most = 4000

    /// - Parameters:
    ///   - points: of the whole line. [points of the drawing]
    ///   - dashes: lengths of dashes and gaps in turn; empty: the line stays whole. [points of the drawing]
    static func pieces(of points: [Point], dashes: [Double]) -> [[Point]] {
        guard points.count > 1, dashes.reduce(0, +) > 0, dashes.allSatisfy({ $0 > 0 }) else { return [points] }
        var pieces: [[Point]] = []
        var piece = Array(points.prefix(1))
        var turn = 0
        var left = dashes[0]
        for (from, to) in zip(points, points.dropFirst()) {
            let (dx, dy) = (to.x - from.x, to.y - from.y)
            let length = (dx * dx + dy * dy).squareRoot()
            guard length.isFinite, length > 0 else { continue }
            var walked = 0.0
            while walked + left < length, pieces.count < most {
                walked += left
                let place = Point(x: from.x + dx * walked / length, y: from.y + dy * walked / length)
                if turn.isMultiple(of: 2) { pieces.append(piece + [place]) }
                turn += 1
                left = dashes[turn % dashes.count]
                piece = [place]
            }
            left -= length - walked
            piece.append(to)
        }
        if turn.isMultiple(of: 2), piece.count > 1 { pieces.append(piece) }
        return pieces
    }
}
