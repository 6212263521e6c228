// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// How a leak's flow goes with time, as a share of its full size, and when it was repaired. Times are days since the record began.
struct LeakCourse: Equatable {
    enum Onset: Equatable {
        case beforeRecord
        /// At a day, at once where `growth` is nought, or with the square of the time until it is full grown: never within the
        /// record where it is infinite.
        case at(Double, growth: Double)
    }

    var onset: Onset
    var end: Double?

    /// First day on which it may run.
    var firstDay: Double {
        switch onset {
        case .beforeRecord: 0
        case .at(let day, _): day
        }
    }

    var isAbrupt: Bool { if case .at(_, growth: 0) = onset { true } else { false } }

    var isGrowing: Bool { if case .at(_, let growth) = onset { growth > 0 } else { false } }

    /// Share of the size, mean of each day. The size is that at the end of the days or of the leak: what it may still grow to is not
    /// in the readings.
    func shares(days: Int) -> [Double] {
        let last = min(end ?? Double(days), Double(days))
        return (0..<days).map { index in
            let day = Double(index)
            var share: Double
            switch onset {
            case .beforeRecord: share = 1
            case .at(let start, let growth):
                if growth > 0 {
                    let grown = min(max((day + 0.5 - start) / max(min(growth, last - start), 0.5), 0), 1)
                    share = grown * grown
                } else {
                    share = min(max(day + 1 - start, 0), 1)
                }
            }
            if let end { share *= min(max(end - day, 0), 1) }
            return share
        }
    }
}

/// A leak that a history holds.
struct RunningLeak {
    /// Place in the list of pipes.
    var pipe: Int
    var course: LeakCourse
    /// [m³/s]
    var size: Double
    /// Days of readings after which it was first taken up.
    var noticed: Int?
    /// Where it has been thought to be since some days of readings, for a leak that ran before the record.
    var supposed: (pipe: Int, since: Int)?
    /// Place of its alarm in the history's list; nil before there is one.
    var alarm: Int?
}

/// What a crew would have been told at the time.
struct RaisedAlarm {
    /// Days of readings that were there.
    var days: Int
    var pipe: Int
    /// [m³/s]
    var size: Double
}
