// SPDX-License-Identifier: GPL-3.0-or-later

import Reporting
import TextFiles
import WaterModel

/// The files of a new city folder: what is known of the city, `unknown` for the rest, and for each what it is good for and where it comes from.
struct CityTemplate {
    var name: String
    var country: String
    var language: String
    var currency: String
    var timeZone: String
    var billing: BillingTotals?
    /// Of volumes of the bills.
    var volumeUnit: VolumeUnit
    /// Of the model, and the file's name. [m]
    var mainsLength: Double?
    var networkFile: String?
    /// Zones that nodes of the network name, with the length of their mains. [m]
    var zones: [(id: String, mains: Double)] = []

    /// A text as YAML.
    private static func quoted(_ text: String) -> String { JSON.string(text).line }

    var profile: String {
        let isImperial = UnitSystem.usual(in: country) == .imperial
        let mains =
            mainsLength.map { length in
                "{value: \(NumberText.fixed(length / 1000, 3)), margin_percent: 10, unit: km, year: not stated, "
                    + "source: \(Self.quoted("sum of the pipes of \(networkFile ?? "the model"); its small pipes may be missing")), status: computed}"
            } ?? "unknown"
        return """
            # The city and its utility. Everything but name, country and currency may stay `unknown`: the plan then says what cannot be said.
            #
            # A figure is a small table. Example:
            #   connections: {value: 21500, margin_percent: 2, unit: connections, year: 2025, source: "customer register", status: measured}
            #   value            the figure, in `unit`
            #   margin_percent   half of the range that holds the truth with 95 % certainty, in per cent; or low: and high:
            #   year             of the figure; `not stated` where nobody says
            #   source           who measured or printed it
            #   status           measured, published, computed, contested (sources disagree), assumed, unverified (no source), synthetic, unknown
            # Then `yusu check .` says what the figures show, how surely, and which one to measure next.

            name: \(Self.quoted(name))
            country: \(country)        # ISO 3166: two letters
            currency: \(currency)      # ISO 4217: three letters; all money of the folder is in it
            language: \(language)       # of the documents: \(Catalogue.embedded.joined(separator: ", "))
            time_zone: \(timeZone)
            # utility: "name of the utility"
            # notes:                   # what a reader must know first
            #   - "…"

            # People with water from this system: use and loss per person. From the census, or connections × persons per connection.
            population: unknown
            # Service connections, active and inactive: losses per connection, ILI. From the customer register.
            connections: unknown
            # Those with a meter (not more than `connections`): what meters miss, what metering would cost.
            metered_connections: unknown
            # Transmission and distribution mains, without service pipes (km, m, mi): losses per km, ILI, length to survey.
            mains_length: \(mains)
            # Private pipe from the boundary to the meter, mean per connection (m, ft). Left unknown, meters are taken to stand at the boundary.
            service_line_length: unknown
            # Mean over connections and day while the system is under pressure (m, kPa, bar, psi). A few loggers for a week are enough.
            average_pressure: unknown
            # Hours of supply a day, 24 or less (h/d). Below 24 losses are told for the hours under pressure.
            supply_hours: unknown

            # Price of water to customers (\(currency)/m3\(isImperial ? " or \(currency)/kgal" : "")): the revenue that apparent losses cost. Revenue over volume billed.
            tariff: unknown
            # Cost of one more cubic metre: energy, chemicals, water bought (\(currency)/m3). What leakage costs. Not the mean cost.
            variable_production_cost: unknown
            # Of the whole supply (\(currency)/year).
            operating_cost: unknown
            # Of the works (m3/d, l/s, ML/d\(isImperial ? ", MIGD" : "")): whether saved water can be sold.
            production_capacity: unknown
            # \(currency) per US$ (\(currency)/USD): most unit costs of the catalogue are printed in US$, and without it no measure has a price.
            exchange_rate: unknown

            # Figures that are printed somewhere and not computed with; where sources disagree, keep both.
            # facts:
            #   - {item: "non-revenue water as the press has it", value: 45, unit: "%", year: 2024, source: "…", status: contested}

            """
    }

    var balance: String {
        let unit = volumeUnit.rawValue
        let source =
            (billing.map { $0.file.split(separator: "/").last.map(String.init) ?? $0.file } ?? "") + "; margin guessed by yusu init"
        func figure(_ value: Double, margin: Int) -> String {
            "{value: \(NumberText.exact(value)), margin_percent: \(margin), unit: \(unit), year: \(Self.quoted(String(billing?.start.prefix(4) ?? "")))"
                + ", source: \(Self.quoted(source)), status: unverified}"
        }
        return """
            # Volumes of one period, in and out, from the same first to the same last day. A year evens out seasons and billing cycles.
            # Volumes: m3, thousand_m3, ML, MG (million US gallons), MIG (million imperial gallons), kgal. A margin is worth as much as the value.
            # A margin on a meter of unknown age is rarely below 3 %; bills that are read at other times than the supply add a few per cent.

            period_days: \(billing?.days ?? 365)
            \(billing.map { "period_start: \($0.start)-01" } ?? "# period_start: 2026-01-01")

            # Put into the system from own works, at their outlet meters.
            own_sources: \(billing?.supply.map { figure($0, margin: 5) } ?? "unknown")
            # Bought from, or sold to, other utilities.
            # imported: {value: 0, …}
            # exported: {value: 0, …}

            # Billed by meter; and billed without one, by assessment.
            billed_metered: \(billing.map { figure($0.billed, margin: 3) } ?? "unknown")
            # billed_unmetered: {value: …, margin_percent: 20, …}
            # Used by right and not billed: own buildings, flushing, fire, public taps.
            # unbilled_metered: {value: …, …}
            # unbilled_unmetered: {value: …, …}

            # Illegal use, what meters miss (% of true use) and errors of billing. Left out, wide defaults stand in, which the plan names.
            # unauthorised: {value: …, margin_percent: 60, …}
            # meter_under_registration: {value: 5, low: 2, high: 8, unit: "%", …}
            # data_handling: {value: 0, …}

            """
    }

    static let plan = """
        # What the plan should reach, and with which money. Money is in the currency of city.yaml.

        horizon_years: 15
        # start_year: 2027
        # construction_years: 5
        # target_revenue_water_percent: 80
        # target_year: 2035
        # budget: 2500000             # capital of the whole programme; without it there is no limit
        # discount_rate: {value: 8, unit: "%", year: 2024, source: "ministry of finance", status: published}    # real; 8 % is assumed
        # surplus: saved water avoids production; deficit: it is sold; take_or_pay: bought water is paid for whether taken or not
        regime: surplus
        # volume_saved, revenue_water_ratio, supply_hours, equity and least_capital are the others
        objective: net_present_value
        # natural_rise_of_leakage: {value: 5, low: 2, high: 10, unit: "%/year", year: 2025, source: "…", status: assumed}
        # funding:
        #   - {name: "development bank", kind: loan, amount: 2000000}      # grant, loan, own_funds

        """

    /// nil where no node of the network names a zone.
    var zoneTable: String? {
        guard !zones.isEmpty else { return nil }
        return DelimitedText.line(["zone", "name", "connections", "mains_length_km", "average_pressure_m", "inflow_sensors"])
            + zones.map { DelimitedText.line([$0.id, $0.id, "", NumberText.fixed($0.mains / 1000, 3), "", ""]) }.joined()
    }

    var guide: String {
        """
        # \(name)

        A city folder of Yusu. `yusu check .` says what the data show and what to measure next; `yusu plan . --output plan` draws up the
        improvement plan. Figures that nobody knows stay `unknown`: the documents say so.

        What else the folder may hold, each with what it adds:

        - `balance.yaml` – volumes of a period: how much is lost
        - `zones.csv` and `flows/*.csv` (timestamp, sensor, value; hourly, a week or more) – where it is lost, from the night flow
        - `meters.csv` and `readings/` with exports of customer meters and a profile (`yusu meters import --guess FILE`) – what is used in each zone,
          and which meters are stuck, oversized or leak behind
        - `network.inp` (EPANET) with `sensors.csv` and `pressures/*.csv` – which pipes to walk first, how far pressure can come down
        - `leaks.csv` – repaired leaks: components of leakage
        - `catalogue.yaml` – unit costs of this place in place of published ones
        - `plan.yaml` – target, budget, funding

        Every key and column: `Examples/README.md` of the Yusu project.

        """
    }
}
