import CInterruption

/// Ctrl-C and SIGTERM as a question that long work asks itself, so that it can stop between two steps and save what it has.
///
/// The first signal only sets ``requested``; a second one ends the process at once with exit code 130.
package enum Interruption {
    /// Starts catching SIGINT and SIGTERM. Harmless when called again.
    ///
    /// A signal that the process was started with ignored, as a shell does with SIGINT for a background job, stays ignored.
    package static func install() {
        interruption_install()
    }

    /// Whether someone has asked for a stop since ``install()``. Costs one atomic load.
    package static var requested: Bool {
        interruption_requested() != 0
    }

    /// The signal by which a stop was asked for, `SIGINT` or `SIGTERM`; nil as long as nobody has.
    package static var signal: Int32? {
        let signal = interruption_requested()
        return signal == 0 ? nil : signal
    }
}
