/// Says which batch normalizations are done by the layers beside them, in inference.
struct NormalizationFolding {
    let network: Network
    /// The nodes whose outputs are asked for as they are.
    let results: Set<String>
    let builder: ProgramBuilder

    /// The batch normalization that alone reads this node's output, so that the node can do it on its way out.
    func normalization(behind node: Network.Node) -> Network.Node? {
        guard !builder.isTraining, let reader = soleReader(of: node), reader.layer is BatchNormalization,
            !isLeftToDense(reader)
        else { return nil }
        return reader
    }

    /// Whether a batch normalization is left to the dense layer behind. For one example that layer leaves out the rows of
    /// its kernel that meet a 0, and a ReLU in front of the batch normalization makes many of them.
    func isLeftToDense(_ normalization: Network.Node) -> Bool {
        guard !builder.isTraining, builder.batchSize == 1, builder.usesOwnKernels else { return false }
        var reader = soleReader(of: normalization)
        while let dropout = reader, dropout.layer is Dropout { reader = soleReader(of: dropout) }
        if let flatten = reader, flatten.layer is Flatten { reader = soleReader(of: flatten) }
        return reader?.layer is Dense
    }

    private func soleReader(of node: Network.Node) -> Network.Node? {
        let readers = network.nodes.filter { $0.inputs.contains(node.name) }
        return readers.count == 1 && !results.contains(node.name) ? readers[0] : nil
    }
}
