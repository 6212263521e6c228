// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension MeterEvidence {
    func write(to writer: inout FieldWriter) {
        writer.put(meter.id.name)
        writer.put(meter.zone?.name)
        writer.put(meter.installed)
        writer.put(meter.diameter)
        writer.put(volume)
        writer.put(reverse)
        writer.put(hoursBelowLeast)
        writer.put(hoursAtRest)
        for count in [readings, spikes, first, last, lastMove, step, reverseSteps] { writer.put(count) }
        writer.put(firstSpike)
        writer.put(resolution)
        writer.put(peak.map(Double.init))
        writer.put(weeks)
        writer.put(lowShare)
        writer.put(draws)
        writer.put(rest.rests)
        writer.put(rest.now)
        writer.put(rest.read)
        writer.put(rest.shortest)
        writer.put(shape.boundaries.count)
        for likeness in shape.boundaries { likeness.write(to: &writer) }
        writer.put(episodes.count)
        for episode in episodes { episode.write(to: &writer) }
        writer.put(unitSteps.count)
        for step in unitSteps {
            writer.put(step.from)
            writer.put(step.to)
            writer.put(step.old)
            writer.put(step.new)
        }
    }

    init(_ reader: inout FieldReader, _ name: Meter.CustomerClass) {
        meter = Meter(id: .init(reader.text()), customerClass: name)
        meter.zone = reader.optionalText().map { Zone.ID($0) }
        meter.installed = reader.optionalText()
        meter.diameter = reader.optionalDouble()
        volume = reader.double()
        reverse = reader.double()
        hoursBelowLeast = reader.double()
        hoursAtRest = reader.double()
        readings = reader.count()
        spikes = reader.count()
        first = reader.int()
        last = reader.int()
        lastMove = reader.int()
        step = reader.int()
        reverseSteps = reader.count()
        firstSpike = reader.optionalInt()
        resolution = reader.float()
        peak = reader.optionalDouble().map { Float($0) }
        weeks = reader.floats()
        lowShare = reader.floats()
        draws = reader.floats()
        rest = RestRecord(rests: reader.floats(), now: reader.double(), read: reader.double(), shortest: reader.double())
        shape = ShapeRecord(boundaries: reader.list { ShapeRecord.Likeness(&$0) })
        episodes = reader.list { FlowEpisode(&$0) }
        unitSteps = reader.list {
            ChainEdit(rule: .unitStep, from: $0.int(), to: $0.int(), old: $0.optionalDouble(), new: $0.optionalDouble())
        }
    }
}

extension ShapeRecord.Likeness {
    fileprivate func write(to writer: inout FieldWriter) {
        for value in [earlier, asTheyStand, later, best] { writer.put(value) }
        writer.put(Int(move))
    }

    fileprivate init(_ reader: inout FieldReader) {
        self.init(
            earlier: reader.float(), asTheyStand: reader.float(), later: reader.float(), best: reader.float(),
            move: Int8(clamping: reader.int()))
    }
}

extension FlowEpisode {
    fileprivate func write(to writer: inout FieldWriter) {
        for hour in [start, end, read] { writer.put(hour) }
        writer.put(isOpen)
        writer.put(isCoarse)
        for value in [rate, rateDeviation, unevenness, drawSize, floorShare, volume] { writer.put(value) }
        writer.put(before)
    }

    fileprivate init(_ reader: inout FieldReader) {
        self.init(start: reader.int(), end: reader.int(), read: reader.count())
        isOpen = reader.flag()
        isCoarse = reader.flag()
        rate = reader.double()
        rateDeviation = reader.double()
        unevenness = reader.double()
        drawSize = reader.double()
        floorShare = reader.double()
        volume = reader.double()
        before = reader.optionalDouble()
    }
}
