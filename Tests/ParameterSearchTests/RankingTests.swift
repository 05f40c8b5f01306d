import ParameterSearch
import SeededRandom
import Testing

@Suite("Rankings of trials with several objectives")
struct RankingTests {
    @Test("Fronts are Optuna's")
    func fronts() throws {
        for front in try SearchFixture().fronts {
            var ranks = [Int](repeating: -1, count: front.losses.count)
            for (rank, members) in nondominatedFronts(of: front.losses).enumerated() {
                for member in members { ranks[member] = rank }
            }
            #expect(ranks == front.ranks)
        }
    }

    @Test("Hypervolumes are Optuna's, with 1 to 4 objectives")
    func hypervolumes() throws {
        for front in try SearchFixture().fronts {
            #expect(abs(hypervolume(of: front.losses, reference: front.reference) - front.hypervolume) < 1e-12)
        }
    }

    @Test("With one objective the best are the smallest, ties in order, and failed trials come last")
    func oneObjective() {
        let losses = [[3.0], [.nan], [1], [2], [1], [.infinity]]
        #expect(bestTrials(6, of: losses) == [2, 4, 3, 0, 1, 5])
        #expect(bestTrials(2, of: losses) == [2, 4])
        #expect(bestTrials(9, of: losses).count == 6)
        #expect(bestTrials(3, of: []).isEmpty)
    }

    @Test("Of the last front, each next trial is the one that adds most hypervolume", arguments: [2, 3])
    func greedy(objectives: Int) {
        var generator = SeededGenerator(seed: 5)
        // Losses on the unit simplex dominate each other nowhere.
        let front = (0..<15).map { _ in
            let parts = (0..<objectives).map { _ in generator.number(in: 0.1...1) }
            let sum = parts.reduce(0, +)
            return parts.map { $0 / sum }
        }
        let dominated = front.map { losses in losses.map { $0 + 1 } }
        let reference = (0..<objectives).map { objective in
            let losses = front.map { $0[objective] }
            return losses.max()! + 0.1 * (losses.max()! - losses.min()!)
        }
        let order = bestTrials(8, of: dominated + front)
        var chosen: [[Double]] = []
        for index in order {
            #expect(index >= front.count, "a dominated trial before its dominator")
            let losses = front[index - front.count]
            let volumes = front.map { hypervolume(of: chosen + [$0], reference: reference) }
            #expect(hypervolume(of: chosen + [losses], reference: reference) > volumes.max()! - 1e-12)
            chosen.append(losses)
        }
    }

    @Test("The ranking does not depend on the losses' units")
    func units() {
        var generator = SeededGenerator(seed: 6)
        let losses = (0..<60).map { _ in [generator.number(in: 0...1), generator.number(in: 0...1)] }
        let rescaled = losses.map { [1024 * $0[0] - 8, $0[1] / 1024 + 4] }
        #expect(bestTrials(30, of: losses) == bestTrials(30, of: rescaled))
    }
}
