/// How large a picture may be. A few bytes of file can claim any size, so this is asked before room is made for the pixels.
public struct ImageLimits: Sendable, Equatable {
    /// The most pixels in all.
    public var pixels: Int
    /// The most rows, and the most columns.
    public var side: Int

    /// What a file of a picture may have unless the caller says otherwise: 40 megapixels, 20,000 rows or columns.
    public static let standard = ImageLimits(pixels: 40_000_000, side: 20_000)

    /// Limits of so many pixels in all and rows or columns at most.
    public init(pixels: Int, side: Int = .max) {
        self.pixels = pixels
        self.side = side
    }

    func check(width: Int, height: Int, name: String) throws {
        guard width > 0, height > 0 else {
            throw MediaError(.badData, "\(name): a picture of \(width) × \(height) pixels is empty")
        }
        guard width <= side, height <= side else {
            throw MediaError(
                .badData,
                "\(name): \(width) × \(height) pixels; the limit is \(side) on each side. Make it smaller first")
        }
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, count <= pixels else {
            throw MediaError(
                .badData,
                "\(name): \(width) × \(height) pixels are more than the limit of \(pixels). Make it smaller first"
            )
        }
    }
}
