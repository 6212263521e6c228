// SPDX-License-Identifier: GPL-3.0-or-later

import Dispatch
import Synchronization

/// `body` of 0, 1, … `count − 1`, on all processors; in that order, whatever ran first.
public func concurrentMap<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
    guard count > 1 else { return (0..<max(count, 0)).map(body) }
    let found = Mutex<[Int: Value]>([:])
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let value = body(index)
        found.withLock { $0[index] = value }
    }
    return found.withLock { values in (0..<count).compactMap { values[$0] } }
}
