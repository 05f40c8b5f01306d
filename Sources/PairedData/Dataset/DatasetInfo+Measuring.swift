import Foundation

extension DatasetInfo {
    /// Reads a dataset folder whole, checks it and measures it.
    ///
    /// - Throws: `DataError`, naming the file and the value.
    public init(_ folder: DatasetFolder) throws {
        let pool = try folder.load(pooling: folder.sides)
        let labels = try Dictionary(uniqueKeysWithValues: folder.sides.map { ($0, try folder.files[$0]?.readLabels()) })
        let utterances = pool.utterances ?? pool.derivedUtterances()
        let ranges = [0..<pool.trainSideCount, pool.trainSideCount..<pool.count]

        path = folder.url.path
        name = folder.description?.name
        classes = pool.classNames
        sources = folder.description?.sources ?? []
        features = folder.description?.features
        sides = []
        for (side, rows) in zip(folder.sides, ranges) {
            guard let files = folder.files[side] else { continue }
            sides.append(
                Side(
                    name: side.rawValue, pairs: rows.count,
                    pairsPerClass: labels[side]??.counts(below: pool.classNames.count),
                    recordings: Set(utterances[rows]).count,
                    speakers: pool.speakers.map { folder.speakerNames(of: $0[rows]) },
                    mostRepeats: Dictionary(grouping: utterances[rows]) { $0 }.values.map(\.count).max() ?? 0,
                    images: try Values(pool.images, rows, shape: pool.imageShape, file: files.images),
                    audio: try Values(pool.audio, rows, shape: pool.audioShape, file: files.audio)))
        }
        sharedRecordings = Set(utterances[ranges[0]]).intersection(utterances[ranges[1]]).count
        // A model is trained on the labelled sides, so theirs is the fingerprint that it carries.
        switch folder.labelledSides {
        case folder.sides: fingerprint = pool.fingerprint()
        case [.train]: fingerprint = try folder.load().fingerprint()
        default: fingerprint = nil
        }
        warnings = []
        warnings = findWarnings() + (try folder.findChangedFiles())
    }

    private func findWarnings() -> [String] {
        var found: [String] = []
        if sharedRecordings > 0 {
            found.append(
                "\(sharedRecordings) recordings stand on both sides; the split by recording leaves their training pairs "
                    + "out")
        }
        for side in sides {
            if side.recordings < side.pairs, side.name == DatasetFolder.Side.train.rawValue {
                found.append(
                    "\(side.name): \(side.pairs) pairs share \(side.recordings) recordings. A random split of the pairs, "
                        + "as the paper has it, puts the same recording on several sides")
            }
            if side.images.maximum <= 1 {
                found.append(
                    "\(side.name): no pixel is above \(side.images.maximum); expected values up to 255, as Duet divides by "
                        + "255 itself")
            }
            for (label, count) in (side.pairsPerClass ?? []).enumerated() where count == 0 {
                found.append("\(side.name): no pair of the class '\(classes[label])'")
            }
        }
        return found
    }
}

extension DatasetInfo.Values {
    fileprivate init(_ values: [Float], _ rows: Range<Int>, shape: [Int], file: URL) throws {
        let size = shape.reduce(1, *)
        let part = values[(rows.lowerBound * size)..<(rows.upperBound * size)]
        let count = Double(max(part.count, 1))
        let mean = part.reduce(0.0) { $0 + Double($1) } / count
        let variance = part.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        self.init(
            shape: shape, type: try NPYArray.readHeader(InputFile(file)).header.elementType.rawValue,
            minimum: part.min() ?? 0, maximum: part.max() ?? 0, mean: mean, deviation: variance.squareRoot())
    }
}

extension DatasetFolder {
    /// The speakers among some rows; one whom `dataset.json` does not name goes by the number.
    fileprivate func speakerNames(of rows: ArraySlice<Int32>) -> [String] {
        let names = description?.speakers ?? []
        return Set(rows).sorted().map { names.indices.contains(Int($0)) ? names[Int($0)] : String($0) }
    }

    /// A sentence for each file that is not what `dataset.json` says it is.
    fileprivate func findChangedFiles() throws -> [String] {
        try (description?.files ?? [:]).sorted { $0.key < $1.key }.compactMap { name, checksum in
            let file = url.appendingPathComponent(name)
            guard Self.fileNames.contains(name), FileManager.default.fileExists(atPath: file.path) else { return nil }
            return try FileDigest.sha256(of: file) == checksum
                ? nil : "\(name) is not the file that dataset.json speaks of: its SHA-256 is another"
        }
    }
}

extension [Int] {
    /// How often each number from 0 to `limit - 1` occurs.
    fileprivate func counts(below limit: Int) -> [Int] {
        reduce(into: [Int](repeating: 0, count: limit)) { $0[$1] += 1 }
    }
}
