import FileFormats
import Foundation

extension MaterialColumn {
    /// The recordings of folders, of which one may be a dataset folder of Duet's.
    ///
    /// - Parameters:
    ///   - folders: folders with sound files, or a dataset folder.
    ///   - training: folders with sound files that are for the training side only.
    /// - Throws: `DuetError` of kind `missingInput`, saying what was expected.
    init(recordings folders: [URL], training: [URL]) throws {
        var stored: (items: [Item], recordings: StoredRecordings)?
        var items: [Item] = []
        for folder in folders {
            guard let dataset = try? DatasetFolder(folder) else {
                items += try Self.recordings(in: folder)
                continue
            }
            guard stored == nil else {
                throw DuetError(.usage, "\(folder.path) is a second dataset folder with recordings; give one")
            }
            stored = try Self.recordings(of: dataset)
        }
        for item in try training.flatMap(Self.recordings) {
            var item = item
            item.staysInTraining = true
            items.append(item)
        }
        self.init(
            modality: .audio, items: (stored?.items ?? []) + items, storedRecordings: stored?.recordings)
    }

    /// The recordings of a dataset folder, each once: rows with the same values are of the same recording.
    private static func recordings(of folder: DatasetFolder) throws -> (items: [Item], recordings: StoredRecordings) {
        let dataset = try folder.load()
        guard let audio = dataset[Modality.audio.name], let labels = dataset.labels else {
            throw DuetError(.badData, "\(folder.url.path) has no labelled recordings; it lacks audio or labels")
        }
        guard
            let settings = folder.description?.modalities.first(where: { $0.name == Modality.audio.name })?
                .features?.settings
        else {
            throw DuetError(
                .badData,
                "\(folder.url.path) does not say how its audio features were computed, so nothing can go with them")
        }
        let names = folder.description?.speakers ?? []
        let means = try folder.means(of: .audio)
        var rows: [[Float]] = []
        var rowMeans: [[Float]] = []
        var known: Set<[Float]> = []
        var items: [Item] = []
        for row in 0..<dataset.count {
            let values = Array(try audio[row])
            guard known.insert(values).inserted else { continue }
            let speaker = dataset.speakers.map { Int($0[row]) }
            let isTrain = row < dataset.trainSideCount
            items.append(
                Item(
                    source: .row(rows.count), label: dataset.classNames[labels[row]],
                    side: dataset.trainSideCount == dataset.count ? nil : isTrain ? .train : .test,
                    speaker: speaker.flatMap { names.indices.contains($0) ? names[$0] : $0 < 0 ? nil : String($0) },
                    group: dataset.groups.map { "\(folder.url.path)#\($0[row])" },
                    origin: "\(folder.url.path)#\(isTrain ? "train/\(row)" : "test/\(row - dataset.trainSideCount)")"))
            rows.append(values)
            if let means { rowMeans.append(means[row]) }
        }
        return (items, StoredRecordings(settings: settings, rows: rows, means: means == nil ? nil : rowMeans))
    }

    /// The recordings of a folder: either files named as in the Free Spoken Digit Dataset, `7_theo_12.wav`, or folders named for
    /// their classes.
    ///
    /// In the Free Spoken Digit Dataset, recordings 0 to 4 of each speaker and digit are for the test; that convention is kept. In
    /// class folders, a folder between the class and the file names the speaker (`seven/theo/12.wav`), and so does the first
    /// part of a name as in Google's Speech Commands (`seven/0a7c2a8d_nohash_0.wav`).
    ///
    /// - Throws: `DuetError` of kind `missingInput`, saying what was expected.
    private static func recordings(in root: URL) throws -> [Item] {
        try FolderListing.check(root, holding: "class folders of recordings, or files such as 7_theo_12.wav")
        let loose = try FolderListing.files(in: root, suffixes: FolderListing.sounds)
        let spokenDigits = loose.compactMap(spokenDigit)
        if !loose.isEmpty && spokenDigits.count == loose.count { return spokenDigits }
        let files = try FolderListing.classFiles(in: root, suffixes: FolderListing.sounds)
        guard !files.isEmpty else {
            let stray =
                loose.first { spokenDigit($0) == nil }.map { " (\($0.lastPathComponent) says no class)" } ?? ""
            throw DuetError(
                .missingInput,
                "\(root.path) holds no recordings that Duet can sort into classes\(stray); expected class folders, such as "
                    + "\(root.path)/cat/1.wav, or names such as 7_theo_12.wav")
        }
        return files.map { file in
            Item(file.url, label: file.label, speaker: file.between.first ?? speechCommandsSpeaker(file.url))
        }
    }

    private static func spokenDigit(_ url: URL) -> Item? {
        guard let match = url.deletingPathExtension().lastPathComponent.wholeMatch(of: /([0-9])_([^_]+)_([0-9]{1,6})/),
            let index = Int(match.3)
        else { return nil }
        return Item(url, label: String(match.1), side: index < 5 ? .test : .train, speaker: String(match.2))
    }

    private static func speechCommandsSpeaker(_ url: URL) -> String? {
        url.lastPathComponent.firstMatch(of: /^([0-9a-f]+)_nohash_[0-9]+\./).map { String($0.1) }
    }
}
