// SPDX-License-Identifier: GPL-3.0-or-later

/// A row of values of fixed length in memory of its own, for inner loops: no copies on write, no growth, and a subscript that
/// is checked in debug builds only. Whoever holds it shares it; a `copy()` stands alone.
///
/// The memory lives as long as any holder. Nothing guards against two tasks that write at once: an owner keeps its columns to
/// itself, or hands out only those that nobody writes any more.
@frozen
@safe
public struct Column<Element: BitwiseCopyable>: @unchecked Sendable {
    @usableFromInline
    @safe
    final class Memory {
        @unsafe @usableFromInline let base: UnsafeMutablePointer<Element>

        @usableFromInline
        init(_ count: Int) { unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1)) }

        deinit { unsafe base.deallocate() }
    }

    @usableFromInline let memory: Memory
    /// Where the values lie; valid as long as the column is held.
    @unsafe public let base: UnsafeMutablePointer<Element>
    public let count: Int

    @inlinable
    public init(repeating value: Element, count: Int) {
        precondition(count >= 0, "a column has no negative length")
        memory = Memory(count)
        unsafe base = memory.base
        self.count = count
        unsafe base.initialize(repeating: value, count: count)
    }

    @inlinable
    public init(_ values: some Collection<Element>) {
        memory = Memory(values.count)
        unsafe base = memory.base
        count = values.count
        for (index, value) in values.enumerated() { unsafe (base + index).initialize(to: value) }
    }

    @inlinable
    public func fill(_ value: Element) { unsafe base.update(repeating: value, count: count) }

    /// Takes over the values of a column of the same length.
    @inlinable
    public func take(_ other: Column) {
        precondition(count == other.count, "columns of different lengths")
        unsafe base.update(from: other.base, count: count)
    }

    @inlinable
    public func copy() -> Column {
        prefix(count)
    }

    /// The first values, in memory of their own.
    @inlinable
    public func prefix(_ length: Int) -> Column {
        precondition(length >= 0 && length <= count, "more values than the column has")
        return unsafe Column(UnsafeBufferPointer(start: base, count: length))
    }

    @inlinable
    public var array: [Element] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

    public var indices: Range<Int> { 0..<count }

    @inlinable
    public subscript(_ index: Int) -> Element {
        get {
            assert(index >= 0 && index < count, "outside the column")
            return unsafe base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count, "outside the column")
            unsafe base[index] = newValue
        }
    }

    @inlinable
    public subscript(_ index: Int32) -> Element {
        get { self[Int(index)] }
        nonmutating set { self[Int(index)] = newValue }
    }
}
