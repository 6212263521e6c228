// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterModel

@testable import WaterFiles

@Suite struct CityFolderTests {
    static let head = "name: Town\ncountry: PE\ncurrency: PEN\n"
    static let origin = "year: 2024, source: register, status: measured"

    /// A reservoir R, a tank T, junctions A and B in a row, pipes P1 (R–A), P2 (A–T), P3 (A–B) of 100 m.
    static func network(_ path: String) throws(TextFileError) -> Network {
        var network = Network()
        network.nodes = [
            Node(id: "R", elevation: 50, kind: .reservoir(Reservoir())),
            Node(id: "T", elevation: 40, kind: .tank(Tank(initialLevel: 1, minimumLevel: 0, maximumLevel: 2, diameter: 5))),
            Node(id: "A", elevation: 0, kind: .junction(Junction())), Node(id: "B", elevation: 0, kind: .junction(Junction())),
        ]
        for (id, start, end) in [("P1", "R", "A"), ("P2", "A", "T"), ("P3", "A", "B")] {
            let pipe = Pipe(length: 100, diameter: 0.1, roughness: 100)
            network.links.append(Link(id: .init(id), start: .init(start), end: .init(end), kind: .pipe(pipe), status: .open))
        }
        return network
    }

    static func twoPieces(_ path: String) throws(TextFileError) -> Network {
        var network = try Self.network(path)
        for id in ["X", "Y"] { network.nodes.append(Node(id: .init(id), elevation: 0, kind: .junction(Junction()))) }
        let pipe = Pipe(length: 10, diameter: 0.1, roughness: 100)
        network.links.append(Link(id: "P9", start: "X", end: "Y", kind: .pipe(pipe), status: .open))
        return network
    }

    func complaints(_ files: [String: String], network: (String) throws(TextFileError) -> Network = network) throws -> [String] {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(name, text) }
        return folder.complaints { () throws(TextFileError) in try CityFolder.read(folder.path, network: network) }
    }

    @Test("a profile alone is a city; what it does not say is unknown")
    func profileAlone() throws {
        let folder = try TemporaryFolder()
        try folder.write("city.yaml", Self.head + "tariff: unknown\nsupply_hours: {status: unknown, source: not found}\n")
        let city = try CityFolder.read(folder.path, network: Self.network)
        #expect(city.profile.name == "Town" && city.profile.tariff == .unknown)
        #expect(city.profile.supplyHours.value == nil && city.profile.supplyHours.source == "not found")
        #expect(city.balance == nil && city.network == nil && city.record == nil && city.zones.isEmpty)
        #expect(try CityFolder.readingProfiles(folder.path).isEmpty)
    }

    @Test("figures become SI with their ranges")
    func units() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "city.yaml",
            Self.head
                + """
                mains_length: {value: 12.5, low: 12, high: 13, unit: km, \(Self.origin)}
                average_pressure: {value: 3, unit: bar, \(Self.origin)}
                production_capacity: {value: 86.4, margin_percent: 10, unit: ML/d, \(Self.origin)}
                tariff: {value: 2, unit: PEN/m³, \(Self.origin)}

                """)
        try folder.write(
            "balance.yaml",
            "period_days: 365\nown_sources: {value: 2, unit: MIG, \(Self.origin)}\nbilled_metered: {value: 1, margin_percent: 5, unit: ML, \(Self.origin)}\nmeter_under_registration: {value: 4, unit: \"%\", \(Self.origin)}\n"
        )
        let city = try CityFolder.read(folder.path, network: Self.network)
        let rounding = 1e-9
        #expect(city.profile.mainsLength.value == 12_500 && city.profile.mainsLength.high == 13_000)
        #expect(abs(try #require(city.profile.averagePressure.value) - 30.591486389337) < rounding)  // 3e5/9806.65
        let capacity = city.profile.productionCapacity
        #expect(abs(try #require(capacity.value) - 1) < rounding)
        #expect(abs(try #require(capacity.low) - 0.9) < rounding)
        #expect(abs(try #require(city.balance?.volumes[.ownSources]?.value) - 9092.18) < rounding)
        #expect(abs(try #require(city.balance?.volumes[.billedMetered]?.estimate?.margin95) - 50) < rounding)
        #expect(abs(try #require(city.balance?.meterUnderRegistration?.value) - 0.04) < rounding)
    }

    @Test("without the folder or its profile the file is missing; a misnamed profile is told")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: TextFileError.self) { try CityFolder.read(folder.path + "/none", network: Self.network) }
        do {
            _ = try CityFolder.read(folder.path, network: Self.network)
            Issue.record("a folder without city.yaml was read")
        } catch {
            guard case .missing(let path) = error else { throw error }
            #expect(path == folder.path + "/city.yaml")
        }
        #expect(try complaints(["city.yml": Self.head]) == ["city.yml: is this the city's profile?; rename it to 'city.yaml'"])
    }

    static let badProfiles: [(text: String, expected: [String])] = [
        ("populaton: unknown\n", ["city.yaml:4: unknown key 'populaton'; did you mean 'population'?"]),
        (
            "population: 30000\n",
            ["city.yaml:4: 'population' is '30000' without its origin; write {value: …, year: …, source: …, status: …}, or 'unknown'"]
        ),
        ("population: {value: many, \(origin)}\n", ["city.yaml:4: 'population.value' is 'many'; give a number of 0 or more"]),
        (
            "mains_length: {value: 3, unit: furlong, \(origin)}\ntariff: {value: 3, \(origin)}\n",
            [
                "city.yaml:4: 'mains_length.unit' is 'furlong'; give one of: km, m, mi, ft",
                "city.yaml:5: 'tariff' has no unit; add 'unit:' with one of: PEN/m3, PEN/kgal, PEN/ccf",
            ]
        ),
        (
            "connections:\n  value: 5\n  status: publishd\n",
            [
                "city.yaml:6: 'connections.status' is 'publishd'; did you mean 'published'? give one of: measured, published, computed, contested, assumed, unverified, synthetic, unknown",
                "city.yaml:4: 'connections' has no year; add 'year:' of the figure, or 'year: not stated'",
                "city.yaml:4: 'connections' has no source; add 'source:': who measured or printed it",
            ]
        ),
        (
            "connections: {value: 5, low: 6, high: 7, \(origin)}\n",
            ["city.yaml:4: 'connections': the value 5 is not between low 6 and high 7; mend the range"]
        ),
        (
            "connections: {value: 5, low: 4, \(origin)}\n",
            ["city.yaml:4: 'connections' has only one end of its range; give both 'low:' and 'high:'"]
        ),
        (
            "connections: {value: 5, status: unknown}\n",
            ["city.yaml:4: 'connections' has a value and the status 'unknown'; take the value out, or give its true status"]
        ),
        (
            "connections: {value: 5, year: 24, source: x, status: measured}\n",
            ["city.yaml:4: 'connections.year' is '24'; give a year (2024), a span (2013-2015) or 'not stated'"]
        ),
        (
            "connections: {value: 5, \(origin)}\nmetered_connections: {value: 6, \(origin)}\nsupply_hours: {value: 25, \(origin)}\n",
            [
                "city.yaml:5: metered_connections 6 are more than connections 5; mend one of the two",
                "city.yaml:6: supply_hours is 25; a day has 24: give hours per day",
            ]
        ),
        ("language: fr\n", ["city.yaml:4: 'language' is 'fr'; give one of: en, es, ko"]),
        ("time_zone: Lima\n", ["city.yaml:4: 'time_zone' is 'Lima'; give an IANA name (America/Lima), an offset (-05:00) or UTC"]),
        ("name: Other\n", ["city.yaml:1: the key 'name' stands twice; keep one of the two"]),
        (
            "notes:\n  - a\n - b\n",
            [
                "city.yaml:6: this is not YAML: did not find expected key; check the indentation, colons and quotes of this line and the one before"
            ]
        ),
    ]

    @Test("a fault of the profile is told with its line and what to do", arguments: badProfiles)
    func badProfile(text: String, expected: [String]) throws {
        #expect(try complaints(["city.yaml": Self.head + text]) == expected)
    }

    @Test("codes of country and currency have a form, and the name must be there")
    func codes() throws {
        #expect(
            try complaints(["city.yaml": "country: Peru\ncurrency: soles\n"]) == [
                "city.yaml:1: 'name' is missing; add a line 'name: the city's name'",
                "city.yaml:1: 'country' is 'Peru'; give two capital letters of ISO 3166: PE",
                "city.yaml:2: 'currency' is 'soles'; give three capital letters of ISO 4217: PEN, USD",
            ])
    }

    @Test("meters with dates: the present zone stands, those of earlier rows are known too, and must be there")
    func datedMeters() throws {
        let folder = try TemporaryFolder()
        let rows = "meter,zone,from\nM1,North,2020-01-01\nM1,South,2026-06-01\nM2,South,\n"
        try folder.write("city.yaml", Self.head)
        try folder.write("zones.csv", "zone\nNorth\nSouth\n")
        try folder.write("meters.csv", rows)
        let meters = try CityFolder.read(folder.path, network: Self.network).meters
        #expect(meters.map(\.zone?.name) == ["South", "South"] && meters.map(\.earlier.count) == [1, 0])
        #expect(
            try complaints(["city.yaml": Self.head, "zones.csv": "zone\nSouth\n", "meters.csv": rows]) == [
                "meters.csv:2: meter 'M1': zone 'North' is not in zones.csv; add it there"
            ])
    }

    @Test("a price, share or time of the catalogue that is negative, or whose range is, is refused with its place")
    func negativePrices() throws {
        let found = try complaints([
            "city.yaml": Self.head,
            "catalogue.yaml": "measures:\n  mains_renewal:\n    unit_cost: {value: -40, low: -60, high: -25, \(Self.origin)}\n"
                + "    life: {value: 10, margin_percent: 120, \(Self.origin)}\n    effect: {value: 0, low: 0, high: 1, \(Self.origin)}\n",
        ])
        #expect(
            found == [
                "catalogue.yaml:3: 'mains_renewal.unit_cost' is or reaches -60; give 0 or more: a price, a share or a time cannot be negative",
                "catalogue.yaml:4: 'mains_renewal.life' is or reaches -2; give 0 or more: a price, a share or a time cannot be negative",
            ])
    }

    @Test("problems of all files are told at once")
    func allFiles() throws {
        let found = try complaints([
            "city.yaml": Self.head + "conections: unknown\n",
            "balance.yaml": "period_days: 0\nown_source: {value: 1, unit: m3, \(Self.origin)}\n",
            "plan.yaml":
                "regime: surplas\nhorizon_years: 3\nfunding: [{name: a, kind: gift, amount: -1}]\ntarget_revenue_water_percent: 185\n",
            "catalogue.yaml": "measures: {pressure_management: {unit_cost: {value: 3, status: assumed}}}\n",
            "zones.csv": "zone,conections\nZ1,5\nZ1,6\n",
            "meters.csv": "meter,zone,class,dials\nM1,Z9,house,0\n",
            "leaks.csv": "date,zone,pipe\nMarch,Z1,P1\n",
            "zone.csv": "zone\n",
        ])
        #expect(
            found == [
                "city.yaml:4: unknown key 'conections'; did you mean 'connections'?",
                "balance.yaml:2: unknown key 'own_source'; did you mean 'own_sources'?",
                "balance.yaml:1: 'period_days' is '0'; give a number from 1 to 3660 [days]",
                "balance.yaml:1: neither 'own_sources' nor 'imported' is given; add the volume put into the system, or leave the file out",
                "plan.yaml:4: 'target_revenue_water_percent' is '185'; give a number from 1 to 100 [%]",
                "plan.yaml:1: 'regime' is 'surplas'; did you mean 'surplus'? give one of: surplus, deficit, take_or_pay",
                "plan.yaml:3: 'funding[1].kind' is 'gift'; give one of: grant, loan, own_funds, concessional_loan, commercial_loan, contractor",
                "catalogue.yaml:1: 'pressure_management.unit_cost' has no year; add 'year:' of the figure, or 'year: not stated'",
                "catalogue.yaml:1: 'pressure_management.unit_cost' has no source; add 'source:': who measured or printed it",
                "zones.csv:1: unknown column 'conections'; did you mean 'connections'?",
                "zones.csv:3: zone 'Z1' stands already in line 2; keep one of the two rows",
                "meters.csv:2: meter 'M1': class is 'house'; give one of: residential, commercial, industrial, institutional, other",
                "meters.csv:2: meter 'M1': dials is '0'; give a whole number from 1 to 12, or leave it empty",
                "leaks.csv:2: the date of a repair is 'March'; write it as 2026-03-01",
                "meters.csv:2: meter 'M1': zone 'Z9' is not in zones.csv; add it there",
            ])
    }

    @Test("a lot of meters and contracts of bought water, in SI units")
    func lotAndPurchases() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "city.yaml",
            Self.head + "connections: {value: 100, \(Self.origin)}\nmetered_connections: {value: 10, \(Self.origin)}\n")
        try folder.write("meter_lot.csv", "x_m,y_m,class,diameter_mm,count\n100,-50,commercial,25,30\n,,,,60\n7,8,,,0\n")
        try folder.write(
            "plan.yaml",
            """
            purchases:
              - {name: sea, quantity: {value: 40, unit: MIGD, \(Self.origin)}, price: {value: 6.78, \(Self.origin)}, until: 2028}
              - {name: neighbour, quantity: {value: 10, unit: m3/d, \(Self.origin)}, price: unknown}
            """)
        let city = try CityFolder.read(folder.path, network: Self.network)
        #expect(
            city.lot == [
                LotMeters(place: Point(x: 100, y: -50), customerClass: .commercial, diameter: 0.025, count: 30), LotMeters(count: 60),
                LotMeters(place: Point(x: 7, y: 8), count: 0),
            ])
        let purchases = city.plan.supply.purchases
        // A million imperial gallons of 4.54609 L; rounding of units by way of seconds.
        #expect(abs((purchases.first?.quantity.value ?? 0) - 40 * 4546.09) < 1e-6)
        #expect(purchases.first?.price.value == 6.78 && purchases.map(\.until) == [2028, nil])
        #expect(purchases.last?.price.value == nil)
    }

    @Test("what is wrong in a lot of meters and in contracts is told")
    func badLot() throws {
        let found = try complaints([
            "city.yaml": Self.head + "connections: {value: 100, \(Self.origin)}\nmetered_connections: {value: 90, \(Self.origin)}\n",
            "meter_lot.csv": "x_m,y_m,class,count\n1,,house,3\n1,2,,\n1,2,,-4\n1,2,,9\n",
            "plan.yaml": "purchases: [{name: sea, price: {value: 1, \(Self.origin)}, untill: 2028}]\n",
        ])
        #expect(
            found == [
                "plan.yaml:1: unknown key 'untill' in 'purchases[1]'; did you mean 'until'?",
                "plan.yaml:1: 'purchases[1].quantity' is missing; a contract needs it, or the word unknown",
                "meter_lot.csv:2: one of x_m and y_m is missing; give both, or leave both empty",
                "meter_lot.csv:2: meters of the lot: class is 'house'; give one of: residential, commercial, industrial, institutional, other",
                "meter_lot.csv:3: no count; give the number of meters, or 0 where only a gateway may stand",
                "meter_lot.csv:4: meters of the lot: count is '-4'; give a whole number of 0 or more, or leave it empty",
                "meter_lot.csv: the lot has 12 meters, and 10 connections are without one; mend the column 'count', or connections and metered_connections of city.yaml",
            ])
    }

    @Test("parts that contradict each other are told")
    func contradictions() throws {
        let found = try complaints([
            "city.yaml": Self.head + "connections: {value: 10, \(Self.origin)}\nmains_length: {value: 5, unit: km, \(Self.origin)}\n",
            "balance.yaml":
                "period_days: 30\nown_sources: {value: 10, unit: m3, \(Self.origin)}\nbilled_metered: {value: 1, unit: ML, \(Self.origin)}\n",
            "network.inp": "",
            "sensors.csv":
                "sensor,kind,network_element,unit,zone\nQ1,flow,A,l/s,Z1\nQ2,flow,P1,l/s,z-1\nS1,pressure,P1,m,\nL1,level,A,m,\n",
            "zones.csv": "zone,connections,inflow_sensors\nZ1,12,Q2 -S1 Q7\n",
            "leaks.csv": "date,zone,pipe\n2026-03-01,Z1,P7\n",
        ])
        #expect(
            found == [
                "zones.csv: the zones' connections sum to 12, the city has 10 (city.yaml); mend the column 'connections', or 'connections' of city.yaml",
                "zones.csv:2: zone 'Z1': inflow sensor 'S1' is a pressure, not a flow; name the flow meter of the zone's inlet",
                "zones.csv:2: zone 'Z1': inflow sensor 'Q7' is not in sensors.csv; add it there",
                "sensors.csv:3: sensor 'Q2': zone 'z-1' is not in zones.csv; did you mean 'Z1'? else add it there",
                "sensors.csv:2: sensor 'Q1': the network has no link 'A'; it is a node; a flow is measured in a link",
                "sensors.csv:4: sensor 'S1': the network has no node 'P1'; it is a link; a pressure is measured at a node",
                "sensors.csv:5: sensor 'L1': 'A' is a junction and has no level; name a tank, or make it a pressure",
                "leaks.csv:2: the network has no pipe 'P7'; name a pipe of network.inp, or leave it empty",
                "balance.yaml: authorised consumption, 1000 m3, is more than the water supplied, 10 m3; check that units and periods of all volumes are the same",
                "network.inp: its pipes sum to 0.30 km, city.yaml states 5.00 km of mains; check the unit of lengths in network.inp and of 'mains_length'",
            ])
    }

    @Test("a network in two pieces is told with the place and the number")
    func twoPieces() throws {
        #expect(
            try complaints(["city.yaml": Self.head, "network.inp": ""], network: Self.twoPieces) == [
                "network.inp: junction 'X' and 1 more have no path to a reservoir or tank; join them by a pipe or valve, or take them out"
            ])
    }

    @Test("readings without their lists or profiles are told")
    func readings() throws {
        #expect(
            try complaints([
                "city.yaml": Self.head, "flows/q.csv": "timestamp,Q\n2026-03-02T00:00,1\n", "readings/p.yaml": "fils: \"a*\"\n",
                "readings/q.yaml": "files: [\"b*.csv\", c.csv]\n",
            ]).map { $0.replacing(#/in \/.*\/flows/#, with: "in flows") } == [
                "sensors.csv: is missing, though there are readings in flows/q.csv; list the sensors with the columns sensor, kind, network_element, unit",
                "readings/p.yaml:1: 'files' is missing; rename the key 'fils'",
                "readings/q.yaml:1: no file in readings/ fits 'b*.csv', 'c.csv'; mend the pattern, or add the files",
            ])
    }

    @Test("a file nested beyond all use, and one of no use at all, end in a message")
    func strangeFiles() throws {
        #expect(
            try complaints(["city.yaml": String(repeating: "[", count: 100_000)]) == [
                "city.yaml:1: the entries are nested too deeply; is it the right file?"
            ])
        #expect(
            try complaints(["city.yaml": String(repeating: "- ", count: 100_000) + "a"]) == [
                "city.yaml:1: the entries are nested too deeply; is it the right file?"
            ])
        #expect(try complaints(["city.yaml": ""]) == ["city.yaml: the file is empty; fill it in, or leave it out"])
        #expect(
            try complaints(["city.yaml": "- a\n"]).first?.hasPrefix(
                "city.yaml:1: the file is not a list of 'key: value' lines; known keys are: name, country") == true)
    }

    @Test(
        "patterns of file names",
        arguments: [
            ("a.csv", "*.csv", true), ("a.csv.gz", "*.csv", false), ("b1.csv", "b?.csv", true), ("b.csv", "b?.csv", false),
            ("abc", "a*c*", true), ("", "*", true),
        ])
    func patterns(name: String, pattern: String, fits: Bool) { #expect(CityFolder.matches(name, pattern) == fits) }
}
