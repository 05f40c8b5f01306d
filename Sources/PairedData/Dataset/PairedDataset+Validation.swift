extension PairedDataset {
    /// What to call a dataset's parts in error messages; the file names, where they come from files.
    public struct PartNames: Sendable {
        /// What to call the images.
        public var images: String
        /// What to call the audio.
        public var audio: String
        /// What to call the labels.
        public var labels: String

        /// Names for the parts.
        public init(images: String = "images", audio: String = "audio", labels: String = "labels") {
            self.images = images
            self.audio = audio
            self.labels = labels
        }
    }

    /// The most classes that labels may speak of: a label beyond it is a mistake in the file rather than a class.
    static let classLimit = 10_000

    /// A dataset from its parts, all of one side.
    ///
    /// - Parameters:
    ///   - images: images one after another, values from 0 to 255.
    ///   - imageShape: height, width, channels.
    ///   - audio: clips one after another, finite values, as many as there are images.
    ///   - audioShape: shape of one clip, such as [507, 1].
    ///   - labels: one class number per pair.
    ///   - utterances: one recording number per pair.
    ///   - speakers: one speaker number per pair.
    ///   - classNames: a name per class. Without it, the classes are named "0", "1", … up to the largest label.
    ///   - names: what to call the parts in error messages.
    /// - Throws: `DataError` of kind `badData`, naming row and column, when counts disagree, a label has no class, or a value
    ///   is not finite or out of range.
    public init(
        images: [Float], imageShape: [Int], audio: [Float], audioShape: [Int], labels: [Int]? = nil,
        utterances: [Int32]? = nil, speakers: [Int32]? = nil, classNames: [String]? = nil,
        names: PartNames = PartNames()
    ) throws {
        let count = try Self.rows(of: images.count, shape: imageShape, name: names.images)
        let audioCount = try Self.rows(of: audio.count, shape: audioShape, name: names.audio)
        guard count == audioCount else {
            throw DataError(
                .badData,
                "\(names.images) has \(count) rows but \(names.audio) has \(audioCount); row n of one belongs to row n "
                    + "of the other")
        }
        guard count > 0 else { throw DataError(.badData, "\(names.images) has no rows") }
        let perRow: [(name: String, count: Int?)] = [
            (names.labels, labels?.count), ("the utterances beside \(names.audio)", utterances?.count),
            ("the speakers beside \(names.audio)", speakers?.count),
        ]
        for part in perRow where part.count != nil && part.count != count {
            throw DataError(.badData, "\(part.name): \(part.count ?? 0) rows; expected \(count), as in \(names.images)")
        }
        let classNames = try Self.checkedClassNames(classNames, labels: labels, name: names.labels)
        try Self.check(images, rowSize: images.count / count, name: names.images, expected: "a pixel from 0 to 255") {
            $0 >= 0 && $0 <= 255
        }
        try Self.check(audio, rowSize: audio.count / count, name: names.audio, expected: "a finite number") {
            $0 - $0 == 0
        }
        self.init(
            unchecked: count, imageShape: imageShape, audioShape: audioShape, images: images, audio: audio,
            labels: labels, utterances: utterances, speakers: speakers, classNames: classNames, trainSideCount: count)
    }

    private static func rows(of valueCount: Int, shape: [Int], name: String) throws -> Int {
        let size = shape.reduce(1, *)
        guard size > 0, valueCount.isMultiple(of: size) else {
            throw DataError(.badData, "\(name): \(valueCount) values are not whole rows of shape \(shape)")
        }
        return valueCount / size
    }

    private static func checkedClassNames(_ names: [String]?, labels: [Int]?, name: String) throws -> [String] {
        let classCount = names?.count ?? classLimit
        if let labels, let row = labels.firstIndex(where: { !(0..<classCount).contains($0) }) {
            let expected = names == nil ? "a class number from 0 up" : "0 to \(classCount - 1)"
            throw DataError(.badData, "\(name), row \(row): label \(labels[row]); expected \(expected)")
        }
        return names ?? labels?.max().map { (0...$0).map(String.init) } ?? []
    }

    private static func check(
        _ values: [Float], rowSize: Int, name: String, expected: String, _ isGood: (Float) -> Bool
    ) throws {
        var areGood = true
        // Without an early exit the compiler checks many values at once; the culprit is looked for only if there is one.
        for value in values { areGood = areGood && isGood(value) }
        guard !areGood, let position = values.firstIndex(where: { !isGood($0) }) else { return }
        let (row, column) = position.quotientAndRemainder(dividingBy: rowSize)
        throw DataError(
            .badData, "\(name), row \(row), column \(column): \(values[position]); expected \(expected)")
    }
}
