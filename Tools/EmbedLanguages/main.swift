// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

// embed-languages OUTPUT FILE.yaml …: writes a Swift file that holds the text of each file by its name. Run by the plugin EmbedLanguages.
let paths = CommandLine.arguments.dropFirst()
guard let output = paths.first else { exit(64) }
/// One # more than any closing mark in the texts.
let hash = "###"
var source = "extension Catalogue {\n    /// Text of each file of `Languages`, by its name.\n    static let files: [String: String] = [\n"
for path in paths.dropFirst() {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard !text.contains("\"\"\"" + hash), !text.contains("\\" + hash) else {
        FileHandle.standardError.write(Data("\(path): holds a mark that ends a text in Swift: \"\"\"\(hash) or \\\(hash)\n".utf8))
        exit(65)
    }
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    source += "\"\(name)\": \(hash)\"\"\"\n\(text)\n\"\"\"\(hash),\n"
}
try (source + "    ]\n}\n").write(toFile: output, atomically: true, encoding: .utf8)
