/// What was done to a drawing so that it looks like one of MNIST's digits.
public struct DigitPreparation: Codable, Hashable, Sendable {
    /// Dark ink on light paper became light ink on dark paper.
    public var inverted: Bool
    /// The drawing was cut out, fitted into 20 × 20 pixels and moved so that its centre of mass is in the middle.
    public var centered: Bool

    /// What was done, in words for the caller to keep or show.
    public init(inverted: Bool, centered: Bool) {
        self.inverted = inverted
        self.centered = centered
    }
}

extension Image {
    /// Rows and columns of MNIST's pictures.
    private static let digitSide = 28
    /// Rows or columns, whichever are more, of the digit in one of MNIST's pictures.
    private static let digitExtent = 20
    /// What is fainter than this part of the strongest ink is paper, its grain and a JPEG's ripples.
    private static let faintestInk: Float = 0.1

    /// The drawing of a digit as MNIST has them: 28 × 28, grey, light on dark, centred by mass.
    ///
    /// The border is paper; see `Paper`. Where its median is lighter than the picture on average, the drawing is dark on light
    /// and is inverted. A picture that is 28 × 28 and light on dark already is one of MNIST's kind and is left as it is.
    /// Of any other, the paper becomes 0 and the strongest ink 1. The box around the ink is fitted into 20 × 20 with its proportions kept
    /// and moved by whole pixels until its centre of mass lies in the pixel in row and column 14, counted from 0, as that of
    /// every MNIST digit does; it stays inside the picture. A picture without any ink is only resized.
    ///
    /// - Returns: the picture, and what was done to it.
    public func preparedAsDigit() -> (image: Image, preparation: DigitPreparation) {
        let gray = converted(to: .gray)
        let paper = Paper(around: gray)
        let mean = gray.pixels.reduce(0.0) { $0 + Double($1) } / Double(gray.pixels.count)
        // In a single colour there are rounding errors only.
        let inverted = Double(paper.median) > mean + 1e-6
        if !inverted, width == Self.digitSide, height == Self.digitSide {
            return (gray, DigitPreparation(inverted: false, centered: false))
        }
        let ink = gray.ink(on: paper, inverted: inverted)
        guard let fitted = ink.croppedToInk()?.fitted(into: Self.digitExtent) else {
            return (
                gray.resized(width: Self.digitSide, height: Self.digitSide),
                DigitPreparation(inverted: false, centered: false)
            )
        }
        return (
            fitted.centeredByMass(side: Self.digitSide), DigitPreparation(inverted: inverted, centered: true)
        )
    }

    /// How much lighter (or darker, if the picture is inverted) than the paper and its grain each pixel is.
    private func ink(on paper: Paper, inverted: Bool) -> Image {
        let sign: Float = inverted ? -1 : 1
        return Image(
            width: width, height: height, channels: .gray,
            pixels: pixels.indices.map { index in
                max(0, sign * (pixels[index] - paper.value(x: index % width, y: index / width)) - paper.grain)
            })
    }

    /// The smallest box around all that is not faint, or nil where there is nothing.
    private func croppedToInk() -> Image? {
        let strongest = pixels.max() ?? 0
        // One step of eight bits is no drawing.
        guard strongest > 1.5 / 255 else { return nil }
        var (left, right, top, bottom) = (width, -1, height, -1)
        for y in 0..<height {
            for x in 0..<width where pixels[y * width + x] >= Self.faintestInk * strongest {
                (left, right) = (min(left, x), max(right, x))
                (top, bottom) = (min(top, y), max(bottom, y))
            }
        }
        let cropped = (top...bottom).flatMap { pixels[($0 * width + left)...($0 * width + right)] }
        return Image(width: right - left + 1, height: bottom - top + 1, channels: .gray, pixels: cropped)
    }

    /// Its longer side as long as `extent`, its proportions kept, its strongest ink 1.
    private func fitted(into extent: Int) -> Image {
        let longer = max(width, height)
        func shortened(_ side: Int) -> Int { max(1, (2 * side * extent + longer) / (2 * longer)) }
        let small = resized(width: shortened(width), height: shortened(height))
        // Thin lines fade as they shrink; MNIST's strokes reach white.
        let strongest = small.pixels.max() ?? 1
        return Image(
            width: small.width, height: small.height, channels: .gray, pixels: small.pixels.map { $0 / strongest })
    }

    /// On black ground of `side × side`, its centre of mass in the pixel just below and right of the middle.
    private func centeredByMass(side: Int) -> Image {
        var (mass, momentX, momentY): (Float, Float, Float) = (0, 0, 0)
        for y in 0..<height {
            for x in 0..<width {
                let value = pixels[y * width + x]
                mass += value
                momentX += value * (Float(x) + 0.5)
                momentY += value * (Float(y) + 0.5)
            }
        }
        func shift(_ moment: Float, extent: Int) -> Int {
            min(max(Int((Float(side) / 2 - moment / mass).rounded(.up)), 0), side - extent)
        }
        let (left, top) = (shift(momentX, extent: width), shift(momentY, extent: height))
        var ground = [Float](repeating: 0, count: side * side)
        for y in 0..<height {
            for x in 0..<width {
                ground[(top + y) * side + left + x] = pixels[y * width + x]
            }
        }
        return Image(width: side, height: side, channels: .gray, pixels: ground)
    }
}
