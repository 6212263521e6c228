// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Where a map's coordinates lie on a drawing: all of them within its margin, none stretched.
struct MapFrame {
    private static let margin = 26.0
    private static let mostHeight = 700.0

    private let low: Point
    private let shift: Point
    /// Points of the drawing in one unit of the coordinates.
    let scale: Double
    /// [points of the drawing]
    let height: Double

    /// nil where no point is finite.
    init?(_ points: [Point], width: Double) {
        let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
        guard let first = finite.first else { return nil }
        let low = finite.reduce(first) { Point(x: min($0.x, $1.x), y: min($0.y, $1.y)) }
        let high = finite.reduce(first) { Point(x: max($0.x, $1.x), y: max($0.y, $1.y)) }
        let (spanX, spanY) = (max(high.x - low.x, 1e-9), max(high.y - low.y, 1e-9))
        scale = min((width - 2 * Self.margin) / spanX, (Self.mostHeight - 2 * Self.margin) / spanY)
        height = max(200, spanY * scale + 2 * Self.margin)
        shift = Point(x: (width - spanX * scale) / 2, y: (height - spanY * scale) / 2)
        self.low = low
    }

    func place(_ point: Point) -> Point {
        Point(x: shift.x + (point.x - low.x) * scale, y: height - shift.y - (point.y - low.y) * scale)
    }
}
