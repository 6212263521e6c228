// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later

import PackageDescription

// A package of your own on Yusu: copy this folder, put the place of Yusu's tree after `path:`, and keep the program that you need.
// The tree's own Package.swift builds the same three programs, so that its tests can run them.
let package = Package(
    name: "yusu-examples",
    dependencies: [.package(name: "Yusu", path: "../..")],
    targets: ["SimulateWithLeaks", "BalanceWithIntervals", "LocateALeak"].map { name in
        .executableTarget(name: name, dependencies: [.product(name: "Yusu", package: "Yusu")], path: name)
    })
