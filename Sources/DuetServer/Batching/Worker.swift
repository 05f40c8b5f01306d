import Datasets
import Duet
import FileFormats
import Foundation
import Media

/// A thread that takes batches from a queue and predicts them, with a classifier of its own on the model's weights.
///
/// It is a thread and no task: a batch computes for milliseconds, and a picture may be decoded for a second, in which neither
/// connections nor other requests may stand still.
final class Worker {
    private let queue: BatchQueue
    private let classifiers: Classifiers
    private let limits: MediaLimits
    private let metrics: ModelMetrics

    /// A worker's classifiers of one model.
    struct Classifiers {
        /// Computes on the worker's own thread.
        let onOne: Classifier
        /// Computes single rows on as many threads as there are workers, for when the others have nothing to do.
        let onAll: Classifier
    }

    private init(_ queue: BatchQueue, _ classifiers: Classifiers, _ limits: MediaLimits, _ metrics: ModelMetrics) {
        (self.queue, self.classifiers, self.limits, self.metrics) = (queue, classifiers, limits, metrics)
    }

    /// Starts a thread.
    /// - Parameters:
    ///   - queue: where it takes batches; it ends when that is closed and empty.
    ///   - limits: how large files may be.
    ///   - metrics: told of each batch.
    ///   - makeClassifiers: makes its classifiers, on the thread.
    ///   - whenEnded: called at its end.
    static func start(
        _ queue: BatchQueue, limits: MediaLimits, metrics: ModelMetrics,
        makeClassifiers: @escaping @Sendable () throws -> Classifiers, whenEnded: @escaping @Sendable () -> Void
    ) {
        let thread = Thread {
            defer { whenEnded() }
            do {
                Worker(queue, try makeClassifiers(), limits, metrics).run()
            } catch {
                // The model was compiled once before any worker was started, so this is no fault of the model file.
                while let batch = queue.next() {
                    batch.jobs.forEach { $0.finish(.failure(error)) }
                    queue.ended()
                }
            }
        }
        thread.name = "duet-worker"
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func run() {
        while let batch = queue.next() {
            let isOneRow = batch.jobs.count == 1 && batch.jobs[0].work.rows == 1
            predict(batch.jobs, by: batch.isAlone && isOneRow ? classifiers.onAll : classifiers.onOne)
            queue.ended()
        }
    }

    /// A job and what was read of it.
    private struct Read {
        let job: Job
        let examples: [MediaReader.Example]

        func finish(_ predictions: [MediaPrediction], _ attribution: Attribution? = nil) {
            var values: [String: [Float]] = [:]
            if case .files = job.work { values = examples[0].mapValues(\.values) }
            job.finish(.success(Job.Result(predictions: predictions, values: values, attribution: attribution)))
        }
    }

    private func predict(_ jobs: [Job], by classifier: Classifier) {
        var good: [Read] = []
        for job in jobs {
            do {
                good.append(Read(job: job, examples: try examples(of: job.work, for: classifier)))
            } catch {
                job.finish(.failure(error))
            }
        }
        guard !good.isEmpty else { return }
        do {
            try predict(good, by: classifier)
        } catch  where good.count > 1 {
            // Whatever it was, it is one request's and not the others'.
            for one in good {
                do { try predict([one], by: classifier) } catch { one.job.finish(.failure(error)) }
            }
        } catch {
            good[0].job.finish(.failure(error))
        }
    }

    private func predict(_ batch: [Read], by classifier: Classifier) throws {
        let predictions = try classifier.predict(examples: batch.flatMap(\.examples))
        metrics.computed(rows: predictions.count)
        var start = 0
        // What takes hundreds of predictions comes last, so that the others need not wait for it.
        var explained: [(read: Read, predictions: [MediaPrediction])] = []
        for read in batch {
            let own = Array(predictions[start..<(start + read.examples.count)])
            start += read.examples.count
            let isFinite = own.allSatisfy {
                $0.predictions.entries.allSatisfy { $0.value.probabilities.allSatisfy(\.isFinite) }
            }
            guard isFinite else {
                read.job.finish(
                    .failure(
                        HTTPProblem.badRequest(
                            "the values are so far from what the model was trained on that its probabilities are not numbers"
                        )))
                continue
            }
            if case .files(_, _, withAttribution: true) = read.job.work {
                explained.append((read, own))
            } else {
                read.finish(own)
            }
        }
        for (read, predictions) in explained {
            do {
                // In batches, for which only this one has programs.
                read.finish(predictions, try classifiers.onOne.attribution(of: read.examples[0]))
            } catch {
                read.job.finish(.failure(error))
            }
        }
    }

    private func examples(of work: Job.Work, for classifier: Classifier) throws -> [MediaReader.Example] {
        switch work {
        case .rows(let count, let values):
            return (0..<count).map { row in
                values.mapValues { all in
                    let size = all.count / count
                    return MediaReader.Values(values: Array(all[(row * size)..<((row + 1) * size)]), preparation: nil)
                }
            }
        case .files(let files, let preparation, _):
            let kinds = Dictionary(uniqueKeysWithValues: classifier.modalities.map { ($0.name, $0.kind) })
            let media = try files.sorted { $0.key < $1.key }.map { modality, file -> (String, Medium) in
                switch kinds[modality] {
                case .audio:
                    return (
                        modality,
                        .audio(try AudioFile.read(data: file.content, name: file.name, seconds: limits.seconds))
                    )
                default:
                    let limits = ImageLimits(pixels: limits.pixels, side: ImageLimits.standard.side)
                    return (modality, .image(try Image(data: file.content, name: file.name, limits: limits)))
                }
            }
            return [try classifier.example(Dictionary(uniqueKeysWithValues: media), preparation: preparation)]
        }
    }
}

/// How large the files of a request may be, once they are decoded.
struct MediaLimits: Sendable {
    /// The most pixels of a picture.
    let pixels: Int
    /// The most seconds of a recording.
    let seconds: Int
}
