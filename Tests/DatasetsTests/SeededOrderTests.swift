import Datasets
import SeededRandom
import Testing

@Suite("Seeded random numbers and orders")
struct SeededOrderTests {
    /// The first values of the authors' C code, as the Rust crate rand_xoshiro tests them too.
    @Test("xoshiro256** and SplitMix64 give their published values")
    func reference() {
        var generator = SeededGenerator(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
            16_172_922_978_634_559_625, 8_476_171_486_693_032_832, 10_595_114_339_597_558_777,
            2_904_607_092_377_533_576,
        ]
        #expect(expected.indices.map { _ in generator.next() } == expected)
        var filler = SplitMix64(state: 1_234_567)
        let filled: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(filled.indices.map { _ in filler.next() } == filled)
    }

    @Test("Streams of one seed, and seeds of one stream, are independent")
    func streams() {
        let starts = [
            SeededGenerator(seed: 1), SeededGenerator(seed: 1, stream: "a"), SeededGenerator(seed: 1, stream: "b"),
            SeededGenerator(seed: 2), SeededGenerator(seed: 2, stream: "a"),
        ].map { generator in
            var generator = generator
            return generator.next()
        }
        #expect(Set(starts).count == starts.count)
    }

    @Test("Whole numbers below a bound are all equally likely")
    func uniform() {
        var generator = SeededGenerator(seed: 7)
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { counts[generator.index(below: 6)] += 1 }
        // Chi square with 5 degrees of freedom stays below 20.5 in 999 of 1,000 cases.
        let chiSquare = counts.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
        #expect(chiSquare < 20.5)
        #expect(generator.index(below: 1) == 0)
    }

    @Test("Each of the six orders of three elements is equally likely")
    func shuffle() {
        var generator = SeededGenerator(seed: 8)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<6000 { counts[[1, 2, 3].shuffled(seeded: &generator), default: 0] += 1 }
        #expect(counts.count == 6)
        let chiSquare = counts.values.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
        #expect(chiSquare < 20.5)
        #expect([Int]().shuffled(seeded: &generator) == [])
    }

    @Test("An epoch sees every row once, in batches, the last one smaller")
    func batches() {
        let order = BatchOrder(indices: Array(100..<203), batchSize: 32, seed: 1)
        let batches = order.batches(epoch: 0)
        #expect(batches.map(\.count) == [32, 32, 32, 7] && order.batchCount == 4)
        #expect(batches.flatMap { $0 }.sorted() == order.indices)
        #expect(BatchOrder(indices: [], batchSize: 32, seed: 1).batches(epoch: 0).isEmpty)
    }

    @Test("Background examples are drawn anew for each epoch, among the others")
    func background() {
        func order(_ count: Int) -> BatchOrder {
            BatchOrder(
                indices: Array(0..<100), background: 1_000..<1_020, backgroundCount: count, batchSize: 16, seed: 1)
        }
        let epochs = (0..<3).map { order(50).batches(epoch: $0) }
        for batches in epochs {
            let rows = batches.flatMap { $0 }
            #expect(rows.count == 150 && order(50).count == 150 && batches.count == order(50).batchCount)
            #expect(rows.filter { $0 < 100 }.sorted() == Array(0..<100))
            #expect(rows.filter { $0 >= 100 }.allSatisfy { (1_000..<1_020).contains($0) })
            // They are not all at one end.
            #expect(batches.dropLast().allSatisfy { batch in batch.contains { $0 >= 100 } })
        }
        func drawn(_ epoch: Int) -> [Int] { epochs[epoch].flatMap { $0 }.filter { $0 >= 100 }.sorted() }
        #expect(drawn(0) != drawn(1) && Set(drawn(0) + drawn(1) + drawn(2)).count == 20)
        #expect(order(50).batches(epoch: 2) == epochs[2])
        // Without them, the order is what it is for the rows alone.
        #expect(
            order(0).batches(epoch: 1)
                == BatchOrder(indices: Array(0..<100), batchSize: 16, seed: 1).batches(epoch: 1))
    }

    @Test("An epoch's order depends on seed and number alone")
    func resumed() {
        let order = BatchOrder(indices: Array(0..<100), batchSize: 8, seed: 1)
        let third = order.batches(epoch: 3)
        #expect(BatchOrder(indices: Array(0..<100), batchSize: 8, seed: 1).batches(epoch: 3) == third)
        #expect(order.batches(epoch: 4) != third)
        #expect(BatchOrder(indices: Array(0..<100), batchSize: 8, seed: 2).batches(epoch: 3) != third)
    }
}
