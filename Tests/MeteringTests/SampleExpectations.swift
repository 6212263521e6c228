// SPDX-License-Identifier: GPL-3.0-or-later

/// What the samples hold, read by Python's csv, json and xml (`Tools/meter_samples.py`), and the profile of each file.
enum SampleExpectations {
    /// A line a series: file, rows, kind, unit, register; readings, their sum, first and last instant.
    static let lines = """
        generic-csv/ready_like_composed.csv: rows 48: interval m3 -: 48 sum 1.752 2026-05-31T22:00:00Z 2026-06-01T21:00:00Z
        generic-csv/izar_like_composed.csv: rows 48: register L -: 48 sum 1178718992 2026-05-31T22:05:00Z 2026-06-01T21:05:00Z
        generic-csv/temetra_like_composed.csv: rows 48: register L -: 48 sum 19657352 2026-05-31T23:00:00Z 2026-06-01T22:00:00Z
        generic-csv/register_with_diff_semicolon_composed.csv: rows 10: register L -: 10 sum 1201989 2026-05-31T22:05:11Z 2026-06-01T05:52:43Z
        generic-csv/customer_portal_us_composed.csv: rows 7: interval gal -: 7 sum 123.8 2024-11-25T05:00:00Z 2024-12-01T05:00:00Z
        generic-csv/tab_bom_thousands_composed.txt: rows 6: interval kgal -: 6 sum 6556.5 2026-06-02T05:00:00Z 2026-06-07T05:00:00Z
        generic-csv/register_edge_cases_litres_composed.csv: rows 48: register L -: 48 sum 201759893 2026-05-31T22:00:00Z 2026-06-01T05:00:00Z
        dma-balance/reads_composed.csv: rows 51: register L -: 51 sum 201555948 2026-05-31T06:05:00Z 2026-06-03T06:05:00Z
        dma-balance/inflow_composed.csv: rows 24: interval L -: 24 sum 3244 2026-06-01T01:00:00Z 2026-06-02T00:00:00Z
        dma-scada-wide/pulse_counter_15min_composed.csv: rows 32: interval 100 L -: 32 sum 573 2026-05-31T23:15:00Z 2026-06-01T07:00:00Z
        dma-scada-wide/historian_long_composed.csv: rows 25: rate m3/h -: 24 sum 321 2026-06-01T00:00:00Z 2026-06-01T23:00:00Z
        pulse-logger/ciws_site019_first5000.csv: rows 5000: interval gal -: 5000 sum 4320 2019-10-04T19:10:06Z 2019-10-05T00:43:22Z
        badger-beacon/interval_import_composed.csv: rows 24: register step -: 24 sum 53800686 2025-07-01T08:00:00Z 2025-07-02T07:00:00Z
        vendor-json/xylem_datalake_intervals_mit.csv: rows 1: interval ft3 -: 1 sum 3 2026-04-14T08:00:00Z 2026-04-14T08:00:00Z
        vendor-json/xylem_datalake_registers_mit.csv: rows 1: register ft3 -: 1 sum 59727 2026-04-14T08:00:00Z 2026-04-14T08:00:00Z
        vendor-json/metersense_interval_reads_composed.csv: rows 4: interval ccf -: 3 sum 1.5 2024-01-01T19:00:00Z 2024-01-01T21:00:00Z
        generic-csv/wide_litres_composed.csv: rows 24: interval L -: 70 sum 2182 2026-06-01T01:00:00Z 2026-06-02T00:00:00Z
        dma-scada-wide/bwdf_inflow_2021-03_spring.csv: rows 335: rate L/s -: 3164 sum 74824.0675 2021-03-21T23:00:00Z 2021-04-04T21:00:00Z
        dma-scada-wide/bwdf_inflow_2021-10_autumn.csv: rows 337: rate L/s -: 3348 sum 75699.8125 2021-10-24T22:00:00Z 2021-11-07T22:00:00Z
        dma-scada-wide/scada_semicolon_latin1_composed.csv: rows 96: rate m3/h -: 187 sum 3209.04 2026-03-28T11:00:00Z 2026-03-29T10:45:00Z
        badger-beacon/beacon360_range_composed.csv: rows 42: interval gal -: 29 sum 225 2025-07-01T07:59:00Z 2025-07-02T12:59:00Z
        badger-beacon/beacon360_range_composed.csv: rows 42: interval kgal H: 6 sum 1.8 2025-07-01T07:59:00Z 2025-07-01T12:59:00Z
        badger-beacon/beacon360_range_composed.csv: rows 42: interval kgal L: 6 sum 0.6 2025-07-01T07:59:00Z 2025-07-01T12:59:00Z
        badger-beacon/beacon360_range_composed.csv: rows 42: register ccf -: 29 sum 13985.73 2025-07-01T07:59:00Z 2025-07-02T12:59:00Z
        badger-beacon/beacon360_range_composed.csv: rows 42: register kgal H: 6 sum 72276.3 2025-07-01T07:59:00Z 2025-07-01T12:59:00Z
        badger-beacon/beacon360_range_composed.csv: rows 42: register kgal L: 6 sum 528069.3 2025-07-01T07:59:00Z 2025-07-01T12:59:00Z
        badger-beacon/beacon360_range_mit.csv: rows 2: interval gal -: 2 sum 10 2024-08-01T07:59:00Z 2024-08-01T08:59:00Z
        badger-beacon/beacon360_range_mit.csv: rows 2: register ccf -: 2 sum 455.2 2024-08-01T07:59:00Z 2024-08-01T08:59:00Z
        badger-beacon/billing_read_export_composed.csv: rows 5: register ft3 -: 1 sum 48231 2025-07-01T00:00:00Z 2025-07-01T00:00:00Z
        badger-beacon/billing_read_export_composed.csv: rows 5: register gal H: 1 sum 12045600 2025-07-01T00:00:00Z 2025-07-01T00:00:00Z
        badger-beacon/billing_read_export_composed.csv: rows 5: register gal L: 1 sum 88011800 2025-07-01T00:00:00Z 2025-07-01T00:00:00Z
        badger-beacon/billing_read_export_composed.csv: rows 5: register m3 -: 1 sum 1033 2025-07-01T00:00:00Z 2025-07-01T00:00:00Z
        aclara/UTIL_Readings_11032025_composed.csv: rows 33: register ft3 -: 29 sum 2703662.976 2025-11-02T05:00:00Z 2025-11-03T06:00:00Z
        aclara/aclara_readings_mit.csv: rows 2: register ft3 -: 2 sum 23617.571 2025-05-25T16:00:00Z 2025-05-25T16:00:00Z
        cmep/UTIL_IntervalReport_202511020815_dst_composed.txt: rows 1: interval ft3 -: 9 sum 9.93 2025-11-02T05:00:00Z 2025-11-02T13:00:00Z
        cmep/UTIL_IntervalReport_202606020815_composed.txt: rows 6: interval ft3 -: 48 sum 93.41 2026-06-01T15:00:00Z 2026-06-02T14:00:00Z
        cmep/UTIL_IntervalReport_202606020815_composed.txt: rows 6: register ft3 -: 2 sum 71687.91 2026-06-01T14:00:00Z 2026-06-02T14:00:00Z
        cmep/UTIL_IntervalReport_202606030815_composed.txt: rows 4: interval ft3 -: 29 sum 46.13 2026-06-02T11:00:00Z 2026-06-03T14:00:00Z
        cmep/UTIL_IntervalReport_202606030815_composed.txt: rows 4: register ft3 -: 1 sum 35890.69 2026-06-03T14:00:00Z 2026-06-03T14:00:00Z
        wmbus-jsonl/Water_2026-06-02_composed.jsonl: rows 23: register m3 -: 20 sum 303716.208 2026-06-02T00:04:10Z 2026-06-02T11:04:10Z
        wmbus-jsonl/Water_2026-06-02_composed.jsonl: rows 23: register m3 reverse: 12 sum 0.036 2026-06-02T00:04:10Z 2026-06-02T11:04:10Z
        lorawan-json/tts_v3_uplinks_composed.jsonl: rows 3: register m3 -: 72 sum 500.214 2026-09-01T07:00:00Z 2026-09-03T06:00:00Z
        lorawan-json/w1_decoded_composed.jsonl: rows 3: register m3 -: 72 sum 500.214 2026-09-01T07:00:00Z 2026-09-03T06:00:00Z
        vendor-json/sentryx_consumption_mit.json: rows 2: interval ft3 -: 2 sum 0 2024-07-07T07:00:00Z 2024-07-08T07:00:00Z
        vendor-json/sentryx_consumption_mit.json: rows 2: register ft3 -: 2 sum 116256.22 2024-07-07T07:00:00Z 2024-07-08T07:00:00Z
        vendor-json/subeca_usages_mit.json: rows 1: interval ft3 -: 1 sum 123.4 2025-08-01T11:00:00Z 2025-08-01T11:00:00Z
        iec61968-9/meterreadings_bare_one_block_per_reading_composed.xml: rows 6: interval m3 -: 6 sum 0.108 2026-06-02T01:00:00Z 2026-06-02T06:00:00Z
        iec61968-9/meterreadings_water_composed.xml: rows 26: interval m3 -: 24 sum 0.709 2026-06-02T05:00:00Z 2026-06-02T16:00:00Z
        iec61968-9/meterreadings_water_composed.xml: rows 26: register m3 -: 2 sum 1361.321 2026-06-02T16:00:00Z 2026-06-02T16:00:00Z
        green-button-espi/water_hourly_composed.xml: rows 48: interval gal -: 48 sum 465.4 2026-06-01T08:00:00Z 2026-06-03T07:00:00Z
        billing-mvrs/billing_reads_monthly_composed.csv: rows 9: interval m3 billed: 9 sum 154 2026-01-10T00:00:00Z 2026-02-23T00:00:00Z
        billing-mvrs/billing_reads_monthly_composed.csv: rows 9: register m3 -: 13 sum 221496 2025-12-10T00:00:00Z 2026-02-23T00:00:00Z
        billing-mvrs/mvrs_upload_composed.txt: rows 2: register m3 -: 2 sum 2084 2026-01-10T14:15:00Z 2026-01-10T14:17:30Z
        billing-mvrs/annual_extract_latin1_composed.csv: rows 2: interval m3 -: 2 sum 163730.5 2025-01-01T00:00:00Z 2025-01-01T00:00:00Z
        flow-log/weusedto_washbasin_excerpt.csv: rows 1500: rate L/h -: 1500 sum 35024 2019-02-13T08:56:09Z 2019-02-19T09:31:43Z
        flow-log/weusedto_wholehouse_excerpt.csv: rows 4000: rate L/h -: 4000 sum 0 2020-08-04T01:13:13Z 2020-08-04T11:16:11Z
        """.split(separator: "\n").map(String.init)

    static let profiles: [(file: String, yaml: String)] = [
        (
            "generic-csv/ready_like_composed.csv",
            "columns: {meter: Meter Number, time: Date/Time, value: Consumption (m3)}\nkind: interval\nunit: m3\ntime_zone: Europe/Copenhagen\nstamp: end"
        ),
        (
            "generic-csv/izar_like_composed.csv",
            "delimiter: ';'\ncolumns: {meter: Serial Number, time: Reading Date, value: Index Value}\nkind: register\nunit: L\ntime_format: dd.MM.yyyy HH:mm\ntime_zone: Europe/Berlin\nregister_digits: 8"
        ),
        (
            "generic-csv/temetra_like_composed.csv",
            "columns: {meter: Device Reference, time: Reading Date, value: Cumulative Volume (L)}\nkind: register\nunit: L\ntime_zone: Europe/London\nregister_digits: 9"
        ),
        (
            "generic-csv/register_with_diff_semicolon_composed.csv",
            "delimiter: ';'\ncolumns: {meter: user key, time: datetime, value: meter reading, check: diff}\nkind: register\nunit: L\ntime_format: dd/MM/yyyy HH:mm:ss\ntime_zone: Europe/Paris"
        ),
        (
            "generic-csv/customer_portal_us_composed.csv",
            "columns: {meter: Access Code, time: Time Interval, value: Consumption, unit: Units}\nkind: interval\ninterval_minutes: 1440\ntime_format: MM/dd/yyyy\ntime_zone: America/New_York"
        ),
        (
            "generic-csv/tab_bom_thousands_composed.txt",
            "delimiter: tab\nthousands: ','\ncolumns: {meter: Meter Id, time: Read Date, value: Usage (kgal), quality: 'Est?'}\nkind: interval\ninterval_minutes: 1440\nunit: kgal\ntime_format: M/d/yyyy h:mm:ss a\ntime_zone: America/Chicago\nquality_map: {Y: estimated, '': good}"
        ),
        (
            "generic-csv/register_edge_cases_litres_composed.csv",
            "columns: {meter: meter_id, time: timestamp, value: register_l}\nkind: register\nunit: L\nregister_digits: 8"
        ),
        (
            "dma-balance/reads_composed.csv",
            "columns: {meter: meter_id, time: timestamp, value: register_l}\nkind: register\nunit: L\nregister_digits: 8"
        ),
        (
            "dma-balance/inflow_composed.csv",
            "columns: {meter: dma_id, time: interval_start, value: inflow_l}\nkind: interval\nunit: L"
        ),
        (
            "dma-scada-wide/pulse_counter_15min_composed.csv",
            "columns: {meter: Logger, time: DateTime, value: Pulses, factor: PulseFactor_L}\nkind: interval\nunit: L\ninterval_minutes: 15"
        ),
        (
            "dma-scada-wide/historian_long_composed.csv",
            "format: historian\nunit: m3/h\ntime_format: dd-MMM-yy HH:mm:ss\ntime_zone: UTC\nstamp: end"
        ),
        (
            "pulse-logger/ciws_site019_first5000.csv",
            "format: pulse-logger\nmeter_line: 'Site #:'\nunit: gal\ninterval_seconds: 4\ntime_zone: America/Denver"
        ),
        ("badger-beacon/interval_import_composed.csv", "format: beacon-interval\nunit: step\ntime_zone: America/Los_Angeles"),
        ("vendor-json/xylem_datalake_intervals_mit.csv", "format: xylem"),
        ("vendor-json/xylem_datalake_registers_mit.csv", "format: xylem"),
        ("vendor-json/metersense_interval_reads_composed.csv", "format: metersense\ntime_zone: America/Los_Angeles"),
        (
            "generic-csv/wide_litres_composed.csv",
            "shape: wide\ncolumns: {time: date}\nkind: interval\nunit: L\ntime_zone: UTC"
        ),
        (
            "dma-scada-wide/bwdf_inflow_2021-03_spring.csv",
            "format: scada\ncolumns: {time: Date-time CET-CEST (DD/MM/YYYY HH:mm)}\ntime_format: dd/MM/yyyy HH:mm\ntime_zone: Europe/Rome\nstamp: end"
        ),
        (
            "dma-scada-wide/bwdf_inflow_2021-10_autumn.csv",
            "format: scada\ncolumns: {time: Date-time CET-CEST (DD/MM/YYYY HH:mm)}\ntime_format: dd/MM/yyyy HH:mm\ntime_zone: Europe/Rome\nstamp: end"
        ),
        (
            "dma-scada-wide/scada_semicolon_latin1_composed.csv",
            "format: scada\ndelimiter: ';'\ndecimal: ','\nencoding: latin-1\ncolumns: {time: Horodatage}\ntime_format: dd/MM/yyyy HH:mm:ss\ntime_zone: UTC+01:00\nstamp: end\nquality_suffix: .Qualité\nquality_map: {'192': good, '64': uncertain, '8': bad, '0': bad}\nignore_columns: [DMA_NORD_P (bar)]"
        ),
        ("badger-beacon/beacon360_range_composed.csv", "format: beacon\ntime_zone: America/Los_Angeles"),
        ("badger-beacon/beacon360_range_mit.csv", "format: beacon\ntime_zone: America/Los_Angeles"),
        (
            "badger-beacon/billing_read_export_composed.csv",
            "format: beacon-billing\nread_at: 2025-07-01T00:00\ntime_zone: UTC"
        ),
        ("aclara/UTIL_Readings_11032025_composed.csv", "format: aclara"),
        ("aclara/aclara_readings_mit.csv", "format: aclara"),
        ("cmep/UTIL_IntervalReport_202511020815_dst_composed.txt", "format: cmep\ntime_zone: America/Los_Angeles"),
        ("cmep/UTIL_IntervalReport_202606020815_composed.txt", "format: cmep\ntime_zone: America/Los_Angeles"),
        ("cmep/UTIL_IntervalReport_202606030815_composed.txt", "format: cmep\ntime_zone: America/Los_Angeles"),
        ("wmbus-jsonl/Water_2026-06-02_composed.jsonl", "format: wmbusmeters"),
        ("lorawan-json/tts_v3_uplinks_composed.jsonl", "format: axioma-w1\nlog_clock: full_hour"),
        ("lorawan-json/w1_decoded_composed.jsonl", "format: axioma-w1\nlog_clock: full_hour"),
        ("vendor-json/sentryx_consumption_mit.json", "format: sentryx\ntime_zone: America/Denver\nstamp: end"),
        ("vendor-json/subeca_usages_mit.json", "format: subeca"),
        ("iec61968-9/meterreadings_bare_one_block_per_reading_composed.xml", "format: iec61968-9"),
        ("iec61968-9/meterreadings_water_composed.xml", "format: iec61968-9"),
        ("green-button-espi/water_hourly_composed.xml", "format: green-button"),
        ("billing-mvrs/billing_reads_monthly_composed.csv", "format: billing\ntime_zone: UTC"),
        ("billing-mvrs/mvrs_upload_composed.txt", "format: mvrs\nunit: m3\ntime_zone: America/New_York"),
        (
            "billing-mvrs/annual_extract_latin1_composed.csv",
            "delimiter: ';'\ndecimal: ','\nthousands: ' '\nencoding: latin-1\ncolumns: {meter: Commune, time: Exercice, value: Volume facturé (m3)}\nkind: interval\nunit: m3\ninterval_minutes: 527040\ntime_format: yyyy\ntime_zone: UTC"
        ),
        (
            "flow-log/weusedto_washbasin_excerpt.csv",
            "header: none\ndelimiter: ' '\ncolumns: {time: '1', value: '2'}\nmeter: basin\nkind: rate\nunit: L/h\ntime_format: epoch\nstamp: end"
        ),
        (
            "flow-log/weusedto_wholehouse_excerpt.csv",
            "header: none\ndelimiter: ' '\ncolumns: {time: '1', value: '2'}\nmeter: house\nkind: rate\nunit: L/h\ntime_format: epoch\nstamp: end\ninterval_seconds: 10"
        ),
    ]
}
