import Datasets
import Duet
import Foundation

/// One of the worst mistakes as the page shows it.
struct GalleryBlock {
    let item: GalleryItem
    let classNames: [String]

    func html() throws -> HTML {
        let label = classNames[item.label]
        let predicted = classNames[item.outcomes.all.predicted]
        let pictures = item.values.flatMap {
            values -> [(PixelPicture, kind: String, alternative: String, caption: String)] in
            let (name, kind) = (values.modality.name, values.modality.kind.rawValue)
            guard let map = item.attribution[name] else { return [] }
            return [
                (values.picture(map), kind, "\(name), a \(label)", name),
                (values.overlay(map), kind, "places of \(name) that speak for and against \(predicted)", "occlusion"),
            ]
        }
        let figures = try pictures.map { picture, kind, alternative, caption -> HTML in
            """
            <figure class="\(kind)"><img src="\(try picture.png().uri("image/png"))" width="\(picture.width)" height="\(picture.height)" \
            alt="\(alternative)"><figcaption>\(caption)</figcaption></figure>
            """
        }
        let names = item.outcomes.alone.map(\.modality)
        let rows = item.outcomes.entries.map { ablation, outcome -> HTML in
            let verdict: HTML = outcome.predicted == item.label ? "right" : "wrong"
            return """
                <tr><td>\(ablation.title(of: names))</td><td class="\(verdict)">\(classNames[outcome.predicted])</td>\
                <td class="number">\(Double(outcome.probability).short)</td>\
                <td class="number">\(Double(outcome.trueClassProbability).short)</td></tr>
                """
        }
        return """
            <li><h3>\(label), predicted \(predicted) <span class="quiet">row \(item.row)</span></h3>
            <div class="pictures">\(figures)</div>
            \(player)
            <table><thead><tr><th>from</th><th>predicted</th><th class="number">probability</th>\
            <th class="number">of \(label)</th></tr></thead><tbody>\(rows)</tbody></table></li>
            """
    }

    /// Plays the recording; nothing where there is none, or none that a page should hold.
    private var player: HTML {
        let types = ["wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp3": "audio/mpeg"]
        guard let file = item.waveform, let type = types[file.pathExtension.lowercased()],
            let bytes = try? Data(contentsOf: file), bytes.count <= Self.largestRecording
        else { return "" }
        return "<audio controls aria-label=\"The recording\" src=\"\(bytes.uri(type))\"></audio>"
    }

    /// Bytes of a recording; a spoken word has some ten thousand.
    private static let largestRecording = 2_000_000
}
