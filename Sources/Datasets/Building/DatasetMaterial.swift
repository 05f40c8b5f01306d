import FileFormats
public import Foundation

/// What a dataset is to be made of: for each modality its files, and where a manifest says so, which of them belong together.
public struct DatasetMaterial: Sendable {
    /// Files that a manifest puts together.
    struct Example: Sendable {
        /// The number of its item in each column.
        let items: [Int]
        /// The side that the manifest puts it on, where it does.
        let side: DatasetFolder.Side?
    }

    /// One for each modality.
    let columns: [MaterialColumn]
    /// The manifest's examples; nil where files of the same class are still to be combined.
    let examples: [Example]?
    /// Where all of it comes from, for `dataset.json`.
    var sources: [DatasetDescription.Source]
    /// Pictures and recordings of no class.
    private(set) var background: [MaterialColumn] = []
    /// What the dataset says that the pictures come from; nil where they come from elsewhere.
    var pictureDescription: DatasetDescription?

    /// Pictures and recordings in folders, to be combined by class; or one of the two, for a dataset of one modality.
    ///
    /// - Parameters:
    ///   - images: class folders of PNG and JPEG files, IDX files as MNIST ships them, or a dataset folder of Duet's.
    ///   - audio: folders, each with class folders of sound files, with files named as in the Free Spoken Digit Dataset, or, one of
    ///     them, a dataset folder of Duet's.
    ///   - trainingAudio: more of them, whose recordings are for the training side only, such as synthetic voices.
    ///   - classNames: names for the numbers that IDX files have for labels.
    /// - Throws: `DuetError` where a folder is of none of these kinds, or there is none.
    public init(images: URL? = nil, audio: [URL] = [], trainingAudio: [URL] = [], classNames: [String]? = nil) throws {
        let pictures = try images.map { try MaterialColumn(pictures: $0, classNames: classNames) }
        let recordings =
            try audio.isEmpty && trainingAudio.isEmpty
            ? nil : MaterialColumn(recordings: audio, training: trainingAudio)
        columns = [pictures, recordings].compactMap { $0 }
        guard !columns.isEmpty else {
            throw DuetError(.usage, "give a folder with pictures, one with recordings, or both")
        }
        examples = nil
        let pictureFolder = images.map { [$0] } ?? []
        func descriptions(_ urls: [URL]) -> [DatasetDescription] {
            urls.compactMap { (try? DatasetFolder($0))?.description }
        }
        pictureDescription = descriptions(pictureFolder).first
        let folders = [(pictureFolder, "pictures"), (audio + trainingAudio, "recordings")]
        sources =
            (folders.flatMap { urls, what in urls.map { .init(name: "\(what) in \($0.relativePath)") } }
            + descriptions(pictureFolder + audio).flatMap(\.sources))
            .reduce(into: []) { known, source in if !known.contains(source) { known.append(source) } }
    }

    /// Adds background examples: pictures or recordings of none of the classes, such as other words, all that lie below a folder.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - modality: which of the material's modalities they are of.
    /// - Throws: `DuetError` of kind `missingInput` where there are none, or `usage` where the material is not of this modality.
    public mutating func addBackground(_ folder: URL, of modality: Modality) throws {
        guard let noun = column(of: modality)?.column.noun else {
            throw DuetError(
                .usage, "background examples of '\(modality)' go with others of '\(modality)', of which there are none")
        }
        try FolderListing.check(folder, holding: noun)
        let suffixes = modality.kind == .image ? FolderListing.pictures : FolderListing.sounds
        let files = try FolderListing.allFiles(in: folder, suffixes: suffixes)
        guard !files.isEmpty else {
            throw DuetError(
                .missingInput,
                "\(folder.path) holds no \(noun) that Duet reads; expected files that end in "
                    + suffixes.sorted().map { ".\($0)" }.joined(separator: ", "))
        }
        let items = (background.first { $0.modality == modality }?.items ?? []) + files.map { .init($0, label: "") }
        background.removeAll { $0.modality == modality }
        background.append(MaterialColumn(modality: modality, items: items))
        sources.append(.init(name: "background \(noun) in \(folder.relativePath)"))
    }

    /// The column of a modality, and its number.
    func column(of modality: Modality) -> (number: Int, column: MaterialColumn)? {
        columns.enumerated().first { $1.modality == modality }.map { (number: $0, column: $1) }
    }
}
