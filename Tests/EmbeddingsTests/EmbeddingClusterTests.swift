import Embeddings
import FileFormats
import Testing
import TestSupport

@Suite struct EmbeddingClusterTests {
    @Test func measuresAreScikitLearns() throws {
        for fixture in try EmbeddingFixture.shared.get().clusters {
            func silhouette(_ labels: [Int]) throws -> Double {
                try Silhouette.score(of: fixture.points, dimensions: fixture.dimensions, labels: labels)
            }
            #expect(abs(try silhouette(fixture.labels) - fixture.silhouette) < 1e-9, "\(fixture.name)")
            #expect(abs(try silhouette(fixture.found) - fixture.silhouetteOfFound) < 1e-9, "\(fixture.name)")
            var lonely = fixture.labels
            lonely[0] = -7
            #expect(abs(try silhouette(lonely) - fixture.silhouetteWithLonely) < 1e-9, "\(fixture.name)")
            let index = try AdjustedRandIndex.score(fixture.labels, fixture.found)
            #expect(abs(index - fixture.adjustedRandIndex) < 1e-9, "\(fixture.name)")
        }
    }

    @Test func sameBitsWhateverTheThreads() throws {
        let blobs = Blobs(count: 700, distance: 2)
        var kMeans = KMeans(clusters: 8)
        let found = try [1, 2, 3].map { threads in
            kMeans.threads = threads
            return try kMeans.fit(blobs.points, dimensions: blobs.dimensions)
        }
        #expect(found.allSatisfy { $0 == found[0] })
        let silhouettes = try [1, 2, 3].map {
            try Silhouette.score(of: blobs.points, dimensions: 3, labels: found[0].labels, threads: $0)
        }
        #expect(silhouettes.allSatisfy { $0 == silhouettes[0] })
    }

    @Test func randIndicesOfPartitionsAreScikitLearns() throws {
        for fixture in try EmbeddingFixture.shared.get().partitions {
            let index = try AdjustedRandIndex.score(fixture.first, fixture.second)
            #expect(abs(index - fixture.adjustedRandIndex) < 1e-9)
        }
    }

    @Test func clustersAreAsTightAsScikitLearns() throws {
        for fixture in try EmbeddingFixture.shared.get().clusters {
            let found = try KMeans(clusters: fixture.clusters).fit(fixture.points, dimensions: fixture.dimensions)
            #expect(found.inertia < 1.01 * fixture.inertia, "\(fixture.name)")
            // Labels, centers and inertia belong together.
            var inertia = 0.0
            for (k, value) in fixture.points.enumerated() {
                let (point, dimension) = k.quotientAndRemainder(dividingBy: fixture.dimensions)
                let center = found.centers[found.labels[point] * fixture.dimensions + dimension]
                inertia += Double((value - center) * (value - center))
            }
            #expect(abs(inertia / found.inertia - 1) < 1e-5)
            #expect(try AdjustedRandIndex.score(found.labels, fixture.found) > 0.9, "\(fixture.name)")
            #expect(try KMeans(clusters: fixture.clusters).fit(fixture.points, dimensions: fixture.dimensions) == found)
        }
    }

    @Test func principalComponentsAreScikitLearns() throws {
        for fixture in try EmbeddingFixture.shared.get().clusters {
            let points = try PointCloud(fixture.points, dimensions: fixture.dimensions)
            let components = PrincipalComponents(of: points.centeredAndScaled())
            for (own, theirs) in zip(
                [components.first, components.second],
                [fixture.components.prefix(fixture.dimensions), fixture.components.suffix(fixture.dimensions)])
            {
                let cosine = zip(own, theirs).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(cosine - 1) < 1e-6, "\(fixture.name)")
            }
        }
    }

    @Test func moreClustersThanDifferentPoints() throws {
        let found = try KMeans(clusters: 3).fit([1, 1, 1, 5, 5], dimensions: 1)
        #expect(found.inertia == 0)
        #expect(Set(found.labels).count == 2)
    }

    @Test func whatCannotBeMeasuredIsRefused() {
        let points: [Float] = [0, 1, 2, 3]
        for labels in [[0, 0, 0, 0], [0, 1, 2, 3], [0, 1, 1]] {
            #expect(throws: DuetError.self) { try Silhouette.score(of: points, dimensions: 1, labels: labels) }
        }
        #expect(throws: DuetError.self) { try AdjustedRandIndex.score([0, 1], [0]) }
        #expect(throws: DuetError.self) { try KMeans(clusters: 5).fit(points, dimensions: 1) }
        #expect(throws: DuetError.self) { try KMeans(clusters: 0).fit(points, dimensions: 1) }
        #expect(throws: DuetError.self) { try KMeans(clusters: 1).fit([.nan], dimensions: 1) }
    }
}
