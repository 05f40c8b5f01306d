import Datasets
import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Splits")
struct SplitTests {
    /// 10 classes, 40 recordings each, 5 pairs per recording, in an order that mixes them.
    private func repeated() throws -> Dataset {
        let rows = (0..<2000).map { $0 * 7 % 2000 }
        return try .small(labels: rows.map { $0 % 400 % 10 }, groups: rows.map { Int32($0 % 400) })
    }

    private func isWhole(_ split: Split, _ count: Int) -> Bool {
        (split.train + split.validation + split.test + split.leftOut).sorted() == Array(0..<count)
    }

    @Test("By group: nothing leaks, every pair is used once, each class is represented alike")
    func group() throws {
        let dataset = try repeated()
        let split = try Split(dataset, seed: 1)
        #expect(isWhole(split, 2000) && split.leftOut.isEmpty)
        #expect(try split.leakedGroups(in: dataset) == [])
        #expect((split.test.count, split.validation.count, split.train.count) == (200, 200, 1600))
        let labels = try #require(dataset.labels)
        for part in [split.test, split.validation] {
            #expect(part == part.sorted())
            let counts = Dictionary(grouping: part) { labels[$0] }.mapValues(\.count)
            #expect(counts == Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, 20) }))
        }
    }

    @Test("By the paper: 10 %, then 20 % of the rest, and recordings leak, which the check shows")
    func paper() throws {
        let dataset = try repeated()
        let split = try Split(dataset, by: .paper, seed: 1)
        #expect(isWhole(split, 2000))
        #expect((split.test.count, split.validation.count, split.train.count) == (200, 360, 1440))
        #expect(try split.leakedGroups(in: dataset).count > 300)
    }

    @Test("The seed decides, and nothing else", arguments: Split.Method.allCases)
    func deterministic(method: Split.Method) throws {
        let dataset = try repeated()
        let split = try Split(dataset, by: method, seed: 5)
        #expect(try Split(dataset, by: method, seed: 5) == split)
        let other = try Split(dataset, by: method, seed: 6)
        #expect(other.test != split.test && other.validation != split.validation)
    }

    /// Frozen, so that a model's seed still means the same split in every later version of Duet.
    @Test("The split of seed 0 never changes")
    func frozen() throws {
        let dataset = try Dataset.small(labels: (0..<40).map { $0 % 2 }, groups: (0..<40).map { $0 / 2 * 2 })
        let split = try Split(dataset, by: .paper, seed: 0)
        #expect(split.test == [16, 18, 26, 29])
    }

    @Test("The dataset's own test side is the test; its recordings are kept out of training")
    func ownTestSide() throws {
        try withTemporaryFolder { url in
            // Training rows 0 to 39 use recordings 0 to 19; test rows use 18 to 22.
            func write(_ side: String, _ recordings: [Int32]) throws {
                func place(_ part: String) -> URL { url.appendingPathComponent("\(part)_\(side).npy") }
                let rows = recordings.count
                try NPYArray.write([UInt8](repeating: 9, count: rows), shape: [rows, 1], to: place("data_wr"))
                try NPYArray.write(recordings.map(Float.init), shape: [rows, 1], to: place("data_sp"))
                try NPYArray.write(recordings.map { UInt8($0 % 2) }, shape: [rows], to: place("labels"))
            }
            try write("train", (0..<40).map { $0 / 2 })
            try write("test", [18, 20, 21, 22, 18])
            let dataset = try DatasetFolder(url).load()
            let split = try Split(dataset, seed: 3)
            #expect(split.test == Array(40..<45))
            #expect(split.leftOut == [36, 37])
            #expect(split.validation.count == 4 && split.train.count == 34)
            #expect(isWhole(split, 45))
            #expect(try split.leakedGroups(in: dataset) == [])
            let paper = try Split(dataset, by: .paper, seed: 3)
            #expect(paper.train.count + paper.validation.count + paper.test.count == 45 && paper.leftOut == [])
        }
    }

    @Test("Too little to divide, or nothing to divide by")
    func tooLittle() throws {
        let single = try Dataset.small(labels: [0, 1, 0], groups: [0, 1, 0])
        for method in Split.Method.allCases {
            let error = try #require(throws: DuetError.self) { try Split(single, by: method, seed: 0) }
            #expect(error.kind == .badData && error.description.contains("too few"))
        }
        let unknown = try Dataset.small(labels: [0, 1, 0, 1], groups: nil)
        #expect(throws: DuetError.self) { try Split(unknown, seed: 0) }
    }

    @Test("Folds divide the training rows by class and keep groups together")
    func folds() throws {
        let dataset = try repeated()
        let split = try Split(dataset, seed: 3)
        let folds = try split.folds(3, of: dataset)
        #expect(folds.flatMap { $0 }.sorted() == split.train)
        #expect(folds.allSatisfy { $0 == $0.sorted() })
        let groups = try #require(dataset.groups)
        let parts = folds.map { Set($0.map { groups[$0] }) }
        #expect(parts[0].isDisjoint(with: parts[1]) && parts[1].isDisjoint(with: parts[2]))
        #expect(parts.map(\.count).max()! - parts.map(\.count).min()! <= 1)
        #expect(try split.folds(3, of: dataset) == folds)
        #expect(throws: DuetError.self) { try split.folds(20_000, of: dataset) }
        let checked = split.validationFolds(4, of: dataset)
        #expect(checked.flatMap { $0 }.sorted() == split.validation.sorted())
        #expect(Set(checked[0].map { groups[$0] }).isDisjoint(with: checked[1].map { groups[$0] }))
    }

    @Test("Folds by speaker divide training and validation rows, and no speaker is in two")
    func speakerFolds() throws {
        let unknown = try repeated()
        let split = try Split(unknown, seed: 3)
        let tested = Set(split.test)
        /// The examples with these speakers, those of the test part with another one.
        func dataset(_ speakers: [Int32], test: Int32) throws -> Dataset {
            let all = (0..<unknown.count).map { tested.contains($0) ? test : speakers[$0 / 2 % speakers.count] }
            return try Dataset(unknown.columns, labels: unknown.labels, groups: unknown.groups, speakers: all)
        }
        let known = try dataset([3, 3, 3, 0, 5, 7], test: 9)
        let folds = try split.speakerFolds(3, of: known)
        #expect(folds.training.flatMap { $0 }.sorted() == split.train)
        #expect(folds.validation.flatMap { $0 }.sorted() == split.validation)
        let speakers = try #require(known.speakers)
        for part in [folds.training, folds.validation] {
            let heard = part.map { rows in Set(rows.map { speakers[$0] }) }
            #expect(heard[0] == [3] && heard.map(\.count).sorted() == [1, 1, 2])
            #expect(heard.reduce([], +).sorted() == [0, 3, 5, 7])
        }
        #expect(try split.speakerFolds(20, of: known).training.count == 4)

        #expect(split.testsOtherSpeakers(of: known))
        #expect(!split.testsOtherSpeakers(of: unknown))
        #expect(try !split.testsOtherSpeakers(of: dataset([0, 1], test: 1)))
        #expect(try !split.testsOtherSpeakers(of: dataset([0, 1], test: Dataset.unknownSpeaker)))
        let one = try dataset([0], test: 1)
        #expect(!split.testsOtherSpeakers(of: one))
        for (broken, part) in [(one, "of one speaker"), (unknown, "no speakers_train.npy")] {
            let error = try #require(throws: DuetError.self) { try split.speakerFolds(3, of: broken) }
            #expect(error.kind == .badData && error.description.contains(part))
        }
    }
}
