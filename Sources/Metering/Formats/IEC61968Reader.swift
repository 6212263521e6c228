// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// IEC 61968-9 `MeterReadings`, bare or in a message. The meter's name may come after its values: one `MeterReading` is held at a time,
/// nothing else of the document. Elements are told by their names; prefixes and the envelope may be any.
struct IEC61968Reader: ExportReader {
    /// Values of one meter reading; one with more is refused.
    static let mostValues = 2_000_000

    private struct Pending {
        var time: [UInt8] = []
        var value: [UInt8] = []
        var quality = Profile.Quality.good
        var type: String?
        var line = 0
        var isInterval = false
    }

    private let file: String
    private let profile: Profile
    private var decoder: TextDecoder
    private var tokens = XMLTokens()
    private var sink: ReadingSink
    private var path: [String] = []
    private var text: [UInt8] = []
    /// Of the meter reading under way.
    private var values: [Pending] = []
    private var value: Pending?
    private var meter = "", otherName = ""
    /// First value of the block under way, and the block's type.
    private var blockStart = 0
    private var blockType: String?
    private var types: [String: ReadingType.Outcome] = [:]
    private var hasReading = false

    init(profile: Profile, file: String) {
        self.file = file
        self.profile = profile
        decoder = TextDecoder(profile.encoding)
        sink = ReadingSink(profile: profile)
    }

    mutating func read(_ piece: Span<UInt8>) throws(TextFileError) {
        tokens.feed(decoder.decode(Array(span: piece)))
        try readTokens()
    }

    mutating func finish() throws(TextFileError) {
        tokens.feed(decoder.finish())
        tokens.finish()
        try readTokens()
        guard hasReading else {
            throw .invalid([InputProblem(file: file, what: "no element MeterReading", remedy: "is this file of another format?")])
        }
    }

    mutating func take() -> ParsedExport { sink.builder.take() }

    private mutating func readTokens() throws(TextFileError) {
        do {
            while true {
                switch try tokens.next() {
                case .needsBytes, .ended: return
                case .start: try start()
                case .text: if text.count < 4096 { text += tokens.text }
                case .end: end()
                }
            }
        } catch {
            throw .invalid([
                InputProblem(
                    file: file, line: error.line, what: "not XML as exports have it: \(error.what)",
                    remedy: "was it cut off? Nothing of it was imported")
            ])
        }
    }

    private mutating func start() throws(XMLTokens.Fault) {
        text.removeAll(keepingCapacity: true)
        path.append(tokens.name)
        switch tokens.name {
        case "MeterReading":
            hasReading = true
            values.removeAll(keepingCapacity: true)
            value = nil
            meter = ""
            otherName = ""
        case "IntervalBlocks":
            blockStart = values.count
            blockType = nil
        case "IntervalReadings", "Readings":
            guard values.count < Self.mostValues else {
                throw XMLTokens.Fault(line: tokens.line, what: "a MeterReading of more than \(Self.mostValues) values")
            }
            value = Pending(line: tokens.line, isInterval: tokens.name == "IntervalReadings")
        case "ReadingType":
            if value != nil { value?.type = tokens.attribute("ref") } else { blockType = tokens.attribute("ref") }
        case "ReadingQualityType":
            if let code = tokens.attribute("ref"), let now = value?.quality {
                let read = quality(code)
                if read.rawValue > now.rawValue { value?.quality = read }
            }
        default: break
        }
    }

    private mutating func end() {
        let name = path.popLast() ?? ""
        let parent = path.last ?? ""
        let trimmed = trimmed
        switch (parent, name) {
        case ("IntervalReadings", "timeStamp"), ("Readings", "timeStamp"): value?.time = trimmed
        case ("IntervalReadings", "value"), ("Readings", "value"): value?.value = trimmed
        case ("Meter", "mRID"): meter = trimmed.utf8Text ?? ""
        case ("Names", "name"):
            if path.dropLast().last == "Meter", otherName.isEmpty { otherName = trimmed.utf8Text ?? "" }
        case (_, "ReadingType"):
            // Some senders write the type as text.
            if !trimmed.isEmpty, let written = trimmed.utf8Text {
                if value == nil {
                    blockType = blockType ?? written
                } else if value?.type == nil {
                    value?.type = written
                }
            }
        case (_, "IntervalReadings"), (_, "Readings"):
            if let value { values.append(value) }
            value = nil
        case (_, "IntervalBlocks"):
            for index in min(blockStart, values.count)..<values.count where values[index].type == nil { values[index].type = blockType }
        case (_, "MeterReading"): flush()
        default: break
        }
        text.removeAll(keepingCapacity: true)
    }

    private var trimmed: [UInt8] {
        var part = text[...]
        func isBlank(_ byte: UInt8?) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }
        while isBlank(part.first) { part.removeFirst() }
        while isBlank(part.last) { part.removeLast() }
        return Array(part)
    }

    /// `system.category.index`; the profile's map may hold the whole code or `system.category`.
    private func quality(_ code: String) -> Profile.Quality {
        let parts = code.split(separator: ".", omittingEmptySubsequences: false)
        if let known = sink.quality(code) ?? sink.quality(parts.prefix(2).joined(separator: ".")) { return known }
        guard parts.count >= 2, let category = Int(parts[1]) else { return .uncertain }
        switch category {
        case 0: return .good
        // Edited, estimated, derived, projected.
        case 7, 8, 11, 12: return .estimated
        // Diagnostics, power, tamper, collection, reasonability, validation, questionable.
        default: return .uncertain
        }
    }

    private mutating func flush() {
        if meter.isEmpty { meter = otherName }
        for value in values {
            sink.builder.countRow()
            func reject(_ reason: RejectReason) {
                sink.reject(reason, line: value.line, "\(meter) \(value.time.shown) \(value.value.shown) \(value.type ?? "")")
            }
            guard !meter.isEmpty else { reject(.noMeter); continue }
            guard let name = value.type else { reject(.unknownUnit); continue }
            let outcome = types[name] ?? ReadingType.read(name)
            if types.count < 1000 { types[name] = outcome }
            let type: ReadingType
            switch outcome {
            case .type(let read): type = read
            case .rejected(let reason): reject(reason); continue
            }
            guard !value.time.isEmpty else { reject(.noTime); continue }
            guard value.quality != .bad else { reject(.badQuality); continue }
            let number: DecimalText
            switch sink.value(value.value) {
            case .empty: sink.builder.countEmpty(); continue
            case .rejected(let reason): reject(reason); continue
            case .number(let read):
                guard let scaled = read.scaled(byPowerOfTen: type.power) else { reject(.tooLarge); continue }
                number = scaled
            }
            let kind = SeriesKind(
                type.kind, unit: type.unit, interval: type.interval > 0 ? type.interval : profile.interval,
                register: type.isReverse ? "reverse" : "", digits: type.kind == .register ? profile.registerDigits : nil)
            guard let series = sink.series(kind) else { reject(.tooManySeries); continue }
            let index = sink.meter(meter)
            switch sink.instant(value.time, meter: index, series: series) {
            case .instant(let time): sink.add(meter: index, series: series, time: time, value: number, quality: value.quality)
            case .rejected(let reason): reject(reason)
            }
        }
        values.removeAll(keepingCapacity: true)
    }
}
