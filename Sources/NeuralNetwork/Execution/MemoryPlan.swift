/// Gives every tensor of a program its place in one arena. Tensors that are never needed at the same time may share
/// memory.
///
/// Greedy by size: the largest tensor first, each at the lowest offset where it overlaps none of those already placed
/// that live at the same time (Pisarchyk & Lee 2020). Not always the smallest arena, but close to it and simple.
struct MemoryPlan {
    private struct Lifetime {
        let tensor: Tensor
        var first: Int
        var last: Int
        var offset = 0

        func meets(_ other: Lifetime) -> Bool { first <= other.last && other.first <= last }
        var end: Int { offset + tensor.byteCount }
    }

    /// Places the tensors of these operations, which run in this order, in a fresh arena.
    static func place(tensorsOf operations: [Operation]) -> Memory {
        var lifetimes: [ObjectIdentifier: Lifetime] = [:]
        for (time, operation) in operations.enumerated() {
            for tensor in operation.reads + operation.writes where tensor.ownMemory == nil {
                lifetimes[ObjectIdentifier(tensor), default: Lifetime(tensor: tensor, first: time, last: time)].last =
                    time
            }
        }
        // Ties are broken by time, so that the plan is the same in each run: dictionaries have no stable order.
        let order = lifetimes.values.sorted {
            ($0.tensor.byteCount, $1.first, $1.last) > ($1.tensor.byteCount, $0.first, $0.last)
        }
        var placed: [Lifetime] = []
        for var lifetime in order {
            for other in placed.filter({ $0.meets(lifetime) }).sorted(by: { $0.offset < $1.offset }) {
                if lifetime.end <= other.offset { break }
                lifetime.offset = max(lifetime.offset, aligned(other.end))
            }
            placed.append(lifetime)
        }
        let arena = Memory(byteCount: placed.map(\.end).max() ?? 0)
        for lifetime in placed { lifetime.tensor.place(at: arena.address + lifetime.offset) }
        return arena
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 63) / 64 * 64 }
}
