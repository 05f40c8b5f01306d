extension ProgressBar {
    /// What is counted.
    package enum Unit: Sendable {
        /// Things with a name in the plural: "samples", "files".
        case things(String)
        /// Bytes, shown as kB, MB, GB.
        case bytes
        /// Seconds of a time that was given to the work; a rate says nothing.
        case seconds

        func amount(_ completed: Int) -> String {
            switch self {
            case .things(let name): "\(Format.count(completed)) \(name)"
            case .bytes: Format.bytes(Double(completed))
            case .seconds: Format.duration(Double(completed))
            }
        }

        func amount(_ completed: Int, of total: Int) -> String {
            switch self {
            case .things(let name): "\(Format.count(completed))/\(Format.count(total)) \(name)"
            case .bytes: "\(Format.bytes(Double(completed)))/\(Format.bytes(Double(total)))"
            case .seconds: "\(Format.duration(Double(completed))) of \(Format.duration(Double(total)))"
            }
        }

        func rate(_ perSecond: Double) -> String {
            switch self {
            case .things where perSecond < 10: Format.decimal(perSecond, decimals: 1) + "/s"
            case .things where perSecond < 1e15: Format.count(Int(perSecond.rounded())) + "/s"
            case .things, .seconds: ""
            case .bytes: Format.bytes(perSecond) + "/s"
            }
        }
    }
}
