extension DatasetFolder {
    /// Loads one side.
    ///
    /// Where the folder does not say which recording a row's audio came from, rows of identical audio count as one recording.
    ///
    /// - Returns: the side's pairs, with labels where the folder has them.
    /// - Throws: `DataError`, naming the file and the value.
    public func load(_ side: Side) throws -> PairedDataset {
        guard let files = files[side] else {
            throw DataError(.missingInput, "\(url.path) has no \(side) side")
        }
        return try PairedDataset.load(files, classNames: classNames()).withUtterances()
    }

    /// Loads every pair that has a label: the training side, and after it the test side if that one has labels.
    ///
    /// - Returns: the pooled pairs; `trainSideCount` says where the test side begins.
    /// - Throws: `DataError`, naming the file and the value, or of kind `missingInput` when no side has labels.
    public func load() throws -> PairedDataset {
        guard labelledSides.first == .train else {
            throw DataError(
                .missingInput, "\(url.path) has no labelled training side; expected labels_train.npy or y_train.csv")
        }
        return try load(pooling: labelledSides)
    }

    /// The sides that have labels.
    var labelledSides: [Side] { sides.filter { files[$0]?.labels != nil } }

    /// Loads some sides, one after another; there are labels only if all of them have some.
    func load(pooling sides: [Side]) throws -> PairedDataset {
        let classNames = try classNames()
        let parts = try sides.compactMap { files[$0] }.map { try PairedDataset.load($0, classNames: classNames) }
        guard parts.count == 2 else { return parts[0].withUtterances() }
        return try parts[0].pooled(withTestSide: parts[1], in: url.path).withUtterances()
    }

    /// The classes by `dataset.json`, or as many as the labels of both sides speak of.
    private func classNames() throws -> [String]? {
        if let description { return description.classes }
        let largest = try sides.compactMap { try files[$0]?.readLabels()?.max() }.max()
        // Absurd and negative labels are left to the loader, which knows their row.
        guard let largest, (0..<PairedDataset.classLimit).contains(largest) else { return nil }
        return (0...largest).map(String.init)
    }
}

extension PairedDataset {
    /// This training side with a test side after it.
    func pooled(withTestSide test: PairedDataset, in place: String) throws -> PairedDataset {
        guard imageShape == test.imageShape, audioShape == test.audioShape else {
            throw DataError(
                .badData,
                "\(place): the sides differ in shape: images \(imageShape) and \(test.imageShape), audio \(audioShape) "
                    + "and \(test.audioShape)")
        }
        // A number for the recordings of one side only says nothing about recordings that both sides share.
        func joined<Element>(_ a: [Element]?, _ b: [Element]?) -> [Element]? {
            if let a, let b { a + b } else { nil }
        }
        return PairedDataset(
            unchecked: count + test.count, imageShape: imageShape, audioShape: audioShape,
            images: images + test.images, audio: audio + test.audio, labels: joined(labels, test.labels),
            utterances: joined(utterances, test.utterances), speakers: joined(speakers, test.speakers),
            classNames: classNames, trainSideCount: count)
    }
}
