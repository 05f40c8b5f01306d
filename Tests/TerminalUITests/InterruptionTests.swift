import Foundation
import TerminalUI
import Testing

// Each in a process of its own: signal handlers belong to the whole process. The signals are sent to the process, not
// raised in the test's thread, which may have them blocked; so they arrive a little later.
struct InterruptionTests {
    @Test(arguments: [SIGINT, SIGTERM])
    func theFirstSignalOnlyAsks(number: Int32) async {
        await #expect(processExitsWith: .exitCode(7)) { [number] in
            signal(number, SIG_DFL)
            Interruption.install()
            if Interruption.requested { exit(1) }
            kill(getpid(), number)
            for _ in 0..<500 where !Interruption.requested { usleep(10_000) }
            exit(Interruption.requested ? 7 : 2)
        }
    }

    @Test func theSecondSignalEndsTheProcess() async {
        await #expect(processExitsWith: .exitCode(130)) {
            signal(SIGINT, SIG_DFL)
            Interruption.install()
            kill(getpid(), SIGINT)
            for _ in 0..<500 where !Interruption.requested { usleep(10_000) }
            kill(getpid(), SIGINT)
            usleep(5_000_000)
            exit(3)
        }
    }

    @Test func anIgnoredSignalStaysIgnored() async {
        await #expect(processExitsWith: .exitCode(7)) {
            signal(SIGINT, SIG_IGN)
            Interruption.install()
            kill(getpid(), SIGINT)
            usleep(200_000)
            exit(Interruption.requested ? 2 : 7)
        }
    }
}
