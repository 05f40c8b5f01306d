import COneDNN

/// One oneDNN operation, its shapes fixed.
final class Primitive {
    let pointer: OpaquePointer

    init(_ what: String, owning pointer: OpaquePointer?) throws {
        guard let pointer else { throw ExecutionError.fromOneDNN(what) }
        self.pointer = pointer
    }

    deinit { dnn_primitive_free(pointer) }

    /// The layout that the operation wants for one of its arguments.
    func layout(_ argument: dnn_argument) throws -> Layout {
        try Layout(owning: dnn_primitive_layout(pointer, argument))
    }

    /// The implementation that oneDNN chose, such as `jit:avx512_core`.
    var implementation: String { String(cString: dnn_primitive_implementation(pointer)) }

    /// Whether it is oneDNN's reference code, which computes anything, but slowly.
    var isReference: Bool { implementation.hasPrefix("ref") }

    /// The primitives with which oneDNN could do the same, in layouts of its own choice; none but for convolutions and
    /// dense layers.
    func alternatives() throws -> [Primitive] {
        var found = [OpaquePointer?](repeating: nil, count: 16)
        let count = dnn_primitive_alternatives(pointer, &found, Int32(found.count))
        return try found.prefix(Int(count)).map { try Primitive("an alternative", owning: $0) }
    }

    func bind(_ argument: dnn_argument, to address: UnsafeMutableRawPointer?) throws {
        guard dnn_primitive_bind(pointer, argument, address) else { throw ExecutionError.fromOneDNN("a binding") }
    }

    /// Runs on the bound memory. All that can go wrong has been checked when the primitive was made and bound.
    func run() {
        if !dnn_primitive_run(pointer) { fatalError(String(cString: dnn_last_error())) }
    }
}

/// How many threads the engine uses, and what it runs on.
public enum Engine {
    /// The number of threads for all programs made and run from now on, on the calling thread. Programs must be made
    /// and run on one thread, with one number.
    public static var threads: Int {
        get { Int(dnn_threads()) }
        set { dnn_set_threads(Int32(newValue)) }
    }

    /// oneDNN's version and the instruction set that it uses: `oneDNN 2.6.3, avx512_core_bf16`.
    public static var description: String {
        "oneDNN \(String(cString: dnn_version())), \(String(cString: dnn_instruction_set()))"
    }
}
