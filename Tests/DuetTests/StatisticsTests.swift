import Duet
import FileFormats
import Foundation
import Testing

struct WilsonIntervalTests {
    @Test func agreesWithStatsmodels() throws {
        for expected in try StatisticsFixture.load().wilson {
            let interval = WilsonInterval(successes: expected.successes, of: expected.count, z: expected.z)
            #expect(isClose(interval.low, expected.low), "\(expected)")
            #expect(isClose(interval.high, expected.high), "\(expected)")
        }
    }

    @Test func theEndsAreExact() {
        let nothing = WilsonInterval(successes: 0, of: 0)
        #expect(nothing.low == 0 && nothing.high == 1)
        for count in 1...200 {
            #expect(WilsonInterval(successes: 0, of: count).low == 0)
            #expect(WilsonInterval(successes: count, of: count).high == 1)
            #expect(WilsonInterval(successes: count, of: count).low > 0)
        }
    }

    @Test func impossibleCountsStayInside() {
        #expect(WilsonInterval(successes: 12, of: 10) == WilsonInterval(successes: 10, of: 10))
        #expect(WilsonInterval(successes: -1, of: 10) == WilsonInterval(successes: 0, of: 10))
    }
}

struct McNemarTests {
    @Test func agreesWithStatsmodels() throws {
        for expected in try StatisticsFixture.load().mcNemar {
            let test = McNemarTest(onlyFirstCorrect: expected.onlyFirst, onlySecondCorrect: expected.onlySecond)
            #expect(abs(test.pValue - expected.pValue) <= 1e-9 * expected.pValue, "\(expected), \(test.pValue)")
        }
    }

    @Test func countsWhereTheTwoDiffer() throws {
        let first = [true, true, true, false, false, true]
        let second = [true, false, false, true, false, false]
        let test = try McNemarTest(first: first, second: second)
        #expect(test.onlyFirstCorrect == 3)
        #expect(test.onlySecondCorrect == 1)
        #expect(isClose(test.pValue, 10.0 / 16))
        #expect(try McNemarTest(first: second, second: first).pValue == test.pValue)
    }

    @Test func listsOfDifferentExamplesAreRefused() {
        let error = #expect(throws: DuetError.self) { try McNemarTest(first: [true], second: []) }
        #expect(error?.kind == .badData)
    }

    @Test func manyExamplesTakeNoTimeAndNoOverflow() {
        let test = McNemarTest(onlyFirstCorrect: 50_000_000, onlySecondCorrect: 50_010_000)
        // The normal approximation gives 0.31735.
        #expect(abs(test.pValue - 0.3174) < 1e-3)
        #expect(McNemarTest(onlyFirstCorrect: 0, onlySecondCorrect: 100_000).pValue == 0)
    }
}

struct ConfusionMatrixTests {
    private let matrix: ConfusionMatrix

    init() throws {
        matrix = try ConfusionMatrix(truth: [0, 0, 1, 1, 1], predicted: [0, 1, 1, 1, 0], classes: 3)
    }

    @Test func rowsAreTheTruth() {
        #expect(matrix.counts == [[1, 1, 0], [1, 2, 0], [0, 0, 0]])
        #expect(matrix.total == 5)
        #expect(matrix.correct == 3)
        #expect(matrix.accuracy == 0.6)
    }

    @Test func impossibleClassesAreRefused() {
        for (truth, predicted) in [([0, 3], [0, 0]), ([0, 0], [-1, 0]), ([0], [])] {
            let error = #expect(throws: DuetError.self) {
                try ConfusionMatrix(truth: truth, predicted: predicted, classes: 3)
            }
            #expect(error?.kind == .badData)
        }
    }

    @Test func survivesJSON() throws {
        let json = try JSONEncoder().encode(matrix)
        #expect(String(decoding: json, as: UTF8.self) == "[[1,1,0],[1,2,0],[0,0,0]]")
        #expect(try JSONDecoder().decode(ConfusionMatrix.self, from: json) == matrix)
    }

    @Test(arguments: ["[[1,2]]", "[[1],[2]]", "[[-1]]", "[[9223372036854775807]]"])
    func whatIsNoMatrixOfCountsIsRefused(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ConfusionMatrix.self, from: Data(json.utf8)) }
    }
}

struct ClassificationMetricsTests {
    @Test func agreesWithScikitLearn() throws {
        for expected in try StatisticsFixture.load().classification {
            let name = Comment(rawValue: expected.name)
            let metrics = try ClassificationMetrics(
                probabilities: expected.probabilities, labels: expected.labels, classes: expected.classes
            )
            #expect(metrics.count == expected.labels.count, name)
            #expect(isClose(metrics.accuracy, expected.accuracy), name)
            #expect(isClose(metrics.loss, expected.loss), name)
            #expect(isClose(metrics.brierScore, expected.brierScore, tolerance: 1e-6), name)
            #expect(metrics.confusion.counts == expected.confusion, name)

            let perClass = metrics.confusion.perClass
            #expect(isClose(perClass.map(\.precision), expected.precision), name)
            #expect(isClose(perClass.map(\.recall), expected.recall), name)
            #expect(isClose(perClass.map(\.f1), expected.f1), name)
            #expect(perClass.map(\.support) == expected.support, name)
            let macro = metrics.confusion.macroAverage
            #expect(isClose([macro.precision, macro.recall, macro.f1], expected.macro), name)

            let filled = metrics.calibration.bins.filter { $0.count > 0 }
            #expect(metrics.calibration.bins.map(\.count) == expected.binCounts, name)
            #expect(isClose(filled.map(\.confidence), expected.binConfidences), name)
            #expect(isClose(filled.map(\.accuracy), expected.binAccuracies), name)
            #expect(isClose(metrics.calibration.error, expected.calibrationError), name)
        }
    }

    @Test func theEdgesOfTheBins() throws {
        // Confidences of exactly 1 belong to the last bin; ties go to the first class.
        let metrics = try ClassificationMetrics(probabilities: [1, 0, 0.5, 0.5], labels: [0, 1], classes: 2)
        #expect(metrics.calibration.bins.count == 15)
        #expect(metrics.calibration.bins[14].count == 1)
        #expect(metrics.calibration.bins[7].count == 1)
        #expect(metrics.accuracy == 0.5)
    }

    @Test func aHopelessProbabilityCostsAFiniteLoss() throws {
        let metrics = try ClassificationMetrics(probabilities: [0, 1], labels: [0], classes: 2)
        #expect(isClose(metrics.loss, -log(1e-7)))
        #expect(metrics.brierScore == 2)
        #expect(metrics.calibration.error == 1)
    }

    @Test func survivesJSON() throws {
        let metrics = try ClassificationMetrics(probabilities: [0.25, 0.75, 0.5, 0.5], labels: [1, 1], classes: 2)
        let json = try JSONEncoder().encode(metrics)
        #expect(try JSONDecoder().decode(ClassificationMetrics.self, from: json) == metrics)
    }

    @Test(
        arguments: [
            ([], [], 2, "nothing to measure"),
            ([1], [0], 0, "nothing to measure"),
            ([0.5], [0], 2, "need 2 probabilities, but there are 1"),
            ([0.5, 0.5], [2], 2, "example 0 has the class 2; expected 0 to 1"),
            ([0.5, 0.5, .nan, 1], [0, 0], 2, "example 1, class 0: nan"),
            ([0.5, -0.5], [0], 2, "example 0, class 1: -0.5"),
            ([0.5, .infinity], [0], 2, "example 0, class 1: inf"),
        ] as [([Float], [Int], Int, String)])
    func whatCannotBeMeasuredIsRefused(probabilities: [Float], labels: [Int], classes: Int, reason: String) {
        let error = #expect(throws: DuetError.self) {
            try ClassificationMetrics(probabilities: probabilities, labels: labels, classes: classes)
        }
        #expect(error?.kind == .badData)
        #expect(error?.message.contains(reason) == true)
    }
}
