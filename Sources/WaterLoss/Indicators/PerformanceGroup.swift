// SPDX-License-Identifier: GPL-3.0-or-later

/// The bands in which the World Bank Institute sorts systems by their losses (Liemberger; the matrices that WB-EasyCalc shows).
public enum PerformanceGroup: String, Sendable, Hashable, CaseIterable {
    /// Best practice.
    case a1 = "A1"
    /// Further cuts may not pay.
    case a2 = "A2"
    /// Clear room to improve.
    case b = "B"
    /// Bearable only where water is plentiful and cheap.
    case c = "C"
    /// Not acceptable.
    case d = "D"

    /// Which of the two matrices.
    public enum Region: String, Sendable, CaseIterable {
        case standard
        /// Low- and middle-income countries.
        case lowAndMiddleIncome = "lmic"
    }

    /// Group of real losses, by the infrastructure leakage index.
    public static func realLosses(index: Double, _ region: Region) -> PerformanceGroup {
        group(index, region == .standard ? [1.5, 2, 4, 8] : [2, 4, 8, 16])
    }

    /// Group that real losses would have by their volume alone, in the column of the pressure; for comparison: the index decides.
    /// - litres: per connection and day under pressure.
    /// - pressure: [m]
    public static func realLosses(litres: Double, pressure: Double, _ region: Region) -> PerformanceGroup {
        let column = column(pressure)
        return group(litres, (region == .standard ? realStandard : realLowIncome).map { $0[column] })
    }

    /// Group of non-revenue water in the column of the pressure: up to 15, 25, 35, 45 m, and above. The limits 15 and 35 m are
    /// inferred from the columns' names (10 to 50 m), the other two were seen to hold.
    /// - litres: per connection and day under pressure.
    /// - pressure: [m]
    public static func nonRevenueWater(litres: Double, pressure: Double, _ region: Region) -> PerformanceGroup {
        let column = column(pressure)
        return group(litres, (region == .standard ? waterStandard : waterLowIncome).map { $0[column] })
    }

    private static func column(_ pressure: Double) -> Int { [15, 25, 35, 45].firstIndex { pressure <= $0 } ?? 4 }

    private static func group(_ value: Double, _ bounds: [Double]) -> PerformanceGroup {
        allCases[bounds.firstIndex { value <= $0 } ?? 4]
    }

    // Upper bounds of A1, A2, B, C at 10, 20, 30, 40, 50 m. [l/conn/d] The standard matrices have no column of 10 m: 20 m stands.
    private static let realStandard: [[Double]] = [
        [25, 25, 40, 50, 60], [50, 50, 75, 100, 125], [100, 100, 150, 200, 250], [200, 200, 300, 400, 500],
    ]
    private static let realLowIncome: [[Double]] = [
        [25, 50, 75, 100, 125], [50, 100, 150, 200, 250], [100, 200, 300, 400, 500], [200, 400, 600, 800, 1000],
    ]
    private static let waterStandard: [[Double]] = [
        [50, 50, 65, 75, 85], [100, 100, 125, 150, 175], [200, 200, 250, 300, 350], [350, 350, 450, 550, 650],
    ]
    private static let waterLowIncome: [[Double]] = [
        [55, 80, 105, 130, 155], [110, 160, 210, 260, 310], [220, 320, 420, 520, 620], [400, 600, 800, 1000, 1200],
    ]
}
