import CNetworkKernels

/// Takes the steps of a training program apart.
///
/// It trains as `Program.step` does, but reads the clock around every operation. Make it, take some steps, and ask for
/// the profile.
package final class StepProfiler {
    private let program: Program
    private let warmUp: Int
    private let stopwatch = Stopwatch()
    private var laps: [[Stopwatch.Lap]] = []
    private var walls: [Double] = []

    /// A profiler for a training program, of whose first steps `warmUp` do not count.
    package init(_ program: Program, warmUp: Int) {
        precondition(program.isTraining, "only a training program has steps")
        self.program = program
        self.warmUp = warmUp
    }

    /// `Program.step`, timed. `gather` fills the program's inputs and labels; its time belongs to the step.
    @discardableResult
    package func step(_ adam: Adam, step: Int, seed: UInt64, gather: () -> Void) -> StepResult {
        program.stopwatch = stopwatch
        defer { program.stopwatch = nil }
        let began = ContinuousClock.now
        stopwatch.time(Self.gathering, gather)
        let result = program.step(adam, step: step, seed: seed)
        walls.append(began.duration(to: .now).milliseconds)
        laps.append(stopwatch.takeLaps())
        return result
    }

    /// Runs each operation by itself, on the last batch's data, and puts all together. The weights end up as nobody
    /// wants them: this is the program's last use.
    /// - Parameters:
    ///   - gather: fills the program's inputs and labels.
    ///   - check: is called between operations; what it throws ends the measurement.
    /// - Returns: the medians over all steps that count.
    /// - Throws: what `check` throws.
    /// - Precondition: a step was taken beyond those of the warm-up, and all losses were finite.
    package func profile(gather: @escaping () -> Void, check: () throws -> Void = {}) throws -> StepProfile {
        precondition(walls.count > warmUp, "no step was taken after the warm-up")
        let inputs = program.code.graph.values.reduce(0) { sum, value in
            if case .input = value.storage { sum + value.byteCount } else { sum }
        }
        var costs = [Self.gathering: [OperationCost("copy", bytes: 2 * inputs, gather)]]
        for operation in program.code.operations {
            try check()
            costs[operation.node.name, default: []].append(try OperationCost(operation, in: program.code))
        }
        // Adam reads four arrays and writes three: weights and the two moments.
        let bytes = 7 * program.valuesLeftToOptimizer * MemoryLayout<Float>.stride
        let bandwidth = bytesPerMillisecond(in: bytes)
        var adam = OperationCost("vector", bytes: bytes, program.stepOfOptimizer)
        let atMemorySpeed = adam.bytes / bandwidth
        if atMemorySpeed < adam.aloneMilliseconds { adam.floor = (atMemorySpeed, "memory") }
        costs[Program.optimizerName] = [adam]
        return StepProfile(
            batchSize: program.batchSize, threads: program.threads,
            instructionSet: String(cString: program.code.target.set.name), laps: Array(laps.dropFirst(warmUp)),
            walls: Array(walls.dropFirst(warmUp)), costs: costs,
            floorMilliseconds: costs.values.joined().reduce(0) { $0 + ($1.floor?.milliseconds ?? 0) },
            memoryGigabytesPerSecond: bandwidth * 1e-6)
    }

    private static let gathering = "batch"

    /// The speed at which the threads add an array to another: like Adam, but with next to nothing to compute. The arrays take
    /// as many bytes as Adam's, so that they lie in the same caches.
    private func bytesPerMillisecond(in byteCount: Int) -> Double {
        let (array, changed) = (Memory(byteCount: byteCount / 2), Memory(byteCount: byteCount / 2))
        let count = byteCount / 2 / MemoryLayout<Float>.stride
        let (set, threads) = (program.code.target.set, program.threads)
        return withExtendedLifetime((array, changed)) {
            let time = aloneTime {
                set.elementwise.add(
                    array.address, changed.address, changed.address, count, ElementType.float32.ofKernels, threads)
            }
            return 3 * Double(byteCount / 2) / time
        }
    }
}
