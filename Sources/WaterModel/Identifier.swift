// SPDX-License-Identifier: GPL-3.0-or-later

/// The name of one kind of thing, as the user's files spell it. Names of different kinds do not mix: `Node.ID` is not `Link.ID`.
public struct Identifier<Subject>: Hashable, Sendable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let name: String

    public init(_ name: String) { self.name = name }
    public init(stringLiteral name: String) { self.name = name }

    public var description: String { name }
    public static func < (left: Self, right: Self) -> Bool { left.name < right.name }
}
