import FileFormats
import Foundation

extension MaterialColumn {
    /// The pictures of a folder, which may be one of four kinds: files as MNIST ships them (IDX), a dataset folder of Duet's,
    /// folders named for their classes, or nothing that Duet knows.
    ///
    /// - Parameters:
    ///   - root: the folder.
    ///   - classNames: names for the numbers that IDX files have for labels; nil to call them "0", "1" and so on.
    /// - Throws: `DuetError`, naming what was found and what was expected.
    init(pictures root: URL, classNames: [String]?) throws {
        let what = "class folders of pictures, IDX files or a dataset"
        try FolderListing.check(root, holding: what)
        if let pairs = try IDXPair.find(in: root) {
            try self.init(idx: pairs, classNames: classNames)
            return
        }
        if let dataset = try? DatasetFolder(root) {
            try self.init(dataset: dataset)
            return
        }
        let files = try FolderListing.classFiles(in: root, suffixes: FolderListing.pictures)
        guard !files.isEmpty else {
            throw DuetError(
                .missingInput,
                "\(root.path) holds no pictures that Duet knows; expected \(what), such as \(root.path)/cat/1.png")
        }
        self.init(modality: .image, items: files.map { Item($0.url, label: $0.label) })
    }

    private init(idx pairs: [IDXPair], classNames: [String]?) throws {
        var items: [Item] = []
        var stored: StoredPictures?
        for pair in pairs {
            let (images, labels) = (try IDXFile(contentsOf: pair.images), try IDXFile(contentsOf: pair.labels))
            guard (3...4).contains(images.shape.count), !images.shape.contains(0) else {
                throw DuetError(
                    .badData,
                    "\(pair.images.path) has shape \(images.shape); expected pictures as [N, rows, columns] or "
                        + "[N, rows, columns, channels]")
            }
            guard labels.shape == [images.shape[0]] else {
                throw DuetError(
                    .badData,
                    "\(pair.labels.path) has shape \(labels.shape); expected one label for each of the \(images.shape[0]) "
                        + "pictures in \(pair.images.lastPathComponent)")
            }
            let shape = Array(images.shape[1...]) + (images.shape.count == 3 ? [1] : [])
            let first = stored ?? StoredPictures(shape: shape, values: [])
            guard first.shape == shape else {
                throw DuetError(
                    .badData, "\(pair.images.path) holds pictures of shape \(shape), the other file of \(first.shape)")
            }
            let offset = items.count
            for (row, label) in labels.values.enumerated() {
                if let classNames, Int(label) >= classNames.count {
                    throw DuetError(
                        .badData,
                        "\(pair.labels.path), row \(row): label \(label), but --classes names only \(classNames.count)")
                }
                items.append(
                    Item(
                        source: .row(offset + row), label: classNames?[Int(label)] ?? String(label), side: pair.side,
                        origin: "\(pair.images.path)#\(row)"))
            }
            stored = StoredPictures(shape: shape, values: first.values + images.values)
        }
        self.init(modality: .image, items: items, stored: stored)
    }

    private init(dataset folder: DatasetFolder) throws {
        let dataset = try folder.load()
        guard let images = dataset.columns.first(where: { $0.modality.kind == .image }) else {
            throw DuetError(.badData, "\(folder.url.path) has no images")
        }
        guard let labels = dataset.labels else {
            throw DuetError(.badData, "\(folder.url.path) has no labels; its pictures need some to be paired")
        }
        let items = labels.enumerated().map { row, label in
            let isTrain = row < dataset.trainSideCount
            return Item(
                source: .row(row), label: dataset.classNames[label],
                side: dataset.trainSideCount == dataset.count ? nil : isTrain ? .train : .test,
                origin:
                    "\(folder.url.path)#\(isTrain ? "train" : "test")/\(isTrain ? row : row - dataset.trainSideCount)")
        }
        self.init(
            modality: .image, items: items,
            stored: StoredPictures(
                shape: images.shape,
                values: try (0..<images.count).flatMap { row in try images[row].map { UInt8($0.rounded()) } }))
    }
}

/// One side of a dataset as MNIST ships it: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, gzipped or not, or the
/// same with `t10k` or `test`, with words before it, or with a dot before `idx`.
private struct IDXPair {
    let images: URL
    let labels: URL
    let side: DatasetFolder.Side

    /// The pairs in a folder, training side first; nil where it has none.
    static func find(in folder: URL) throws -> [IDXPair]? {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let isImages = { (name: String) in name.contains(/images[-.]idx[34]-ubyte(\.gz)?$/) }
        let pairs = try names.filter(isImages).map { name in
            let labels = name.replacing("images", with: "labels")
                .replacing(/idx[34]/, with: "idx1")
            let plain = labels.hasSuffix(".gz") ? String(labels.dropLast(3)) : labels
            guard let found = [labels, plain, plain + ".gz"].first(where: names.contains) else {
                throw DuetError(.missingInput, "\(folder.path) has \(name) but not \(labels)")
            }
            return IDXPair(
                images: folder.appendingPathComponent(name), labels: folder.appendingPathComponent(found),
                side: name.contains(/t10k|test/) ? .test : .train)
        }
        let sorted = pairs.filter { $0.side == .train } + pairs.filter { $0.side == .test }
        guard Set(sorted.map(\.side)).count == sorted.count else {
            throw DuetError(
                .badData,
                "\(folder.path) has several IDX files for one side: "
                    + sorted.map(\.images.lastPathComponent).joined(separator: ", ") + "; keep one")
        }
        return sorted.isEmpty ? nil : sorted
    }
}
