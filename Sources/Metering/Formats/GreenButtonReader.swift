// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Green Button (NAESB ESPI) usage of water: an Atom feed whose entries are joined by their links. Blocks that come before their reading
/// type wait for it; nothing else is held. `LocalTimeParameters` are for display, and are not needed: stamps are UTC.
struct GreenButtonReader: ExportReader {
    /// Values that may wait for their type.
    static let mostWaiting = 2_000_000

    private struct UsageType {
        var accumulation = 4, commodity = 9, power = 0, unit = -1, length = 0, isReverse = false
        var quality = 0
    }
    fileprivate struct Pending {
        var reading: String
        var start: [UInt8] = [], duration: [UInt8] = [], value: [UInt8] = []
        var quality: Int?
        var line = 0
    }
    private struct Entry {
        var own = "", up = ""
        var related: [String] = []
        var type: UsageType?
        var isReading = false
        var serviceKind: Int?
        var values: [Pending] = []
    }

    private let file: String
    private let profile: Profile
    private var decoder: TextDecoder
    private var tokens = XMLTokens()
    private var sink: ReadingSink
    private var path: [String] = []
    private var text: [UInt8] = []
    private var entry: Entry?
    private var value: Pending?
    private var types: [String: UsageType] = [:]
    /// Links of a meter reading, by its own one.
    private var readings: [String: [String]] = [:]
    /// Kind of service of a usage point, by its link: 2 is water.
    private var services: [String: Int] = [:]
    private var waiting: [Pending] = []
    private var hasFeed = false

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
        guard hasFeed else {
            throw .invalid([InputProblem(file: file, what: "no entry of a feed", remedy: "is this file of another format?")])
        }
        let rest = waiting
        waiting = []
        for value in rest { add(value, isLast: true) }
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
        case "entry":
            hasFeed = true
            entry = Entry()
        case "link":
            let href = Self.bare(tokens.attribute("href") ?? "")
            switch tokens.attribute("rel") {
            case "self": entry?.own = href
            case "up": entry?.up = href
            case "related": if let count = entry?.related.count, count < 1000 { entry?.related.append(href) }
            default: break
            }
        case "ReadingType": entry?.type = UsageType()
        case "MeterReading": entry?.isReading = true
        case "IntervalReading":
            guard waiting.count + (entry?.values.count ?? 0) < Self.mostWaiting else {
                throw XMLTokens.Fault(line: tokens.line, what: "more than \(Self.mostWaiting) values without a reading type")
            }
            value = Pending(reading: "", line: tokens.line)
        default: break
        }
    }

    /// A link without host and what stands before the resource.
    private static func bare(_ link: String) -> String {
        for mark in ["/resource/", "://"] {
            if let place = link.range(of: mark) { return String(link[place.upperBound...]) }
        }
        return link.hasPrefix("/") ? String(link.dropFirst()) : link
    }

    private var trimmed: [UInt8] {
        var part = text[...]
        func isBlank(_ byte: UInt8?) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }
        while isBlank(part.first) { part.removeFirst() }
        while isBlank(part.last) { part.removeLast() }
        return Array(part)
    }

    private mutating func end() {
        let name = path.popLast() ?? ""
        let parent = path.last ?? ""
        let text = trimmed
        self.text.removeAll(keepingCapacity: true)
        func number() -> Int? { Int(text.shown) }
        switch (parent, name) {
        case ("ServiceCategory", "kind"): entry?.serviceKind = number()
        case ("ReadingType", "accumulationBehaviour"): entry?.type?.accumulation = number() ?? -1
        case ("ReadingType", "commodity"): entry?.type?.commodity = number() ?? -1
        case ("ReadingType", "defaultQuality"): entry?.type?.quality = number() ?? 0
        case ("ReadingType", "flowDirection"): entry?.type?.isReverse = number() == 19
        case ("ReadingType", "intervalLength"): entry?.type?.length = number() ?? 0
        case ("ReadingType", "powerOfTenMultiplier"): entry?.type?.power = number() ?? 99
        case ("ReadingType", "uom"): entry?.type?.unit = number() ?? -1
        case ("timePeriod", "start"): value?.start = text
        case ("timePeriod", "duration"): value?.duration = text
        case ("IntervalReading", "value"): value?.value = text
        case ("ReadingQuality", "quality"):
            // Several may stand there: the worst counts.
            if let code = number() {
                let now = value?.quality
                value?.quality = now.map { Self.quality($0).rawValue >= Self.quality(code).rawValue ? $0 : code } ?? code
            }
        case (_, "IntervalReading"):
            if let value { entry?.values.append(value) }
            value = nil
        case (_, "entry"): close()
        default: break
        }
    }

    private mutating func close() {
        guard let entry else { return }
        self.entry = nil
        if let type = entry.type { types[entry.own] = type }
        if entry.isReading { readings[entry.own] = entry.related }
        if let kind = entry.serviceKind { services[entry.own] = kind }
        // The block's own link, or the one above it, begins with that of its meter reading.
        let link = entry.up.isEmpty ? entry.own : entry.up
        let reading = link.range(of: "/IntervalBlock").map { String(link[..<$0.lowerBound]) } ?? link
        for var value in entry.values {
            value.reading = reading
            add(value, isLast: false)
        }
    }

    private func type(of reading: String) -> UsageType? { readings[reading]?.lazy.compactMap { types[$0] }.first }

    private static func quality(_ code: Int) -> Profile.Quality {
        switch code {
        case 0, 14, 17, 18, 19: .good
        // Edited, estimated from reference days or linearly, derived, projected.
        case 7, 8, 9, 11, 12: .estimated
        default: .uncertain
        }
    }

    private mutating func add(_ value: Pending, isLast: Bool) {
        guard let type = type(of: value.reading) else {
            if !isLast { waiting.append(value); return }
            sink.builder.countRow()
            return reject(.unknownUnit, value)
        }
        sink.builder.countRow()
        let point = value.reading.range(of: "/MeterReading").map { String(value.reading[..<$0.lowerBound]) } ?? value.reading
        // Water by the service, or by the commodity where the feed has no usage point.
        guard services[point].map({ $0 == 2 }) ?? (type.commodity == 9) else { return reject(.notWater, value) }
        guard let unit = XMLUnits.unit(type.unit) else { return reject(.unknownUnit, value) }
        guard let start = Int(value.start.shown), start >= 0, start < 1 << 40 else { return reject(.noTime, value) }
        let length = Int(value.duration.shown).flatMap { $0 > 0 && $0 <= 400 * 86_400 ? $0 : nil } ?? type.length
        let isRegister = type.accumulation == 1 || type.accumulation == 3
        guard length >= (isRegister ? 0 : 1), length <= 400 * 86_400 else { return reject(.malformed, value) }
        let number: DecimalText
        switch sink.value(value.value) {
        case .empty: return sink.builder.countEmpty()
        case .rejected(let reason): return reject(reason, value)
        case .number(let read):
            guard let scaled = read.scaled(byPowerOfTen: type.power) else { return reject(.tooLarge, value) }
            number = scaled
        }
        let code = value.quality ?? type.quality
        let quality = sink.quality("\(code)") ?? Self.quality(code)
        let kind = SeriesKind(
            unit.isRate ? .rate : isRegister ? .register : .interval, unit: unit, interval: length,
            register: type.isReverse ? "reverse" : "",
            digits: isRegister ? profile.registerDigits : nil)
        // The start stands in the file; a reading of an interval is of its end.
        sink.add(
            meter: profile.meterName ?? point, kind: kind, time: isRegister ? start : start + length, value: number, quality: quality,
            line: value.line, text: value.description)
    }

    private mutating func reject(_ reason: RejectReason, _ value: Pending) {
        sink.reject(reason, line: value.line, value.description)
    }
}

extension GreenButtonReader.Pending: CustomStringConvertible {
    var description: String { "\(reading) \(start.shown) \(value.shown)" }
}
