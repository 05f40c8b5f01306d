import Foundation

/// What Optuna and SciPy make of losses and kernels: `Tests/Fixtures/search/make_search.py`.
struct SearchFixture: Decodable {
    struct Front: Decodable {
        let losses: [[Double]]
        let reference: [Double]
        let ranks: [Int]
        let hypervolume: Double
    }

    struct Truncated: Decodable {
        let low: Double
        let high: Double
        let center: Double
        let deviation: Double
        let logarithmic: Bool
        let values: [Double]
        let logDensities: [Double]
    }

    struct Discrete: Decodable {
        let low: Int
        let high: Int
        let center: Double
        let deviation: Double
        let logProbabilities: [Double]
    }

    let fronts: [Front]
    let truncated: [Truncated]
    let discrete: [Discrete]

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/search/search.json")
        self = try JSONDecoder().decode(SearchFixture.self, from: Data(contentsOf: file))
    }
}
