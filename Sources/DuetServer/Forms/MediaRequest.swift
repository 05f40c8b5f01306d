import Datasets
import Duet
import Foundation

/// A request for a prediction from files: a form with a field for each modality, or JSON with the files in Base64.
struct MediaRequest {
    /// A picture file or a sound file, and its name.
    struct File: Sendable {
        let name: String
        let content: Data
    }

    /// The files, by modality; at least one.
    let files: [String: File]
    /// What is done to pictures first.
    let preparation: PreparationChoice
    /// The right answer, where the request has one.
    let label: String?

    /// Reads a request.
    /// - Parameters:
    ///   - body: the whole body.
    ///   - contentType: the header `Content-Type`.
    ///   - model: what is asked.
    /// - Throws: `HTTPProblem` that names what is wrong.
    init(_ body: Data, contentType: String, for model: ServedModel) throws {
        let parts: [(name: String, part: Part)]
        switch HeaderValue(contentType).value {
        case "multipart/form-data": parts = try Self.parts(form: body, contentType)
        case "application/json": parts = try Self.parts(json: body)
        default:
            throw HTTPProblem.unsupported(
                "the Content-Type is '\(contentType)'; expected multipart/form-data with a file for each modality, or "
                    + "application/json with the files in Base64")
        }
        var (files, preparation): ([String: File], PreparationChoice) = ([:], .automatic)
        var label: String?
        let modalities = model.model.architecture.modalities.map(\.name)
        for (name, part) in parts {
            switch part {
            case .file(let file) where modalities.contains(name): files[name] = file
            case .text(let text) where name == "preparation":
                guard let choice = PreparationChoice(rawValue: text) else {
                    throw HTTPProblem.badRequest(
                        "'preparation' is '\(text)'; expected "
                            + PreparationChoice.allCases.map(\.rawValue).joined(separator: ", "))
                }
                preparation = choice
            case .text(let text) where name == "label": label = text
            case .file where Self.textFields.contains(name), .text where modalities.contains(name):
                throw HTTPProblem.badRequest(
                    "'\(name)' is \(Self.textFields.contains(name) ? "a file; expected a text" : "a text; expected a file")"
                )
            default:
                throw HTTPProblem.badRequest(
                    "the model '\(model.name)' takes no '\(name)'; it takes \(model.modalityNames), and 'preparation'")
            }
        }
        guard !files.isEmpty else {
            throw HTTPProblem.badRequest("there is no file; expected one at least of \(model.modalityNames)")
        }
        (self.files, self.preparation, self.label) = (files, preparation, label)
    }

    /// What is no file. Modalities cannot be called so.
    private static let textFields: Set<String> = ["preparation", "label"]

    private enum Part {
        case file(File)
        case text(String)
    }

    private static func parts(form body: Data, _ contentType: String) throws -> [(name: String, part: Part)] {
        do {
            return try MultipartForm(body, contentType: contentType).fields.map { field in
                guard let filename = field.filename else {
                    return (field.name, .text(String(decoding: field.content, as: UTF8.self)))
                }
                return (field.name, .file(File(name: shownName(filename, for: field.name), content: field.content)))
            }
        } catch let problem as MultipartForm.Problem {
            throw HTTPProblem.badRequest(problem.message)
        }
    }

    private static func parts(json body: Data) throws -> [(name: String, part: Part)] {
        let document = try body.withUnsafeBytes { try JSONParser.value(ofRequest: $0) }
        guard case .object(let members) = document else {
            throw HTTPProblem.badRequest(
                "the body is \(document.kind); expected an object with a file for each modality")
        }
        return try members.sorted { $0.key < $1.key }.filter { $0.value != .null }.map { name, value in
            if textFields.contains(name), case .string(let text) = value { return (name, .text(text)) }
            let text: String?
            var filename: String?
            switch value {
            case .string(let content): text = content
            case .object:
                text = try value.string("data", in: "'\(name)'")
                filename = try value.string("filename", in: "'\(name)'")
            default: text = nil
            }
            guard let text, let content = Data(base64Encoded: text) else {
                throw HTTPProblem.badRequest(
                    "'\(name)' is no file in Base64; expected a string, or an object with 'data' and 'filename'")
            }
            return (name, .file(File(name: shownName(filename ?? "", for: name), content: content)))
        }
    }

    /// What a file is called in answers: the last part of what the client calls it, never a path, never long; else the modality.
    private static func shownName(_ filename: String, for modality: String) -> String {
        let last = filename.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let visible = last.unicodeScalars.filter {
            !$0.properties.isDefaultIgnorableCodePoint && $0.value >= 0x20 && $0.value != 0x7F
        }
        let name = String(String.UnicodeScalarView(visible.prefix(200)))
        return name.isEmpty ? modality : name
    }
}
