// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

// The figures of the standard catalogue. Money stands in the currency in which its source prints it.
// Where a source gives one figure only, the range around it is ours and the source line says so.

private typealias Parameter = MeasureCatalogue.Parameter

private func figure(
    _ low: Double?, _ central: Double, _ high: Double?, _ status: SourceStatus, _ source: String, year: String? = nil
) -> SourcedValue {
    SourcedValue(central, low: low, high: high, year: year, source: source, status: status)
}

private let asked = SourcedValue(nil, source: "not found in public sources: to be given by the city", status: .unknown)
private let ours = "range is Yusu's own"

private let meterLife = Parameter(
    "life", "years", figure(10, 15, 20, .unverified, "AMI cost-benefit model compteurs.QC (20 years); else professional knowledge"))
private let recoveredByNewMeters = Parameter(
    "recovered_share", "share of metering inaccuracy", figure(0.6, 0.8, 0.95, .assumed, "Yusu: new meters still miss the lowest flows"))
private let repairCost = Parameter(
    "repair_cost", "leak", currency: "USD",
    figure(143, 190, 285, .published, "Manila Times: 26,792 repairs for PHP 260 M (Maynilad); \(ours)", year: "2017"))
private let effectLife = Parameter(
    "effect_life", "years", figure(1, 2, 3, .unverified, "professional knowledge: life of the effect of one survey"))
private let ramp = Parameter(
    "ramp", "years", figure(0, 0, 1, .assumed, "Yusu: the whole effect in the year after the works, a year later at worst"))
private let plainMeter = Parameter(
    "unit_cost", "meter", currency: "USD",
    figure(
        98, 250, 442, .contested, "Jamaica 98 (supply only), Bahamas and Gimje 250, Trinidad TT$3,000 at 6.78 per US$ (CNC3)",
        year: "2013-2021"))

extension MeasureCatalogue {
    private static func withRamp(_ measure: Measure) -> Measure {
        var measure = measure
        measure.parameters.append(ramp)
        return measure
    }

    /// Published unit costs and effects with their ranges, from the sources that each figure names.
    public static let standard = MeasureCatalogue(
        general: [
            Parameter(
                "contingency", "share of capital", figure(0.05, 0.10, 0.15, .unverified, "professional knowledge: physical contingency")),
            Parameter("collection_rate", "share of bills paid", asked),
            Parameter("supply_deficit", "m³/d", asked),
            Parameter(
                "natural_rise_of_leakage", "share of present real losses per year",
                figure(
                    0, 0.072, 0.25, .contested,
                    "Bahamas 2019-2022: +2,243 m³/d a year on 31,232 m³/d before the contract (Water and Sewerage Corporation), read as linear; "
                        + "high end BIWS 0.25; low end: present practice holds losses where they are", year: "2019-2022")),
            Parameter(
                "minimum_pressure", "m",
                figure(10, 15, 20, .unverified, "OS.050 (Peru) dynamic 10 m at the low end; centre and high end are Yusu's own")),
            Parameter("design_months", "months", figure(2, 3, 6, .assumed, "Yusu: survey and design of a lot of a small town")),
            Parameter("tender_months", "months", figure(3, 4, 9, .assumed, "Yusu: from notice to signature; the funder's rules decide")),
            Parameter("commissioning_months", "months", figure(1, 2, 3, .assumed, "Yusu: tests, as-built records, hand-over")),
            Parameter(
                "training_person_weeks", "person-weeks per post and kind of asset",
                figure(2, 4, 8, .assumed, "Yusu: no published figure found")),
            Parameter("on_the_job_share", "share of training", figure(0.4, 0.6, 0.8, .assumed, "Yusu: no published figure found")),
            Parameter("connections_per_post", "connections", figure(3000, 5000, 10_000, .assumed, "Yusu: no published figure found")),
            Parameter("usd_per_eur", "US$ per €", figure(1.05, 1.12, 1.20, .assumed, "Yusu: rounded rates of 2015-2023, to be replaced")),
            Parameter("krw_per_usd", "KRW per US$", figure(1150, 1250, 1350, .assumed, "Yusu: rounded rates of 2017-2024, to be replaced")),
            Parameter("cad_per_usd", "CAD per US$", figure(1.25, 1.32, 1.40, .assumed, "Yusu: rounded rates of 2015-2023, to be replaced")),
        ],
        measures: (realLossMeasures + apparentLossMeasures + supplyMeasures).map(withRamp) + [readingNetwork])

    private static let realLossMeasures: [Measure] = [
        Measure(
            "district_metering", .realLosses,
            [
                Parameter(
                    "unit_cost", "inlet chamber with meter", currency: "KRW",
                    figure(
                        12_500_000, 36_000_000, 110_500_000, .contested,
                        "Gyeongsang Today: 25 rural blocks for KRW 0.9 bn; Kuki News: Gyeongju 38 blocks for KRW 4.2 bn (2017); "
                            + "low end US$10,000 unverified", year: "2017-2024")),
                Parameter(
                    "valve_cost", "closed border", currency: "USD",
                    figure(
                        200, 2700, 5400, .assumed,
                        "Yusu: low an existing valve found, tried and shut; central a new one at the price of the gate valves and fittings of "
                            + "an 8-inch connection (Safe-T-Cover: US$2,700); high twice that, with chamber and laying")),
                Parameter(
                    "connections_per_zone", "connections",
                    figure(500, 1130, 3000, .published, "Seoul Solution: 2,037 small blocks of about 1,130 meters; IWA guidance 500-3,000")),
                Parameter("maintenance_share", "share of capital per year", figure(0.01, 0.02, 0.03, .assumed, "Yusu: as for pumps")),
                meterLife,
            ]),
        Measure(
            "located_leak_repair", .realLosses,
            [
                Parameter(
                    "pinpoint_cost", "leak", currency: "EUR",
                    figure(1136, 2272, 3408, .published, "BIWS problem data: mean cost of detection; \(ours)")),
                repairCost, effectLife,
            ]),
        Measure(
            "pressure_management", .realLosses, prerequisites: ["district_metering"],
            [
                Parameter(
                    "unit_cost", "pressure-reducing valve", currency: "EUR",
                    figure(9024, 14_418, 21_145, .published, "BIWS problem data: DN200, DN250, DN300 installed")),
                Parameter("target_pressure", "m, mean of the zone", asked),
                Parameter("leakage_exponent", "–", figure(0.5, 1.0, 1.5, .published, "FAVAD literature (May 1994)")),
                Parameter(
                    "consumption_exponent", "–",
                    figure(
                        0, 0.1, 0.5, .contested,
                        "i2O Water: 0 to 0.2, about 0.1, indoors on the mains, next to none behind roof tanks, 0.5 in gardens; "
                            + "AQUA 67(3): about 0.5 at 44 homes in South Africa with the leaks behind their meters")),
                Parameter(
                    "burst_factor", "% of bursts per % of maximum pressure",
                    figure(0.7, 1.4, 2.8, .published, "Thornton and Lambert 2007, 112 schemes", year: "2007")),
                Parameter("maintenance_share", "share of capital per year", figure(0.01, 0.02, 0.03, .assumed, "Yusu: as for pumps")),
                repairCost,
                Parameter("life", "years", figure(15, 17, 20, .unverified, "professional knowledge")),
            ]),
        Measure(
            "active_leak_control", .realLosses, prerequisites: ["district_metering"],
            [
                Parameter(
                    "survey_cost", "km", currency: "USD",
                    figure(110, 219, 329, .published, "New Hampshire survey: US$200,000 for 568 miles; \(ours)", year: "2009-2011")),
                Parameter(
                    "effect", "share of real losses",
                    figure(0.165, 0.33, 0.495, .published, "ADB Country Water Action: HCMC pilot, first year; \(ours)", year: "2006")),
                Parameter(
                    "leak_flow", "m³/d saved per repair",
                    figure(
                        8.1, 12, 18, .computed,
                        "HCMC 122,000 m³/d by more than 15,000 repairs; Kuala Lumpur 198,000 m³/d by more than 11,000 repairs and meters",
                        year: "2008-2014")),
                repairCost, effectLife,
            ]),
        Measure(
            "faster_repair", .realLosses,
            [
                Parameter("yearly_cost", "city and year", currency: "USD", asked),
                Parameter("effect", "share of real losses", asked),
            ]),
        Measure(
            "mains_renewal", .realLosses,
            [
                Parameter(
                    "unit_cost", "m", currency: "USD",
                    figure(
                        28, 79, 264, .contested,
                        "IHE Delft thesis, Dili, 2021: PVC DN110 28, DN200 79; ADB: Manila all-in PHP 13,200 in 2006 at 50 per US$",
                        year: "2006-2021")),
                Parameter(
                    "renewed_share", "share of the zone's mains",
                    figure(nil, 0.20, nil, .assumed, "Yusu: a lot of one fifth (S City, Korea: 22 % for a ratio of 85 %)")),
                Parameter("effect", "share of the renewed mains' leakage", figure(0.7, 0.9, 1.0, .assumed, "Yusu: new mains leak little")),
                Parameter("life", "years", figure(50, 60, 80, .unverified, "professional knowledge")),
            ]),
        Measure(
            "service_renewal", .realLosses,
            [
                Parameter("unit_cost", "connection", currency: "USD", asked),
                Parameter(
                    "effect", "share of the connections' leakage", figure(0.7, 0.9, 1.0, .assumed, "Yusu: new connections leak little")),
                Parameter("life", "years", figure(20, 30, 40, .unverified, "professional knowledge")),
            ]),
    ]

    private static let apparentLossMeasures: [Measure] = [
        Measure(
            "first_metering", .supply,
            [
                plainMeter,
                Parameter(
                    "use_reduction", "share of unmetered use",
                    figure(0.11, 0.22, 0.33, .computed, "Lima: 18 to 14 m³/month (SUNASS, by Panamericana TV); \(ours)")),
                meterLife,
            ]),
        Measure(
            "meter_replacement", .apparentLosses,
            [
                plainMeter,
                Parameter(
                    "under_registration_growth", "share of volume per year of age",
                    figure(0.005, 0.0075, 0.01, .unverified, "professional knowledge")),
                recoveredByNewMeters, meterLife,
            ]),
        Measure(
            "remote_reading", .apparentLosses, exclusions: ["walk_by_reading", "meter_replacement"],
            [
                Parameter(
                    "unit_cost", "meter with endpoint", currency: "USD",
                    figure(
                        80, 250, 580, .computed,
                        "median of Seoul 80-110, Jamaica 98 (supply), Gimje 250, Bahamas 250, Trinidad 440, Barbados 580",
                        year: "2013-2023")),
                Parameter(
                    "operation_cost", "endpoint and year", currency: "CAD",
                    figure(5, 10, 15, .unverified, "AMI cost-benefit model compteurs.QC")),
                Parameter("manual_reading_saved", "endpoint and year", currency: "USD", asked),
                recoveredByNewMeters, meterLife,
            ]),
        Measure(
            "walk_by_reading", .apparentLosses, exclusions: ["remote_reading", "meter_replacement"],
            [
                Parameter(
                    "unit_cost", "meter", currency: "USD",
                    figure(125, 250, 375, .published, "Bahamas: 60,000 drive-by meters for US$15 M; \(ours)")),
                Parameter("operation_cost", "meter and year", currency: "USD", asked),
                recoveredByNewMeters, meterLife,
            ]),
        Measure(
            "illegal_use_census", .apparentLosses,
            [
                Parameter("unit_cost", "connection", currency: "USD", asked),
                Parameter(
                    "recovered_share", "share of unauthorised use", figure(0.2, 0.5, 0.8, .assumed, "Yusu: no published figure found")),
                Parameter("decay", "share of the effect lost per year", figure(0, 0.1, 0.2, .assumed, "Yusu: no published figure found")),
                Parameter("life", "years", figure(nil, 5, nil, .assumed, "Yusu: a census is repeated every five years")),
            ]),
        Measure(
            "billing_clean_up", .apparentLosses,
            [
                Parameter("capital_cost", "city", currency: "USD", asked),
                Parameter(
                    "recovered_share", "share of data-handling errors", figure(0.4, 0.7, 0.9, .assumed, "Yusu: no published figure found")),
                Parameter("decay", "share of the effect lost per year", figure(0, 0.1, 0.2, .assumed, "Yusu: no published figure found")),
                Parameter("life", "years", figure(nil, 5, nil, .assumed, "Yusu: records are cleaned again after five years")),
            ]),
    ]
}
