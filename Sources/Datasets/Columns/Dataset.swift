import FileFormats

/// Examples that each have a value of every modality, such as an image and a sound, with their labels where those are known.
///
/// Values are raw, as stored in the files: scaling and standardizing them is `Normalization`'s work, once the training rows are
/// known.
public struct Dataset: Sendable {
    /// The number of examples.
    public let count: Int
    /// The values, modality by modality; row i of each belongs to example i.
    public let columns: [Column]
    /// The class of each example, from 0 to `classNames.count - 1`; nil where the labels are not known.
    public let labels: [Int]?
    /// Examples that may never be divided between training, validation and test have the same number, such as those that share a
    /// recording. Nil where unknown.
    public let groups: [Int32]?
    /// Who speaks in each example; `unknownSpeaker` where it is not known. Nil where nothing is known of any.
    public let speakers: [Int32]?
    /// The name of each class; empty where nothing is known of the classes.
    public let classNames: [String]
    /// How many of the first examples are the dataset's own training side. Those after them are its own test side.
    public let trainSideCount: Int

    /// Stands for a speaker whose name is not known.
    public static let unknownSpeaker: Int32 = -1
    /// The most classes that labels may speak of: a label beyond it is a mistake in the file rather than a class.
    static let classLimit = 10_000

    /// The modalities, in the order of the columns.
    public var modalities: [Modality] { columns.map(\.modality) }

    /// The values of a modality, or nil if there is none of that name.
    public subscript(modality: String) -> Column? { columns.first { $0.modality.name == modality } }

    /// A dataset of one side from its columns.
    ///
    /// - Parameters:
    ///   - columns: the values of each modality, with the same number of rows.
    ///   - labels: one class number for each example.
    ///   - groups: one group number for each example.
    ///   - speakers: one speaker number for each example.
    ///   - classNames: a name for each class. Without it, the classes are named "0", "1", … up to the largest label.
    /// - Throws: `DuetError` of kind `badData` when numbers of rows differ, or a label has no class.
    public init(
        _ columns: [Column], labels: [Int]? = nil, groups: [Int32]? = nil, speakers: [Int32]? = nil,
        classNames: [String]? = nil
    ) throws {
        try self.init(
            columns, labels: labels, groups: groups, speakers: speakers, classNames: classNames,
            names: columns.map(\.modality.name) + ["labels"])
    }

    init(
        _ columns: [Column], labels: [Int]?, groups: [Int32]?, speakers: [Int32]?, classNames: [String]?,
        names: [String]
    ) throws {
        try Modality.check(columns.map(\.modality))
        let count = columns[0].count
        for (column, name) in zip(columns, names) where column.count != count {
            throw DuetError(
                .badData,
                "\(names[0]) has \(count) rows but \(name) has \(column.count); row n of one belongs to row n of the other"
            )
        }
        guard count > 0 else { throw DuetError(.badData, "\(names[0]) has no rows") }
        let perRow: [(name: String, count: Int?)] = [
            (names.last ?? "labels", labels?.count), ("the groups beside \(names[0])", groups?.count),
            ("the speakers beside \(names[0])", speakers?.count),
        ]
        for part in perRow where part.count != nil && part.count != count {
            throw DuetError(.badData, "\(part.name): \(part.count ?? 0) rows; expected \(count), as in \(names[0])")
        }
        self.init(
            unchecked: columns, labels: labels, groups: groups, speakers: speakers,
            classNames: try Self.checkedClassNames(classNames, labels: labels, name: names.last ?? "labels"),
            trainSideCount: count)
    }

    /// For callers in this module that have checked everything already.
    init(
        unchecked columns: [Column], labels: [Int]?, groups: [Int32]?, speakers: [Int32]?, classNames: [String],
        trainSideCount: Int
    ) {
        count = columns[0].count
        self.columns = columns
        self.labels = labels
        self.groups = groups
        self.speakers = speakers
        self.classNames = classNames
        self.trainSideCount = trainSideCount
    }

    private static func checkedClassNames(_ names: [String]?, labels: [Int]?, name: String) throws -> [String] {
        let classCount = names?.count ?? classLimit
        if let labels, let row = labels.firstIndex(where: { !(0..<classCount).contains($0) }) {
            let expected = names == nil ? "a class number from 0 up" : "0 to \(classCount - 1)"
            throw DuetError(.badData, "\(name), row \(row): label \(labels[row]); expected \(expected)")
        }
        return names ?? labels?.max().map { (0...$0).map(String.init) } ?? []
    }

    /// This training side with a test side behind it.
    func pooled(withTestSide test: Dataset, in place: String) throws -> Dataset {
        // A number for the groups of one side only says nothing about those that both sides share.
        func joined<Element>(_ a: [Element]?, _ b: [Element]?) -> [Element]? {
            if let a, let b { a + b } else { nil }
        }
        let columns = try columns.map { column in
            let name = column.modality.name
            guard let other = test[name], other.shape == column.shape else {
                throw DuetError(
                    .badData,
                    "\(place): the sides differ in \(name): a row has the shape \(column.shape) in training and "
                        + "\(test[name].map { "\($0.shape)" } ?? "none") in the test")
            }
            return column.appending(other)
        }
        return Dataset(
            unchecked: columns, labels: joined(labels, test.labels), groups: joined(groups, test.groups),
            speakers: joined(speakers, test.speakers), classNames: classNames, trainSideCount: count)
    }
}
