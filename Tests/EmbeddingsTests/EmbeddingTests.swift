import Embeddings
import FileFormats
import Testing
import TestSupport

@Suite struct EmbeddingTests {
    @Test func divergenceIsAsLowAsScikitLearns() throws {
        let fixture = try EmbeddingFixture.shared.get().embedding
        let map = try TSNE().embed(fixture.points, dimensions: fixture.dimensions)
        #expect(map.count == fixture.points.count / fixture.dimensions)
        #expect(map.divergence < 1.03 * fixture.divergence)
    }

    @Test func separateBlobsStaySeparate() throws {
        let blobs = Blobs(count: 800, distance: 20)
        let map = try TSNE().embed(blobs.points, dimensions: blobs.dimensions)
        let neighbors = Neighbors(of: try PointCloud(map.coordinates, dimensions: 2), count: 15, threads: 2)
        for (place, neighbor) in neighbors.indices.enumerated() {
            #expect(blobs.labels[place / 15] == blobs.labels[Int(neighbor)])
        }
        #expect(try Silhouette.score(of: map.coordinates, dimensions: 2, labels: blobs.labels) > 0.5)
    }

    @Test func sameBitsWhateverTheThreads() throws {
        let blobs = Blobs(count: 700, distance: 2)
        var settings = TSNE()
        (settings.earlyIterations, settings.iterations) = (30, 30)
        let maps = try [1, 2, 3, 2].map { threads in
            settings.threads = threads
            return try settings.embed(blobs.points, dimensions: blobs.dimensions)
        }
        #expect(maps.allSatisfy { $0 == maps[0] })
        settings.seed = 1
        #expect(try settings.embed(blobs.points, dimensions: blobs.dimensions) != maps[0])
    }

    @Test func scaleAndPlaceDoNotMatter() throws {
        let blobs = Blobs(count: 200, distance: 16)
        var settings = TSNE()
        settings.perplexity = 10
        let plain = try settings.embed(blobs.points, dimensions: blobs.dimensions)
        for factor in [Float(0x1p-40), 0x1p40] {
            let scaled = try settings.embed(blobs.points.map { $0 * factor }, dimensions: blobs.dimensions)
            #expect(scaled == plain)
        }
    }

    @Test(arguments: [1, 2]) func equalPointsAreMapped(dimensions: Int) throws {
        var settings = TSNE()
        settings.perplexity = 5
        let map = try settings.embed([Float](repeating: 3, count: 50 * dimensions), dimensions: dimensions)
        #expect(map.coordinates.allSatisfy { $0.isFinite })
        #expect(map.divergence.isFinite)
    }

    @Test func callerCanFollowAndStop() throws {
        let blobs = Blobs(count: 100, distance: 2)
        var settings = TSNE()
        (settings.earlyIterations, settings.iterations) = (3, 4)
        let watcher = Watcher()
        _ = try settings.embed(blobs.points, dimensions: blobs.dimensions, monitor: watcher.monitor)
        #expect(watcher.reports.map(\.completed) == Array(1...settings.totalIterations))
        let stopping = Watcher { reports, _ in reports.count == 2 }
        let error = #expect(throws: DuetError.self) {
            try settings.embed(blobs.points, dimensions: blobs.dimensions, monitor: stopping.monitor)
        }
        #expect(error?.kind == .interrupted)
    }

    @Test func badPointsAreRefused() throws {
        func message(_ points: [Float], _ dimensions: Int) -> String? {
            #expect(throws: DuetError.self) { try TSNE().embed(points, dimensions: dimensions) }?.message
        }
        #expect(message([], 3)?.contains("0 numbers") == true)
        #expect(message([1, 2, 3, 4], 3)?.contains("4 numbers do not make points of 3 dimensions") == true)
        #expect(message([1], 0)?.contains("0 dimensions") == true)
        #expect(message([0, 1, 2, .nan], 2)?.contains("point 1 has nan in dimension 1") == true)
        #expect(message([0, -.infinity], 2)?.contains("-inf") == true)
        let few = message([Float](repeating: 0, count: 90), 1)
        #expect(few?.contains("needs 91 points or more; there are 90") == true)
        #expect(few?.contains("Set the perplexity to 29.6") == true)
        #expect(message([0], 1)?.contains("Take more points") == true)
    }

    @Test func badSettingsAreRefused() throws {
        let blobs = Blobs(count: 100, distance: 2)
        let changes: [(inout TSNE) -> Void] = [
            { $0.perplexity = 1 }, { $0.perplexity = .nan }, { $0.iterations = -1 }, { $0.earlyIterations = -1 },
            { $0.earlyExaggeration = 0.5 }, { $0.theta = -0.1 }, { $0.theta = .nan }, { $0.learningRate = 0 },
            { $0.threads = 0 },
        ]
        for change in changes {
            var settings = TSNE()
            change(&settings)
            let error = #expect(throws: DuetError.self) {
                try settings.embed(blobs.points, dimensions: blobs.dimensions)
            }
            #expect(error?.kind == .usage)
        }
    }
}
