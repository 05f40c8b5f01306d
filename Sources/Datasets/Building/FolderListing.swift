import FileFormats
import Foundation

/// The files of a folder of media, in an order that does not depend on the file system.
enum FolderListing {
    /// Suffixes of pictures that Duet reads.
    static let pictures: Set<String> = ["png", "jpg", "jpeg"]
    /// Suffixes of sound files that Duet reads.
    static let sounds: Set<String> = [
        "wav", "wave", "flac", "aif", "aiff", "aifc", "au", "snd", "caf", "w64", "ogg", "oga", "opus", "mp3",
    ]

    /// A file below a class's folder.
    struct ClassFile {
        let url: URL
        /// The class: the name of the folder right below the root.
        let label: String
        /// The names of the folders between the class's folder and the file.
        let between: [String]
    }

    /// The files of the wanted kinds in class folders: `ROOT/CLASS/…/FILE`. Hidden files and other kinds are passed over.
    static func classFiles(in root: URL, suffixes: Set<String>) throws -> [ClassFile] {
        try folders(in: root).flatMap { folder in
            try files(below: folder, suffixes).map { url, between in
                ClassFile(url: url, label: folder.lastPathComponent, between: between)
            }
        }
    }

    /// The files of the wanted kinds anywhere below a folder.
    static func allFiles(in root: URL, suffixes: Set<String>) throws -> [URL] {
        try files(below: root, suffixes).map(\.0)
    }

    /// The files of the wanted kinds right in a folder.
    static func files(in root: URL, suffixes: Set<String>) throws -> [URL] {
        try contents(of: root).filter { !$0.isFolder && suffixes.contains($0.url.pathExtension.lowercased()) }.map(
            \.url)
    }

    /// Throws unless there is such a folder.
    static func check(_ root: URL, holding what: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw DuetError(.missingInput, "\(root.path) is not a folder; expected one with \(what)")
        }
    }

    private static func folders(in root: URL) throws -> [URL] {
        try contents(of: root).filter(\.isFolder).map(\.url)
    }

    private static func files(
        below folder: URL, _ suffixes: Set<String>, between: [String] = []
    ) throws -> [(URL, [String])] {
        // Deeper than any sensible layout, and a link that leads back up ends here.
        guard between.count < 8 else {
            throw DuetError(.badData, "\(folder.path): folders lie more than 8 deep; does a link lead back up?")
        }
        return try contents(of: folder).flatMap { url, isFolder in
            isFolder
                ? try files(below: url, suffixes, between: between + [url.lastPathComponent])
                : suffixes.contains(url.pathExtension.lowercased()) ? [(url, between)] : []
        }
    }

    private static func contents(of folder: URL) throws -> [(url: URL, isFolder: Bool)] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw DuetError(.missingInput, "\(folder.path) cannot be read: \(error.localizedDescription)")
        }
        return names.filter { !$0.hasPrefix(".") }.sorted(by: ClassOrder.precedes).map { name in
            let url = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            return (url, exists && isFolder.boolValue)
        }
    }
}

/// The order of class and file names: numbers by value, all else by its characters.
enum ClassOrder {
    static func precedes(_ a: String, _ b: String) -> Bool {
        if let first = Int(a), let second = Int(b) { return (first, a) < (second, b) }
        return a < b
    }

    /// The names, each once, in order. Mixed ones (some numbers, some words) are ordered by their characters.
    static func ordered(_ names: some Sequence<String>) -> [String] {
        let names = Set(names)
        return names.allSatisfy { Int($0) != nil } ? names.sorted(by: precedes) : names.sorted()
    }
}
