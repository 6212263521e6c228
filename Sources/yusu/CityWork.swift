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
    ///   - assumptions: what is taken where the data of a zone do not say it.
    init(folder: String, seed: UInt64, findsLeaks: Bool, assumptions: ZoneAssumptions = ZoneAssumptions(), quiet: Bool) throws {
        var remarks: [String] = []
        var errors = InputErrors()
        let read = try errors.keep { try CityFolder.read(folder) { path throws(TextFileError) in try INP.read(path) } }
        if errors.status == .missingInput { try errors.throwIfAny() }
        if read != nil { Console.progress("read \(folder)", quiet: quiet) }
        // Customer readings are looked at though the rest is wrong, so that all that is wrong is told at once.
        let report = try Self.readings(of: read, folder: folder, remarks: &remarks, errors: &errors, quiet: quiet)
        guard let city = read, errors.isEmpty else { throw errors }
        self.city = city
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
                    let rates = PipeFailureRates(network: network, records: city.pipes, repairs: city.repairs)
                    let use = report.map { MeteredUse($0.zones, zones: city.zones) }
                    let locator = LeakLocator(
                        network: network, sensors: city.sensors, options: options, failureRates: rates, use: use)
                    if let finding = try locator.locate(in: record) {
                        leaks.append(finding)
                    } else {
                        remarks.append(
                            "no leak was looked for: the sensors' record is shorter than \(LeakLocator.shortestRecord) days")
                    }
                } catch {
                    remarks.append("no leak was looked for: \(error.description)")
                }
            }
        }
        assessment = .assess(
            city: city, consumption: report?.zones ?? [], meters: report?.summaries ?? [], pressures: pressures, leaks: leaks,
            assumptions: assumptions)
        self.remarks = remarks
        JobCapture.current?.add(city, assessment)
    }

    /// Customer readings, through a store in memory.
    static func readings(
        of city: City?, folder: String, remarks: inout [String], errors: inout InputErrors, quiet: Bool
    ) throws -> MeterReport? {
        // What is wrong with the profiles' lists of files has been told with the folder.
        guard let profiles = try? CityFolder.readingProfiles(folder), !profiles.isEmpty else { return nil }
        return try MetersCommand.withStoreErrors {
            let store = try MeterStore.inMemory()
            for item in profiles where !item.files.isEmpty {
                guard let profile = try errors.keep({ try Profile(path: item.profile) }) else { continue }
                let imported = try store.importFiles(item.files, profile: profile, register: city?.meters ?? [])
                for error in imported.failed { errors.add(error) }
                for file in imported.files where file.rejected > 0 {
                    remarks.append("\(file.path): \(file.rejected) rows could not be read and are left out")
                }
                Console.progress("imported \(imported.readings) readings of \(imported.files.count) files", quiet: quiet)
            }
            guard let city, errors.isEmpty else { return nil }
            return try store.report(meters: city.meters)
        }
    }
}
