// SPDX-License-Identifier: GPL-3.0-or-later

/// The volumes of a period that a water balance starts from.
public struct BalanceInput: Sendable {
    /// Lines of the IWA/AWWA balance that are put in; the rest follows from them.
    public enum Line: String, Sendable, CaseIterable {
        case ownSources = "own_sources"
        case imported
        case exported
        case billedMetered = "billed_metered"
        case billedUnmetered = "billed_unmetered"
        case unbilledMetered = "unbilled_metered"
        case unbilledUnmetered = "unbilled_unmetered"
        case unauthorised
        /// Volume that customer meters did not register.
        case meteringInaccuracy = "metering_inaccuracy"
        case dataHandling = "data_handling"
    }

    /// ISO date of the first day.
    public var periodStart: String?
    /// [days]
    public var periodDays: Double
    /// Volumes of the period, their ranges the 95 % interval. [m³]
    public var volumes: [Line: SourcedValue]
    /// Share of true consumption that customer meters miss, in place of a volume of `meteringInaccuracy`. [–]
    public var meterUnderRegistration: SourcedValue?
    /// Lines that are sums, in place of their volume.
    public var parts: [Line: [BalancePart]]
    /// In place of a volume of `unauthorised`.
    public var unauthorisedUse: UnauthorisedUse?
    /// In place of volumes of `meteringInaccuracy` and `dataHandling`.
    public var meterErrors: MeterErrors?

    public init(
        periodStart: String? = nil, periodDays: Double, volumes: [Line: SourcedValue], meterUnderRegistration: SourcedValue? = nil,
        parts: [Line: [BalancePart]] = [:], unauthorisedUse: UnauthorisedUse? = nil, meterErrors: MeterErrors? = nil
    ) {
        self.periodStart = periodStart
        self.periodDays = periodDays
        self.volumes = volumes
        self.meterUnderRegistration = meterUnderRegistration
        self.parts = parts
        self.unauthorisedUse = unauthorisedUse
        self.meterErrors = meterErrors
    }

    /// Whether a line is given, as a volume or as a sum.
    public func isGiven(_ line: Line) -> Bool { total(line) != nil }

    /// Volume of a line as it was given, without known meter errors; nil where it was not. [m³]
    public func total(_ line: Line) -> Double? {
        if let parts = parts[line], !parts.isEmpty { return parts.reduce(0) { $0 + ($1.volume.value ?? 0) } }
        return volumes[line]?.value
    }
}
