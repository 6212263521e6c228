// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Which package each zone gets, and when it begins: the choice before an improvement plan.
///
/// A package is a set of measures whose joint effect in its zone was simulated once. Of each zone one package or none is taken, in one year
/// of start, so that an objective is greatest and budgets, crews, prerequisites, exclusions and targets hold.
public struct SelectionProblem: Sendable {
    public typealias Objective = PlanSettings.Objective

    /// A package that begins in a given year, with what it takes and brings.
    public struct Start: Sendable, Hashable {
        /// Counted from 0, the first year of the programme.
        public var year: Int
        /// Present value of benefit less cost, all of `saleable` worth what the first of it is. [currency]
        public var netPresentValue: Double
        /// Saved at full effect. [m³/year]
        public var volume: Double
        /// Capital of each year of the programme. [currency]
        public var capital: [Double]
        /// What it takes of each crew in each year, in the crew's own unit.
        public var effort: [String: [Double]]
        /// More revenue water and less water supplied in the year of the target. [m³/year]
        public var revenueGain: Double
        public var supplyCut: Double
        /// Longer supply, times the connections that have it. [h/d]
        public var connectionHours: Double
        /// Water that is freed, by year: what the limits of `Sale` hold for. [m³/year]
        public var saleable: [Double]

        /// Over all years. [currency]
        public var totalCapital: Double { capital.reduce(0, +) }

        public init(
            year: Int, netPresentValue: Double, volume: Double = 0, capital: [Double] = [], effort: [String: [Double]] = [:],
            revenueGain: Double = 0, supplyCut: Double = 0, connectionHours: Double = 0, saleable: [Double] = []
        ) {
            self.year = year
            self.netPresentValue = netPresentValue
            self.volume = volume
            self.capital = capital
            self.effort = effort
            self.revenueGain = revenueGain
            self.supplyCut = supplyCut
            self.connectionHours = connectionHours
            self.saleable = saleable
        }
    }

    public struct Package: Sendable, Hashable {
        public var name: String
        /// What it stands for in the prerequisites of others; its own name (`zone/package`) by default.
        public var provides: Set<String>
        /// Must be provided, by it or another zone's package that does not begin later.
        public var requires: Set<String>
        /// May not be provided by any chosen package.
        public var excludes: Set<String>
        public var starts: [Start]

        public init(name: String, provides: Set<String> = [], requires: Set<String> = [], excludes: Set<String> = [], starts: [Start]) {
            self.name = name
            self.provides = provides
            self.requires = requires
            self.excludes = excludes
            self.starts = starts
        }
    }

    public struct Zone: Sendable, Hashable {
        public var name: String
        /// What is lost today, for equity; nil: the zone does not count there. [m³/year]
        public var loss: Double?
        /// One of its packages must be taken.
        public var isMandatory: Bool
        public var packages: [Package]

        public init(name: String, loss: Double? = nil, isMandatory: Bool = false, packages: [Package]) {
            self.name = name
            self.loss = loss
            self.isMandatory = isMandatory
            self.packages = packages
        }
    }

    /// The first of the water that is freed in a year, which is worth more than the rest: what is sold while there is a deficit, or what need
    /// not be bought.
    public struct Sale: Sendable, Hashable {
        /// By year; in years after the last nothing, infinite where there is no limit. [m³/year]
        public var limits: [Double]
        /// Present worth of a cubic metre above that of one beyond the limit, by year. [currency/m³]
        public var worth: [Double]

        public init(limits: [Double], worth: [Double]) {
            self.limits = limits
            self.worth = worth
        }

        /// The same limit in every year.
        public init(limit: Double, worth: [Double]) { self.init(limits: worth.map { _ in limit }, worth: worth) }
    }

    public var zones: [Zone]
    /// Calendar year of year 0.
    public var firstYear: Int
    /// Over the whole programme; nil: no limit. [currency]
    public var budget: Double?
    /// Of each year, none after the last; nil: no limit. [currency]
    public var yearlyBudgets: [Double]?
    /// Whether money that is not spent stays for later years.
    public var carriesForward: Bool
    /// What each crew can do in each year, nothing after the last.
    public var crews: [String: [Double]]
    /// Must be saved. [m³/year]
    public var leastVolume: Double?
    /// Revenue-water ratio that must be reached in the year of the target. [–]
    public var leastRatio: Double?
    /// Revenue water and water supplied in the year of the target without the programme. [m³/year]
    public var revenueWater: Double
    public var supply: Double
    /// Most that supply can grow longer, times connections; nil: no limit. [h/d]
    public var mostConnectionHours: Double?
    /// The dearest water first; each limit counts from the first cubic metre.
    public var sales: [Sale]

    public init(
        zones: [Zone], firstYear: Int, budget: Double? = nil, yearlyBudgets: [Double]? = nil, carriesForward: Bool = false,
        crews: [String: [Double]] = [:], leastVolume: Double? = nil, leastRatio: Double? = nil, revenueWater: Double = 0,
        supply: Double = 0, mostConnectionHours: Double? = nil, sales: [Sale] = []
    ) {
        self.zones = zones
        self.firstYear = firstYear
        self.budget = budget
        self.yearlyBudgets = yearlyBudgets
        self.carriesForward = carriesForward
        self.crews = crews
        self.leastVolume = leastVolume
        self.leastRatio = leastRatio
        self.revenueWater = revenueWater
        self.supply = supply
        self.mostConnectionHours = mostConnectionHours
        self.sales = sales
    }
}

/// A selection that has no answer.
public enum SelectionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The problem contradicts itself or holds figures that cannot be: each reason.
    case contradictory([String])
    /// No choice keeps these limits, in words.
    case impossible([String])
    /// The search ended without a choice and without a proof that there is none.
    case unsolved

    public var description: String { reasons.joined(separator: "; ") }

    public var reasons: [String] {
        switch self {
        case .contradictory(let reasons): reasons
        case .impossible(let limits): ["no choice keeps \(limits.joined(separator: " together with "))"]
        case .unsolved: ["the search ended before it found a choice that keeps every limit"]
        }
    }
}
