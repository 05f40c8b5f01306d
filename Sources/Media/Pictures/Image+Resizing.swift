extension Image {
    /// The picture in another size; the proportions are not kept.
    ///
    /// Along a side that shrinks, a new pixel is the mean of the old ones under it, those at its edges counted by the part
    /// that it covers. Along a side that grows, values between the old pixels' centres are interpolated linearly.
    ///
    /// - Parameters:
    ///   - newWidth: columns of the new picture, at least 1.
    ///   - newHeight: rows of the new picture, at least 1.
    /// - Returns: a picture of `newHeight × newWidth` pixels in the same channels.
    public func resized(width newWidth: Int, height newHeight: Int) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a picture has at least one row and one column")
        let depth = channels.rawValue
        var (width, pixels) = (width, pixels)
        if newWidth != width {
            let taps = ResamplingTaps(from: width, to: newWidth)
            pixels = taps.applied(to: pixels, outer: height, inner: depth)
            width = newWidth
        }
        if newHeight != height {
            pixels = ResamplingTaps(from: height, to: newHeight).applied(to: pixels, outer: 1, inner: width * depth)
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: pixels)
    }
}

/// Which old values make each new one along one side of a picture, and with what weight.
private struct ResamplingTaps {
    let oldCount: Int
    /// For each new position, the first old position that counts and the weights from there on, whose sum is 1.
    let taps: [(first: Int, weights: [Float])]

    init(from oldCount: Int, to newCount: Int) {
        self.oldCount = oldCount
        let scale = Double(oldCount) / Double(newCount)
        taps = (0..<newCount).map { position in
            scale > 1
                ? Self.covered(Double(position) * scale, Double(position + 1) * scale, count: oldCount)
                : Self.interpolated(at: (Double(position) + 0.5) * scale - 0.5, count: oldCount)
        }
    }

    /// Old position p lies from p to p + 1; its weight is the part of `start..<end` that it fills.
    private static func covered(_ start: Double, _ end: Double, count: Int) -> (first: Int, weights: [Float]) {
        let first = Int(start)
        let last = max(first, min(count, Int(end.rounded(.up))) - 1)
        let weights = (first...last).map { old in
            (min(end, Double(old + 1)) - max(start, Double(old))) / (end - start)
        }
        // The bounds are rounded, so the sum may be a little beside 1.
        let sum = weights.reduce(0, +)
        return (first, weights.map { Float($0 / sum) })
    }

    private static func interpolated(at place: Double, count: Int) -> (first: Int, weights: [Float]) {
        let place = min(max(place, 0), Double(count - 1))
        let first = Int(place)
        let part = Float(place - Double(first))
        return part == 0 ? (first, [1]) : (first, [1 - part, part])
    }

    /// Resamples the middle dimension of `outer × oldCount × inner` values.
    func applied(to values: [Float], outer: Int, inner: Int) -> [Float] {
        var result = [Float](repeating: 0, count: outer * taps.count * inner)
        values.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                var sum = target.baseAddress!
                for block in 0..<outer {
                    for tap in taps {
                        var old = source.baseAddress! + (block * oldCount + tap.first) * inner
                        for weight in tap.weights {
                            for index in 0..<inner {
                                sum[index] += weight * old[index]
                            }
                            old += inner
                        }
                        sum += inner
                    }
                }
            }
        }
        return result
    }
}
