import Embeddings
import FileFormats
import Foundation
import NeuralNetwork

/// Times Duet's t-SNE, beside `peers/tsne_bench.py`: `DuetBenchmark tsne POINTS.npy MAP.npy [--threads 2]`. Points are
/// [count, dimensions]; the map, [count, 2], is written.
enum EmbeddingBenchmark {
    private struct Outcome: Encodable {
        let peer = "duet"
        let seconds: Double
        let divergence: Double
        let threads: Int
        let versions: [String: String]
    }

    static func run(_ arguments: [String]) throws {
        var files = arguments
        var method = TSNE()
        method.threads = 2
        if let place = files.firstIndex(of: "--threads") {
            guard let threads = files[place...].dropFirst().first.flatMap({ Int($0) }), (1...1024).contains(threads)
            else { throw Options.Problem(description: "--threads needs a whole number from 1 to 1024") }
            method.threads = threads
            files.removeSubrange(place...(place + 1))
        }
        guard files.count == 2 else {
            throw Options.Problem(description: "tsne takes two files: points to read and a map to write")
        }
        let points = try NPYArray(contentsOf: URL(fileURLWithPath: files[0]))
        guard points.shape.count == 2 else {
            throw DuetError(.badData, "\(points.name) has the shape \(points.shape); expected [points, dimensions]")
        }
        let values = points.floats()
        let clock = ContinuousClock()
        let start = clock.now
        let map = try method.embed(values, dimensions: points.shape[1])
        let duration = clock.now - start
        try NPYArray.write(map.coordinates, shape: [map.count, 2], to: URL(fileURLWithPath: files[1]), overwrite: true)
        let outcome = Outcome(
            seconds: duration / .seconds(1), divergence: map.divergence, threads: method.threads,
            versions: ["engine": Engine.description])
        print(String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self))
    }
}
