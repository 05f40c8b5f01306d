/// Where the time of a training step goes, and the least that the machine could do it in. All times are medians.
package struct StepProfile: Encodable, Sendable {
    /// One operation of the step.
    package struct Operation: Encodable, Sendable {
        /// The layer or array that it belongs to, such as `image.conv2d`; empty for what belongs to the whole step.
        package let layer: String
        /// What is done there, such as `forward`, `backward weights`, `reorder`, `Adam`.
        package let pass: String
        /// The kernel that ran, such as `Winograd`.
        package let implementation: String
        /// Whether that is a reference kernel: plain loops, taken where there is nothing faster.
        package let isReference: Bool
        /// How long it takes within the step.
        package let milliseconds: Double
        /// Its part of the step, 0 to 1.
        package let share: Double
        /// Billions of multiplications and additions a second, for convolutions and dense layers.
        package let gigaflopsPerSecond: Double?
        /// Billions of bytes read and written a second, for all others.
        package let gigabytesPerSecond: Double?
        /// How long it takes when it runs by itself, many times in a row.
        package let aloneMilliseconds: Double?
        /// What it adds to the floor; nil for what a step could do without.
        package let floorMilliseconds: Double?
        /// What reaches that floor.
        package let floorImplementation: String?
    }

    /// Examples per step.
    package let batchSize: Int
    /// Threads that computed.
    package let threads: Int
    /// What computed, with its instruction set.
    package let engine: String
    /// Steps that were timed.
    package let steps: Int
    /// The operations, in the order in which they run.
    package let operations: [Operation]
    /// A whole step, the batch's gathering included.
    package let stepMilliseconds: Double
    /// All operations together.
    package let sumMilliseconds: Double
    /// What the operations leave of the step.
    package let unaccountedMilliseconds: Double
    /// The part of that which a step spends between its operations. The rest is what the medians leave out: operations
    /// that other work on the machine held up now and then.
    package let betweenMilliseconds: Double
    /// What is needed at least: each operation alone, over and over, with its data in cache, by the fastest kernel there is
    /// for it, without conversions, and Adam at the speed of memory.
    package let floorMilliseconds: Double
    /// The step measured by the floor: what cold caches and everything between the operations cost.
    package let stepToFloor: Double
    /// Examples trained on per second.
    package let examplesPerSecond: Double
    /// How fast memory is read and written in a loop over as much of it as Adam's.
    package let memoryGigabytesPerSecond: Double

    /// The operations that take longest, longest first.
    package func longest(_ count: Int) -> [Operation] {
        Array(operations.sorted { $0.milliseconds > $1.milliseconds }.prefix(count))
    }
}

extension StepProfile {
    /// Puts together what was measured.
    ///
    /// `laps` are the parts of each step, `walls` the whole steps in milliseconds. `costs` has those of each name in the
    /// order in which they run.
    init(
        batchSize: Int, threads: Int, instructionSet: String, laps: [[Stopwatch.Lap]], walls: [Double],
        costs: [String: [OperationCost]], floorMilliseconds: Double, memoryGigabytesPerSecond: Double
    ) {
        let step = median(walls)
        var costs = costs.mapValues { $0[...] }
        operations = laps[0].indices.map { index in
            let name = laps[0][index].name
            return Operation(
                name, milliseconds: median(laps.map { $0[index].duration.milliseconds }), ofStep: step,
                cost: costs[name]?.popFirst())
        }
        self.batchSize = batchSize
        self.threads = threads
        engine = "Duet, \(instructionSet)"
        steps = walls.count
        stepMilliseconds = step
        sumMilliseconds = operations.reduce(0) { $0 + $1.milliseconds }
        unaccountedMilliseconds = step - sumMilliseconds
        betweenMilliseconds = median(
            zip(walls, laps).map { wall, laps in laps.reduce(wall) { $0 - $1.duration.milliseconds } })
        self.floorMilliseconds = floorMilliseconds
        stepToFloor = step / floorMilliseconds
        examplesPerSecond = Double(batchSize) / step * 1e3
        self.memoryGigabytesPerSecond = memoryGigabytesPerSecond
    }
}

extension StepProfile.Operation {
    /// `name` is the layer's, a space, and the pass; or the pass alone.
    fileprivate init(_ name: String, milliseconds: Double, ofStep step: Double, cost: OperationCost?) {
        let words = name.split(separator: " ", maxSplits: 1)
        (layer, pass) = words.count == 2 ? (String(words[0]), String(words[1])) : ("", name)
        self.milliseconds = milliseconds
        share = milliseconds / step
        func rate(_ amount: Double?) -> Double? {
            amount.flatMap { $0 > 0 && milliseconds > 0 ? $0 / milliseconds * 1e-6 : nil }
        }
        gigaflopsPerSecond = rate(cost?.flops)
        gigabytesPerSecond = gigaflopsPerSecond == nil ? rate(cost?.bytes) : nil
        implementation = cost?.implementation ?? ""
        isReference = cost?.isReference ?? false
        aloneMilliseconds = cost?.aloneMilliseconds
        floorMilliseconds = cost?.floor?.milliseconds
        floorImplementation = cost?.floor?.implementation
    }
}

/// The middle of some values; 0 of none.
func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let (sorted, middle) = (values.sorted(), values.count / 2)
    return values.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
