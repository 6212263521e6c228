// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import PackageDescription

/// What every target of ours is held to.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// The numerical modules use the vectors of the machine that builds them (AVX2, four numbers at a time) where it has them; with
/// YUSU_PORTABLE set, those that every x86-64 has. The results are the same to the last bit.
let vectors: [SwiftSetting] = {
    let features = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    guard Context.environment["YUSU_PORTABLE"] == nil, features.contains(" avx2 "), features.contains(" bmi2 ") else { return [] }
    return [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
}()

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], settings: [SwiftSetting] = [],
    plugins: [Target.PluginUsage] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict + settings, plugins: plugins)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: exclude, swiftSettings: strict)
}

/// A program of Examples/Library, which the tests run. Not a product.
func example(_ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: folder, dependencies: dependencies, path: "Examples/Library/" + folder, swiftSettings: strict)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "Yusu",
    products: [
        .executable(name: "yusu", targets: ["yusu"]),
        .library(
            name: "Yusu",
            targets: ["NumericalMethods", "WaterModel", "Hydraulics", "WaterLoss", "Planning", "WaterFiles", "Metering", "Reporting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
        .systemLibrary(name: "CAllocator"),
        .systemLibrary(name: "CByteScan"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        library("NumericalMethods", ["CGSL"], settings: vectors),
        library("WaterModel"),
        library("TextFiles", ["CZlib"]),
        library("Hydraulics", ["WaterModel", "NumericalMethods"], settings: vectors),
        library("WaterLoss", ["WaterModel", "Hydraulics", "NumericalMethods"]),
        library("Planning", ["WaterModel", "Hydraulics", "WaterLoss", "NumericalMethods"]),
        library("WaterFiles", ["WaterModel", "TextFiles", yams]),
        library("Metering", ["WaterModel", "NumericalMethods", "TextFiles", "CByteScan", grdb, yams], settings: vectors),
        library(
            "Reporting", ["WaterModel", "WaterLoss", "Planning", "TextFiles", grdb, yams], exclude: ["Languages"],
            plugins: ["EmbedLanguages"]),
        // Sources/Reporting/Languages/*.yaml as text in the program.
        .plugin(name: "EmbedLanguages", capability: .buildTool(), dependencies: ["embed-languages"]),
        .executableTarget(name: "embed-languages", path: "Tools/EmbedLanguages", swiftSettings: strict),
        .executableTarget(
            name: "yusu",
            dependencies: [
                "WaterModel", "TextFiles", "Hydraulics", "WaterLoss", "Planning", "WaterFiles", "Metering", "Reporting", "CAllocator",
                argumentParser,
            ],
            swiftSettings: strict),
        // Not a product: Tools/fuzz_inp and the tests of WaterFiles run it.
        .executableTarget(
            name: "fuzz-inp", dependencies: ["TextFiles", "WaterFiles", "WaterModel"], path: "Tools/FuzzINP", swiftSettings: strict),
        // Not a product: Tools/fuzz_meters and the tests of Metering run it.
        .executableTarget(
            name: "fuzz-meters", dependencies: ["TextFiles", "Metering"], path: "Tools/FuzzMeters", swiftSettings: strict),
        // Not a product: Tools/Benchmarks/balance.py and the tests of WaterLoss run it.
        .executableTarget(
            name: "balance-coverage", dependencies: ["WaterLoss", "WaterModel", "NumericalMethods"], path: "Tools/BalanceCoverage",
            swiftSettings: strict),
        example("SimulateWithLeaks", ["WaterModel", "WaterFiles", "Hydraulics"]),
        example("BalanceWithIntervals", ["WaterModel", "WaterLoss"]),
        example("LocateALeak", ["WaterModel", "WaterFiles", "NumericalMethods", "Hydraulics", "WaterLoss"]),
        tests(of: "NumericalMethods"),
        tests(of: "WaterModel"),
        tests(of: "TextFiles"),
        tests(of: "Hydraulics", ["WaterModel", "WaterFiles", "NumericalMethods"]),
        tests(of: "WaterLoss", ["WaterModel", "Hydraulics", "WaterFiles", "NumericalMethods", "balance-coverage"]),
        tests(of: "Planning", ["WaterModel", "WaterLoss", "NumericalMethods"]),
        tests(of: "WaterFiles", ["WaterModel", "fuzz-inp"], exclude: ["Crashers"]),
        tests(
            of: "Metering", ["WaterModel", "WaterFiles", "TextFiles", "fuzz-meters"], exclude: ["Seeds", "Samples", "Crashers", "Stores"]),
        tests(of: "Reporting", ["WaterModel", "WaterLoss", "Planning"]),
        tests(
            of: "yusu", ["TextFiles", "WaterModel", "WaterLoss", "Planning", "SimulateWithLeaks", "BalanceWithIntervals", "LocateALeak"]),
    ]
)
