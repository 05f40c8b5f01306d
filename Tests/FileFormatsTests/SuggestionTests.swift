import FileFormats
import Testing

struct SuggestionTests {
    private let layers = ["Conv1D", "Conv2D", "Dense", "Dropout", "BatchNormalization", "Flatten"]

    @Test(arguments: [
        ("dense", "Dense"), ("Dens", "Dense"), ("Desne", "Dense"), ("Conv2", "Conv2D"), ("conv3d", "Conv1D"),
        ("BatchNorm", nil), ("BatchNormalisation", "BatchNormalization"), ("Dropuot", "Dropout"), ("LSTM", nil),
        ("", nil),
        ("x", nil),
    ])
    func slipsAreUnderstood(typed: String, expected: String?) {
        #expect(Suggestion.closest(to: typed, among: layers) == expected)
    }

    @Test func shortNamesAreNotGuessedFromNothing() {
        #expect(Suggestion.closest(to: "a", among: ["b"]) == nil)
        #expect(Suggestion.closest(to: "lr", among: ["la"]) == "la")
        #expect(Suggestion.closest(to: "anything", among: []) == nil)
    }
}
