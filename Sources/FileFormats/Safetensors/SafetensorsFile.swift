/// What a `.safetensors` file holds: named arrays, and text about them.
///
/// The format is Hugging Face's (https://github.com/huggingface/safetensors): the header's length as a little-endian
/// `UInt64`, a JSON header of names, types, shapes and offsets, then the raw values. Nothing in it can run code.
package struct SafetensorsFile: Sendable, Equatable {
    /// Free text by key: the header's `__metadata__`.
    package var metadata: [String: String]
    /// The arrays; read from a file, in the order of their bytes.
    package var tensors: [NamedTensor]

    /// A file's content, to be written.
    package init(metadata: [String: String] = [:], tensors: [NamedTensor]) {
        self.metadata = metadata
        self.tensors = tensors
    }

    /// The tensor of that name, if there is one.
    package subscript(name: String) -> NamedTensor? {
        tensors.first { $0.name == name }
    }

    /// The longest header that the reference implementation accepts, in bytes.
    static let headerLimit = 100_000_000
}
