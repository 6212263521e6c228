// SPDX-License-Identifier: GPL-3.0-or-later

/// Flow in every hour of a day, on several days: a leak behind the meter, or a process that never stops.
enum ContinuousFlow {
    /// Days with at least `rules.continuousReadings` hours read, of which none was without flow.
    /// - offset: place's clock less UTC. [s]
    static func days(_ chain: MeterChain, offset: Int, rules: ChainRules) -> Int {
        guard chain.step > 0, chain.step <= rules.continuousStep else { return 0 }
        if let row = chain.hours { return days(row, least: rules.continuousReadings) }
        let longest = Int(rules.gapFactor * Double(max(chain.step, 1)))
        var days = 0
        var day = Int.min, hour = Int.min, hours = 0
        var hourHasFlow = false, allFlow = true
        func closeHour() {
            if hour != Int.min, !hourHasFlow { allFlow = false }
        }
        func closeDay() {
            closeHour()
            if day != Int.min, allFlow, hours >= rules.continuousReadings { days += 1 }
        }
        for segment in chain.segments where segment.end - segment.start <= longest {
            let end = segment.end + offset - 1
            if end / 86_400 != day {
                closeDay()
                day = end / 86_400
                hour = Int.min
                hours = 0
                allFlow = true
            }
            if end / 3600 != hour {
                closeHour()
                hour = end / 3600
                hours += 1
                hourHasFlow = false
            }
            if segment.volume > 0 { hourHasFlow = true }
        }
        closeDay()
        return days
    }
}
