// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Balances of the parts of a whole, months or zones, and of the whole. All are figures of one register: errors that parts share
/// (one error group, or the same meters in every month) add up in the total, others average out.
public struct BalanceSet: Sendable {
    public struct Part: Sendable {
        public var name: String
        public var balance: WaterBalance
    }

    public let parts: [Part]
    public let total: WaterBalance

    /// - kind: months follow each other, and an input's error is taken as the same in all of them where its figure names no group;
    ///   zones have errors of their own.
    /// - Throws: `BalanceError` of the first part that has one; `.nothing` without parts.
    public init(
        _ parts: [WaterSystem.Part], kind: WaterSystem.PartKind, defaults rules: BalanceDefaults = .cityPlan,
        exports: ExportConvention = .beforeSupply, monteCarlo: MonteCarlo? = nil
    ) throws(BalanceError) {
        var register = InputRegister(monteCarlo: monteCarlo)
        var made: [Part] = []
        for part in parts {
            let input = kind == .months ? Self.withSharedErrors(part.balance) : part.balance
            register.scope = part.name
            let balance = try WaterBalance(input, defaults: rules, exports: exports, register: register)
            register = balance.register
            made.append(Part(name: part.name, balance: balance))
        }
        guard let first = made.first else { throw .missing(.ownSources, orLine: .imported) }
        register.scope = nil
        let days = made.map(\.balance.periodDays)
        self.parts = made
        total = WaterBalance(
            sumOf: made.map(\.balance), periodDays: kind == .months ? days.reduce(0, +) : days.max() ?? first.balance.periodDays,
            register: register)
    }

    private static func withSharedErrors(_ input: BalanceInput) -> BalanceInput {
        func shared(_ figure: SourcedValue, _ name: String) -> SourcedValue {
            var figure = figure
            if figure.errorGroup == nil { figure.errorGroup = ErrorGroup(name: name, correlation: 1) }
            return figure
        }
        var input = input
        for (line, figure) in input.volumes { input.volumes[line] = shared(figure, line.rawValue) }
        for (line, parts) in input.parts {
            input.parts[line] = parts.map { part in
                var part = part
                part.volume = shared(part.volume, "\(line.rawValue): \(part.name)")
                part.meterError = part.meterError.map { shared($0, "\(line.rawValue): \(part.name), meter error") }
                return part
            }
        }
        input.meterUnderRegistration = input.meterUnderRegistration.map { shared($0, "meter_under_registration") }
        return input
    }
}

extension WaterBalance {
    /// Terms of a whole from those of its parts, which share the register.
    init(sumOf parts: [WaterBalance], periodDays: Double, register: InputRegister) {
        func sum(_ term: KeyPath<Terms, Propagated>) -> Propagated { parts.map { $0.terms[keyPath: term] }.sum() }
        let supplied = sum(\.waterSupplied), revenue = sum(\.revenueWater)
        terms = Terms(
            ownSources: sum(\.ownSources), imported: sum(\.imported), exported: sum(\.exported), billedMetered: sum(\.billedMetered),
            billedUnmetered: sum(\.billedUnmetered), unbilledMetered: sum(\.unbilledMetered),
            unbilledUnmetered: sum(\.unbilledUnmetered), unauthorised: sum(\.unauthorised),
            meteringInaccuracy: sum(\.meteringInaccuracy), dataHandling: sum(\.dataHandling), waterSupplied: supplied,
            revenueWater: revenue, unbilledAuthorised: sum(\.unbilledAuthorised), authorisedConsumption: sum(\.authorisedConsumption),
            waterLosses: sum(\.waterLosses), apparentLosses: sum(\.apparentLosses), realLosses: sum(\.realLosses),
            nonRevenueWater: sum(\.nonRevenueWater), revenueWaterRatio: revenue / supplied)
        self.periodDays = periodDays
        self.register = register
        exportConvention = parts.first?.exportConvention ?? .beforeSupply
        illegalConnections = parts.compactMap(\.illegalConnections).isEmpty ? nil : parts.compactMap(\.illegalConnections).sum()
        var seen = Set<String>()
        defaults = parts.flatMap(\.defaults).filter { seen.insert($0).inserted }
    }
}
