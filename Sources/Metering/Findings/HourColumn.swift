// SPDX-License-Identifier: GPL-3.0-or-later

/// A meter's measured use by the hour in which each step ended, on the place's clock without changes.
struct HourColumn {
    /// Hours since 1970 of the first.
    let start: Int
    /// [L]; below zero where the hour was not read.
    var litres: [Float]

    static let unread: Float = -1

    /// Steps longer than `longest` are not told apart by hours and are left out. [s]
    init(_ chain: MeterChain, offset: Int, longest: Int) {
        if let row = chain.hours {
            // From the end of the first step to the end of the last one.
            let count = row.volumes.count
            let firstHour = row.missing.next(from: 0, inverting: .max), lastHour = count - 1 - row.missing.lastRun
            var first = firstHour
            if let long = row.longer.first, row.index(long.start) < firstHour { first = row.index(long.end) - 1 }
            let last = max(lastHour, row.longer.last.map { row.index($0.end) - 1 } ?? -1)
            guard first <= last else {
                start = 0
                litres = []
                return
            }
            start = row.start + first
            let length = last - first + 1
            litres = unsafe [Float](unsafeUninitializedCapacity: length) { litres, filled in
                unsafe row.volumes.withUnsafeBufferPointer { volumes in
                    for i in 0..<length {
                        let volume = unsafe volumes[first + i]
                        unsafe litres[i] = volume < 0 ? Self.unread : Float(volume) * 0.001
                    }
                }
                filled = length
            }
            return
        }
        guard let first = chain.segments.first, let last = chain.segments.last else {
            start = 0
            litres = []
            return
        }
        start = (first.end + offset - 1) / 3600
        let begin = start
        var column = [Float](repeating: Self.unread, count: (last.end + offset - 1) / 3600 - begin + 1)
        for segment in chain.segments where segment.end - segment.start <= longest {
            let hour = (segment.end + offset - 1) / 3600 - begin
            let volume = Float(segment.volume) * 0.001
            column[hour] = column[hour] < 0 ? volume : column[hour] + volume
        }
        litres = column
    }
}
