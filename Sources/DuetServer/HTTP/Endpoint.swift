import HTTPTypes
import Hummingbird

/// What a request asks for, by its path.
enum Endpoint: Equatable {
    case page
    case pageStyle
    case pageScript
    case description
    case metrics
    case predict
    case collect
    case server
    case live
    case ready
    case model(name: String, version: String?)
    case modelReady(name: String, version: String?)
    case infer(name: String, version: String?)

    /// The endpoint of a path; nil where there is none.
    /// - Parameter path: the path, without what is behind `?`.
    init?(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        switch parts {
        case [""]: self = .page
        case ["page.css"]: self = .pageStyle
        case ["page.js"]: self = .pageScript
        case ["openapi.yaml"]: self = .description
        case ["metrics"]: self = .metrics
        case ["predict"]: self = .predict
        case ["collect"]: self = .collect
        case ["v2"], ["v2", ""]: self = .server
        case ["v2", "health", "live"]: self = .live
        case ["v2", "health", "ready"]: self = .ready
        default:
            guard parts.count >= 3, parts[0] == "v2", parts[1] == "models" else { return nil }
            let name = parts[2]
            var (rest, version) = (Array(parts[3...]), String?.none)
            if rest.count >= 2, rest[0] == "versions" {
                version = rest[1]
                rest.removeFirst(2)
            }
            switch rest {
            case []: self = .model(name: name, version: version)
            case ["ready"]: self = .modelReady(name: name, version: version)
            case ["infer"]: self = .infer(name: name, version: version)
            default: return nil
            }
        }
    }

    /// The only method that it takes, besides `HEAD` for `GET`.
    var method: HTTPRequest.Method {
        switch self {
        case .predict, .collect, .infer: .post
        default: .get
        }
    }

    /// Whether it needs no key: what load balancers ask, and the page, which has nothing secret in it.
    var isOpen: Bool {
        switch self {
        case .page, .pageStyle, .pageScript, .description, .live, .ready: true
        default: false
        }
    }

    /// Its name in metrics and logs.
    var label: String {
        switch self {
        case .page, .pageStyle, .pageScript: "page"
        case .description: "openapi"
        case .metrics: "metrics"
        case .predict: "predict"
        case .collect: "collect"
        case .server: "server"
        case .live: "live"
        case .ready: "ready"
        case .model: "model"
        case .modelReady: "model_ready"
        case .infer: "infer"
        }
    }
}
