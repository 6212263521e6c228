// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The system's advisory lock on a folder (`flock`): held by one process alone or by several together, and gone with the process,
/// however that ends. No file is made for it. Where the file system knows no locks, it counts as held and keeps nobody out.
public struct FolderLock: Sendable {
    public enum Share: Sendable { case alone, together }

    private let descriptor: Int32

    /// Waits up to `patience` for those that hold the lock otherwise; nil where they still do.
    /// - Throws: `TextFileError.cannotWrite` where `folder` is none or cannot be opened.
    public init?(_ folder: String, _ share: Share, patience: Duration) throws(TextFileError) {
        descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(path: folder, reason: "no folder, or no permission to read it") }
        let end = ContinuousClock.now + patience
        while flock(descriptor, (share == .alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { return }
            guard ContinuousClock.now < end else {
                close(descriptor)
                return nil
            }
            usleep(5000)
        }
    }

    public func release() { close(descriptor) }
}
