// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// The parts of `balance.yaml` from which apparent losses are estimated: `unauthorised_use` and `meter_errors`.
enum LossEstimatorFile {
    static func unauthorisedUse(_ top: YAMLMapping, problems: inout ProblemList) -> UnauthorisedUse? {
        let known = ["illegal_households", "illegal_others", "tampering", "others"]
        guard let map = top.mapping("unauthorised_use", known: known, problems: &problems) else { return nil }
        var use = UnauthorisedUse()
        if let entry = map.mapping("illegal_households", known: ["number", "persons", "use_per_person"], problems: &problems) {
            use.illegalHouseholds = .init(
                number: entry.needed("number", .connections, problems: &problems),
                persons: entry.needed("persons", .persons, problems: &problems),
                usePerPerson: entry.needed("use_per_person", .volumePerDay, problems: &problems))
        }
        func users(_ key: String, _ problems: inout ProblemList) -> UnauthorisedUse.Users? {
            guard let entry = map.mapping(key, known: ["number", "use"], problems: &problems) else { return nil }
            return .init(
                number: entry.needed("number", .connections, problems: &problems),
                use: entry.needed("use", .volumePerDay, problems: &problems))
        }
        use.illegalOthers = users("illegal_others", &problems)
        use.tampering = users("tampering", &problems)
        for (index, node) in map.list("others").enumerated() {
            let name = "unauthorised_use.others[\(index + 1)]"
            guard
                let entry = YAMLMapping(
                    node, file: map.file, name: name, known: ["name"] + YAMLMapping.figureKeys, problems: &problems)
            else { continue }
            use.others.append(
                .init(
                    name: entry.text("name", problems: &problems) ?? "line \(index + 1)",
                    flow: entry.figure(.volumePerDay, at: entry.line, problems: &problems).value))
        }
        return use
    }

    static func meterErrors(_ top: YAMLMapping, problems: inout ProblemList) -> MeterErrors? {
        let known = ["classes", "exported", "unbilled_metered", "corrupt_reading", "office_volume"]
        guard let map = top.mapping("meter_errors", known: known, problems: &problems) else { return nil }
        var errors = MeterErrors()
        func figure(_ key: String, _ units: FigureUnits, _ problems: inout ProblemList) -> SourcedValue? {
            guard map.node(key) != nil else { return nil }
            let figure = map.figure(key, units, problems: &problems)
            return figure.value == nil ? nil : figure
        }
        errors.exported = figure("exported", .signedShare, &problems)
        errors.unbilledMetered = figure("unbilled_metered", .signedShare, &problems)
        errors.corruptReading = figure("corrupt_reading", .share, &problems)
        errors.officeVolume = figure("office_volume", .volume, &problems)
        for (index, node) in map.list("classes").enumerated() {
            let name = "meter_errors.classes[\(index + 1)]"
            let keys = ["name", "registered", "under_registration", "flow_profile", "new", "per_year", "years"]
            guard let entry = YAMLMapping(node, file: map.file, name: name, known: keys, problems: &problems) else { continue }
            let registered = entry.needed("registered", .volume, problems: &problems)
            guard let cause = cause(entry, problems: &problems) else { continue }
            errors.classes.append(
                .init(
                    name: entry.text("name", problems: &problems) ?? "class \(index + 1)", registered: registered.value ?? 0, cause: cause))
        }
        return errors
    }

    private static func cause(_ entry: YAMLMapping, problems: inout ProblemList) -> MeterErrors.Cause? {
        if entry.node("under_registration") != nil {
            return .share(entry.figure("under_registration", .signedShare, problems: &problems))
        }
        if entry.node("new") != nil || entry.node("per_year") != nil {
            return .age(
                new: entry.needed("new", .signedShare, problems: &problems),
                perYear: entry.needed("per_year", .sharePerYear, problems: &problems),
                years: entry.needed("years", .years, problems: &problems))
        }
        guard entry.node("flow_profile") != nil else {
            problems.add(
                entry.file, entry.line, "'\(entry.name)' does not say what its meters miss",
                "give 'under_registration', 'flow_profile', or 'new', 'per_year' and 'years'")
            return nil
        }
        var bands: [(part: Double, registration: SourcedValue)] = []
        for (index, node) in entry.list("flow_profile").enumerated() {
            let name = "\(entry.name).flow_profile[\(index + 1)]"
            guard let band = YAMLMapping(node, file: entry.file, name: name, known: ["part_percent", "registration"], problems: &problems)
            else { continue }
            if band.node("part_percent") == nil {
                problems.add(band.file, band.line, "'\(name).part_percent' is missing", "add the part of the registered volume: 10")
            }
            bands.append(
                (
                    band.number("part_percent", 0...100, "%", problems: &problems) ?? 0,
                    band.needed("registration", .share, problems: &problems)
                ))
        }
        return .flowProfile(bands)
    }
}

extension YAMLMapping {
    /// The mapping under a key; nil where it is absent or a problem.
    func mapping(_ key: String, known: [String], problems: inout ProblemList) -> YAMLMapping? {
        guard let node = node(key) else { return nil }
        return YAMLMapping(node, file: file, name: label(key), known: known, problems: &problems)
    }

    /// A figure that must be there and known.
    func needed(_ key: String, _ units: FigureUnits, problems: inout ProblemList) -> SourcedValue {
        guard node(key) != nil else {
            problems.add(file, line, "'\(label(key))' is missing", "add it as {value: …, year: …, source: …, status: …}")
            return .unknown
        }
        return figure(key, units, problems: &problems)
    }
}
