// SPDX-License-Identifier: GPL-3.0-or-later

import Reporting

/// What a new city folder takes from its country: language of the documents, ISO 4217 currency, clock of the capital (IANA).
struct CountryDefaults {
    var language: String
    var currency: String
    var timeZone: String

    /// ISO 3166 code; countries of the field's cities and their neighbours. Others give language, currency and clock themselves.
    static let known: [String: CountryDefaults] = [
        "BB": .init("en", "BBD", "America/Barbados"), "BN": .init("en", "BND", "Asia/Brunei"), "BO": .init("es", "BOB", "America/La_Paz"),
        "BS": .init("en", "BSD", "America/Nassau"), "CL": .init("es", "CLP", "America/Santiago"),
        "CO": .init("es", "COP", "America/Bogota"), "CR": .init("es", "CRC", "America/Costa_Rica"),
        "DO": .init("es", "DOP", "America/Santo_Domingo"), "EC": .init("es", "USD", "America/Guayaquil"),
        "GT": .init("es", "GTQ", "America/Guatemala"), "HN": .init("es", "HNL", "America/Tegucigalpa"),
        "ID": .init("en", "IDR", "Asia/Jakarta"), "JM": .init("en", "JMD", "America/Jamaica"), "KE": .init("en", "KES", "Africa/Nairobi"),
        "KH": .init("en", "KHR", "Asia/Phnom_Penh"), "KR": .init("ko", "KRW", "Asia/Seoul"), "LA": .init("en", "LAK", "Asia/Vientiane"),
        "MX": .init("es", "MXN", "America/Mexico_City"), "NI": .init("es", "NIO", "America/Managua"),
        "PA": .init("es", "PAB", "America/Panama"), "PE": .init("es", "PEN", "America/Lima"), "PH": .init("en", "PHP", "Asia/Manila"),
        "PY": .init("es", "PYG", "America/Asuncion"), "RW": .init("en", "RWF", "Africa/Kigali"),
        "SV": .init("es", "USD", "America/El_Salvador"), "TH": .init("en", "THB", "Asia/Bangkok"),
        "TT": .init("en", "TTD", "America/Port_of_Spain"), "US": .init("en", "USD", "America/New_York"),
        "UY": .init("es", "UYU", "America/Montevideo"), "VN": .init("en", "VND", "Asia/Ho_Chi_Minh"),
    ]

    private init(_ language: String, _ currency: String, _ timeZone: String) {
        self.language = language
        self.currency = currency
        self.timeZone = timeZone
    }
}
