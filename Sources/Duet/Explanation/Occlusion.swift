import Datasets
import FileFormats

/// One example with one patch after another covered, to find out which places its prediction rests on (Zeiler & Fergus 2014).
struct Occlusion {
    private struct Part {
        let modality: String
        let grid: OcclusionGrid
        let patches: [[Int]]
        let covering: [Float]
    }

    private let values: [String: [Float]]
    private let parts: [Part]

    /// The example as it is, and with each patch of each modality covered.
    var count: Int { 1 + parts.reduce(0) { $0 + $1.patches.count } }

    /// Covers patches of an example.
    /// - Parameters:
    ///   - values: its raw values by modality, of those that are present.
    ///   - model: the model that predicts it.
    ///   - usual: for each image modality, what a covered pixel shows, one value from 0 to 255 for each; without it, what the image's own
    ///     border shows in the mean. A covered audio value is the mean of the training.
    init(of values: [String: [Float]], for model: TrainedModel, usual: [String: [Float]] = [:]) {
        self.values = values
        parts = model.architecture.branches.compactMap { branch in
            let name = branch.modality.name
            guard let own = values[name] else { return nil }
            let (grid, covering) = Self.covering(own, of: branch, in: model, usual: usual[name])
            return Part(modality: name, grid: grid, patches: grid.patches, covering: covering)
        }
    }

    /// The example's values by modality: as it is for 0, then with one patch of one modality covered.
    func variant(_ index: Int) -> [String: [Float]] {
        var variant = values
        var index = index - 1
        for part in parts where index >= 0 {
            if index < part.patches.count {
                let channels = part.covering.count / (part.grid.height * part.grid.width)
                for place in part.patches[index].flatMap({ ($0 * channels)..<(($0 + 1) * channels) }) {
                    variant[part.modality]?[place] = part.covering[place]
                }
            }
            index -= part.patches.count
        }
        return variant
    }

    /// The map over each modality.
    /// - Parameter probabilities: those of each class, for each variant in order.
    /// - Returns: by how much the probability of the class that is predicted for the example falls where a place is covered.
    func attribution(_ probabilities: [[Float]]) -> Attribution {
        let predicted = probabilities[0].argmax
        var rest = probabilities.dropFirst().map { probabilities[0][predicted] - $0[predicted] }[...]
        return Attribution(
            classIndex: predicted,
            maps: parts.map { part in
                let worth = Array(rest.prefix(part.patches.count))
                rest = rest.dropFirst(part.patches.count)
                return .init(
                    modality: part.modality, height: part.grid.height, width: part.grid.width,
                    values: part.grid.spread(worth))
            })
    }

    /// The patches of a modality, and what covers each of its values.
    private static func covering(
        _ values: [Float], of branch: Branch, in model: TrainedModel, usual: [Float]?
    ) -> (OcclusionGrid, [Float]) {
        switch branch.modality.kind {
        case .image:
            let grid = OcclusionGrid(height: branch.input[0], width: branch.input[1])
            return (grid, usual ?? border(of: values, grid))
        case .audio:
            let layout = model.audioLayout(of: branch)
            var mean = [Float](repeating: 0, count: values.count)
            if case .standardization(let means, _)? = model.normalization.rules[branch.modality.name] { mean = means }
            return (OcclusionGrid(height: layout.frames, width: layout.values), mean)
        }
    }

    /// An image that shows everywhere what the border of another one shows in the mean.
    private static func border(of image: [Float], _ grid: OcclusionGrid) -> [Float] {
        let channels = image.count / (grid.height * grid.width)
        let places = (0..<(grid.height * grid.width)).filter {
            let (row, column) = $0.quotientAndRemainder(dividingBy: grid.width)
            return row == 0 || column == 0 || row == grid.height - 1 || column == grid.width - 1
        }
        let mean = (0..<channels).map { channel in
            places.reduce(0) { $0 + image[$1 * channels + channel] } / Float(places.count)
        }
        return (0..<image.count).map { mean[$0 % channels] }
    }
}
