// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import TextFiles
import WaterFiles
import WaterModel

extension NetworkCommand {
    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a network model anew: as INP for EPANET, or as GeoJSON for maps.",
            usage: "yusu network convert <file> --output <output> [--to inp|geojson] [<options>]",
            discussion: """
                INP: the whole model in the units that it has, every section included. What the format cannot hold is told. \
                GeoJSON: nodes and links with their properties in SI units, in the model's own coordinates.

                Example: yusu network convert town.inp --output town.geojson
                Example: yusu network convert town.inp --output map.geojson --results result --time 3600
                """)

        @Argument(help: "Network model (EPANET INP).", completion: .file()) var file: String
        @Option(help: "File to be written.", completion: .file()) var output: String
        @Option(help: "inp or geojson; default: by the ending of the output.") var to: NetworkFormat?
        @Option(
            help: "exact or epanet: whose constants turn the model's units into SI. Default: epanet for INP, where they cancel, else exact."
        )
        var constants: ConstantsMode?
        @Option(help: "Folder that 'network simulate' wrote: adds heads, flows and statuses (GeoJSON).", completion: .directory)
        var results: String?
        @Option(help: "Moment of the results, in seconds; default: the first.") var time: Int?
        @Flag(help: "No messages on standard error.") var quiet = false

        private var format: NetworkFormat? {
            to ?? NetworkFormat.allCases.first { output.lowercased().hasSuffix("." + $0.rawValue) }
        }

        func validate() throws {
            guard let format else {
                throw ValidationError("the format cannot be told from '\(output)'; add --to inp or --to geojson")
            }
            if format == .inp, results != nil { throw ValidationError("--results go with GeoJSON; an INP file holds none") }
            if time != nil, results == nil { throw ValidationError("--time chooses a moment of --results; give both") }
        }

        func run() throws {
            let isINP = format == .inp
            let mode = constants ?? (isINP ? .epanet : .exact)
            let network = try INP.read(file, constants: mode)
            let written: INP.Written
            if isINP {
                written = try INP.text(of: network, constants: mode, file: file)
            } else {
                let moment = try results.map { folder in try SimulationResults.read(folder: folder, time: time) }
                if let moment { try check(moment, against: network) }
                written = NetworkGeoJSON.text(of: network, results: moment)
            }
            try OutputFiles.write(written.text, to: output)
            for remark in written.remarks where !quiet { Console.warn("\(file): \(remark)") }
            Console.progress("\(network.nodes.count) nodes and \(network.links.count) links are in \(output)", quiet: quiet)
        }

        /// Results of another network are told by their names.
        private func check(_ moment: SimulationResults, against network: Network) throws {
            guard let stranger = network.nodes.first(where: { moment.nodes[$0.id.name] == nil }) else { return }
            throw TextFileError.invalid([
                InputProblem(
                    file: (results ?? "") + "/nodes.csv", what: "node '\(stranger.id)' of the model is not among the results",
                    remedy: "give the results of this model")
            ])
        }
    }
}

enum NetworkFormat: String, ExpressibleByArgument, CaseIterable { case inp, geojson }
