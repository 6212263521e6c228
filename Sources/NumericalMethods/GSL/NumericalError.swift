// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// A numerical method could not be applied to what it was given. Not reaching a tolerance is not an error but an outcome.
public struct NumericalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// GSL's code (`gsl_errno.h`).
    public let code: Int
    /// The method that was asked.
    public let function: String
    public let reason: String

    public init(code: Int, function: String, reason: String) {
        self.code = code
        self.function = function
        self.reason = reason
    }

    public var description: String { "\(function): \(reason)" }

    /// An argument outside its range.
    static func invalid(_ function: String, _ reason: String) -> NumericalError {
        NumericalError(code: GSL_EINVAL, function: function, reason: reason)
    }
}

/// The door to GSL: its error handler, which would end the process, is switched off before the first call.
enum GSL {
    static let isSilenced: Bool = yusu_silence() == 0

    static let success = Int32(GSL_SUCCESS)
    static let unfinished = Int32(GSL_CONTINUE)
    static let iterationLimit = Int32(GSL_EMAXITER)
    static let noProgress = Int32(GSL_ENOPROG)
    static let badFunction = Int32(GSL_EBADFUNC)

    /// Runs one call and turns a code that is neither success nor one of `accepted` into an error.
    @discardableResult
    static func call(_ function: String, accepting accepted: [Int32] = [], _ body: () -> Int32) throws(NumericalError) -> Int32 {
        _ = isSilenced
        let code = body()
        guard code != success, !accepted.contains(code) else { return code }
        let text = unsafe gsl_strerror(code)
        let reason = unsafe text.map { unsafe String(cString: $0) } ?? "error \(code)"
        throw NumericalError(code: Int(code), function: function, reason: reason)
    }
}

/// A Swift function on its way through C.
final class FunctionBox {
    let function: (Double) -> Double

    init(_ function: @escaping (Double) -> Double) { self.function = function }

    /// What C calls: the context is the box.
    static let trampoline: @convention(c) (Double, UnsafeMutableRawPointer?) -> Double = { x, context in
        guard let context = unsafe context else { return .nan }
        return unsafe Unmanaged<FunctionBox>.fromOpaque(context).takeUnretainedValue().function(x)
    }

    /// Lends the box to `body` as a context pointer.
    static func lend<Result>(_ function: (Double) -> Double, _ body: (UnsafeMutableRawPointer) -> Result) -> Result {
        withoutActuallyEscaping(function) { function in
            let box = FunctionBox(function)
            return withExtendedLifetime(box) { unsafe body(Unmanaged.passUnretained(box).toOpaque()) }
        }
    }
}
