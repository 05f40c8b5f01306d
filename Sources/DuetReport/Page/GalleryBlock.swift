import Duet
import Foundation

/// One of the worst mistakes as the page shows it.
struct GalleryBlock {
    let item: GalleryItem
    let classNames: [String]

    func html() throws -> HTML {
        let truth = classNames[item.truth]
        let said = item.opinions.first.map { classNames[$0.said] } ?? ""
        let pictures: [(PixelPicture, kind: String, alternative: String, caption: String)] = [
            (item.picture, "image", "The image, a \(truth)", "image"),
            (item.pictureAttribution, "image", "The image's places that speak for and against \(said)", "what counted"),
            (item.sound, "sound", "The sound's features over time, a \(truth)", "sound"),
            (item.soundAttribution, "sound", "The sound's places that speak for and against \(said)", "what counted"),
        ]
        let figures = try pictures.map { picture, kind, alternative, caption -> HTML in
            """
            <figure class="\(kind)"><img src="\(try picture.png().uri("image/png"))" width="\(picture.width)" height="\(picture.height)" \
            alt="\(alternative)"><figcaption>\(caption)</figcaption></figure>
            """
        }
        let rows = item.opinions.map { opinion -> HTML in
            let verdict: HTML = opinion.said == item.truth ? "right" : "wrong"
            return """
                <tr><td>\(opinion.source.title.lowercased())</td><td class="\(verdict)">\(classNames[opinion.said])</td>\
                <td class="number">\(Double(opinion.probability).short)</td>\
                <td class="number">\(Double(opinion.truthProbability).short)</td></tr>
                """
        }
        return """
            <li><h3>\(truth), but said \(said) <span class="quiet">row \(item.row)</span></h3>
            <div class="pictures">\(figures)</div>
            \(player)
            <table><thead><tr><th>from</th><th>said</th><th class="number">sure</th>\
            <th class="number">of \(truth)</th></tr></thead><tbody>\(rows)</tbody></table></li>
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
