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
        /// Of which nothing was read.
        var neverRead: [Meter.CustomerClass: Int] = [:]

        fileprivate mutating func add(_ record: MeterReport.Record) {
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
                neverRead[record.customerClass, default: 0] += 1
            }
        }
    }

    init(window: ReportWindow) {
        start = Instant(seconds: window.start)
        end = Instant(seconds: window.end)
    }

    /// - record: of these hours.
    mutating func add(_ record: MeterReport.Record) {
        if record.shares.unread < 0.5 {
            let hours = Double(max(1, (end - start) / 3600))
            rates[record.customerClass, default: []].append(record.summary.volume / (1 - record.shares.unread) / hours)
        }
        guard !record.isSubMeter else { return }
        zones[record.summary.zone ?? MeterReport.unassigned, default: Members()].add(record)
    }

    /// Of a class's meters that were read: mean and spread. [m³/h]
    var usual: Usual { rates.mapValues { values in (Moments.mean(values) ?? 0, Moments.standardDeviation(values) ?? 0) } }
}

extension BalanceSums.Members {
    /// Use in the time that no reading covers: at each meter's own mean while it was read, one that never was at the mean of its class. [m³]
    func unread(_ usual: BalanceSums.Usual, hours: Double) -> Estimate {
        var sum = unreadVolume, variance = unreadVariance
        for name in Meter.CustomerClass.allCases {
            guard let count = neverRead[name], let other = usual[name] else { continue }
            sum += Double(count) * other.mean * hours
            variance += Double(count) * other.spread * other.spread * hours * hours
        }
        return Estimate(sum, standardDeviation: variance.squareRoot())
    }
}
