import Datasets
import Duet

extension GalleryItem.Values {
    /// The values as they are: an image; or audio features, time from left to right, coefficients from the bottom up, dark blue
    /// for low and yellow for high.
    func picture(_ map: Attribution.Map) -> PixelPicture {
        switch modality.kind {
        case .image: return PixelPicture(width: shape[1], height: shape[0]) { pixel($0, $1) }
        case .audio:
            let levels = levels(map)
            return PixelPicture(width: map.height, height: map.width) { row, column in
                ColorScale.cividis(levels[audioPlace(map, row, column)])
            }
        }
    }

    /// The values in grey with the places that counted.
    func overlay(_ map: Attribution.Map) -> PixelPicture {
        switch modality.kind {
        case .image:
            return overlay(map, width: shape[1], height: shape[0]) { row, column in
                (row * shape[1] + column, pixel(row, column).luminance)
            }
        case .audio:
            let levels = levels(map)
            return overlay(map, width: map.height, height: map.width) {
                let place = audioPlace(map, $0, $1)
                return (place, levels[place])
            }
        }
    }

    private func pixel(_ row: Int, _ column: Int) -> PixelPicture.Color {
        let channels = shape.count > 2 ? shape[2] : 1
        let start = (row * shape[1] + column) * channels
        // Three channels are red, green and blue; of anything else, the first is shown in grey.
        return channels == 3
            ? PixelPicture.Color(values[start], values[start + 1], values[start + 2]) / 255
            : PixelPicture.Color(repeating: values[start] / 255)
    }

    /// Where in the features a point of their picture lies.
    private func audioPlace(_ map: Attribution.Map, _ row: Int, _ column: Int) -> Int {
        column * map.width + (map.width - 1 - row)
    }

    /// The features from 0 to 1: each coefficient from two standard deviations below its mean over the clip to as many above
    /// it. The first coefficients are so much larger than the rest that one scale for all would hide these.
    private func levels(_ map: Attribution.Map) -> [Float] {
        var levels = values
        for coefficient in 0..<map.width {
            let places = (0..<map.height).map { $0 * map.width + coefficient }
            let mean = places.reduce(0) { $0 + values[$1] } / Float(map.height)
            let variance = places.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / Float(map.height)
            let deviation = max(variance.squareRoot(), .leastNormalMagnitude)
            for place in places { levels[place] = (values[place] - mean) / (4 * deviation) + 0.5 }
        }
        return levels
    }

    /// Orange where a place speaks for the predicted class, blue where against; the stronger, the more.
    private func overlay(
        _ map: Attribution.Map, width: Int, height: Int, at place: (Int, Int) -> (index: Int, gray: Float)
    ) -> PixelPicture {
        let strongest = max(map.values.map(\.magnitude).max() ?? 0, .leastNormalMagnitude)
        return PixelPicture(width: width, height: height) { row, column in
            let (index, gray) = place(row, column)
            let strength = map.values[index] / strongest
            let base = PixelPicture.Color(repeating: 0.15 + 0.6 * min(max(gray, 0), 1))
            let tint = strength > 0 ? ColorScale.speaksFor : ColorScale.speaksAgainst
            return base + (tint - base) * (0.85 * strength.magnitude)
        }
    }
}

/// Colours for numbers.
enum ColorScale {
    /// For the predicted class: orange.
    static let speaksFor = PixelPicture.Color(1, 0.62, 0.1)
    /// Against the predicted class: blue.
    static let speaksAgainst = PixelPicture.Color(0.16, 0.47, 1)

    /// From dark blue to yellow, even for the eye and for the colour-blind, for a number from 0 to 1. Nine colours of the map
    /// of J. R. Nuñez, C. R. Anderson, R. S. Renslow, "Optimizing colormaps with consideration for color vision deficiency",
    /// 2018, and straight lines between them.
    static func cividis(_ value: Float) -> PixelPicture.Color {
        let place = min(max(value.isNaN ? 0 : value, 0), 1) * Float(cividisColors.count - 1)
        let index = min(Int(place), cividisColors.count - 2)
        let (low, high) = (cividisColors[index], cividisColors[index + 1])
        return (low + (high - low) * (place - Float(index))) / 255
    }

    private static let cividisColors: [PixelPicture.Color] = [
        [0, 34, 78], [26, 56, 111], [67, 78, 108], [97, 101, 111], [125, 124, 120], [155, 148, 118], [188, 174, 108],
        [222, 201, 88], [254, 232, 56],
    ]
}

extension PixelPicture.Color {
    /// How bright the eye sees it, 0 to 1 (ITU-R BT.601).
    fileprivate var luminance: Float { 0.299 * x + 0.587 * y + 0.114 * z }
}
