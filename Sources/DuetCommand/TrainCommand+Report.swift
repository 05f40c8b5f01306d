import Datasets
import Duet
import DuetReport
import FileFormats

extension TrainCommand {
    /// The report that a training ends with. A training has not failed because its report cannot be written: that is a
    /// warning, and nil.
    func writeReport(
        of model: TrainedModel, _ data: TrainingData, to folder: RunFolder, _ configuration: TrainingConfiguration
    ) throws -> RunReport? {
        let command = "duet report --run \(configuration.output)"
        let progress = ProgressReporter(quiet: quiet)
        do {
            let report = try progress.run(
                whenStopped: "stopped; the model is trained and evaluated. The report is missing: \(command)"
            ) {
                try RunReport.write(
                    folder, model: model, data.dataset, rows: data.split.test, data: configuration.data,
                    threads: configuration.threads, monitor: $0)
            }
            report.notes.forEach(progress.warn)
            return report
        } catch let error as DuetError where error.kind != .interrupted {
            progress.warn("\(error.message). The report is missing; \(command) writes it")
            return nil
        }
    }
}
