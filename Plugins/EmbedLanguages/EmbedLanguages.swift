// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import PackagePlugin

/// Puts the catalogues of `Languages/*.yaml` into the program as text.
///
/// The program stays one file that can be copied, and a further language is a YAML file laid beside the others. SwiftPM's own way,
/// `.embedInCode`, makes an array of one number a byte, over which the optimiser takes minutes; a bundle would be a folder beside the program.
@main
struct EmbedLanguages: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Languages")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedLanguages.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) languages", executable: try context.tool(named: "embed-languages").url,
                arguments: [output.path] + files.map(\.path), inputFiles: files, outputFiles: [output])
        ]
    }
}
