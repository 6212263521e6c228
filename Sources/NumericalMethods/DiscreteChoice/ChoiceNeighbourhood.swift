// SPDX-License-Identifier: GPL-3.0-or-later

extension ChoiceSearch {
    /// Steps of a search near the best known choice.
    private static let neighbourhoodSteps = 600

    /// Looks for a better choice among those that agree with the best one wherever the relaxation does (Danna, Rothberg & Le Pape 2005): a
    /// problem of few options, and so of short steps.
    mutating func searchNeighbourhood() {
        guard let best, !isNested, bestValue < rootBound - effort.gap * abs(rootBound) else { return }
        nextNeighbourhood = max(nodes + 60, nodes + nodes / 2)
        var isWhole = [Bool](repeating: false, count: table.options)
        for (option, share) in relaxation.shares where share > 1 - 1e-6 { isWhole[option] = true }
        var nested = self
        nested.isNested = true
        nested.heap = []
        var open = 0
        for group in 0..<table.groups {
            nested.isStruck[best[group]] = false
            guard isWhole[best[group]] else {
                open += 1
                continue
            }
            for option in table.groupStart[group]..<table.groupStart[group + 1] where option != best[group] {
                nested.isStruck[option] = true
            }
        }
        guard open > 1 else { return }
        nested.shrink()
        nested.effort.steps = min(effort.steps, relaxation.steps + Self.neighbourhoodSteps)
        nested.effort.patience = Int.max
        nested.grow(Node(bound: rootBound, number: -1, ranges: [], basis: nested.relaxation.basis))
        relaxation.count(nested.relaxation.steps)
        guard nested.bestValue > bestValue, let found = nested.best else { return }
        var place: [Int: Int] = [:]
        for (option, number) in original.enumerated() { place[number] = option }
        let choice = found.compactMap { place[nested.original[$0]] }
        guard choice.count == table.groups else { return }
        (bestValue, self.best) = (nested.bestValue, choice)
    }
}
