extension Graph {
    /// Lets the caller read a value when all has run: where the operation leaves it if that is possible, and otherwise a copy.
    mutating func addResult(of id: ValueID, name: String) -> ValueID {
        if self[id].storage == .arena, self[id].elementType == .float32 {
            self[id].storage = .result
            return id
        }
        let result = add(Value(name: "\(name) result", count: self[id].count, storage: .result))
        add(ConvertOperation(), layer: name, pass: "result", inputs: [id], outputs: [result])
        return result
    }

    /// Adds a loss of a network's output: the softmax cross-entropy of its scores, which are what goes into the softmax where that
    /// is the last thing that is done.
    /// - Parameters:
    ///   - output: scores or probabilities, a vector.
    ///   - name: the output's.
    ///   - labels: the examples' classes.
    ///   - auxiliaryWeight: the loss's factor, where it is an auxiliary one.
    /// - Returns: the scores and their gradient.
    /// - Throws: `NetworkError` where the output is no vector.
    mutating func addLoss(
        of output: SymbolicTensor, name: String, labels: ValueID, auxiliaryWeight: Float? = nil
    ) throws -> (scores: ValueID, gradient: ValueID) {
        guard output.shape.count == 1 else {
            throw NetworkError("a network is trained on a vector of scores; '\(name)' gives shape \(output.shape)")
        }
        var scores = output.value
        if let producer = producer(of: scores), nodes[producer].operation is SoftmaxOperation {
            scores = nodes[producer].inputs[0]
            if readers(of: output.value).isEmpty { nodes.remove(at: producer) }
        }
        let gradient = add(like: scores, name: "\(name) gradient")
        add(
            SoftmaxCrossEntropy(classes: output.shape[0], auxiliaryWeight: auxiliaryWeight),
            layer: auxiliaryWeight == nil ? "" : name, pass: "loss", inputs: [scores, labels], outputs: [gradient])
        return (scores, gradient)
    }
}
