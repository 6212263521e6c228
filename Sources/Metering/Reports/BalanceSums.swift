// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What zone balances need of the meters' records, added up as these come: of a million meters none is held for it.
struct BalanceSums {
    typealias Usual = [Meter.CustomerClass: (mean: Double, spread: Double)]

    /// Hours of the balance, on the place's clock without changes.
    let start: Instant, end: Instant
    private(set) var zones: [Zone.ID: Members] = [:]
    /// Mean use of each meter of a class while it was read, of those that were for half of the time. [m³/h]
    private var rates: [Meter.CustomerClass: [Double]] = [:]

    /// Meters of one level of a zone: without those behind another meter. Sums of what the records name so.
    struct Members {
        var meters = 0, unread = 0
        var unspreadVolume = 0.0, shapeEstimatedVolume = 0.0, estimatedVolume = 0.0, unreadVolume = 0.0, unreadVariance = 0.0
        var volumeBounds = (low: 0.0, high: 0.0)
        var endVariance = 0.0, endDayUse = 0.0
        /// Hours of meters of which nothing was read, and the squares of each meter's.
        var neverRead: [Meter.CustomerClass: (hours: Double, squares: Double)] = [:]

        fileprivate mutating func add(_ record: MeterReport.Record, hours: Double) {
            meters += 1
            unspreadVolume += record.unspreadVolume
            shapeEstimatedVolume += record.shapeEstimatedVolume
            estimatedVolume += record.estimatedVolume
            volumeBounds.low += record.volumeBounds.low
            volumeBounds.high += record.volumeBounds.high
            endVariance += record.endVariance
            endDayUse += record.endDayUse
            if record.shares.unread < 1 {
                unreadVolume += record.unreadVolume
                // Use differs from hour to hour as events do: about as one event of a fiftieth of a cubic metre after the other.
                unreadVariance += MeterReport.eventVolume * record.unreadVolume
            } else {
                unread += 1
                neverRead[record.customerClass, default: (0, 0)].hours += hours
                neverRead[record.customerClass, default: (0, 0)].squares += hours * hours
            }
        }
    }

    init(window: ReportWindow) {
        start = Instant(seconds: window.start)
        end = Instant(seconds: window.end)
    }

    /// - record: of the balance's hours, or of those of them in which the meter was in the record's zone.
    /// - window: these hours; nil where they are all.
    mutating func add(_ record: MeterReport.Record, _ window: ReportWindow? = nil) {
        let hours = Double(max(1, (window.map { $0.end - $0.start } ?? end - start) / 3600))
        if record.shares.unread < 0.5 {
            rates[record.customerClass, default: []].append(record.summary.volume / (1 - record.shares.unread) / hours)
        }
        guard !record.isSubMeter else { return }
        zones[record.summary.zone ?? MeterReport.unassigned, default: Members()].add(record, hours: hours)
    }

    /// Of a class's meters that were read: mean and spread. [m³/h]
    var usual: Usual { rates.mapValues { values in (Moments.mean(values) ?? 0, Moments.standardDeviation(values) ?? 0) } }
}

extension BalanceSums.Members {
    /// Use in the time that no reading covers: at each meter's own mean while it was read, one that never was at the mean of its class. [m³]
    func unread(_ usual: BalanceSums.Usual) -> Estimate {
        var sum = unreadVolume, variance = unreadVariance
        for name in Meter.CustomerClass.allCases {
            guard let time = neverRead[name], let other = usual[name] else { continue }
            sum += time.hours * other.mean
            variance += time.squares * other.spread * other.spread
        }
        return Estimate(sum, standardDeviation: variance.squareRoot())
    }
}
