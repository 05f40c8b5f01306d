import CLateLibraries
package import Foundation

/// A zip archive, from which single entries are read into memory. Python wheels and NumPy's `.npz` files are such archives.
package struct ZipArchive: Sendable {
    private enum Source {
        case file(URL)
        case memory([UInt8])
    }

    private let source: Source
    /// What to call the archive in messages.
    package let name: String

    /// The archive in a file. The file is opened when an entry is read.
    package init(_ url: URL) {
        source = .file(url)
        name = url.path
    }

    /// An archive that is itself in memory, such as a `.npz` file out of a wheel.
    package init(data: [UInt8], name: String) {
        source = .memory(data)
        self.name = name
    }

    /// The content of one entry, unpacked and checked against its CRC.
    ///
    /// - Parameters:
    ///   - entry: the entry's full name, such as `X.npy`.
    ///   - byteLimit: the most bytes to unpack.
    /// - Returns: the entry's bytes.
    /// - Throws: `DuetError` of kind `missingInput` (no such archive or entry) or `badData` (not a zip, broken, or larger than
    ///   the limit).
    package func read(_ entry: String, byteLimit: Int = 1 << 30) throws -> [UInt8] {
        let library = try library()
        return try withArchive(library) { archive in
            let index = library.zip_name_locate(archive, entry, 0)
            guard index >= 0 else { throw DuetError(.missingInput, "\(name) has no entry '\(entry)'") }
            var status = zip_stat_t()
            library.zip_stat_init(&status)
            guard library.zip_stat_index(archive, zip_uint64_t(index), 0, &status) == 0,
                let file = library.zip_fopen_index(archive, zip_uint64_t(index), 0)
            else { throw broken(entry, library.zip_strerror(archive)) }
            defer { _ = library.zip_fclose(file) }
            guard status.size <= zip_uint64_t(byteLimit) else {
                throw DuetError(.badData, "\(name): '\(entry)' unpacks to more than the limit of \(byteLimit) bytes")
            }
            // One byte more than expected, so that an entry that goes on past its stated size shows.
            let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.size) + 1) { buffer, filled in
                while filled < buffer.count, let start = buffer.baseAddress {
                    let got = library.zip_fread(file, start + filled, zip_uint64_t(buffer.count - filled))
                    guard got > 0 else { break }
                    filled += Int(got)
                }
            }
            guard library.zip_error_code_zip(library.zip_file_get_error(file)) == ZIP_ER_OK,
                bytes.count == Int(status.size)
            else {
                throw broken(entry, library.zip_file_strerror(file))
            }
            return bytes
        }
    }

    /// The array that a `.npz` file holds under `member` (without `.npy`).
    ///
    /// - Throws: `DuetError` of kind `missingInput` or `badData`.
    package func array(_ member: String) throws -> NPYArray {
        try NPYArray(npyData: read("\(member).npy"), name: "\(name)/\(member).npy")
    }

    private func broken(_ entry: String, _ reason: UnsafePointer<CChar>?) -> DuetError {
        let reason = reason.map { String(cString: $0) } ?? "unknown"
        return DuetError(.badData, "\(name): '\(entry)' cannot be unpacked (\(reason))")
    }

    private func library() throws -> late_zip_functions {
        var problem: UnsafePointer<CChar>?
        guard let library = late_zip(&problem) else {
            throw DuetError(.unavailable, "\(name): \(problem.map { String(cString: $0) } ?? "libzip is missing")")
        }
        return library.pointee
    }

    private func withArchive<Result>(
        _ library: late_zip_functions, _ body: (OpaquePointer) throws -> Result
    ) throws -> Result {
        switch source {
        case .file(let url):
            _ = try InputFile(url)  // for its clear messages about missing files, folders and pipes
            var code: Int32 = 0
            guard let archive = library.zip_open(url.path, ZIP_RDONLY, &code) else { throw notAnArchive(code, library) }
            defer { library.zip_discard(archive) }
            return try body(archive)
        case .memory(let bytes):
            return try bytes.withUnsafeBytes { buffer in
                var error = zip_error_t()
                library.zip_error_init(&error)
                defer { library.zip_error_fini(&error) }
                guard
                    let source = library.zip_source_buffer_create(
                        buffer.baseAddress, zip_uint64_t(buffer.count), 0, &error)
                else { throw notAnArchive(library.zip_error_code_zip(&error), library) }
                guard let archive = library.zip_open_from_source(source, ZIP_RDONLY, &error) else {
                    library.zip_source_free(source)
                    throw notAnArchive(library.zip_error_code_zip(&error), library)
                }
                defer { library.zip_discard(archive) }
                return try body(archive)
            }
        }
    }

    private func notAnArchive(_ code: Int32, _ library: late_zip_functions) -> DuetError {
        var error = zip_error_t()
        library.zip_error_init_with_code(&error, code)
        defer { library.zip_error_fini(&error) }
        let reason = library.zip_error_strerror(&error).map { String(cString: $0) } ?? "unknown"
        return DuetError(.badData, "\(name) is not a readable zip archive (\(reason))")
    }
}
