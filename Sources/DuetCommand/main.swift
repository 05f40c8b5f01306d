import Duet
import NeuralNetwork
let model = Presets.named(CommandLine.arguments[1])!
let batch = Int(CommandLine.arguments[2])!
let network = try model.network()
print(network.summary().totalParameters, Engine.description, Engine.threads)
var g = SystemRandomNumberGenerator()
let store = ParameterStore(Parameters(initializing: network, using: &g))
let program = try Program(network, outputs: [try model.endNames().fused], batchSize: batch, mode: .training, store: store)
for i in program.input("image").indices { program.input("image")[i] = Float.random(in: 0...1) }
for i in program.input("audio").indices { program.input("audio")[i] = Float.random(in: -1...1) }
for i in program.labels.indices { program.labels[i] = Int32(i % 10) }
let clock = ContinuousClock()
for i in 1...10 { print(program.step(Adam(), step: i, seed: 1).loss) }
for _ in 0..<5 {
let t = clock.measure { for i in 10..<40 { program.step(Adam(), step: i, seed: 1) } }
print(Double(batch * 30) / (Double(t.components.attoseconds) / 1e18 + Double(t.components.seconds)))
}
