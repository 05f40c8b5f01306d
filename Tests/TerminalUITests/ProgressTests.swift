import Foundation
import TerminalUI
import Testing

struct ProgressLineTests {
    private func line(completed: Int = 29_760, rate: Double? = 1512, note: String = "loss 0.0312") -> ProgressLine {
        ProgressLine(
            label: "Epoch 3/10", unit: .things("samples"), completed: completed, total: 48_000, rate: rate, note: note
        )
    }

    @Test func theWholeLine() {
        #expect(
            line().bar(width: 120, unicode: true)
                == "Epoch 3/10  ━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌  62 % · 29,760/48,000 samples · 1,512/s · 12 s left · "
                + "loss 0.0312"
        )
    }

    @Test func everyWidthIsKept() {
        for width in 0...130 {
            #expect(line().bar(width: width, unicode: true).displayWidth <= width)
            #expect(line().bar(width: width, unicode: false).displayWidth <= width)
        }
    }

    @Test func whatIsLeastImportantGoesFirst() {
        let narrow = line().bar(width: 60, unicode: true)
        #expect(narrow.contains("62 %") && narrow.contains("12 s left") && narrow.contains("loss 0.0312"))
        #expect(!narrow.contains("1,512/s"))
    }

    @Test func aHundredPercentMeansAllOfIt() {
        #expect(line(completed: 47_999).plain(unicode: true).contains(" 99 %"))
        #expect(line(completed: 48_000).plain(unicode: true).contains("100 %"))
    }

    @Test func anUnknownRateIsLeftOut() {
        #expect(
            line(completed: 0, rate: nil, note: "").plain(unicode: false) == "Epoch 3/10:   0 % | 0/48,000 samples"
        )
    }

    @Test func anUnknownTotalHasNoBarAndNoEnd() {
        let line = ProgressLine(label: "get", unit: .bytes, completed: 1_500_000, total: nil, rate: 2e6, note: "")
        #expect(line.bar(width: 80, unicode: true) == "get  1.5 MB · 2.0 MB/s")
        #expect(line.plain(unicode: true) == "get: 1.5 MB · 2.0 MB/s")
        #expect(line.summary(elapsed: 1, unicode: true) == "get: 1.5 MB in 1.00 s · 1.5 MB/s")
    }

    @Test func aTimeThatWasGivenHasNoRate() {
        let line = ProgressLine(label: "search", unit: .seconds, completed: 90, total: 3600, rate: 1, note: "")
        #expect(line.plain(unicode: false) == "search:   2 % | 1 min 30 s of 1 h 0 min | 58:30 left")
    }

    @Test func bytesAndTheSummary() {
        let size = 40_000_000
        let line = ProgressLine(label: "get", unit: .bytes, completed: size, total: size, rate: nil, note: "")
        #expect(line.summary(elapsed: 4, unicode: true) == "get: 40.0 MB in 4.00 s · 10.0 MB/s")
    }
}

struct RateMeterTests {
    @Test func aSteadyRateIsFoundAtOnceAndKept() throws {
        var meter = RateMeter()
        #expect(meter.rate == nil)
        for second in 1...40 {
            meter.record(completed: 100 * second, time: Double(second))
            #expect(abs(try #require(meter.rate) - 100) < 1e-9)
        }
    }

    @Test func aChangedRateIsFollowedSmoothly() throws {
        var meter = RateMeter()
        meter.record(completed: 1000, time: 10)
        meter.record(completed: 1020, time: 11)
        let soon = try #require(meter.rate)
        #expect(soon > 20 && soon < 100)
        for second in 12...40 { meter.record(completed: 1020 + 20 * (second - 11), time: Double(second)) }
        #expect(abs(try #require(meter.rate) - 20) < 1)
    }
}

struct LineScheduleTests {
    @Test func tenthsButNotMoreOftenThanEveryFiveSeconds() {
        var schedule = LineSchedule()
        var times: [Int] = []
        for second in 0...100 where schedule.isDue(completed: second, total: 100, time: Double(second)) {
            times.append(second)
        }
        #expect(times == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100])

        var fast = LineSchedule()
        let dues = (0...12).map { fast.isDue(completed: $0, total: 12, time: Double($0)) }
        #expect(dues.indices.filter { dues[$0] } == [5, 10])
    }

    @Test func everyHalfMinuteWhereTheTotalIsUnknown() {
        var schedule = LineSchedule()
        var times: [Int] = []
        for second in 0...100 where schedule.isDue(completed: second, total: nil, time: Double(second)) {
            times.append(second)
        }
        #expect(times == [30, 60, 90])
    }

    @Test func noWorkHasNoTenths() {
        var schedule = LineSchedule()
        let isDue = schedule.isDue(completed: 0, total: 0, time: 60)
        #expect(!isDue)
    }
}

struct ProgressBarTests {
    /// Calls `update` as a training loop would, for a third of a second; returns how often the note was asked for.
    private func work(_ bar: ProgressBar) -> Int {
        let start = ContinuousClock.now
        var notes = 0
        func note() -> String {
            notes += 1
            return "loss 0.5"
        }
        while ContinuousClock.now - start < .milliseconds(350) {
            bar.update(completed: 40, note: note())
            usleep(1000)
        }
        return notes
    }

    @Test func aTerminalIsRedrawnAtMostTenTimesASecond() throws {
        let device = try PseudoTerminal(columns: 70)
        let bar = ProgressBar("Train", total: 100, unit: .things("samples"), on: device.terminal())
        let notes = work(bar)
        #expect((1...4).contains(notes))
        let drawn = device.output().split(separator: "\r").map(String.init)
        #expect(drawn.count == notes)
        for line in drawn {
            #expect(line.hasSuffix("\u{1B}[K") && line.contains(" 40 %") && !line.contains("\n"))
            #expect(line.dropLast(3).count <= 69)
        }
        bar.finish(note: "loss 0.4")
        let last = device.output()
        #expect(last.hasPrefix("\r\u{1B}[KTrain: 100 samples in 0.") && last.hasSuffix("loss 0.4\r\n"))
        bar.update(completed: 100)
        bar.finish()
        bar.clear()
        #expect(device.output() == "")
    }

    @Test func aBarThatIsDroppedInTheMiddleErasesItsLine() throws {
        let device = try PseudoTerminal(columns: 70)
        do {
            let bar = ProgressBar("Train", total: 100, unit: .things("samples"), on: device.terminal())
            _ = work(bar)
        }
        #expect(device.output().hasSuffix("\r\u{1B}[K"))
    }

    @Test func aFileGetsNoEscapesAndOnlyTheSummaryOfShortWork() throws {
        let file = OutputFile()
        let bar = ProgressBar("Train", total: 100, unit: .things("samples"), on: file.terminal())
        #expect(work(bar) == 0)
        #expect(try file.output() == "")
        bar.finish()
        let output = try file.output()
        #expect(output.hasPrefix("Train: 100 samples in 0.") && output.hasSuffix("/s\n") && !output.contains("\u{1B}"))
    }

    @Test func quietIsSilent() throws {
        let device = try PseudoTerminal(columns: 70)
        let bar = ProgressBar("Train", total: 100, unit: .things("samples"), on: device.terminal(), quiet: true)
        #expect(work(bar) == 0)
        bar.finish()
        #expect(device.output() == "")
    }
}
