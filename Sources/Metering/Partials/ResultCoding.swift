// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension MeterResult {
    func write(to writer: inout FieldWriter) {
        record.write(to: &writer)
        writer.put(parts.count)
        for part in parts {
            writer.put(part.window.start)
            writer.put(part.window.end)
            part.record.write(to: &writer)
        }
        writer.put(edits.count)
        for edit in edits {
            writer.put(edit.rule.rawValue)
            writer.put(edit.from.seconds)
            writer.put(edit.to.seconds)
            writer.put(edit.old)
            writer.put(edit.new)
        }
        writer.put(evidence != nil)
        evidence?.write(to: &writer)
    }

    /// nil where the bytes are no such result.
    /// - window: of the report.
    init?(_ reader: inout FieldReader, window: ReportWindow) {
        guard let record = MeterReport.Record(&reader) else { return nil }
        self.init(record: record)
        let parts = reader.list { reader -> Part? in
            let window = ReportWindow(start: reader.int(), end: reader.int(), offset: window.offset)
            return MeterReport.Record(&reader).map { Part(record: $0, window: window) }
        }
        let edits = reader.list { reader -> MeterReport.Edit? in
            guard let rule = EditRule(rawValue: reader.text()) else { return nil }
            return MeterReport.Edit(
                meter: record.summary.meter, rule: rule, from: Instant(seconds: reader.int()), to: Instant(seconds: reader.int()),
                old: reader.optionalDouble(), new: reader.optionalDouble())
        }
        self.parts = parts.compactMap(\.self)
        self.edits = edits.compactMap(\.self)
        if reader.flag() { evidence = MeterEvidence(&reader, record.customerClass) }
        guard reader.isWhole, reader.isAtEnd, parts.count == self.parts.count, edits.count == self.edits.count else { return nil }
    }
}

extension MeterReport.Record {
    fileprivate func write(to writer: inout FieldWriter) {
        let s = summary
        writer.put(s.meter.name)
        writer.put(s.zone?.name)
        writer.put(customerClass.rawValue)
        writer.put(flags.joined(separator: " "))
        for count in [s.readings, s.gaps, s.duplicates, s.spikes, s.negativeSteps, s.rollovers, s.replacements] { writer.put(count) }
        for count in [missing, conflicts, estimated, unitSteps, repeats] { writer.put(count) }
        for flag in [s.isStuck, s.hasContinuousFlow, isSubMeter] { writer.put(flag) }
        writer.put(first?.seconds)
        writer.put(last?.seconds)
        for value in [s.volume, s.completeness, reverseVolume, volumeBounds.low, volumeBounds.high, endVariance, endDayUse] {
            writer.put(value)
        }
        for value in [unreadVolume, unspreadVolume, shapeEstimatedVolume, estimatedVolume] { writer.put(value) }
        for share in [shares.measured, shares.shapeEstimated, shares.volumeEstimated, shares.unread] { writer.put(share) }
    }

    fileprivate init?(_ reader: inout FieldReader) {
        self.init(summary: MeterSummary(meter: .init(reader.text()), zone: reader.optionalText().map { Zone.ID($0) }))
        guard let name = Meter.CustomerClass(rawValue: reader.text()) else { return nil }
        customerClass = name
        flags = reader.text().split(separator: " ").map(String.init)
        summary.readings = reader.count()
        summary.gaps = reader.count()
        summary.duplicates = reader.count()
        summary.spikes = reader.count()
        summary.negativeSteps = reader.count()
        summary.rollovers = reader.count()
        summary.replacements = reader.count()
        missing = reader.count()
        conflicts = reader.count()
        estimated = reader.count()
        unitSteps = reader.count()
        repeats = reader.count()
        summary.isStuck = reader.flag()
        summary.hasContinuousFlow = reader.flag()
        isSubMeter = reader.flag()
        first = reader.optionalInt().map { Instant(seconds: $0) }
        last = reader.optionalInt().map { Instant(seconds: $0) }
        summary.volume = reader.double()
        summary.completeness = reader.double()
        reverseVolume = reader.double()
        volumeBounds = (reader.double(), reader.double())
        endVariance = reader.double()
        endDayUse = reader.double()
        unreadVolume = reader.double()
        unspreadVolume = reader.double()
        shapeEstimatedVolume = reader.double()
        estimatedVolume = reader.double()
        shares = .init(
            measured: reader.double(), shapeEstimated: reader.double(), volumeEstimated: reader.double(), unread: reader.double())
        guard reader.isWhole else { return nil }
    }
}
