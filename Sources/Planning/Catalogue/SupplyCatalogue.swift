// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

// Works of supply, training, and the network that reads meters from afar. As in StandardMeasures.swift: money in the currency in which
// its source prints it, and a source line that says where a range is ours.

private typealias Parameter = MeasureCatalogue.Parameter

private func figure(
    _ low: Double?, _ central: Double, _ high: Double?, _ status: SourceStatus, _ source: String, year: String? = nil
) -> SourcedValue {
    SourcedValue(central, low: low, high: high, year: year, source: source, status: status)
}

private let asked = SourcedValue(nil, source: "not found in public sources: to be given by the city", status: .unknown)
private let gain = Parameter("capacity_gain", "m³/d", asked)
private let worksLife = Parameter("life", "years", figure(20, 30, 40, .unverified, "professional knowledge"))
private let radio =
    "open AMI project documents: LoRa retrofit node US$25-40 and fitting US$30-60"

extension MeasureCatalogue {
    static let supplyMeasures: [Measure] = [
        Measure(
            "new_supply", .supply, exclusions: ["treatment_capacity"],
            [
                Parameter(
                    "unit_cost", "m³/d of capacity", currency: "USD",
                    figure(
                        500, 1000, 1500, .published,
                        "World Bank 2018, benchmark of new supply without operation; range is Yusu's own", year: "2018")),
                worksLife,
            ]),
        Measure(
            "treatment_capacity", .supply, exclusions: ["new_supply"],
            [
                Parameter(
                    "unit_cost", "m³/d of capacity", currency: "KRW",
                    figure(
                        106_667, 128_571, 148_889, .computed,
                        "Chanchamayo: KRW 320 M for 3,000, 900 M for 7,000, 670 M for 4,500 m³/d (Wow TV, Daily T, Yonhap)",
                        year: "2015-2018")),
                worksLife,
            ]),
        Measure(
            "intake_works", .supply,
            [
                Parameter("quantity", "works", asked), Parameter("unit_cost", "works", currency: "USD", asked), gain, worksLife,
            ]),
        Measure(
            "transmission_main", .supply,
            [
                Parameter("quantity", "m", asked),
                Parameter(
                    "unit_cost", "m", currency: "USD",
                    figure(
                        79, 253, 732, .published, "IHE Delft thesis, Dili, 2021: PVC DN200 79, ductile iron DN400 253, DN800 732",
                        year: "2021")),
                gain, Parameter("life", "years", figure(50, 60, 80, .unverified, "professional knowledge")),
            ]),
        Measure(
            "storage_tank", .supply,
            [
                Parameter("quantity", "m³", asked), Parameter("unit_cost", "m³ of storage", currency: "USD", asked), gain, worksLife,
            ]),
        Measure(
            "pumping_station", .supply,
            [
                Parameter("quantity", "kW", asked), Parameter("unit_cost", "kW", currency: "USD", asked), gain,
                Parameter("life", "years", figure(10, 15, 20, .unverified, "professional knowledge")),
            ]),
        Measure(
            "organisation_training", .supply,
            [
                Parameter("quantity", "person-weeks", asked), Parameter("unit_cost", "person-week", currency: "USD", asked),
                Parameter("life", "years", figure(3, 5, 8, .assumed, "Yusu: staff turn over; no published figure found")),
            ]),
        Measure(
            "construction_supervision", .supply,
            [
                Parameter("quantity", "person-months", asked), Parameter("unit_cost", "person-month", currency: "USD", asked), worksLife,
            ]),
    ]

    /// Figures of the ways to read meters; no measure of its own.
    static let readingNetwork = Measure(
        "reading_network", .supply,
        [
            Parameter(
                "gateway_range", "m", figure(2000, 3000, 5000, .published, "LPWAN planning literature: 2-5 km urban, 10-15 km rural")),
            Parameter(
                "gateway_capacity", "messages/d",
                figure(10_000, 20_000, 50_000, .assumed, "Yusu: eight channels shared with others; the vendor's figure decides")),
            Parameter("messages_per_day", "messages per endpoint and day", figure(1, 4, 24, .assumed, "Yusu: four reads a day")),
            Parameter("redundancy", "gateways that hear a meter", figure(1, 2, 3, .assumed, "Yusu: one may fail")),
            Parameter(
                "gateway_cost", "gateway", currency: "KRW",
                figure(3_000_000, 6_000_000, 12_000_000, .published, "Seoul press reports; range is Yusu's own", year: "2023")),
            Parameter("gateway_operation", "gateway and year", currency: "USD", asked),
            Parameter("lorawan_endpoint", "endpoint", currency: "USD", figure(55, 78, 100, .published, radio)),
            Parameter(
                "nb_iot_endpoint", "endpoint", currency: "USD",
                figure(45, 70, 110, .assumed, "Yusu: Seoul's smart meter with endpoint, KRW 104-145 thousand, less a plain meter")),
            Parameter(
                "walk_by_endpoint", "endpoint", currency: "USD", figure(40, 65, 100, .assumed, "Yusu: as a LoRa node, simpler; \(radio)")),
            Parameter(
                "drive_by_endpoint", "endpoint", currency: "USD", figure(45, 70, 100, .assumed, "Yusu: as a LoRa node, simpler; \(radio)")),
            Parameter(
                "lorawan_operation", "endpoint and year", currency: "CAD",
                figure(3, 6, 10, .assumed, "Yusu: remote reading of that model without connection fees")),
            Parameter(
                "nb_iot_operation", "endpoint and year", currency: "CAD",
                figure(5, 10, 15, .unverified, "AMI cost-benefit model compteurs.QC, with connection")),
            Parameter(
                "walk_by_operation", "endpoint and year", currency: "CAD",
                figure(8, 15, 25, .assumed, "Yusu: below the CAD 25 of manual reading (AMI cost-benefit model compteurs.QC)")),
            Parameter(
                "drive_by_operation", "endpoint and year", currency: "CAD",
                figure(4, 8, 15, .assumed, "Yusu: between walk-by and remote reading")),
            Parameter("endpoint_life", "years", figure(10, 15, 20, .unverified, "AMI cost-benefit model compteurs.QC: battery life")),
            Parameter("read_success", "share of daily reads", figure(0.97, 0.985, 0.995, .unverified, "professional knowledge")),
            Parameter("spare_share", "share of endpoints", figure(0.01, 0.02, 0.05, .assumed, "Yusu")),
            Parameter("pilot_share", "share of endpoints", figure(0.05, 0.07, 0.10, .assumed, "Yusu: a pilot of 5-10 %")),
        ])
}
