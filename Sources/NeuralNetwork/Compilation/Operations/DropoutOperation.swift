import CNetworkKernels

/// Inverted dropout. The mask is not stored: forward and backward draw it from the same key.
struct DropoutOperation: Operation {
    let rate: Float
    /// What stands for the layer in the random draws.
    let layerKey: UInt64

    func input(overwrittenBy output: Int) -> Int? { 0 }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return [nil] }
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(self, layer: node.layer, pass: "backward", inputs: [gradient], outputs: [result])
        return [result]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let input = graph[node.inputs[0]]
        let (count, type, rate, layerKey) = (input.count, input.elementType, rate, layerKey)
        let (dropout, threads, state) = (target.set.elementwise.dropout!, target.threads, target.state)
        return [
            Kernel(name: "vector", cost: Double(count), inputs: [.elements(type)], outputs: [type]) {
                dropout(
                    $0.inputs[0], $0.outputs[0], count, type.ofKernels, rate,
                    RandomKey.key(step: state.randomKey, layer: layerKey), threads)
            }
        ]
    }
}

/// Keys of random draws: what is drawn follows from seed, step and layer, and from nothing that has to be stored.
enum RandomKey {
    /// The key of one step of a training.
    static func step(_ step: Int, seed: UInt64) -> UInt64 { seed &+ UInt64(step) &* 0x9E37_79B9_7F4A_7C15 }

    /// The key of one layer in a step: SplitMix64's mixing (Steele, Lea & Flood 2014) of both numbers.
    static func key(step: UInt64, layer: UInt64) -> UInt64 {
        mixed(step &* 0x9E37_79B9_7F4A_7C15 &+ layer &* 0xD1B5_4A32_D192_ED03)
    }

    /// What stands for a layer: FNV-1a of its name, so that what is drawn there does not depend on what else is in the network.
    static func layer(named name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
