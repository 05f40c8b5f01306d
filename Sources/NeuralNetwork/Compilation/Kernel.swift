import CNetworkKernels

/// One way to run an operation.
struct Kernel {
    /// What an operation's input must be for this kernel.
    enum Requirement {
        /// It is taken as it is.
        case asItIs
        /// Elements of this type.
        case elements(ElementType)
        /// Weights in an order of the kernel's own.
        case packed(Packing)
    }

    /// An order of weights.
    struct Packing {
        /// For the profile: `pack`, or what else is done.
        let pass: String
        let count: Int
        let pack: (_ weights: UnsafePointer<Float>, _ packed: UnsafeMutablePointer<Float>) -> Void
    }

    /// As the profile shows it, such as `Winograd`.
    let name: String
    /// Plain loops that are there so that something runs. They are taken only where nothing else is.
    var isReference = false
    /// What it should cost, in multiply-adds; only to compare the kernels of one node.
    let cost: Double
    /// What the inputs must be; those behind the last one are taken as they are.
    var inputs: [Requirement] = []
    /// What the outputs are; those behind the last one are as the graph has them.
    var outputs: [ElementType] = []
    var scratchBytes = 0
    let run: (Arguments) -> Void
}

/// Where a kernel finds its values when it runs.
struct Arguments {
    let inputs: [UnsafeMutableRawPointer]
    let outputs: [UnsafeMutableRawPointer]
    let scratch: UnsafeMutableRawPointer?

    /// An input of float32 numbers.
    func floats(_ input: Int) -> UnsafeMutablePointer<Float> { inputs[input].assumingMemoryBound(to: Float.self) }
    /// An output of float32 numbers.
    func results(_ output: Int) -> UnsafeMutablePointer<Float> { outputs[output].assumingMemoryBound(to: Float.self) }
}

/// What a graph is compiled for.
struct Target {
    let kernels: UnsafePointer<kernel_set>
    let threads: Int
    let isTraining: Bool
    /// Kernels that must not be chosen, by name; for comparisons.
    let excludedKernels: Set<String>
    /// What changes from run to run.
    let state: RunState

    var set: kernel_set { kernels.pointee }
}

/// What a program's kernels look up while they run.
final class RunState {
    /// What this step's random draws follow from.
    var randomKey: UInt64 = 0
    /// The step that dense layers take while they compute their gradient; nil where the gradient is wanted.
    var adam: kernel_adam?
    /// How many batches the moving statistics are the mean of so far; nil where they move by their momentum.
    var averagedBatches: Int?
    /// What the loss has to say.
    var result = StepResult(loss: 0, correct: 0)
}
