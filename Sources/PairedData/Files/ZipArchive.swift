import CZip
import Foundation

/// A zip archive, from which single entries are read into memory. Python wheels and NumPy's `.npz` files are such archives.
public struct ZipArchive: Sendable {
    private enum Source {
        case file(URL)
        case memory([UInt8])
    }

    private let source: Source
    /// What to call the archive in messages.
    public let name: String

    /// The archive in a file. The file is opened when an entry is read.
    public init(_ url: URL) {
        source = .file(url)
        name = url.path
    }

    /// An archive that is itself in memory, such as a `.npz` file out of a wheel.
    public init(data: [UInt8], name: String) {
        source = .memory(data)
        self.name = name
    }

    /// The content of one entry, unpacked and checked against its CRC.
    ///
    /// - Parameters:
    ///   - entry: the entry's full name, such as `X.npy`.
    ///   - byteLimit: the most bytes to unpack.
    /// - Returns: the entry's bytes.
    /// - Throws: `DataError` of kind `missingInput` (no such archive or entry) or `badData` (not a zip, broken, or larger than
    ///   the limit).
    public func read(_ entry: String, byteLimit: Int = 1 << 30) throws -> [UInt8] {
        try withArchive { archive in
            let index = zip_name_locate(archive, entry, 0)
            guard index >= 0 else { throw DataError(.missingInput, "\(name) has no entry '\(entry)'") }
            var status = zip_stat_t()
            zip_stat_init(&status)
            guard zip_stat_index(archive, zip_uint64_t(index), 0, &status) == 0,
                let file = zip_fopen_index(archive, zip_uint64_t(index), 0)
            else { throw broken(entry, zip_strerror(archive)) }
            defer { zip_fclose(file) }
            guard status.size <= zip_uint64_t(byteLimit) else {
                throw DataError(.badData, "\(name): '\(entry)' unpacks to more than the limit of \(byteLimit) bytes")
            }
            // One byte more than expected, so that an entry that goes on past its stated size shows.
            let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.size) + 1) { buffer, filled in
                while filled < buffer.count, let start = buffer.baseAddress {
                    let got = zip_fread(file, start + filled, zip_uint64_t(buffer.count - filled))
                    guard got > 0 else { break }
                    filled += Int(got)
                }
            }
            guard zip_error_code_zip(zip_file_get_error(file)) == ZIP_ER_OK, bytes.count == Int(status.size) else {
                throw broken(entry, zip_file_strerror(file))
            }
            return bytes
        }
    }

    /// The array that a `.npz` file holds under `member` (without `.npy`).
    ///
    /// - Throws: `DataError` of kind `missingInput` or `badData`.
    public func array(_ member: String) throws -> NPYArray {
        try NPYArray(npyData: read("\(member).npy"), name: "\(name)/\(member).npy")
    }

    private func broken(_ entry: String, _ reason: UnsafePointer<CChar>?) -> DataError {
        let reason = reason.map { String(cString: $0) } ?? "unknown"
        return DataError(.badData, "\(name): '\(entry)' cannot be unpacked (\(reason))")
    }

    private func withArchive<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
        switch source {
        case .file(let url):
            _ = try InputFile(url)  // for its clear messages about missing files, folders and pipes
            var code: Int32 = 0
            guard let archive = zip_open(url.path, ZIP_RDONLY, &code) else { throw notAnArchive(code) }
            defer { zip_discard(archive) }
            return try body(archive)
        case .memory(let bytes):
            return try bytes.withUnsafeBytes { buffer in
                var error = zip_error_t()
                zip_error_init(&error)
                defer { zip_error_fini(&error) }
                guard
                    let source = zip_source_buffer_create(buffer.baseAddress, zip_uint64_t(buffer.count), 0, &error)
                else { throw notAnArchive(zip_error_code_zip(&error)) }
                guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
                    zip_source_free(source)
                    throw notAnArchive(zip_error_code_zip(&error))
                }
                defer { zip_discard(archive) }
                return try body(archive)
            }
        }
    }

    private func notAnArchive(_ code: Int32) -> DataError {
        var error = zip_error_t()
        zip_error_init_with_code(&error, code)
        defer { zip_error_fini(&error) }
        let reason = String(cString: zip_error_strerror(&error))
        return DataError(.badData, "\(name) is not a readable zip archive (\(reason))")
    }
}
