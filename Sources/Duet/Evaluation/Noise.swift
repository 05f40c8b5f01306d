package import Datasets
import Foundation
import SeededRandom

/// Gaussian noise on one modality of examples that are normalized already.
///
/// Each row of a dataset has its own draws, by seed, modality and row: batches and the choice of rows change nothing. They
/// are the same at every level and only scaled, so that levels differ by the noise's strength and by nothing else.
package struct Noise {
    let modality: Modality
    /// As in `NoiseLevels.levels`.
    let level: Double
    let seed: UInt64
    /// A white pixel's value after normalization.
    let white: Float

    package init(_ modality: Modality, level: Double, seed: UInt64, _ normalization: Normalization) {
        self.modality = modality
        self.level = level
        self.seed = seed
        white = if case .scaling(let divisor)? = normalization.rules[modality.name] { 255 / divisor } else { 1 }
    }

    /// Adds a row's noise to its values.
    package func add(to values: UnsafeMutableBufferPointer<Float>, row: Int) {
        var generator = SeededGenerator(seed: seed, stream: "noise/\(modality.name)/\(row)")
        let normals = generator.normals(values.count)
        switch modality.kind {
        case .image:
            let deviation = Float(level) * white
            // A picture's pixels have no more than black and white.
            for i in values.indices { values[i] = min(max(values[i] + deviation * normals[i], 0), white) }
        case .audio:
            let power = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(values.count, 1))
            let deviation = Float((power / pow(10, level / 10)).squareRoot())
            for i in values.indices { values[i] += deviation * normals[i] }
        }
    }
}

extension BatchFeeder {
    /// The same examples with noise on one modality, whose examples have `size` values each.
    func adding(_ noise: Noise, size: Int) -> BatchFeeder {
        guard let fill = inputs[noise.modality.name] else { return self }
        let noisy: Fill = { rows, target in
            try fill(rows, target)
            for (position, row) in rows.enumerated() {
                noise.add(to: UnsafeMutableBufferPointer(start: target + position * size, count: size), row: row)
            }
        }
        return BatchFeeder(inputs: inputs.merging([noise.modality.name: noisy]) { $1 }, prefetch: prefetch)
    }
}
