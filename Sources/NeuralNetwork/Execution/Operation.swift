import COneDNN

/// One thing that a program does when it runs, and the tensors that it touches, from which their lifetimes follow.
struct Operation {
    enum Body {
        /// A oneDNN primitive with its arguments.
        case primitive(Primitive, [(dnn_argument, Tensor)])
        /// A loop of our own. It looks up its tensors' addresses when it runs.
        case kernel(() -> Void)
    }

    /// Layer and pass, such as `image.conv2d forward`.
    let name: String
    let body: Body
    let reads: [Tensor]
    let writes: [Tensor]
    /// Multiplications and additions, where they are what takes the time; 0 where moving memory is.
    var flops = 0.0

    /// Settles where the arguments lie, once the tensors have their places.
    func bind() throws {
        guard case .primitive(let primitive, let arguments) = body else { return }
        for (argument, tensor) in arguments { try primitive.bind(argument, to: tensor.address) }
    }

    func run() {
        switch body {
        case .primitive(let primitive, _): primitive.run()
        case .kernel(let kernel): kernel()
        }
    }
}
