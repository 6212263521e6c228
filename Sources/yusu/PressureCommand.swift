// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Planning
import TextFiles
import WaterFiles
import WaterModel

extension PressureZoneDesign.Mode: ExpressibleByArgument {}

struct PressureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pressure",
        abstract: "Reducing valves at the inlets of zones: settings fixed, timed and by flow, and what they bring.",
        usage: "yusu pressure <file> --output <output> [<options>]",
        discussion: """
            Zones are the junctions' tags, as in the zones.inp of 'yusu zones'. Writes pressure_zones.csv, valves.csv, pressure.inp (the network \
            with its valves, run and found to keep its pressures) and summary.json. Exit code 1 where a node falls below what it must keep.

            Example: yusu pressure zones/zones.inp --mode timed --output pressure
            """)

    @Argument(help: "Network model (EPANET INP) whose junctions name their zone in [TAGS].", completion: .file()) var file: String
    @Option(help: "Folder for the results.", completion: .directory) var output: String
    @Option(help: "Settings of the valves in pressure.inp; by flow: of each step, as the line gives them.") var mode = PressureZoneDesign
        .Mode.fixed
    @Option(help: "Pressure that every node which draws water keeps, m.") var pressure = 15.0
    @Option(help: "Kept on top, for the valve's control, m.") var margin = 1.0
    @Option(help: "Mean pressure that a valve must take off to be worth its place, m.") var leastReduction = 3.0
    @Option(help: "Hours of a period with a setting of its own; 24 is a multiple of it.") var period = 6
    @Option(help: "Leakage of zones today: CSV with zone,leakage_m3_per_day.", completion: .file()) var leakage: String?
    @Option(help: "Energy of a cubic metre supplied, kWh.") var energy = 0.3
    @Option(help: "N3: consumption goes with pressure^N3; 0: not counted. Default: 0.1 (0–0.5).") var consumptionExponent: Double?
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        guard period > 0, 24 % period == 0 else { throw ValidationError("--period must divide 24") }
        guard pressure >= 0, margin >= 0, leastReduction >= 0, energy >= 0, consumptionExponent ?? 0 >= 0 else {
            throw ValidationError("figures must be 0 or more")
        }
    }

    func run() throws {
        try OutputFiles.check(output)
        let network = try INP.read(file, constants: .exact)
        var options = PressureZoneOptions()
        (options.minimumPressure, options.margin, options.leastReduction) = (pressure, margin, leastReduction)
        (options.period, options.energyPerVolume) = (period * 3600, energy)
        if let consumptionExponent {
            options.consumptionExponents = consumptionExponent > 0 ? Array(repeating: consumptionExponent, count: 3) : []
        }
        if let leakage { options.leakage = try Self.leakage(leakage) }
        let design: PressureZoneDesign
        do throws(ZoneDesignError) { design = try designPressureZones(network, mode: mode, options) } catch {
            throw TextFileError.invalid([InputProblem(file: file, what: error.description, remedy: "mend the model or the options")])
        }
        let text = PressureFiles(design: design, options: options)
        var files = text.files
        files.add("pressure.inp", try INP.text(of: design.network, constants: .exact, file: file).text)
        try files.write(to: output)
        Console.result(text.sentence)
        guard design.isConverged, design.shortfall <= 1e-3 else {
            Console.warn("\(file): with its valves the network does not keep its pressures, or does not converge; see summary.json")
            throw ExitStatus.answerIsBad
        }
    }

    private static func leakage(_ path: String) throws(TextFileError) -> [String: Double] {
        let table = try DelimitedText(path: path)
        let zone = try table.requiredColumn("zone"), amount = try table.requiredColumn("leakage_m3_per_day")
        var result: [String: Double] = [:]
        for row in table.rows {
            guard let value = NumberText.number(row.fields[amount]), value >= 0 else {
                throw .invalid([
                    InputProblem(file: path, line: row.line, what: "leakage is '\(row.fields[amount])'", remedy: "give m³/d, 0 or more")
                ])
            }
            result[row.fields[zone]] = value
        }
        return result
    }
}

/// What `yusu pressure` writes.
struct PressureFiles {
    let design: PressureZoneDesign
    let options: PressureZoneOptions

    var files: OutputFiles {
        var files = OutputFiles()
        files.add("pressure_zones.csv", zones)
        files.add("valves.csv", valves)
        files.add("summary.json", summary.text)
        return files
    }

    private func number(_ value: Double, _ digits: Int = 3) -> String { NumberText.fixed(value, digits) }

    private var zones: String {
        var text =
            "zone,mode,valves,critical_node,mean_pressure_before_m,mean_pressure_after_m,highest_pressure_before_m,highest_pressure_after_m,"
            + "leakage_cut_low_percent,leakage_cut_percent,leakage_cut_high_percent,burst_cut_low_percent,burst_cut_percent,"
            + "burst_cut_high_percent,consumption_cut_percent,water_saved_m3_per_day,energy_saved_kwh_per_day,reason,"
            + "consumption_cut_low_percent,consumption_cut_high_percent,consumption_spared_m3_per_day\n"
        for zone in design.zones {
            let head = [zone.name]
            if let reason = zone.reason {
                text += DelimitedText.line(
                    head + ["none", "0", "", number(zone.meanPressure), "", number(zone.highestPressure)]
                        + Array(repeating: "", count: 10) + [reason, "", "", ""])
            }
            for effect in zone.effects {
                text += DelimitedText.line(
                    head + [
                        effect.mode.rawValue, "\(zone.valves.count)", zone.criticalNode?.name ?? "", number(zone.meanPressure),
                        number(effect.meanPressure), number(zone.highestPressure), number(effect.highestPressure),
                    ] + effect.leakageCut.map { number(100 * $0) } + effect.burstCut.map { number(100 * $0) } + [
                        effect.consumptionCut.map { number(100 * $0) } ?? "", effect.waterSaved.map { number($0) } ?? "",
                        effect.energySaved.map { number($0) } ?? "", "", effect.consumptionCuts.first.map { number(100 * $0) } ?? "",
                        effect.consumptionCuts.last.map { number(100 * $0) } ?? "", effect.consumptionSpared.map { number($0) } ?? "",
                    ])
            }
        }
        return text
    }

    private var valves: String {
        let periods = 86_400 / options.period
        var text = "zone,inlet,valve,diameter_mm,fixed_setting_m,"
        text += (0..<periods).map { "setting_from_\($0 * options.period / 3600)h_m" }.joined(separator: ",")
        text += ",flow_setting_constant_m,flow_setting_square_m_per_m3s2\n"
        for zone in design.zones {
            for valve in zone.valves {
                text += DelimitedText.line(
                    [zone.name, valve.link.name, valve.valve.name, number(valve.diameter * 1000, 1), number(valve.fixedSetting)]
                        + valve.timedSettings.map { number($0) } + [
                            valve.flowSetting.map { number($0.constant) } ?? "", valve.flowSetting.map { number($0.square) } ?? "",
                        ])
            }
        }
        return text
    }

    private var held: Int { design.zones.count { !$0.valves.isEmpty } }

    private var summary: JSON {
        .object([
            ("mode", .string(design.mode.rawValue)), ("zones", .integer(design.zones.count)), ("zones_with_valves", .integer(held)),
            ("valves", .integer(design.zones.flatMap(\.valves).count)), ("converged", JSON(design.isConverged)),
            ("largest_shortfall_m", .number(design.shortfall)),
            ("minimum_pressure_m", .number(options.minimumPressure)),
        ])
    }

    var sentence: String {
        "\(held) of \(design.zones.count) zones get \(design.zones.flatMap(\.valves).count) reducing valves; in the run with them the tightest node "
            + "keeps \(number(max(0, -design.shortfall), 2)) m more than it must\n"
    }
}
