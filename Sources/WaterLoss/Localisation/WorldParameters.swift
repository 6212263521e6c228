// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// What is not known of a network for certain, as one vector of numbers that are standard normal before anything is read: the demand
/// of each node, the roughness of each pipe, that of each diameter class, all of them logarithms of factors, and what pumps and valves do
/// (`DeviceParameters`); in their prior spreads. [–]
struct WorldParameters: Sendable {
    let nodes: Int
    /// Indices of the pipes among the links, and of each the place of its class.
    let pipes: [Int]
    let classOfPipe: [Int]
    let classes: Int
    let devices: [DeviceParameters.Device]
    let deviceParameters: DeviceParameters

    /// Place of the first device.
    var firstDevice: Int { nodes + pipes.count + classes }
    var count: Int { firstDevice + devices.count }

    init(_ network: Network) {
        nodes = network.nodes.count
        pipes = network.links.indices.filter { network.links[$0].pipe != nil }
        let sizes = pipes.map { Int(((network.links[$0].pipe?.diameter ?? 0) * 1000).rounded()) }
        let place = Dictionary(uniqueKeysWithValues: Set(sizes).sorted().enumerated().map { ($1, $0) })
        classOfPipe = sizes.map { place[$0] ?? 0 }
        classes = place.count
        deviceParameters = DeviceParameters(network)
        devices = deviceParameters.devices
    }

    func demandFactors(_ values: [Double], _ options: LeakLocatorOptions) -> [Double] {
        (0..<nodes).map { exp(options.demandSpread * values[$0]) }
    }

    /// The network with other roughnesses, pumps and valves.
    func rough(_ network: Network, _ values: [Double], _ options: LeakLocatorOptions) -> Network {
        var found = network
        for (p, link) in pipes.enumerated() {
            guard var pipe = found.links[link].pipe else { continue }
            pipe.roughness *= exp(
                options.roughnessSpreadByPipe * values[nodes + p]
                    + options.roughnessSpreadByClass * values[nodes + pipes.count + classOfPipe[p]])
            found.links[link].kind = .pipe(pipe)
        }
        return deviceParameters.changed(found, by: deviceChanges(values, options))
    }

    /// Of pumps and valves, as `DeviceParameters` takes them.
    func deviceChanges(_ values: [Double], _ options: LeakLocatorOptions) -> [Double] {
        devices.enumerated().map { place, device in device.spread(options) * values[firstDevice + place] }
    }

    /// The network with other roughnesses, pumps, valves and demands.
    func world(_ network: Network, _ values: [Double], _ options: LeakLocatorOptions) -> Network {
        var found = rough(network, values, options)
        let factors = demandFactors(values, options)
        for node in found.nodes.indices {
            guard case .junction(var junction) = found.nodes[node].kind else { continue }
            for d in junction.demands.indices { junction.demands[d].baseFlow *= factors[node] }
            found.nodes[node].kind = .junction(junction)
        }
        return found
    }
}

extension StandingErrors {
    /// Worlds about the one at which the model was taken, as far as the healthy readings leave them open: values of its parameters, then
    /// of each channel's bias, all in their prior spreads.
    /// - told: of the information on what stands, the ways first; nil: nothing is known but the prior spreads.
    func worlds(_ count: Int, told: CholeskyFactor?, random: RandomNumbers) -> [[Double]] {
        (0..<count).map { _ in
            var values = (0..<(directions.first?.count ?? parameters.count)).map { _ in random.normal() }
            guard let told else { return values }
            // Along the ways as the readings say, across them as before.
            var drawn = Matrix(rows: told.lower.rows, columns: 1)
            for i in 0..<drawn.rows { drawn[i, 0] = random.normal() }
            let strengths = told.transposedWhiten(drawn)
            for (way, direction) in directions.enumerated() {
                let change = strengths[way, 0] - dotProduct(direction, values)
                for i in values.indices { values[i] += change * direction[i] }
            }
            return values
        }
    }
}
