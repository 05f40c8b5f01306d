import Duet
import Foundation
import Testing
import TestSupport

extension CommandTests {
    @Suite("duet evaluate and predict")
    struct EvaluationTests {
        @Test("The evaluation agrees with what predict says about the same pairs")
        func recomputation() throws {
            try Workshop.with { shop in
                let rows = try predict(shop, "--data", Studio.required().data.path, "--probabilities")
                let evaluation = try evaluate(shop)
                // The labels of the test side, in its order.
                let labels = (0..<60).map { $0 % 10 }
                let predicted = rows.dropFirst().compactMap { Int($0[1]) }
                let matrix = try ConfusionMatrix(truth: labels, predicted: predicted, classes: 10)
                #expect(evaluation.count == 60)
                #expect(evaluation.accuracies.all.accuracy == matrix.accuracy)
                #expect(evaluation.accuracies.all.interval == WilsonInterval(successes: matrix.correct, of: 60))
                #expect(evaluation.confusion == matrix)
                #expect(evaluation.perClass == matrix.perClass)
                // Some images and clips show another class than the label says.
                #expect(evaluation.accuracies.alone.map(\.modality) == ["audio", "image"])
                for (_, alone) in evaluation.accuracies.alone {
                    #expect(alone.accuracy > 0.05 && alone.accuracy < 1)
                }
                let loss = zip(rows.dropFirst(), labels).reduce(0) { sum, pair in
                    sum - log(Double(pair.0[2 + pair.1]) ?? 0)
                }
                #expect(abs(evaluation.loss - loss / 60) < 1e-5)
            }
        }

        @Test("The probabilities sum to one, the label is the likeliest, row ids count from 0")
        func probabilities() throws {
            try Workshop.with { shop in
                let rows = try predict(shop, "--data", Studio.required().data.path, "--probabilities")
                #expect(rows[0] == ["row_id", "label"] + (0...9).map { "probability_\($0)" })
                #expect(rows.dropFirst().map { $0[0] } == (0..<60).map(String.init))
                for row in rows.dropFirst() {
                    let values = row.dropFirst(2).compactMap(Double.init)
                    #expect(values.count == 10 && abs(values.reduce(0, +) - 1) < 1e-5)
                    let label = try #require(Int(row[1]))
                    #expect(values[label] == values.max())
                }
                let plain = try predict(shop, "--data", Studio.required().data.path)
                #expect(plain == rows.map { Array($0.prefix(2)) })
            }
        }

        @Test(
            "Any number type, order and shape of the same pairs gives the same file",
            .enabled(if: Python.has("numpy"), "needs Python with numpy"))
        func forms() throws {
            try Workshop.with { shop in
                let data = try Studio.required().data
                let expected = try predict(shop, "--data", data.path, "--probabilities")
                let program = """
                    import numpy, sys
                    data, folder = sys.argv[1:]
                    images = numpy.load(data + '/data_wr_test.npy')
                    audio = numpy.load(data + '/data_sp_test.npy')
                    shapes = [(60, 784), (60, 28, 28), (60, 28, 28, 1)]
                    types = ['uint8', 'float32', 'float64', '>f4']
                    for shape in shapes:
                        for kind in types:
                            for order in 'CF':
                                name = f'{folder}/{len(shape)}-{kind.strip(">")}-{order}'
                                numpy.save(name + '-image.npy', numpy.array(images.reshape(shape), kind, order=order))
                                kept = audio if kind == 'uint8' else audio.astype(kind)
                                kept = kept.reshape(60, 39, 13) if len(shape) == 3 else kept
                                numpy.save(name + '-audio.npy', numpy.array(kept, order=order))
                    """
                let made = try Python.run(program, data.path, shop.folder.path)
                try #require(made.status == 0, "\(made.output)")
                let names = try shop.names().filter { $0.hasSuffix("-image.npy") }.map { $0.dropLast(10) }
                #expect(names.count == 24)
                for name in names {
                    let rows = try predict(
                        shop, "--images", "\(name)-image.npy", "--audio", "\(name)-audio.npy", "--probabilities")
                    #expect(rows == expected, "\(name)")
                }
            }
        }

        @Test("A folder under Kaggle's names, without test labels, is trained on and predicted like Zenodo's")
        func kaggle() throws {
            try Workshop.with { shop in
                let data = try Studio.required().data
                try FileManager.default.createDirectory(at: shop["kaggle"], withIntermediateDirectories: true)
                for (old, new) in [
                    ("data_wr_train", "x_train_wr"), ("data_sp_train", "x_train_sp"), ("data_wr_test", "x_test_wr"),
                    ("data_sp_test", "x_test_sp"),
                ] {
                    try FileManager.default.copyItem(
                        at: data.appendingPathComponent("\(old).npy"), to: shop["kaggle/\(new).npy"])
                }
                let labels = (0..<300).map { "\($0),\($0 % 10)\n" }.joined()
                try Data(("row_id,label\n" + labels).utf8).write(to: shop["kaggle/y_train.csv"])
                #expect(try predict(shop, "--data", "kaggle") == predict(shop, "--data", data.path))

                let training = try shop.duet(
                    "train", "--data", "kaggle", "--output", "run", "--model", "model-1", "--epochs", "1",
                    "--threads", "1", "--no-report")
                #expect(training.status == 0, "\(training.errors)")
                // 10 % of each class's six recordings, which use five rows each.
                #expect(
                    try evaluate(shop, model: "run/model.safetensors", data: "kaggle").count == 50)
            }
        }

        @Test(
            "--on chooses among the model's own sides",
            arguments: [(EvaluationSide.train, 250), (.validation, 50), (.test, 60)])
        func sides(side: EvaluationSide, count: Int) throws {
            try Workshop.with { shop in
                let evaluation = try evaluate(shop, "--on", side.rawValue)
                #expect(evaluation.count == count)
                #expect(evaluation.on == side)
                #expect(evaluation.perClass.map(\.support) == [Int](repeating: count / 10, count: 10))
            }
        }

        @Test("A model is measured on the test side of a dataset that it does not know, and only there")
        func foreignDataset() throws {
            try Workshop.with { shop in
                try FileManager.default.createDirectory(at: shop["other"], withIntermediateDirectories: true)
                try DigitPairs(count: 40, recordings: 2, firstUtterance: 200).write("train", to: shop["other"])
                try DigitPairs(count: 30, recordings: 1, firstUtterance: 300).write("test", to: shop["other"])
                #expect(try evaluate(shop, data: "other").count == 30)
                let refused = try shop.duet(
                    "evaluate", "--model", Studio.required().model, "--data", "other", "--on", "train")
                #expect(refused.status == 65)
                #expect(
                    refused.errors.contains("is not the dataset that 'model-1' was trained on"), "\(refused.errors)")
            }
        }

        @Test("The text shows accuracy with its interval, every class and the confusion matrix")
        func text() throws {
            try Workshop.with { shop in
                let outcome = try shop.duet(
                    "evaluate", "--model", Studio.required().model, "--data", Studio.required().data.path, "--threads",
                    "1")
                #expect(outcome.status == 0)
                for words in [
                    "on the test examples", "95 % interval", "image alone", "audio alone", "calibration error",
                    "precision", "recall", "F1", "true \\ predicted",
                ] {
                    #expect(outcome.output.contains(words), "\(words)")
                }
                #expect(!outcome.output.contains("\u{1B}"))
            }
        }

        private func predict(_ shop: Workshop, _ arguments: String...) throws -> [[String]] {
            let common = ["predict", "--model", try Studio.required().model, "--output", "p.csv", "--threads", "1"]
            let outcome = try DuetProcess(common + ["--force", "--quiet"] + arguments, in: shop.folder).wait()
            try #require(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "" && outcome.errors == "")
            return try shop.rows("p.csv")
        }

        private func evaluate(
            _ shop: Workshop, _ arguments: String..., model: String? = nil, data: String? = nil
        ) throws -> Evaluation {
            let studio = try Studio.required()
            let common = ["evaluate", "--model", model ?? studio.model, "--data", data ?? studio.data.path]
            let outcome = try DuetProcess(common + ["--threads", "1", "--json"] + arguments, in: shop.folder).wait()
            try #require(outcome.status == 0, "\(outcome.errors)")
            return try JSONDecoder().decode(Evaluation.self, from: Data(outcome.output.utf8))
        }
    }
}
