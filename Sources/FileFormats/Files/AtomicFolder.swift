package import Foundation

/// Builds a folder so that nobody ever sees half of one: it is filled beside its place and renamed at the end.
package enum AtomicFolder {
    /// Fills a new folder and puts it at `url`.
    ///
    /// - Parameters:
    ///   - url: the folder to make. Folders above it are made too.
    ///   - replacing: file names that an existing folder may hold and still be replaced; nil to refuse any existing one.
    ///     A folder that holds anything else is the user's own, and is never removed.
    ///   - fill: writes the files into the folder that it is given.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`, and what `fill` throws. Then nothing is left behind.
    package static func make(at url: URL, replacing: Set<String>?, _ fill: (URL) throws -> Void) throws {
        try check(url, replacing: replacing)
        let parent = url.deletingLastPathComponent()
        let partial = parent.appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString.prefix(8)).partial")
        try createFolder(partial)
        do {
            try fill(partial)
            try check(url, replacing: replacing)
            AtomicFile.synchronizeFolder(partial)
            if FileManager.default.fileExists(atPath: url.path) {
                let old = partial.appendingPathExtension("old")
                try move(url, to: old)
                do {
                    try move(partial, to: url)
                } catch {
                    try move(old, to: url)
                    throw error
                }
                try? FileManager.default.removeItem(at: old)
            } else {
                try move(partial, to: url)
            }
        } catch {
            try? FileManager.default.removeItem(at: partial)
            throw error
        }
        AtomicFile.synchronizeFolder(parent)
    }

    /// Makes a folder and those above it.
    package static func createFolder(_ url: URL) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "the folder \(url.path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Throws unless a folder may be put at `url`; see `make`.
    package static func check(_ url: URL, replacing: Set<String>?) throws {
        var status = stat()
        guard lstat(url.path, &status) == 0 else { return }
        guard let replacing else {
            throw DuetError(.exists, "\(url.path) exists; choose another folder or ask to replace it (--force)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw DuetError(.exists, "\(url.path) is not a folder and is not replaced; choose another name")
        }
        let entries = try FileManager.default.contentsOfDirectory(atPath: url.path)
        if let foreign = entries.sorted().first(where: { !replacing.contains($0) }) {
            throw DuetError(
                .exists,
                "\(url.path) is not replaced, as it also holds '\(foreign)', which is not part of a dataset; "
                    + "choose another folder")
        }
    }

    private static func move(_ source: URL, to target: URL) throws {
        guard rename(source.path, target.path) == 0 else {
            throw DuetError.system(.cannotWrite, "\(target.path) cannot be put in place")
        }
    }
}
