// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Brings money of the catalogue into the city's currency. A rate that nobody gave is not guessed: then there is no conversion.
struct MoneyConversion {
    let currency: String
    /// City's currency per US$; nil where it is not known.
    let perDollar: Double?
    /// US$ per unit of another currency in which sources print.
    let dollarsPer: [String: Double]

    init(profile: CityProfile, catalogue: MeasureCatalogue) {
        currency = profile.currency
        perDollar = profile.currency == "USD" ? 1 : profile.exchangeRate.value.flatMap { $0 > 0 ? $0 : nil }
        var dollars = ["USD": 1.0]
        if let rate = catalogue.parameter("general", "usd_per_eur")?.value.value, rate > 0 { dollars["EUR"] = rate }
        if let rate = catalogue.parameter("general", "krw_per_usd")?.value.value, rate > 0 { dollars["KRW"] = 1 / rate }
        if let rate = catalogue.parameter("general", "cad_per_usd")?.value.value, rate > 0 { dollars["CAD"] = 1 / rate }
        dollarsPer = dollars
    }

    /// Units of the city's currency for one unit of `source`; nil where no rate is known.
    func factor(from source: String) -> Double? {
        if source == currency { return 1 }
        guard let perDollar, let dollars = dollarsPer[source] else { return nil }
        return dollars * perDollar
    }

    /// Catalogue rate that a conversion from `source` leans on, to be listed as an assumption.
    func rateKey(from source: String) -> String? {
        guard source != currency else { return nil }
        return ["EUR": "usd_per_eur", "KRW": "krw_per_usd", "CAD": "cad_per_usd"][source]
    }
}
