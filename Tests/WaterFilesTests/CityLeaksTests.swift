// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterModel

@testable import WaterFiles

@Suite("leaks.csv and components.yaml")
struct CityLeaksTests {
    static let header = "date,zone,pipe,flow_l_per_s,flow_margin_percent,element,kind,began,aware,located\n"

    @Test("dates, elements, flows and margins are read; a leak without a repair runs still")
    func reads() throws {
        let folder = try TemporaryFolder()
        try folder.write("city.yaml", CityFolderTests.head)
        try folder.write(
            "leaks.csv",
            Self.header + "2025-03-04,,,1.5,20,service_pipe,unreported,2025-01-01,2025-03-01,2025-03-02\n,,,,,main,reported,,2025-12-30,\n")
        try folder.write(
            "components.yaml",
            "log_from: 2025-01-01\nlog_to: 2025-12-31\nsurvey_interval: {value: 6, unit: months, \(CityFolderTests.origin)}\n"
                + "survey_cost: {value: 5000, margin_percent: 10, unit: PEN, \(CityFolderTests.origin)}\n"
                + "rise_of_leakage: {value: 2, unit: l/s/year, \(CityFolderTests.origin)}\n")
        let city = try CityFolder.read(folder.path, network: CityFolderTests.network)
        let first = city.repairs[0], second = city.repairs[1]
        #expect(first.kind == .servicePipe && first.isReported == false && first.flow == 0.0015 && first.flowMargin95 == 0.2)
        #expect(first.began == Instant(year: 2025, month: 1, day: 1) && first.repaired == Instant(year: 2025, month: 3, day: 4))
        #expect(second.repaired == nil && second.date.isEmpty && second.aware == Instant(year: 2025, month: 12, day: 30))
        let settings = city.components
        #expect(settings.logPeriod == Instant(year: 2025, month: 1, day: 1)..<Instant(year: 2026, month: 1, day: 1))
        #expect(settings.surveyInterval.value == 182.5 && settings.surveyCost.high == 5500)
        #expect(abs((settings.riseOfLeakage.value ?? 0) - 172.8) < 1e-9 && settings.conditionFactor.value == nil)
    }

    @Test("the log of before, with its four columns, is read as it was")
    func old() throws {
        let folder = try TemporaryFolder()
        try folder.write("city.yaml", CityFolderTests.head)
        try folder.write("leaks.csv", "date,zone,pipe,flow_l_per_s\n2025-03-04,,,\n")
        let repair = try #require(try CityFolder.read(folder.path, network: CityFolderTests.network).repairs.first)
        #expect(repair.kind == nil && repair.isReported == nil && repair.repaired != nil)
    }

    @Test("all that is wrong is told at once, with its line")
    func wrong() throws {
        let folder = try TemporaryFolder()
        try folder.write("city.yaml", CityFolderTests.head)
        try folder.write(
            "leaks.csv",
            Self.header + "2025-02-30,,,-1,,valve,heard,2025,,\n,,,,,main,reported,,,\n2025-03-04,,,,,main,reported,,2025-03-09,\n")
        try folder.write("components.yaml", "log_from: 2025-13-01\nsurvey_cost: 5\nsurvey_intervall: 3\n")
        let told = folder.complaints { () throws(TextFileError) in try CityFolder.read(folder.path, network: CityFolderTests.network) }
        for words in [
            "leaks.csv:2: the date of a repair is '2025-02-30'", "leaks.csv:2: repair of 2025-02-30: flow_l_per_s is '-1'",
            "element is 'valve'", "kind is 'heard'", "began is '2025'", "leaks.csv:3: the date of a repair is ''",
            "leaks.csv:4: repair of 2025-03-04: 'aware' lies after 'date'", "'log_from' is '2025-13-01'", "only one end",
            "'survey_cost' is '5' without its origin", "unknown key 'survey_intervall'",
        ] {
            #expect(told.contains { $0.contains(words) }, "\(words) in \(told)")
        }
    }
}
