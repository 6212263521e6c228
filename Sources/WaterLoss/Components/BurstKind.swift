// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Flows at 50 m, frequencies and run times of bursts: those of the unavoidable losses (UARL).
extension BurstKind {
    /// Flow of a burst at 50 m: 12 m³/h for a reported main, 6 for an unreported one, 1.6 for connections and service pipes
    /// (Thornton, Sturm & Kunkel 2008, table 10.8). [m³/s]
    public func flowAt50(isReported: Bool) -> Double {
        switch self {
        case .main: (isReported ? 12 : 6) / Units.hour
        case .connection, .servicePipe: 1.6 / Units.hour
        }
    }

    /// Bursts a year in a well-kept system: per km of main, per connection, per km of service pipe. Not read in the source; they
    /// reproduce its components of UARL within 2 % (Lambert, Brown, Takizawa & Weimer 1999), and are unverified. [1/year]
    public func unavoidableFrequency(isReported: Bool) -> Double {
        switch self {
        case .main: isReported ? 0.1235 : 0.0065
        case .connection: isReported ? 0.00225 : 0.00075
        case .servicePipe: isReported ? 0.1 : 0.1 / 3
        }
    }

    /// Awareness, location and repair together in a well-kept system. Unverified, as the frequencies are. [days]
    public func unavoidableRunTime(isReported: Bool) -> Double {
        switch self {
        case .main: isReported ? 3 : 50
        case .connection: isReported ? 8 : 100
        case .servicePipe: isReported ? 9 : 101
        }
    }

    /// Background leakage at 50 m: 20 l/km/h of main, 1.25 l/h a connection, 33.3 l/km/h of service pipe (0.5 l/h for 15 m).
    /// Per metre of pipe, or per connection. [m³/s]
    public var unavoidableBackground: Double {
        switch self {
        case .main: 20e-6 / Units.hour
        case .connection: 1.25e-3 / Units.hour
        case .servicePipe: 0.5e-3 / 15 / Units.hour
        }
    }
}
