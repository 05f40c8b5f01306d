import CKernels

/// A block of aligned, zeroed memory.
package final class Memory: @unchecked Sendable {
    /// Where it begins.
    package let address: UnsafeMutableRawPointer
    /// How much it is.
    package let byteCount: Int

    /// Takes memory from the system.
    package init(byteCount: Int) {
        self.byteCount = max(byteCount, 64)
        guard let address = kernel_allocate(self.byteCount) else {
            fatalError("there is no memory left for \(byteCount) bytes")
        }
        self.address = address
    }

    deinit { kernel_free(address, byteCount) }
}
