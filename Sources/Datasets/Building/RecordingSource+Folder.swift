import FileFormats
import Foundation

extension RecordingItem {
    /// The recordings of a folder: either files named as in the Free Spoken Digit Dataset, `7_theo_12.wav`, or folders named for
    /// their classes.
    ///
    /// In the Free Spoken Digit Dataset, recordings 0 to 4 of each speaker and digit are for the test; that convention is kept. In
    /// class folders, a folder between the class and the file names the speaker (`seven/theo/12.wav`), and so does the first
    /// part of a name as in Google's Speech Commands (`seven/0a7c2a8d_nohash_0.wav`).
    ///
    /// - Throws: `DuetError` of kind `missingInput`, saying what was expected.
    static func list(in root: URL) throws -> [RecordingItem] {
        try FolderListing.check(root, holding: "class folders of recordings, or files such as 7_theo_12.wav")
        let loose = try FolderListing.files(in: root, suffixes: FolderListing.sounds)
        let spokenDigits = loose.compactMap(spokenDigit)
        if !loose.isEmpty && spokenDigits.count == loose.count { return spokenDigits }
        let files = try FolderListing.classFiles(in: root, suffixes: FolderListing.sounds)
        guard !files.isEmpty else {
            let stray = loose.first { spokenDigit($0) == nil }.map { " (\($0.lastPathComponent) says no class)" } ?? ""
            throw DuetError(
                .missingInput,
                "\(root.path) holds no recordings that Duet can sort into classes\(stray); expected class folders, such as "
                    + "\(root.path)/cat/1.wav, or names such as 7_theo_12.wav")
        }
        return files.map { file in
            RecordingItem(
                url: file.url, label: file.label, speaker: file.between.first ?? speechCommandsSpeaker(file.url),
                group: nil, side: nil)
        }
    }

    private static func spokenDigit(_ url: URL) -> RecordingItem? {
        guard let match = url.deletingPathExtension().lastPathComponent.wholeMatch(of: /([0-9])_([^_]+)_([0-9]{1,6})/),
            let index = Int(match.3)
        else { return nil }
        return RecordingItem(
            url: url, label: String(match.1), speaker: String(match.2), group: nil, side: index < 5 ? .test : .train
        )
    }

    private static func speechCommandsSpeaker(_ url: URL) -> String? {
        url.lastPathComponent.firstMatch(of: /^([0-9a-f]+)_nohash_[0-9]+\./).map { String($0.1) }
    }
}
