// SPDX-License-Identifier: GPL-3.0-or-later

/// A pipe network as data, in SI units. Results are never written into it: a solver returns them apart.
public struct Network: Sendable {
    public var title: [String] = []
    /// In the order of the file.
    public var nodes: [Node] = []
    /// In the order of the file.
    public var links: [Link] = []
    public var patterns: [Pattern] = []
    public var curves: [Curve] = []
    public var controls: [Control] = []
    public var rules: [Rule] = []
    /// Leaks beyond those that an INP file can hold.
    public var leaks: [Leak] = []
    public var hydraulics = HydraulicOptions()
    public var times = TimeOptions()
    public var energy = EnergyOptions()
    /// Sections of the file that the engine does not use yet, kept so that writing loses nothing.
    public var keptSections: [KeptSection] = []

    public init() {}

    public struct KeptSection: Sendable, Hashable {
        /// Without brackets, in capitals: `QUALITY`.
        public var name: String
        public var lines: [String]

        public init(name: String, lines: [String]) {
            self.name = name
            self.lines = lines
        }
    }

    public func nodeIndex() -> ElementIndex<Node> { ElementIndex(nodes.map(\.id)) }

    public func linkIndex() -> ElementIndex<Link> { ElementIndex(links.map(\.id)) }

    /// Length of all pipes. [m]
    public var pipeLength: Double { links.reduce(0) { $0 + ($1.pipe?.length ?? 0) } }
}

/// A point of the map, in the file's own coordinates.
public struct Point: Sendable, Hashable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}
