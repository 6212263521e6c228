// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// A JSON file that holds one value.
enum JSONFile {
    static func value(of path: String) throws -> JSONValue {
        var records = JSONRecords()
        records.feed(try FileBytes.read(path))
        records.finish()
        do {
            guard case .record(let record, _, _) = try records.next() else {
                throw JSONTokens.Fault(line: records.line, what: "the file holds no value")
            }
            return record
        } catch let fault as JSONTokens.Fault {
            throw TextFileError.invalid([InputProblem(file: path, line: fault.line, what: fault.what, remedy: "give a JSON object")])
        }
    }
}
