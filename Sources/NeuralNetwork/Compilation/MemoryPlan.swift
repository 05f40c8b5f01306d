/// Gives every value of the arena its place. Values that are never needed at the same time may share memory, and an output
/// may lie where an input lay that nobody needs any more.
///
/// Greedy by size: the largest first, each at the lowest offset where it overlaps none of those already placed that live at
/// the same time (Pisarchyk & Lee 2020). Not always the smallest arena, but close to it and simple.
struct MemoryPlan {
    /// Where each value of the arena begins, in bytes.
    private(set) var offsets: [Graph.ValueID: Int] = [:]
    /// Where each node's scratch memory begins, by the node's place.
    private(set) var scratchOffsets: [Int: Int] = [:]
    /// The bytes of the whole arena.
    private(set) var byteCount = 0

    /// A piece of memory, for one value or for several that lie in each other's place one after another.
    private struct Piece {
        var values: [Graph.ValueID] = []
        var scratchOf: Int?
        let byteCount: Int
        var first: Int
        var last: Int
        var offset = 0

        func meets(_ other: Piece) -> Bool { first <= other.last && other.first <= last }
        var end: Int { offset + byteCount }
    }

    /// Places the values of a graph, whose kernels are chosen. `kept` values can be read when all has run.
    init(_ graph: Graph, keeping kept: Set<Graph.ValueID>) {
        var pieces: [Piece] = []
        var pieceOf: [Graph.ValueID: Int] = [:]
        let lastUse = Self.lastUses(graph, keeping: kept)
        for (time, node) in graph.nodes.enumerated() {
            for (index, output) in node.outputs.enumerated() where graph[output].storage == .arena {
                let last = lastUse[output] ?? time
                if let input = node.operation.input(overwrittenBy: index).map({ node.inputs[$0] }),
                    let piece = pieceOf[input], lastUse[input] == time, !kept.contains(input),
                    graph[input].byteCount == graph[output].byteCount
                {
                    pieces[piece].values.append(output)
                    pieces[piece].last = last
                    pieceOf[output] = piece
                } else {
                    pieceOf[output] = pieces.count
                    pieces.append(
                        Piece(values: [output], byteCount: graph[output].byteCount, first: time, last: last))
                }
            }
            if let bytes = node.kernel?.scratchBytes, bytes > 0 {
                pieces.append(Piece(scratchOf: time, byteCount: bytes, first: time, last: time))
            }
        }
        place(pieces)
    }

    /// The place of the last node that reads or writes each value.
    private static func lastUses(_ graph: Graph, keeping kept: Set<Graph.ValueID>) -> [Graph.ValueID: Int] {
        var last: [Graph.ValueID: Int] = [:]
        for (time, node) in graph.nodes.enumerated() {
            for value in node.inputs + node.outputs { last[value] = time }
        }
        for value in kept { last[value] = graph.nodes.count }
        return last
    }

    private mutating func place(_ pieces: [Piece]) {
        // Ties are broken by time, so that the plan is the same in each run.
        let order = pieces.sorted { ($0.byteCount, $1.first, $1.last) > ($1.byteCount, $0.first, $0.last) }
        var placed: [Piece] = []
        for var piece in order {
            for other in placed.filter({ $0.meets(piece) }).sorted(by: { $0.offset < $1.offset }) {
                if piece.end <= other.offset { break }
                piece.offset = max(piece.offset, Self.aligned(other.end))
            }
            placed.append(piece)
        }
        byteCount = placed.map(\.end).max() ?? 0
        for piece in placed {
            for value in piece.values { offsets[value] = piece.offset }
            if let node = piece.scratchOf { scratchOffsets[node] = piece.offset }
        }
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 63) / 64 * 64 }
}
