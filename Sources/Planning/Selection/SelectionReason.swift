// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

/// Why a zone gets a package, or none, at the prices that the budgets and other limits have in the end.
///
/// At these prices each zone decides for itself: its package's value, less what it takes of the limits at their prices, is compared with
/// the best of its others (Lagrange's multipliers as prices: Everett 1963, Oper. Res. 11(3)).
public struct SelectionReason: Sendable, Hashable {
    /// Of a zone: name of a package and its calendar year; nil: nothing.
    public struct Offer: Sendable, Hashable {
        public var package: String?
        public var year: Int?
        /// In the unit of the objective.
        public var value: Double
        /// What the limits that it takes from are worth. [as value]
        public var price: Double
        /// Value less price. [as value]
        public var reducedValue: Double { value - price }

        var name: String {
            guard let package, let year else { return "nothing" }
            return "\(package) from \(year)"
        }
    }

    public var zone: String
    public var chosen: Offer
    /// The best of the others at the prices; nil where there is no other.
    public var next: Offer?

    /// One sentence with the figures.
    public var sentence: String {
        let limits = chosen.price == 0 ? "" : ", of which the limits that it takes from are worth \(text(chosen.price))"
        let has = "\(zone): \(chosen.name) brings \(text(chosen.value))" + limits
        guard let next else { return has + "; there is no other." }
        let other = "\(next.name) (\(text(next.value)) less \(text(next.price)))"
        let lead = chosen.reducedValue - next.reducedValue
        if lead >= 0 { return has + "; the next best, \(other), is \(text(lead)) behind at these prices." }
        return has + "; \(other) would be \(text(-lead)) ahead at these prices, but does not fit with the rest."
    }
}

/// A reason for each zone.
func selectionReasons(
    _ model: SelectionModel, _ choice: MultipleChoice, _ solution: MultipleChoice.Solution
) -> [SelectionReason] {
    model.options.indices.map { zone in
        let packages = model.problem.zones[zone].packages
        func offer(_ place: Int) -> SelectionReason.Offer {
            let option = model.options[zone][place]
            return .init(
                package: option.map { packages[$0.package].name },
                year: option.map { model.problem.firstYear + model.start($0, zone).year }, value: choice.groups[zone][place].value,
                price: model.priced(zone, place, solution.prices))
        }
        let taken = solution.choice[zone]
        let others = model.options[zone].indices.filter { $0 != taken }.map(offer)
        return SelectionReason(
            zone: model.problem.zones[zone].name, chosen: offer(taken), next: others.max { $0.reducedValue < $1.reducedValue })
    }
}
