// SPDX-License-Identifier: GPL-3.0-or-later

/// One thing that is wrong with an input file: what, where, and what to do about it.
public struct InputProblem: Hashable, Sendable, CustomStringConvertible {
    /// As the user named it.
    public var file: String
    /// Counted from 1; nil where the problem is not in one line.
    public var line: Int?
    /// What was found, naming the element: `pipe 'P7': diameter is 'abc'`.
    public var what: String
    /// What was expected or what to do: `give a number of millimetres`.
    public var remedy: String

    public init(file: String, line: Int? = nil, what: String, remedy: String) {
        self.file = file
        self.line = line
        self.what = what
        self.remedy = remedy
    }

    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return remedy.isEmpty ? "\(place): \(what)" : "\(place): \(what); \(remedy)"
    }
}

/// Why a file could not be used. All that is wrong is told at once.
public enum TextFileError: Error, Sendable, CustomStringConvertible {
    /// Not there.
    case missing(path: String)
    /// There, but cannot be read: permissions, a folder, a device error.
    case unreadable(path: String, reason: String)
    /// Read, but its content is wrong.
    case invalid([InputProblem])
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let path): "\(path): no such file; check the name"
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .invalid(let problems): problems.map(\.description).joined(separator: "\n")
        case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
        }
    }
}
