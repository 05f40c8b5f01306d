import CNetworkKernels

/// A block of aligned memory, zeroed.
final class Memory: @unchecked Sendable {
    /// Where it begins.
    let address: UnsafeMutableRawPointer
    /// How much it is.
    let byteCount: Int

    /// Takes zeroed memory from the system.
    init(byteCount: Int) {
        self.byteCount = max(byteCount, 64)
        guard let address = kernel_allocate(self.byteCount) else {
            fatalError("there is no memory left for \(byteCount) bytes")
        }
        self.address = address
    }

    deinit { kernel_free(address, byteCount) }
}
