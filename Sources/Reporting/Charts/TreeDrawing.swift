// SPDX-License-Identifier: GPL-3.0-or-later

extension GraphicDrawing {
    private static let box = (width: 138.0, height: 58.0, gap: 28.0, between: 10.0)

    /// Boxes from the whole at the left to the parts at the right, each part at the height of what it is made of.
    func draw(_ tree: BalanceTree, on canvas: inout Canvas) -> Double {
        let box = Self.box
        var nextLeaf = 8.0
        /// - Returns: the middle of the box.
        func draw(_ node: BalanceTree, depth: Int) -> Double {
            let x = 2 + Double(depth) * (box.width + box.gap)
            let middles = node.parts.map { draw($0, depth: depth + 1) }
            let middle: Double
            if let first = middles.first, let last = middles.last {
                middle = (first + last) / 2
            } else {
                middle = nextLeaf + box.height / 2
                nextLeaf += box.height + box.between
            }
            let c = Canvas.coordinate
            for part in middles {
                let turn = x + box.width + box.gap / 2
                canvas.path("M\(c(x + box.width)) \(c(middle))H\(c(turn))V\(c(part))H\(c(x + box.width + box.gap))", style: "leader")
            }
            let label = wording.text(node.label)
            canvas.rectangle(
                x: x, y: middle - box.height / 2, width: box.width, height: box.height, style: "part \(node.style.rawValue)", title: label)
            let lines = Array(wrapped(label, width: box.width - 12).prefix(2))
            let figure = wording.text(Figure(node.figure.value, node.figure.unit, .decimals(0)))
            let share = wording.text(Figure(node.share, .percent, .decimals(1)))
            let start = middle - box.height / 2 + (lines.count > 1 ? 15 : 22)
            for (index, line) in lines.enumerated() {
                canvas.text(line, x: x + 7, y: start + 14 * Double(index), style: "ink", small: true)
            }
            canvas.text(
                figure + " · " + share, x: x + 7, y: start + 14 * Double(lines.count) + 1, style: "ink strong", small: true)
            return middle
        }
        _ = draw(tree, depth: 0)
        return nextLeaf
    }
}
