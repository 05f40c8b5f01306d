import NeuralNetwork

/// What a network gives for one row of a batch. Small networks run in microseconds, so it makes no dictionary for each row.
struct RowOutputs {
    fileprivate let names: [String]
    /// Each output of the whole batch.
    fileprivate let batch: [UnsafeBufferPointer<Float>]
    fileprivate let batchSize: Int
    fileprivate(set) var position = 0

    /// The row's values of an output; nil where it was not asked for.
    subscript(name: String) -> UnsafeBufferPointer<Float>? {
        guard let place = names.firstIndex(of: name) else { return nil }
        let width = batch[place].count / batchSize
        return UnsafeBufferPointer(rebasing: batch[place][(position * width)..<((position + 1) * width)])
    }
}

/// Runs a network over many rows and gathers its outputs.
///
/// The last, smaller batch is filled up with rows that are thrown away: in inference no example touches another.
struct InferencePass {
    private let program: Program
    private let outputs: [String]

    /// A pass on weights that never change.
    init(
        _ network: Network, outputs: [String], batchSize: Int, parameters: FrozenParameters, threads: Int
    ) throws {
        program = try Program(
            network, outputs: outputs, batchSize: batchSize, parameters: parameters, threads: threads)
        self.outputs = outputs
    }

    /// A pass on weights that are being trained.
    init(_ network: Network, outputs: [String], batchSize: Int, store: ParameterStore, threads: Int) throws {
        program = try Program(
            network, outputs: outputs, batchSize: batchSize, mode: .inference, store: store, threads: threads)
        self.outputs = outputs
    }

    /// Calls `body` for each row, in order, with the row's outputs, and `advance` after each batch with the number of rows
    /// done.
    func run(
        _ rows: [Int], _ feeder: BatchFeeder, advance: (Int) throws -> Void = { _ in },
        body: (_ row: Int, _ outputs: RowOutputs) -> Void
    ) throws {
        for start in stride(from: 0, to: rows.count, by: program.batchSize) {
            let batch = rows[start..<min(start + program.batchSize, rows.count)]
            try feeder.fill(program, with: batch)
            feeder.prefetch(rows[batch.endIndex..<min(batch.endIndex + program.batchSize, rows.count)])
            program.run()
            var results = RowOutputs(names: outputs, batch: outputs.map(program.output), batchSize: program.batchSize)
            for (position, row) in batch.enumerated() {
                results.position = position
                body(row, results)
            }
            try advance(start + batch.count)
        }
    }

    /// Gathers one output of each row in a table as long as the dataset; rows not asked for stay zero.
    func table(
        _ output: String, width: Int, rows: [Int], of count: Int, _ feeder: BatchFeeder,
        advance: (Int) throws -> Void = { _ in }
    ) throws -> Table {
        var table = Table(width: width, rows: count)
        try run(rows, feeder, advance: advance) { row, outputs in
            if let values = outputs[output] { table[row] = ArraySlice(values) }
        }
        return table
    }
}
