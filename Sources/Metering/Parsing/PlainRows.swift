// SPDX-License-Identifier: GPL-3.0-or-later

import CByteScan

extension ExportParser {
    /// Numbers of the columns of a long table; −1 where there is no quality.
    struct PlainColumns {
        var meter: Int, time: Int, value: Int, quality: Int
    }

    /// Takes rows as most exports write them, until one that is not: of 64 bytes at most, without quotes or blanks around a field, with a
    /// stamp that differs from the one before in its time of day and a plain number. Returns where that one begins; it is left to the parser
    /// that knows all.
    mutating func takePlainRows(_ rows: Rows, from start: Int, _ columns: PlainColumns) -> Int {
        let bytes = unsafe rows.first, count = unsafe rows.count
        let delimiter = profile.delimiter, mark = profile.decimal, encoding = profile.encoding
        let needed = scanner.needed, starts = unsafe scanner.starts, ends = unsafe scanner.ends
        let hasNullWords = !nullWords.isEmpty
        let series = series
        var decimals = decimals, taken = 0
        var row = start
        // The meter of the row before.
        var head: UInt64 = 0, tail: UInt64 = 0, length = -1, meter: Int32 = 0
        let room = 256
        unsafe withUnsafeTemporaryAllocation(of: ParsedReading.self, capacity: room) { readings in
            var filled = 0
            while row < count {
                var stops: UInt64 = 0
                var marks = unsafe yusu_row_marks(bytes + row, delimiter, 10, 34, &stops)
                let end = row &+ stops.trailingZeroBitCount
                guard stops != 0, end < count, unsafe bytes[end] == 10 else { break }
                var field = 0, from = row
                while field < needed {
                    let at = row &+ marks.trailingZeroBitCount
                    unsafe starts[field] = from
                    unsafe ends[field] = at
                    field &+= 1
                    from = at &+ 1
                    if at >= end { break }
                    marks &= marks &- 1
                }
                guard field == needed else { break }
                let name = unsafe starts[columns.meter], nameEnd = unsafe ends[columns.meter]
                let value = unsafe starts[columns.value], valueEnd = unsafe ends[columns.value]
                let stamp = unsafe starts[columns.time], stampEnd = unsafe ends[columns.time]
                guard nameEnd > name, unsafe bytes[name] > 32, unsafe bytes[nameEnd &- 1] > 32 else { break }
                guard let time = unsafe stamps.readPlain(bytes + stamp, stampEnd &- stamp) else { break }
                var mantissa = 0
                if let short = unsafe DecimalText.readShort(bytes + value, valueEnd &- value, mark: mark, decimals: decimals) {
                    mantissa = short
                } else {
                    guard let plain = unsafe DecimalText.readPlain(bytes + value, valueEnd &- value, mark: mark) else { break }
                    mantissa = plain.mantissa
                    decimals = plain.decimals
                }
                if hasNullWords, unsafe nullWords.code(rows.source.span, value, valueEnd) != nil { break }
                var quality = Profile.Quality.good.rawValue
                if columns.quality >= 0 {
                    guard let code = unsafe qualityWords.code(rows.source.span, starts[columns.quality], ends[columns.quality]),
                        code != Profile.Quality.bad.rawValue
                    else { break }
                    quality = UInt8(truncatingIfNeeded: code)
                }
                let (nameHead, nameTail) = unsafe NameTable.words(bytes + name, nameEnd &- name)
                if nameHead != head || nameTail != tail || nameEnd &- name != length || length > 16 {
                    meter = unsafe builder.meter(bytes + name, nameEnd &- name) { Self.name($0, encoding) }
                    head = nameHead
                    tail = nameTail
                    length = nameEnd &- name
                }
                if filled == room {
                    unsafe builder.append(UnsafeBufferPointer(rebasing: readings[0..<filled]))
                    filled = 0
                }
                unsafe readings[filled] = ParsedReading(
                    time: time, mantissa: mantissa, meter: meter, series: series,
                    detail: UInt8(truncatingIfNeeded: decimals) | quality << 4)
                filled &+= 1
                taken &+= 1
                row = end &+ 1
            }
            unsafe builder.append(UnsafeBufferPointer(rebasing: readings[0..<filled]))
        }
        self.decimals = decimals
        builder.count(rows: taken)
        line += taken
        return row
    }
}
