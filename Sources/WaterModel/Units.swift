// SPDX-License-Identifier: GPL-3.0-or-later

/// Exact unit factors, in one table with the definition beside each. Inside the project everything is SI;
/// these are for the doors: readers, the command line, documents.
public enum Units {
    public static let foot = 0.3048  // m, international foot, exact
    public static let inch = 0.0254  // m, exact
    public static let mile = 1609.344  // m, 5280 ft
    public static let cubicFoot = 0.028316846592  // m³, 0.3048³
    public static let usGallon = 0.003785411784  // m³, 231 in³, exact
    public static let imperialGallon = 0.00454609  // m³, exact
    public static let acreFoot = 1233.48183754752  // m³, 43 560 ft³
    public static let day = 86_400.0  // s
    public static let hour = 3_600.0  // s
    public static let horsepower = 745.69987158227022  // W, 550 ft·lbf/s
    /// Standard acceleration of gravity. [m/s²]
    public static let gravity = 9.80665
    /// Density at which pressures are turned into heads of water. [kg/m³]
    public static let waterDensity = 1000.0
    public static let psi = 6894.757293168361  // Pa, lbf/in²
}

/// Units of volume that utilities report in, with their exact size.
public enum VolumeUnit: String, CaseIterable, Sendable {
    case cubicMetre = "m3"
    case thousandCubicMetres = "thousand_m3"
    case millionCubicMetres = "million_m3"
    case megalitre = "ML"
    /// Million US gallons.
    case millionGallons = "MG"
    /// Million imperial gallons.
    case millionImperialGallons = "MIG"
    case thousandGallons = "kgal"
    case acreFoot = "AF"
    /// Hundred cubic feet.
    case hundredCubicFeet = "ccf"
    case litre = "L"
    case usGallon = "gal"
    case imperialGallon = "imp_gal"
    case cubicFoot = "ft3"

    public var cubicMetres: Double {
        switch self {
        case .cubicMetre: 1
        case .thousandCubicMetres, .megalitre: 1000
        case .millionCubicMetres: 1e6
        case .millionGallons: 1e6 * Units.usGallon
        case .millionImperialGallons: 1e6 * Units.imperialGallon
        case .thousandGallons: 1e3 * Units.usGallon
        case .acreFoot: Units.acreFoot
        case .hundredCubicFeet: 100 * Units.cubicFoot
        case .litre: 1e-3
        case .usGallon: Units.usGallon
        case .imperialGallon: Units.imperialGallon
        case .cubicFoot: Units.cubicFoot
        }
    }
}
