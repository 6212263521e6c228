// SPDX-License-Identifier: GPL-3.0-or-later

/// A rule: where its premises hold, the first actions are taken, otherwise the second ones.
///
/// Premises are read from the first to the last: an AND stops at the first that is false, an OR is looked at only after a false one.
/// Of several actions on one link, the one of the highest priority wins, and of the first rule among equals.
public struct Rule: Sendable {
    public struct Premise: Sendable, Hashable {
        public enum Conjunction: Sendable, Hashable { case and, or }

        public enum Subject: Sendable, Hashable {
            case node(Node.ID)
            case link(Link.ID)
            case system
        }

        /// With the SI unit of `value`.
        public enum Quantity: Sendable, Hashable {
            /// Of a node, or all that the system takes. [m³/s]
            case demand
            /// [m]
            case head
            /// [m]
            case pressure
            /// Of a tank above its bottom. [m]
            case level
            /// Without sign. [m³/s]
            case flow
            case status
            /// As in `BoundaryConditions.settings`.
            case setting
            /// Since the start of the run. [s]
            case time
            /// Of the day. [s]
            case clockTime
            /// Until a tank is full at its present inflow. [s]
            case fillTime
            /// Until a tank is empty at its present outflow. [s]
            case drainTime
        }

        public enum Relation: String, Sendable, Hashable {
            case equal = "="
            case notEqual = "<>"
            case lessOrEqual = "<="
            case greaterOrEqual = ">="
            case less = "<"
            case greater = ">"
        }

        public enum Value: Sendable, Hashable {
            case number(Double)
            case status(Link.Status)
        }

        /// How it joins the premises before it; without meaning in the first.
        public var conjunction: Conjunction
        public var subject: Subject
        public var quantity: Quantity
        public var relation: Relation
        public var value: Value
        /// A thousandth of the file's unit, by which numbers may differ and still count as equal. [as `value`]
        public var tolerance: Double

        public init(
            conjunction: Conjunction, subject: Subject, quantity: Quantity, relation: Relation, value: Value, tolerance: Double
        ) {
            self.conjunction = conjunction
            self.subject = subject
            self.quantity = quantity
            self.relation = relation
            self.value = value
            self.tolerance = tolerance
        }
    }

    public struct Action: Sendable, Hashable {
        public var link: Link.ID
        public var action: Control.Action

        public init(link: Link.ID, action: Control.Action) {
            self.link = link
            self.action = action
        }
    }

    public var id: String
    public var premises: [Premise]
    public var thenActions: [Action]
    public var elseActions: [Action]
    public var priority: Double
    public var isDisabled: Bool

    public init(
        id: String, premises: [Premise], thenActions: [Action], elseActions: [Action] = [], priority: Double = 0, isDisabled: Bool = false
    ) {
        self.id = id
        self.premises = premises
        self.thenActions = thenActions
        self.elseActions = elseActions
        self.priority = priority
        self.isDisabled = isDisabled
    }
}
