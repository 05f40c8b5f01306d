package import Duet

/// A hidden layer's embedding of some examples, mapped to the plane.
package struct EmbeddingMap: Codable, Sendable {
    /// One example.
    package struct Point: Codable, Sendable {
        /// Its row in the dataset.
        package let row: Int
        /// Its place in the plane.
        package let x: Double
        /// Its place in the plane.
        package let y: Double
        /// Its true class.
        package let classIndex: Int
        /// Its predicted class.
        package let predicted: Int
        /// The cluster that k-means puts it in, from 0.
        package let cluster: Int
    }

    /// Whose embedding it is: the head's, or a branch's.
    package let ablation: Ablation
    /// The hidden layer's name.
    package let layer: String
    /// The hidden layer's values per example.
    package let width: Int
    /// The examples.
    package let points: [Point]
    /// How many examples there were to choose from.
    package let available: Int
    /// The mean silhouette of the points by their classes, −1 to 1.
    package let silhouette: Double
    /// How well k-means finds the classes among the points as drawn, the adjusted Rand index; at most 1, about 0 by chance.
    package let adjustedRandIndex: Double
    /// The mean silhouette in the layer itself, with all its values.
    package let layerSilhouette: Double
    /// How well k-means finds the classes in the layer itself.
    package let layerAdjustedRandIndex: Double

    /// The number of misclassified points.
    var mistakes: Int { points.count { $0.classIndex != $0.predicted } }

    /// The middle of each class's points, by median, in the order of the classes; classes without points are left out.
    func centers(classes: Int) -> [(classIndex: Int, center: (x: Double, y: Double))] {
        let byClass = Dictionary(grouping: points, by: \.classIndex)
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        return (0..<classes).compactMap { index in
            byClass[index].map { (index, (median($0.map(\.x)), median($0.map(\.y)))) }
        }
    }
}
