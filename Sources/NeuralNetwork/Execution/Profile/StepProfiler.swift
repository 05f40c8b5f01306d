import CKernels

/// Takes the steps of a training program apart.
///
/// It trains as `Program.step` does, but reads the clock around every operation. Make it, take some steps, and ask for
/// the profile.
public final class StepProfiler {
    private let program: Program
    private let warmUp: Int
    private let stopwatch = Stopwatch()
    private var laps: [[Stopwatch.Lap]] = []
    private var walls: [Double] = []

    /// A profiler for a training program, of whose first steps `warmUp` do not count.
    public init(_ program: Program, warmUp: Int) {
        precondition(program.isTraining, "only a training program has steps")
        self.program = program
        self.warmUp = warmUp
    }

    /// `Program.step`, timed. `gather` fills the program's inputs and labels; its time belongs to the step.
    @discardableResult
    public func step(_ adam: Adam, step: Int, seed: UInt64, gather: () -> Void) -> StepResult {
        program.stopwatch = stopwatch
        defer { program.stopwatch = nil }
        let began = ContinuousClock.now
        stopwatch.time(Self.gathering, gather)
        let result = program.step(adam, step: step, seed: seed)
        walls.append(began.duration(to: .now).milliseconds)
        laps.append(stopwatch.takeLaps())
        return result
    }

    /// A program for the same step, and what fills its inputs and labels.
    public typealias Subject = (program: Program, gather: () -> Void)

    /// Runs each operation by itself, on the last batch's data, and puts all together. The weights end up as nobody
    /// wants them: this is the programs' last use.
    /// - Parameters:
    ///   - gather: fills the program's inputs and labels.
    ///   - reference: the same step without Duet's own kernels, for the floor; the program itself where it is nil.
    ///   - check: is called between operations; what it throws ends the measurement.
    /// - Returns: the medians over all steps that count.
    /// - Throws: `ExecutionError` if oneDNN refuses.
    /// - Precondition: a step was taken beyond those of the warm-up, and all losses were finite.
    public func profile(
        gather: @escaping () -> Void, reference: Subject? = nil, check: () throws -> Void = {}
    ) throws -> StepProfile {
        precondition(walls.count > warmUp, "no step was taken after the warm-up")
        var (costs, bandwidth) = try Self.costs(of: (program, gather), check: check)
        var floor = Self.floor(costs)
        if let reference {
            reference.gather()
            reference.program.step(Adam(), step: 1, seed: 0)
            let (best, bandwidthOfAll) = try Self.costs(of: reference, check: check)
            bandwidth = bandwidthOfAll
            // Where the reference has an operation of the name, its floor is the floor; the rest of the reference's
            // operations count in the whole.
            for (name, own) in costs {
                let others = best[name] ?? []
                costs[name] = own.indices.map { index in
                    var cost = own[index]
                    cost.floor = index < others.count ? others[index].floor : nil
                    return cost
                }
            }
            floor = Self.floor(best)
        }
        return StepProfile(
            batchSize: program.batchSize, laps: Array(laps.dropFirst(warmUp)), walls: Array(walls.dropFirst(warmUp)),
            costs: costs, floorMilliseconds: floor, memoryGigabytesPerSecond: bandwidth * 1e-6)
    }

    private static func floor(_ costs: [String: [OperationCost]]) -> Double {
        costs.values.joined().reduce(0) { $0 + ($1.floor?.milliseconds ?? 0) }
    }

    /// What each operation of a program costs by itself, by name and in the order in which they run; and the speed of
    /// memory in bytes per millisecond.
    private static func costs(
        of subject: Subject, check: () throws -> Void
    ) throws -> (costs: [String: [OperationCost]], bytesPerMillisecond: Double) {
        let program = subject.program
        guard let loss = program.loss else { preconditionFailure("only a training program has steps") }
        let inputs = program.inputs.values.reduce(0) { $0 + $1.byteCount }
        var costs = [gathering: [OperationCost(bytes: 2 * inputs, subject.gather)]]
        func measure(_ operations: [Operation]) throws {
            for operation in operations {
                try check()
                costs[operation.name, default: []].append(try OperationCost(operation))
            }
        }
        try measure(program.preparation + program.forward)
        costs["loss"] = [OperationCost(bytes: 2 * loss.scores.byteCount) { _ = loss.run() }]
        try measure(program.backward)

        // Adam reads four arrays and writes three: weights and the two moments.
        let update = program.store.remainingUpdate()
        let bandwidth = bytesPerMillisecond(in: update.byteCount)
        var adam = OperationCost(bytes: update.byteCount / 4 * 7, update.run)
        let atMemorySpeed = adam.bytes / bandwidth
        if atMemorySpeed < adam.aloneMilliseconds { adam.floor = (atMemorySpeed, "memory") }
        costs["Adam"] = [adam]
        return (costs, bandwidth)
    }

    private static let gathering = "batch"

    /// The speed at which the threads read two arrays and write one of them: like Adam, but with next to nothing to
    /// compute. The arrays take `byteCount` together, so that they lie in the same caches as Adam's.
    private static func bytesPerMillisecond(in byteCount: Int) -> Double {
        let array = Memory(byteCount: byteCount / 2)
        let changed = Memory(byteCount: byteCount / 2)
        let (a, b) = (
            array.address.assumingMemoryBound(to: Float.self), changed.address.assumingMemoryBound(to: Float.self)
        )
        return withExtendedLifetime((array, changed)) {
            let time = aloneTime {
                kernel_relu_backward(a, b, array.byteCount / MemoryLayout<Float>.stride, kernel_float32)
            }
            return 3 * Double(array.byteCount) / time
        }
    }
}
