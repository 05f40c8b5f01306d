import Datasets
import Duet

/// What the Open Inference Protocol says of server and models.
enum ModelDescription {
    /// The server's metadata.
    static func server(version: String) -> String {
        JSONText.object([
            "name": JSONText.string("duet"), "version": JSONText.string(version),
            "extensions": JSONText.list([JSONText.string("binary_tensor_data")]),
        ])
    }

    /// A model's metadata.
    static func metadata(of model: ServedModel) -> String {
        let inputs = model.model.architecture.branches.map { branch in
            JSONText.object([
                "name": JSONText.string(branch.modality.name), "datatype": JSONText.string("FP32"),
                "shape": JSONText.numbers([-1] + branch.input),
            ])
        }
        let outputs = OutputName.all(of: model.model).map { name in
            JSONText.object([
                "name": JSONText.string(name.text), "datatype": JSONText.string(name.datatype),
                "shape": JSONText.numbers(name.shape(rows: -1, classes: model.model.classNames.count)),
            ])
        }
        return JSONText.object([
            "name": JSONText.string(model.name), "versions": JSONText.list([JSONText.string(model.version)]),
            "platform": JSONText.string("duet"), "inputs": JSONText.list(inputs), "outputs": JSONText.list(outputs),
        ])
    }
}
