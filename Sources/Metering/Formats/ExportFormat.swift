// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Families of exports that are known: what a profile's `format` can be. A family sets what its files have in common, in the words of a
/// profile; what a profile says stands above it.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// Delimited text of any columns.
    case delimited
    /// Badger BEACON and AquaCUE, range export: register and interval volume in one row, each in its own unit.
    case beacon
    /// Badger: `Endpoint_SN,Encoder_Value,Read_Time,Read_Interval`.
    case beaconInterval = "beacon-interval"
    /// Badger: billing export, a row a meter.
    case beaconBilling = "beacon-billing"
    case cmep
    case aclara
    /// Lines that wmbusmeters writes with `--format=json`.
    case wmbusmeters
    /// Decoded uplinks of Axioma W1 meters, bare or in the envelope of a network server.
    case axiomaW1 = "axioma-w1"
    /// Mueller Sentryx, response of its interface.
    case sentryx
    /// Subeca, response of its interface.
    case subeca
    /// MeterSense, table of interval reads.
    case metersense
    /// Xylem data lake, table of intervals or registers.
    case xylem
    case iec61968 = "iec61968-9"
    case greenButton = "green-button"
    /// A column a measuring point, unit in the header.
    case scada
    /// Long table of a historian: tag, time, value, status.
    case historian
    /// Pulse counts of one logger under a few lines about it.
    case pulseLogger = "pulse-logger"
    /// Reads of a billing system, with the billed volume beside the register.
    case billing
    /// Itron MV-RS, upload file.
    case mvrs

    /// The profile of the family, in the words of a profile.
    var defaults: String {
        switch self {
        case .delimited, .greenButton, .iec61968, .subeca, .beacon, .sentryx, .axiomaW1, .xylem, .beaconBilling: ""
        case .beaconInterval: "kind: register"
        case .cmep: "time_format: yyyyMMddHHmm\nstamp: end"
        case .aclara: "null_words: [ERROR]\nskip_rows: {AccountType: [DETECTOR CHECK]}"
        case .wmbusmeters: "register_digits: 5\nthin_seconds: 300"
        case .metersense: #"kind: interval\#nstamp: end\#nquality_map: {"1": good, "2": bad, "3": estimated, "5": good}"#
        case .scada: ##"shape: wide\##nkind: rate\##nunit: header\##nnull_words: [NaN, "#N/A", "-9999"]"##
        case .historian:
            "kind: rate\ncolumns: {meter: Tag, time: Timestamp, value: Value, quality: Status}\n"
                + "quality_map: {Good: good, Uncertain: uncertain, Bad: bad}"
        case .pulseLogger: "kind: interval\nstamp: end\ncolumns: {time: Time, value: Pulses}\ntime_format: yy-M-d HH:mm:ss"
        case .billing: "quality_map: {A: good, E: estimated, F: good, N: uncertain, \"\": good}"
        case .mvrs: "time_format: MMddyyyyHHmmss"
        }
    }

    /// Whether the stamps of its files need a `time_zone` of the profile.
    var needsZone: Bool {
        switch self {
        case .beacon, .beaconInterval, .beaconBilling, .cmep, .sentryx, .metersense, .billing, .mvrs: true
        // Others carry an offset or UTC, or it depends on `time_format`.
        default: false
        }
    }

    /// Whether `kind` is given by the family, or by the record.
    var knowsKind: Bool {
        switch self {
        case .delimited, .historian, .scada, .pulseLogger: false
        default: true
        }
    }

    /// Whether the unit stands in the file.
    var knowsUnit: Bool {
        switch self {
        case .delimited, .beaconInterval, .scada, .historian, .pulseLogger, .mvrs: false
        default: true
        }
    }

    /// Whether its columns are known; they may still be given other names.
    var knowsColumns: Bool {
        switch self {
        case .delimited, .scada, .historian, .pulseLogger: false
        default: true
        }
    }

    /// The reader of a file.
    static func reader(of file: String, profile: Profile) -> any ExportReader {
        switch profile.format {
        case .cmep: CMEPReader(profile: profile, file: file)
        case .mvrs: MVRSReader(profile: profile, file: file)
        case .wmbusmeters, .axiomaW1, .sentryx, .subeca: JSONExportReader(profile: profile, file: file)
        case .iec61968: IEC61968Reader(profile: profile, file: file)
        case .greenButton: GreenButtonReader(profile: profile, file: file)
        case .beacon, .beaconInterval, .beaconBilling, .aclara, .metersense, .xylem, .billing:
            TableReader(profile: profile, file: file, layout: .of(profile))
        case .delimited, .scada, .historian, .pulseLogger: delimited(profile, file)
        }
    }

    /// The fast parser where it knows all that the profile asks for.
    private static func delimited(_ profile: Profile, _ file: String) -> any ExportReader {
        if profile.shape == .long, profile.needsLayout { return TableReader(profile: profile, file: file, layout: .of(profile)) }
        if profile.encoding == .utf8 || profile.encoding == .latin1 { return ExportParser(profile: profile, file: file) }
        return DecodedExport(profile: profile, file: file)
    }
}

extension Profile {
    /// Whether the files' stamps mean nothing without a `time_zone`.
    var needsZone: Bool {
        if format.needsZone { return true }
        if case .pattern = timeFormat { return true }
        return false
    }

    /// Whether a long table has something that `ExportParser` does not know.
    var needsLayout: Bool {
        columns.register != nil || columns.factor != nil || columns.version != nil || !hasHeader || meterName != nil || meterLine != nil
            || readAt != nil || !skippedRows.isEmpty || thinning > 0 || (encoding != .utf8 && encoding != .latin1)
    }
}

/// Delimited text in an encoding that the parser does not know, turned into UTF-8 on its way.
struct DecodedExport: ExportReader {
    private var decoder: TextDecoder
    private var parser: ExportParser

    init(profile: Profile, file: String) {
        decoder = TextDecoder(profile.encoding)
        var plain = profile
        plain.encoding = .utf8
        parser = ExportParser(profile: plain, file: file)
    }

    mutating func read(_ piece: Span<UInt8>) throws(TextFileError) {
        let text = decoder.decode(Array(span: piece))
        try parser.read(text.span)
    }

    mutating func finish() throws(TextFileError) {
        let rest = decoder.finish()
        try parser.read(rest.span)
        try parser.finish()
    }

    mutating func take() -> ParsedExport { parser.take() }
}
