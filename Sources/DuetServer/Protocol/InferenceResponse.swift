import Duet
import Foundation

/// What the Open Inference Protocol answers.
struct InferenceResponse {
    /// JSON, and behind it the values of outputs that are wanted as bytes.
    private(set) var body: Data
    /// How many bytes of it are JSON, where bytes follow.
    let headerLength: Int?

    /// Writes a response.
    /// - Parameters:
    ///   - predictions: a prediction for each row.
    ///   - request: what was asked.
    ///   - model: who predicted.
    init(_ predictions: [MediaPrediction], to request: InferenceRequest, of model: ServedModel) {
        var binary = Data()
        let outputs = request.outputs.map { output in
            let name = output.name
            let shape = name.shape(rows: predictions.count, classes: model.model.classNames.count)
            var data: String?
            var size: Int?
            if output.isBinary {
                let bytes = Self.bytes(of: name, predictions)
                binary += bytes
                size = bytes.count
            } else {
                data = Self.text(of: name, predictions)
            }
            return JSONText.object([
                "name": JSONText.string(name.text), "datatype": JSONText.string(name.datatype),
                "shape": JSONText.numbers(shape),
                "parameters": size.map { JSONText.object(["binary_data_size": "\($0)"]) }, "data": data,
            ])
        }
        let json = JSONText.object([
            "model_name": JSONText.string(model.name), "model_version": JSONText.string(model.version),
            "id": request.id.map(JSONText.string), "outputs": JSONText.list(outputs),
        ])
        body = Data(json.utf8)
        headerLength = request.outputs.contains(where: \.isBinary) ? body.count : nil
        body += binary
    }

    private static func prediction(_ prediction: MediaPrediction, for name: OutputName) -> Prediction {
        // A model of one modality predicts from it alone.
        name.modality.flatMap { prediction.predictions[$0] } ?? prediction.predictions.all
    }

    private static func text(of name: OutputName, _ predictions: [MediaPrediction]) -> String {
        switch name.content {
        case .probabilities: JSONText.numbers(predictions.flatMap { prediction($0, for: name).probabilities })
        case .label: JSONText.list(predictions.map { JSONText.string(prediction($0, for: name).label) })
        case .disagree: JSONText.list(predictions.map { "\($0.disagree)" })
        }
    }

    /// Values as bytes: numbers little end first, and each text behind its length.
    private static func bytes(of name: OutputName, _ predictions: [MediaPrediction]) -> Data {
        var bytes = Data()
        for row in predictions {
            switch name.content {
            case .probabilities:
                for probability in prediction(row, for: name).probabilities { bytes.append(probability.bitPattern) }
            case .label:
                let label = Array(prediction(row, for: name).label.utf8)
                bytes.append(UInt32(label.count))
                bytes += label
            case .disagree: bytes.append(row.disagree ? 1 : 0)
            }
        }
        return bytes
    }
}

extension Data {
    fileprivate mutating func append(_ value: UInt32) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
