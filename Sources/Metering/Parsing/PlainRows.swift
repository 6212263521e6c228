// SPDX-License-Identifier: GPL-3.0-or-later

import CByteScan

extension ExportParser {
    /// Numbers of the columns of a long table; −1 where there is no quality.
    struct PlainColumns {
        var meter: Int, time: Int, value: Int, quality: Int
    }

    /// Where the fields of a row lie, from its first byte on. Rows of an export are alike: the next one is looked at for its marks alone.
    private struct RowPattern {
        /// Delimiters up to the line end, and the line end.
        var marks: UInt64 = 0
        var end = 0
        var meter = 0, meterLength = 0, time = 0, timeLength = 0, value = 0, valueLength = 0, quality = 0, qualityLength = 0
    }

    /// Takes rows as most exports write them, until one that is not: of 64 bytes at most, without quotes or blanks around a field, with a
    /// stamp that differs from the one before in its time of day and a plain number. Returns where that one begins; it is left to the parser
    /// that knows all.
    mutating func takePlainRows(_ rows: Rows, from start: Int, _ columns: PlainColumns) -> Int {
        let bytes = unsafe rows.first, count = unsafe rows.count
        let delimiter = profile.delimiter, mark = profile.decimal, encoding = profile.encoding
        let hasNullWords = !nullWords.isEmpty
        guard let stamp = stamps.plain else { return start }
        let series = series
        var decimals = decimals, taken = 0
        var row = start
        var pattern = RowPattern()
        // The meter of the row before.
        var head: UInt64 = 0, tail: UInt64 = 0, length = -1, meter: Int32 = 0
        // Put where they stay; the builder goes without while it is asked for names.
        var readings = builder.lend()
        var goesOn = true
        while goesOn {
            readings.append(addingCapacity: 256) { found in
                goesOn = false
                while row < count {
                    var stops: UInt64 = 0
                    let marks = unsafe yusu_row_marks(bytes + row, delimiter, 10, 34, &stops)
                    let upToStop = marks & (stops ^ (stops &- 1))
                    if upToStop != pattern.marks {
                        guard stops != 0, let other = rowPattern(upToStop, end: stops.trailingZeroBitCount, columns) else { break }
                        pattern = other
                    }
                    let end = row &+ pattern.end
                    guard end < count, unsafe bytes[end] == 10 else { break }
                    guard let time = unsafe stamp.read(bytes + (row &+ pattern.time), pattern.timeLength) else { break }
                    let value = unsafe bytes + (row &+ pattern.value)
                    var mantissa = 0
                    if let short = unsafe DecimalText.readShort(value, pattern.valueLength, mark: mark, decimals: decimals) {
                        mantissa = short
                    } else {
                        guard let plain = unsafe DecimalText.readPlain(value, pattern.valueLength, mark: mark) else { break }
                        mantissa = plain.mantissa
                        decimals = plain.decimals
                    }
                    if hasNullWords {
                        let at = row &+ pattern.value
                        guard unsafe nullWords.code(rows.source.span, at, at &+ pattern.valueLength) == nil else { break }
                    }
                    var quality = Profile.Quality.good.rawValue
                    if columns.quality >= 0 {
                        let at = row &+ pattern.quality
                        guard let code = unsafe qualityWords.code(rows.source.span, at, at &+ pattern.qualityLength),
                            code != Profile.Quality.bad.rawValue
                        else { break }
                        quality = UInt8(truncatingIfNeeded: code)
                    }
                    let name = unsafe bytes + (row &+ pattern.meter)
                    let (nameHead, nameTail) = unsafe NameTable.words(name, pattern.meterLength)
                    if nameHead != head || nameTail != tail || pattern.meterLength != length || length > NameTable.short {
                        guard unsafe name[0] > 32, unsafe name[pattern.meterLength &- 1] > 32 else { break }
                        meter = unsafe builder.meter(name, pattern.meterLength) { Self.name($0, encoding) }
                        head = nameHead
                        tail = nameTail
                        length = pattern.meterLength
                    }
                    found.append(
                        ParsedReading(
                            time: time, mantissa: mantissa, meter: meter, series: series,
                            detail: UInt8(truncatingIfNeeded: decimals) | quality << 4))
                    taken &+= 1
                    row = end &+ 1
                    if found.isFull {
                        goesOn = true
                        break
                    }
                }
            }
        }
        builder.takeBack(readings)
        self.decimals = decimals
        builder.count(rows: taken)
        line += taken
        return row
    }

    /// The pattern of a row with these marks; nil where it has fewer fields than are wanted, or no name.
    @inline(never)
    private func rowPattern(_ marks: UInt64, end: Int, _ columns: PlainColumns) -> RowPattern? {
        var pattern = RowPattern(marks: marks, end: end)
        var rest = marks, from = 0, field = 0
        while rest != 0, field < scanner.needed {
            let length = rest.trailingZeroBitCount - from
            if field == columns.meter { (pattern.meter, pattern.meterLength) = (from, length) }
            if field == columns.time { (pattern.time, pattern.timeLength) = (from, length) }
            if field == columns.value { (pattern.value, pattern.valueLength) = (from, length) }
            if field == columns.quality { (pattern.quality, pattern.qualityLength) = (from, length) }
            field += 1
            from += length + 1
            rest &= rest - 1
        }
        return field == scanner.needed && pattern.meterLength > 0 ? pattern : nil
    }
}
