/// The patches that are covered, one after the other, to find out which places of an input matter.
package struct OcclusionGrid: Sendable {
    /// The input's rows: an image's pixels from the top, a clip's frames.
    package let height: Int
    /// The input's columns: an image's pixels from the left, the values of a frame.
    package let width: Int
    private let patchHeight: Int
    private let patchWidth: Int

    /// Patches of about a seventh of each side (4×4 pixels of a 28×28 image), each half a patch from the last.
    package init(height: Int, width: Int) {
        self.height = height
        self.width = width
        patchHeight = max(1, (height + 3) / 7)
        patchWidth = max(1, (width + 3) / 7)
    }

    /// The places, row × width + column, that each patch covers. Every place is in one patch at least.
    package var patches: [[Int]] {
        Self.starts(height, patchHeight).flatMap { top in
            Self.starts(width, patchWidth).map { left in
                (top..<(top + patchHeight)).flatMap { row in
                    (left..<(left + patchWidth)).map { row * width + $0 }
                }
            }
        }
    }

    /// Spreads what each patch was worth over the places that it covers: their mean over the patches.
    package func spread(_ worth: [Float]) -> [Float] {
        var (sums, counts) = (
            [Float](repeating: 0, count: height * width), [Float](repeating: 0, count: height * width)
        )
        for (patch, value) in zip(patches, worth) {
            for place in patch {
                sums[place] += value
                counts[place] += 1
            }
        }
        return zip(sums, counts).map { $0 / $1 }
    }

    /// Where patches begin along a side; the last one ends where the side does.
    private static func starts(_ length: Int, _ patch: Int) -> [Int] {
        let last = length - patch
        let regular = Array(stride(from: 0, through: last, by: max(1, patch / 2)))
        return regular.last == last ? regular : regular + [last]
    }
}
