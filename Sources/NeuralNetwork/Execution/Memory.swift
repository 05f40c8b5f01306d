import CNetworkKernels
import Foundation

/// A block of aligned memory: zeroed, or a file's.
package final class Memory: @unchecked Sendable {
    /// Where it begins.
    package let address: UnsafeMutableRawPointer
    /// How much it is.
    package let byteCount: Int
    private let isMapped: Bool

    /// Takes zeroed memory from the system.
    package init(byteCount: Int) {
        self.byteCount = max(byteCount, 64)
        guard let address = kernel_allocate(self.byteCount) else {
            fatalError("there is no memory left for \(byteCount) bytes")
        }
        self.address = address
        isMapped = false
    }

    /// Maps the first bytes of an open file, at least one, to be read only; nil if the system refuses, see `errno`.
    package init?(mapping descriptor: Int32, byteCount: Int) {
        #if os(Linux)
            // All at once: the pages are in memory mostly, and one fault for each would take longer than the rest.
            let flags = MAP_PRIVATE | Int32(MAP_POPULATE)
        #else
            let flags = MAP_PRIVATE
        #endif
        guard let address = mmap(nil, byteCount, PROT_READ, flags, descriptor, 0), address != MAP_FAILED else {
            return nil
        }
        self.address = address
        self.byteCount = byteCount
        isMapped = true
    }

    deinit {
        if isMapped { munmap(address, byteCount) } else { kernel_free(address, byteCount) }
    }
}
