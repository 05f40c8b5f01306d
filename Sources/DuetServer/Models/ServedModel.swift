import Datasets
import Duet
import FileFormats
import Foundation
import Media
import NeuralNetwork

/// A model that answers requests: its queue, its workers, and what it is called.
final class ServedModel: Sendable {
    /// What requests call it.
    let name: String
    /// The number of its version: 1 for the first.
    let number: Int
    /// Its version, as requests name it.
    var version: String { "\(number)" }
    /// The model.
    let model: TrainedModel
    /// What waits for it.
    let queue: BatchQueue
    /// What is counted of it.
    let metrics: ModelMetrics
    /// The names of its modalities, for messages.
    let modalityNames: String
    private let deadline: Duration
    /// The most requests that may be in progress: one for each worker, and those that wait.
    private let mostRequests: Int
    private let places: Budget
    private let workers: WorkerCount
    /// How long a refusal takes, where there is no room.
    private static let refusalDelay = Duration.milliseconds(100)

    /// Puts a model to work.
    /// - Parameters:
    ///   - model: the model.
    ///   - settings: how many workers there are, and what limits.
    ///   - version: the number of its version.
    ///   - metrics: what was counted of the versions before.
    /// - Throws: `DuetError` of kind `usage` where its name is none for a path, and what compiling the model throws.
    init(
        _ model: TrainedModel, _ settings: ServerSettings, version: Int = 1, metrics: ModelMetrics = ModelMetrics()
    ) throws {
        name = try settings.modelName ?? Self.name(of: model)
        if settings.collection != nil { try ExampleCollection.check(model.classNames) }
        (self.model, number, self.metrics) = (model, version, metrics)
        modalityNames = model.architecture.modalities.map(\.name).joined(separator: ", ")
        deadline = settings.deadline
        workers = WorkerCount(settings.workers)
        queue = BatchQueue(
            mostRows: settings.mostRows, longestDelay: settings.longestDelay, workers: settings.workers)
        mostRequests = settings.mostWaiting + settings.workers
        places = Budget(mostRequests)
        // Weights are shared; each worker has its own memory for what it computes.
        let shared = FrozenParameters(model.parameters)
        let sizes = settings.batchSizes
        let uncertainty = settings.uncertainty
        let makeClassifiers: @Sendable () throws -> Worker.Classifiers = {
            func classifier(threads: Int, batchSizes: [Int]) throws -> Classifier {
                let classifier = try Classifier(
                    model, uncertainty: uncertainty, threads: threads, batchSizes: batchSizes, parameters: shared)
                try classifier.prepare()
                return classifier
            }
            let onOne = try classifier(threads: 1, batchSizes: sizes)
            let onAll = settings.workers > 1 ? try classifier(threads: settings.workers, batchSizes: [1]) : onOne
            return Worker.Classifiers(onOne: onOne, onAll: onAll)
        }
        // Here, where it can still be said what is wrong with it.
        _ = try makeClassifiers()
        for _ in 0..<settings.workers {
            Worker.start(queue, limits: settings.media, metrics: metrics, makeClassifiers: makeClassifiers) {
                [workers] in
                workers.oneEnded()
            }
        }
    }

    private static func name(of model: TrainedModel) throws -> String {
        let name = model.architecture.name
        guard ServerSettings.canNameModel(name) else {
            throw DuetError(
                .usage,
                "the model is called '\(name)', which cannot stand in a path; give it a name of letters, digits, '.', '_' and "
                    + "'-' with --name")
        }
        return name
    }

    /// Does what a request asks, where there is room for it. What there is no room for is refused before anything is made of its body:
    /// a server that is asked too much would otherwise spend its time on requests that it refuses.
    /// - Parameter body: reads the request, predicts and makes the response.
    /// - Returns: the response.
    /// - Throws: `HTTPProblem` where too many requests are in progress, and what `body` throws.
    func serve<Response>(_ body: () async throws -> Response) async throws -> Response {
        guard places.take(1) else {
            let problem = HTTPProblem.unavailable(
                "\(mostRequests) requests are in progress already, the limit (--max-queue, --workers); try again later")
            metrics.failed(problem)
            // Who asks again at once, whatever Retry-After says, would take the processors' time from those who are answered.
            try? await Task.sleep(for: Self.refusalDelay)
            throw problem
        }
        defer { places.giveBack(1) }
        return try await body()
    }

    /// Predicts, together with others where they come at the same time.
    /// - Parameter work: what is asked.
    /// - Returns: the predictions.
    /// - Throws: `HTTPProblem` where there is no room or the deadline passes, and what reading and predicting throw.
    func predict(_ work: Job.Work) async throws -> Job.Result {
        let arrival = ContinuousClock.now
        // As long as somebody waits, the model is not to end, also where it is replaced meanwhile.
        defer { withExtendedLifetime(self) {} }
        do {
            let result = try await withCheckedThrowingContinuation { continuation in
                queue.add(
                    Job(work: work, arrival: arrival, deadline: arrival + deadline) { continuation.resume(with: $0) })
            }
            metrics.answered(after: .now - arrival)
            return result
        } catch {
            metrics.failed(error)
            throw error
        }
    }

    /// Ends when all that waits is computed and the workers are gone.
    func close() async {
        queue.close()
        await workers.end()
    }

    deinit {
        // A model that was replaced: nobody is left who could ask it.
        queue.close()
    }

    /// How the values of an audio branch lie in time: frames, and values in each.
    func audioSizes(of branch: Branch) -> [Int] {
        let layout = model.audioLayout(of: branch)
        return [layout.frames, layout.values]
    }

    /// The shapes that a row of an input may have: the model's own first, then the same values with fewer sides.
    /// - Parameter branch: which branch takes it.
    /// - Returns: the shapes, each once.
    func rowShapes(of branch: Branch) -> [[Int]] {
        let own = branch.input
        var shapes = [own]
        var short = own
        while short.count > 1, short.last == 1 { short.removeLast() }
        shapes += [short, [own.reduce(1, *)]]
        if branch.modality.kind == .audio { shapes.append(audioSizes(of: branch)) }
        return shapes.enumerated().filter { place, shape in shapes.firstIndex(of: shape) == place }.map(\.element)
    }
}
