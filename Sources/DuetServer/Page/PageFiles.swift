import Datasets
import Duet
import HTTPTypes
import Hummingbird

/// The files of the page, and the description of all endpoints. They are part of the program.
enum PageFiles {
    /// Nothing is fetched from anywhere else, and no other page may show this one.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
        + "media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static let headers: HTTPFields = [
        .contentSecurityPolicy: policy, .cacheControl: "no-cache", HeaderName.referrerPolicy: "no-referrer",
        HeaderName.permissionsPolicy: "microphone=(self), camera=(), geolocation=()",
    ]

    /// The page for a model. The names of models and modalities have no character that means something in HTML.
    /// - Parameters:
    ///   - model: the model.
    ///   - names: what all models are called.
    ///   - collects: whether the server takes right answers.
    /// - Returns: the page.
    static func page(for model: ServedModel, of names: [String], collects: Bool) -> Response {
        let classes = "[" + model.model.classNames.map(JSONText.string).joined(separator: ",") + "]"
        let modalities = model.model.architecture.modalities.map(\.name).joined(separator: " ")
        let text = String(decoding: PackageResources.page_html, as: UTF8.self)
            .replacing("{{model}}", with: model.name).replacing("{{modalities}}", with: modalities)
            .replacing("{{models}}", with: names.joined(separator: " "))
            .replacing("{{collects}}", with: collects ? "true" : "")
            .replacing("{{keeps}}", with: collects ? "keeps what you save with a right answer" : "does not keep them")
            .replacing("{{classes}}", with: classes.escapedForHTML)
            .replacing("{{card}}", with: ModelCard(model).html)
        return .bytes(text.utf8, "text/html; charset=utf-8", headers: headers)
    }

    static var style: Response { .bytes(PackageResources.page_css, "text/css; charset=utf-8", headers: headers) }
    static var script: Response { .bytes(PackageResources.page_js, "text/javascript; charset=utf-8", headers: headers) }
    static var description: Response { .bytes(PackageResources.openapi_yaml, "application/yaml") }
}
