// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

extension PressureSeries {
    /// The network with a reducing valve behind each inlet pipe: fixed, set anew at the beginning of each period, or at each step of today's run
    /// by the flow of that step.
    func network(with zones: [PressureZoneDesign.Zone], _ mode: PressureZoneDesign.Mode) -> Network {
        var result = network
        let links = network.linkIndex(), nodes = network.nodeIndex()
        for zone in zones {
            let byFlow = mode == .flow ? settingsByFlow(zone) : nil
            for valve in zone.valves {
                guard let place = links[valve.link] else { continue }
                let link = network.links[place]
                guard let start = nodes[link.start], let end = nodes[link.end] else { continue }
                let endsInside = network.nodes[end].tag == zone.name
                let inside = network.nodes[endsInside ? end : start]
                // The valve stands between two nodes of its own, so that no two valves share one, which EPANET does not take.
                var before = inside, after = inside
                before.id = Node.ID("\(valve.valve.name)_in")
                after.id = Node.ID("\(valve.valve.name)_out")
                before.kind = .junction(Junction())
                after.kind = .junction(Junction())
                before.tag = nil
                result.nodes += [before, after]
                if endsInside { result.links[place].end = before.id } else { result.links[place].start = before.id }
                let setting = mode == .timed ? valve.timedSettings[firstPeriod] : byFlow?.first ?? valve.fixedSetting
                result.links.append(
                    Link(
                        id: valve.valve, start: before.id, end: after.id,
                        kind: .valve(Valve(kind: .pressureReducing, diameter: valve.diameter, setting: setting)), status: .active))
                result.links.append(
                    Link(
                        id: Link.ID("\(valve.valve.name)_pipe"), start: after.id, end: inside.id,
                        kind: .pipe(Pipe(length: 1, diameter: valve.diameter, roughness: link.pipe?.roughness ?? 100)), status: .open))
                for (step, setting) in (byFlow ?? []).enumerated().dropFirst() {
                    result.controls.append(Control(link: valve.valve, action: .setting(setting), trigger: .time(times[step])))
                }
                guard mode == .timed else { continue }
                for (period, setting) in valve.timedSettings.enumerated() {
                    result.controls.append(
                        Control(link: valve.valve, action: .setting(setting), trigger: .clockTime(period * options.period)))
                }
            }
        }
        return result
    }

    private var firstPeriod: Int { network.times.startClockTime % 86_400 / options.period }

    /// Most by which a node of each zone falls below what it must keep, in a run of the fitted network, and the pressures of that run. [m]
    func shortfalls(
        _ fitted: Network
    ) throws(HydraulicError) -> (byZone: [String: Double], pressures: [Int: [Float]], isConverged: Bool) {
        let model = try HydraulicModel(fitted)
        var worst: [String: Double] = [:]
        var pressures: [Int: [Float]] = [:]
        let elevations = network.nodes.map(\.elevation)
        let run = Simulation(of: model, keepsSteps: false) { time, tell in
            let heads = tell().heads
            pressures[time] = elevations.indices.map { Float((heads[$0] ?? -.infinity) - elevations[$0]) }
            for (zone, shortfall) in shortfallsNow(heads, at: time) { worst[zone] = max(worst[zone] ?? -.infinity, shortfall) }
        }
        return (worst, pressures, run.isConverged)
    }
}
