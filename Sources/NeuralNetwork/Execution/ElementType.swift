import CKernels
import COneDNN

/// What a tensor's elements are.
enum ElementType {
    case float32
    /// A float32 without its lower 16 bits: half the memory, the same range, two to three decimal digits.
    case bfloat16

    init(_ type: dnn_element_type) { self = type == dnn_bfloat16 ? .bfloat16 : .float32 }

    /// The type in oneDNN's interface.
    var ofOneDNN: dnn_element_type { self == .bfloat16 ? dnn_bfloat16 : dnn_float32 }
    /// The type in our own loops.
    var ofKernels: kernel_element_type { self == .bfloat16 ? kernel_bfloat16 : kernel_float32 }
    /// The bytes that one element takes.
    var byteCount: Int { self == .bfloat16 ? 2 : 4 }
}
