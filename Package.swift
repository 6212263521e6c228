// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later

import PackageDescription

/// What every target of ours is held to.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.init(stringLiteral: name)] + dependencies, swiftSettings: strict)
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
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        library("NumericalMethods", ["CGSL"]),
        library("WaterModel"),
        library("TextFiles", ["CZlib"]),
        library("Hydraulics", ["WaterModel", "NumericalMethods"]),
        library("WaterLoss", ["WaterModel", "Hydraulics", "NumericalMethods"]),
        library("Planning", ["WaterModel", "Hydraulics", "WaterLoss", "NumericalMethods"]),
        library("WaterFiles", ["WaterModel", "TextFiles", yams]),
        library("Metering", ["WaterModel", "NumericalMethods", "TextFiles", grdb, yams]),
        library("Reporting", ["WaterModel", "WaterLoss", "Planning", "TextFiles", yams], resources: [.embedInCode("Resources")]),
        .executableTarget(
            name: "yusu",
            dependencies: [
                "WaterModel", "TextFiles", "Hydraulics", "WaterLoss", "Planning", "WaterFiles", "Metering", "Reporting", argumentParser,
            ],
            swiftSettings: strict),
        // Not a product: Tools/fuzz_inp and the tests of WaterFiles run it.
        .executableTarget(
            name: "fuzz-inp", dependencies: ["TextFiles", "WaterFiles", "WaterModel"], path: "Tools/FuzzINP", swiftSettings: strict),
        tests(of: "NumericalMethods"),
        tests(of: "WaterModel"),
        tests(of: "TextFiles"),
        tests(of: "Hydraulics", ["WaterModel", "WaterFiles", "NumericalMethods"]),
        tests(of: "WaterLoss", ["WaterModel", "Hydraulics", "WaterFiles", "NumericalMethods"]),
        tests(of: "Planning", ["WaterModel", "WaterLoss", "NumericalMethods"]),
        tests(of: "WaterFiles", ["WaterModel", "fuzz-inp"]),
        tests(of: "Metering", ["WaterModel"]),
        tests(of: "Reporting", ["WaterModel", "WaterLoss", "Planning"]),
        tests(of: "yusu", ["TextFiles", "WaterLoss"]),
    ]
)
