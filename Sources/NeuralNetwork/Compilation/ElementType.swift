import CNetworkKernels

/// What a value's elements are.
enum ElementType {
    case float32
    /// A float32 without its lower 16 bits: half the memory, the same range, two to three decimal digits.
    case bfloat16
    /// Classes of examples.
    case int32
    /// Places in a window, of pooling.
    case uint8

    /// The bytes that one element takes.
    var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .bfloat16: 2
        case .uint8: 1
        }
    }

    /// The type in the kernels' interface, for values that are numbers.
    var ofKernels: kernel_element_type {
        switch self {
        case .float32: kernel_float32
        case .bfloat16: kernel_bfloat16
        case .int32, .uint8: preconditionFailure("kernels take such values as they are")
        }
    }
}
