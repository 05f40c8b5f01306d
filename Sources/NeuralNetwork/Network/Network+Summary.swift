extension Network {
    /// One line of Keras's summary.
    public struct SummaryRow: Codable, Equatable, Sendable {
        /// The layer's name.
        public let name: String
        /// The layer's kind, such as `Conv2D`; `InputLayer` for an input.
        public let kind: String
        /// One example's output shape, without the batch.
        public let outputShape: Shape
        /// The number of weights, trained or not.
        public let parameters: Int
        /// The layers that it reads.
        public let connectedTo: [String]
    }

    /// Keras's summary: a row for each input and layer, and the totals.
    public struct Summary: Codable, Equatable, Sendable {
        /// Inputs first, then the layers in order.
        public let rows: [SummaryRow]
        /// Weights that the optimizer changes.
        public let trainableParameters: Int
        /// Moving statistics.
        public let nonTrainableParameters: Int

        /// All weights.
        public var totalParameters: Int { trainableParameters + nonTrainableParameters }
    }

    /// Keras's summary of this network.
    public func summary() -> Summary {
        let inputRows = inputs.map {
            SummaryRow(name: $0.name, kind: "InputLayer", outputShape: $0.shape, parameters: 0, connectedTo: [])
        }
        let layerRows = nodes.map { node in
            SummaryRow(
                name: node.name, kind: node.layer.kind, outputShape: node.outputShape,
                parameters: node.weights.reduce(0) { $0 + $1.shape.elementCount }, connectedTo: node.inputs)
        }
        let weights = nodes.flatMap(\.weights)
        func count(trainable: Bool) -> Int {
            weights.filter { $0.isTrainable == trainable }.reduce(0) { $0 + $1.shape.elementCount }
        }
        return Summary(
            rows: inputRows + layerRows, trainableParameters: count(trainable: true),
            nonTrainableParameters: count(trainable: false))
    }
}
