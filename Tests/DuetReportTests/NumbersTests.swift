import Duet
import DuetReport
import Foundation
import Testing
import TestSupport

extension ReportTests {
    @Suite("The numbers of a report")
    struct NumbersTests {
        @Test(
            "scikit-learn gets the same numbers from the figures' CSV files",
            .enabled(if: Python.has("sklearn"), "needs Python with scikit-learn"))
        func recomputation() throws {
            try TrainedRun.with { run in
                let report = try RunReport.write(run.folder)
                let made = try Python.run(Self.program, run["figures"].path)
                try #require(made.status == 0, "\(made.output)")
                let numbers = try JSONDecoder().decode(Numbers.self, from: Data(made.output.utf8))
                #expect(abs(numbers.accuracy - report.accuracies.all.accuracy) < 1e-12)
                #expect(abs(numbers.calibrationError - report.calibrationError) < 1e-6)
                #expect(numbers.confusion == [0, 0, 0])
                #expect(numbers.recall.allSatisfy { $0 < 1e-12 })
                #expect(numbers.bins < 1e-6)
                #expect(report.embeddings.count == 3)
                for one in report.embeddings {
                    let other = try #require(numbers.embeddings[one.ablation])
                    #expect(other.points == one.points)
                    #expect(abs(other.silhouette - one.silhouette) < 1e-6)
                    #expect(abs(other.adjustedRandIndex - one.adjustedRandIndex) < 1e-9)
                    // k-means with another start must not find much better clusters.
                    #expect(other.inertiaRatio < 1.01)
                }
            }
        }

        private struct Numbers: Decodable {
            let accuracy: Double
            let calibrationError: Double
            /// Cells that differ, for image and audio, image alone, audio alone.
            let confusion: [Int]
            /// The largest difference of a class's recall, likewise.
            let recall: [Double]
            /// The largest difference of a reliability bin's confidence or accuracy.
            let bins: Double
            let embeddings: [String: Embedding]

            struct Embedding: Decodable {
                let points: Int
                let silhouette: Double
                let adjustedRandIndex: Double
                let inertiaRatio: Double
            }
        }

        private static let program = """
            import csv, json, sys
            import numpy as np
            from sklearn import metrics
            from sklearn.calibration import calibration_curve
            from sklearn.cluster import KMeans
            folder = sys.argv[1]

            def read(name):
                with open(f'{folder}/{name}.csv', newline='', encoding='utf-8') as file:
                    rows = list(csv.DictReader(file))
                return {column: [row[column] for row in rows] for column in rows[0]}

            def numbers(table, column, kind=float):
                return np.array(table[column], dtype=kind)

            examples = read('examples')
            truth = numbers(examples, 'class_index', int)
            predicted = {'all': 'predicted_index', 'image': 'image_predicted_index', 'audio': 'audio_predicted_index'}
            predicted = {name: numbers(examples, column, int) for name, column in predicted.items()}
            right = (predicted['all'] == truth).astype(int)
            sure = numbers(examples, 'probability')
            classes = read('classes')
            confusion, recall = [], []
            for name in predicted:
                table = read('confusion-' + name)
                size = max(numbers(table, 'true_index', int)) + 1
                counts = numbers(table, 'count', int).reshape(size, size)
                theirs = metrics.confusion_matrix(truth, predicted[name], labels=range(size))
                confusion.append(int((counts != theirs).sum()))
                theirs = metrics.recall_score(truth, predicted[name], labels=range(size), average=None, zero_division=0)
                recall.append(float(abs(numbers(classes, name) - theirs).max()))

            # scikit-learn takes the bins' upper ends as outside, Duet as inside.
            inside = np.nextafter(sure, 0)
            accuracies, confidences = calibration_curve(right, inside, n_bins=15)
            table = read('reliability')
            counts = numbers(table, 'count', int)
            used = counts > 0
            bins = max(abs(numbers(table, 'accuracy')[used] - accuracies).max(),
                       abs(numbers(table, 'confidence')[used] - confidences).max())
            error = float((abs(accuracies - confidences) * counts[used]).sum() / counts.sum())

            embeddings = {}
            for name in predicted:
                table = read('embedding-' + name)
                points = np.stack([numbers(table, 'x'), numbers(table, 'y')], 1)
                labels, clusters = numbers(table, 'class_index', int), numbers(table, 'cluster', int)
                inertia = sum(((points[clusters == c] - points[clusters == c].mean(0)) ** 2).sum()
                              for c in set(clusters))
                theirs = KMeans(len(set(labels)), n_init=10, random_state=0).fit(points)
                embeddings[name] = {
                    'points': len(points), 'silhouette': float(metrics.silhouette_score(points, labels)),
                    'adjustedRandIndex': float(metrics.adjusted_rand_score(labels, clusters)),
                    'inertiaRatio': float(inertia / theirs.inertia_)}
            print(json.dumps({
                'accuracy': float(metrics.accuracy_score(truth, predicted['all'])), 'calibrationError': error,
                'confusion': confusion, 'recall': recall, 'bins': float(bins), 'embeddings': embeddings}))
            """
    }
}
