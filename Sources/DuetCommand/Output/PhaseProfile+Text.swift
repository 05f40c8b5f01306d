import Duet
import NeuralNetwork
import TerminalUI

extension PhaseProfile {
    /// All operations in the order in which they run, the longest once more, and what it comes to.
    func text(for terminal: Terminal) -> String {
        let style = Style(for: terminal)
        var whole = table
        for operation in step.operations { whole.addRow(cells(operation)) }
        var longest = table
        for operation in step.longest(5) { longest.addRow(cells(operation)) }
        return [
            style.bold("Phase \(phase.rawValue)") + ": batches of \(Format.count(step.batchSize)), "
                + "\(Format.count(step.threads)) \(step.threads == 1 ? "thread" : "threads"), \(step.engine), "
                + "medians of \(Format.count(step.steps)) steps",
            whole.render(for: terminal),
            "The longest:",
            longest.render(for: terminal),
            totals(style).joined(separator: "\n"),
        ].joined(separator: "\n\n")
    }

    private var table: TextTable {
        TextTable([
            .left("layer"), .left("pass"), .right("ms"), .right("share"), .right("rate"), .right("alone ms"),
            .right("floor ms"), .left("ran"), .left("floor by"),
        ])
    }

    private func cells(_ operation: StepProfile.Operation) -> [String] {
        [
            operation.layer.printable, operation.pass.printable, milliseconds(operation.milliseconds),
            percent(operation.share), rate(operation), operation.aloneMilliseconds.map(milliseconds) ?? "",
            operation.floorMilliseconds.map(milliseconds) ?? "",
            operation.implementation + (operation.isReference ? " (slow)" : ""),
            // Named where something else than what ran is faster.
            operation.floorImplementation.flatMap { $0 == operation.implementation ? nil : $0 } ?? "",
        ]
    }

    private func totals(_ style: Style) -> [String] {
        func line(_ label: String, _ value: Double, _ note: String) -> String {
            label.padded(to: 18) + milliseconds(value).padded(to: 9, onLeft: true) + " ms  " + note
        }
        let speed = "\(Format.count(Int(step.examplesPerSecond.rounded()))) examples/s"
        let memory = "\(Format.decimal(step.memoryGigabytesPerSecond, decimals: 1)) GB/s"
        return [
            line("step", step.stepMilliseconds, speed),
            line("sum of operations", step.sumMilliseconds, percent(step.sumMilliseconds / step.stepMilliseconds)),
            line(
                "unaccounted for", step.unaccountedMilliseconds,
                percent(step.unaccountedMilliseconds / step.stepMilliseconds)
                    + ": \(milliseconds(step.betweenMilliseconds)) ms between operations, the rest disturbances"),
            line(
                "floor", step.floorMilliseconds,
                "each alone by its fastest kernel, no conversions, Adam at memory's \(memory)"),
            style.bold(
                "step / floor".padded(to: 18)
                    + Format.decimal(step.stepToFloor, decimals: 2)
                    .padded(to: 9, onLeft: true)),
        ]
    }

    private func milliseconds(_ value: Double) -> String { Format.decimal(value, decimals: 3) }

    private func percent(_ share: Double) -> String { Format.decimal(share * 100, decimals: 1) + " %" }

    private func rate(_ operation: StepProfile.Operation) -> String {
        if let value = operation.gigaflopsPerSecond { return Format.decimal(value, decimals: 0) + " GFLOP/s" }
        return operation.gigabytesPerSecond.map { Format.decimal($0, decimals: 1) + " GB/s" } ?? ""
    }
}
