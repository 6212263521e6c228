// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Metering
import TextFiles
import WaterFiles
import WaterLoss
import WaterModel

/// Reads a city folder and runs every analysis that its data allow.
struct CityWork {
    let city: City
    let assessment: CityAssessment
    /// What could not be done, in words for the user.
    let remarks: [String]

    /// - Parameters:
    ///   - findsLeaks: look for a running leak in the record of pressures and flows, which takes a few seconds.
    init(folder: String, seed: UInt64, findsLeaks: Bool, quiet: Bool) throws {
        var remarks: [String] = []
        city = try CityFolder.read(folder) { path throws(TextFileError) in try INP.read(path) }
        Console.progress("read \(folder)", quiet: quiet)
        let report = try Self.readings(of: city, folder: folder, remarks: &remarks, quiet: quiet)
        var pressures: PressureSurvey?
        var leaks: [LeakFinding] = []
        if let network = city.network {
            do {
                pressures = try PressureSurvey(of: network, zones: city.zones)
                if pressures?.converged == false {
                    remarks.append("\(folder)/network.inp: the model found no balance; its pressures are not used")
                }
                if pressures?.converged == false { pressures = nil }
            } catch {
                remarks.append("\(folder)/network.inp: \(error.description)")
            }
            if findsLeaks, let record = city.record {
                Console.progress("looking for a running leak", quiet: quiet)
                var options = LeakLocatorOptions()
                options.seed = seed
                do {
                    if let finding = try LeakLocator(network: network, sensors: city.sensors, options: options).locate(in: record) {
                        leaks.append(finding)
                    }
                } catch {
                    remarks.append("no leak was looked for: \(error.description)")
                }
            }
        }
        assessment = .assess(
            city: city, consumption: report?.zones ?? [], meters: report?.summaries ?? [], pressures: pressures, leaks: leaks)
        self.remarks = remarks
    }

    /// Customer readings, through a store in memory.
    private static func readings(of city: City, folder: String, remarks: inout [String], quiet: Bool) throws -> MeterReport? {
        let profiles = try CityFolder.readingProfiles(folder)
        guard !profiles.isEmpty else { return nil }
        return try MetersCommand.withStoreErrors {
            let store = try MeterStore.inMemory()
            for item in profiles where !item.files.isEmpty {
                let imported = try store.importFiles(item.files, profile: Profile(path: item.profile), register: city.meters)
                if let error = imported.failed.first { throw error }
                for file in imported.files where file.rejected > 0 {
                    remarks.append("\(file.path): \(file.rejected) rows could not be read and are left out")
                }
                Console.progress("imported \(imported.readings) readings of \(imported.files.count) files", quiet: quiet)
            }
            return try store.report(meters: city.meters)
        }
    }
}
