import TerminalUI
import Testing

struct FormatTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-12345, "-12,345"), (-123, "-123"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func countsHaveSeparators(value: Int, expected: String) {
        #expect(Format.count(value) == expected)
    }

    @Test func fractionsAndIntervals() {
        #expect(Format.decimal(0.99512) == "0.9951")
        #expect(Format.decimal(12.345, decimals: 1) == "12.3")
        #expect(Format.interval(0.99341, 0.99618) == "0.9934–0.9962")
        #expect(Format.interval(0.99341, 0.99618, decimals: 2, unicode: false) == "0.99-1.00")
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
        (27_065_912, "27.1 MB"), (3.2e9, "3.2 GB"), (5e15, "5000.0 TB"),
    ])
    func bytesUseDecimalUnits(value: Double, expected: String) {
        #expect(Format.bytes(value) == expected)
    }

    @Test(arguments: [
        (0.314, "0.31 s"), (9.994, "9.99 s"), (9.996, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (83, "1 min 23 s"),
        (3599.6, "1 h 0 min"), (7500, "2 h 5 min"), (-1, "unknown time"), (.nan, "unknown time"),
        (.infinity, "unknown time"), (1e300, "unknown time"),
    ])
    func durationsReadAsPeopleSayThem(seconds: Double, expected: String) {
        #expect(Format.duration(seconds) == expected)
    }

    @Test(arguments: [
        (0, "0 s left"), (12.2, "12 s left"), (83, "1:23 left"), (3599.7, "1:00:00 left"), (7505, "2:05:05 left"),
        (.nan, "unknown time left"),
    ])
    func timeLeftIsShort(seconds: Double, expected: String) {
        #expect(Format.timeLeft(seconds) == expected)
    }
}
