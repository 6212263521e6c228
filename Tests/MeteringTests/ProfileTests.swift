// SPDX-License-Identifier: GPL-3.0-or-later

import Metering
import TextFiles
import Testing

@Suite("profiles of exports")
struct ProfileTests {
    @Test("a full profile is read as it was written")
    func full() throws {
        let profile = try Profiles.make(
            """
            files: ["*.csv", old/*.csv.gz]
            shape: long
            delimiter: ";"
            decimal: ","
            encoding: latin-1
            skip_lines: 2
            columns: {meter: Zähler, time: Zeit, value: Stand, quality: Q}
            kind: register
            unit: m3
            time_format: dd.MM.yyyy HH:mm
            time_zone: Europe/Berlin
            null_words: ["", NaN]
            register_digits: 6
            quality_map: {G: good, E: estimated}
            """)
        #expect(profile.files == ["*.csv", "old/*.csv.gz"])
        #expect(profile.delimiter == 59 && profile.decimal == 44)
        #expect(profile.encoding == .latin1 && profile.skipLines == 2)
        #expect(profile.columns.meter == "Zähler" && profile.columns.quality == "Q")
        #expect(profile.standardOffset == 3600)
        #expect(profile.qualityMap["E"] == .estimated)
    }

    @Test("everything that is wrong is told at once, with its line and what to write")
    func problems() throws {
        let error = #expect(throws: TextFileError.self) {
            try Profiles.make(
                """
                shap: long
                kind: registr
                unit: barrel
                time_zone: Lima
                columns: {meter: m, time: t, vlue: v}
                interval_minutes: 0
                """)
        }
        guard case .invalid(let problems) = error else { Issue.record("another kind of error"); return }
        let text = problems.map(\.description).joined(separator: "\n")
        #expect(text.contains("profile.yaml:1: unknown key 'shap' in profile; did you mean 'shape'?"))
        #expect(text.contains("profile.yaml:2: 'kind' is 'registr'; write one of: register, interval, rate"))
        #expect(text.contains("profile.yaml:3: unit is 'barrel'"))
        #expect(text.contains("profile.yaml:4: time_zone is 'Lima'"))
        #expect(text.contains("profile.yaml:5: unknown key 'vlue' in columns; did you mean 'value'?"))
        #expect(text.contains("no column 'value' under 'columns'"))
        #expect(text.contains("profile.yaml:6: 'interval_minutes' is '0'"))
    }

    @Test(
        "a key that would change nothing is refused, with where it bears",
        arguments: [
            (
                "shape: wide\nkind: register\nunit: m3\ncolumns: {time: t}\n",
                ["thin_seconds: 60", "meter: A", "header: none", "read_at: 2026-01-01"]
            ),
            (
                "kind: register\nunit: m3\ncolumns: {meter: m, time: t, value: v}\n",
                ["quality_suffix: .Q", "ignore_columns: [x]", "media: [water]"]
            ),
            ("format: cmep\ntime_zone: UTC\n", ["header: none", "skip_lines: 2", "take: register", "log_clock: stamp"]),
        ])
    func withoutEffect(_ yaml: String, _ keys: [String]) throws {
        _ = try Profiles.make(yaml)
        for key in keys {
            let error = #expect(throws: TextFileError.self, "\(key)") { try Profiles.make(yaml + key + "\n") }
            #expect(error?.description.contains("'\(key.prefix { $0 != ":" })' has no effect here") == true)
        }
    }

    @Test(
        "a profile that is no table of keys gives one clear message",
        arguments: ["", "kind: [register", "just text", "kind: register\nkind: interval"])
    func notATable(_ yaml: String) {
        #expect(throws: TextFileError.self) { try Profiles.make(yaml) }
    }

    @Test(
        "spellings of units found in exports",
        arguments: [
            ("Gallons", "gal"), ("GAL", "gal"), ("G", "gal"), ("KGAL", "kgal"), ("CuFt", "ft3"), ("Cu.Ft.", "ft3"), ("CF", "ft3"),
            ("CCF", "ccf"),
            ("CUBIC_METER", "m3"), ("m³", "m3"), ("Litres", "L"), ("ML", "ML"), ("L/s", "L/s"), ("acre-foot", "AF"),
        ])
    func spellings(_ spelling: String, _ name: String) { #expect(ReadingUnit(spelling: spelling)?.name == name) }

    @Test("sizes of units, in litres, are those of the definitions")
    func sizes() {
        // 231 in³; 0.3048³ m³; 4.54609 L; 43 560 ft³: the definitions, as the field page tables them.
        let litres = [
            "gal": 3.785411784, "kgal": 3785.411784, "imp_gal": 4.54609, "ft3": 28.316846592, "ccf": 2831.6846592, "AF": 1_233_481.8375,
        ]
        let relativeRounding = 1e-10
        for (name, expected) in litres {
            let unit = ReadingUnit(spelling: name)
            #expect(abs((unit?.cubicMetres ?? 0) * 1000 / expected - 1) < relativeRounding)
        }
        #expect(ReadingUnit(spelling: "ml") == nil)
        #expect(ReadingUnit(spelling: "bar") == nil)
    }
}
