extension ProgressBar {
    /// What is counted.
    package enum Unit: Sendable {
        /// Things with a name in the plural: "samples", "files".
        case things(String)
        /// Bytes, shown as kB, MB, GB.
        case bytes

        func amount(_ completed: Int) -> String {
            switch self {
            case .things(let name): "\(Format.count(completed)) \(name)"
            case .bytes: Format.bytes(Double(completed))
            }
        }

        func amount(_ completed: Int, of total: Int) -> String {
            switch self {
            case .things(let name): "\(Format.count(completed))/\(Format.count(total)) \(name)"
            case .bytes: "\(Format.bytes(Double(completed)))/\(Format.bytes(Double(total)))"
            }
        }

        func rate(_ perSecond: Double) -> String {
            switch self {
            case .things where perSecond < 10: Format.decimal(perSecond, decimals: 1) + "/s"
            case .things where perSecond < 1e15: Format.count(Int(perSecond.rounded())) + "/s"
            case .things: ""
            case .bytes: Format.bytes(perSecond) + "/s"
            }
        }
    }
}
