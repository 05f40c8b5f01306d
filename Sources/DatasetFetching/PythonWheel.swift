/// One file on the Python package index, pinned by its checksum.
public struct PythonWheel: Sendable, Equatable {
    /// The package's name.
    public let package: String
    /// The package's version.
    public let version: String
    /// The name of the wheel file.
    public let file: String
    /// The file's SHA-256, in lower-case hexadecimal.
    public let sha256: String

    /// A wheel with its checksum.
    public init(package: String, version: String, file: String, sha256: String) {
        self.package = package
        self.version = version
        self.file = file
        self.sha256 = sha256
    }
}
