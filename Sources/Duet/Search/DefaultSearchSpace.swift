extension SearchSpace {
    /// The space that is searched where no other is given: around the paper's four models, which are among its networks.
    public static let standard = """
        version: 1
        name: standard
        branches:
          - modality: audio
            parameters:
              depth: [1, 2, 3, 4]
              # Filters of the convolutions.
              size: [{a: 16, b: 32, c: 64, d: 128}, {a: 8, b: 16, c: 32, d: 64}]
              kernel: [2, 3, 5]
            layers:
              - Conv1D: {filters: $size.a, kernel: $kernel, activation: relu}
              - BatchNormalization
              - MaxPooling1D
              - when:
                  depth: [2, 3, 4]
                  layers: [Conv1D: {filters: $size.b, kernel: $kernel, activation: relu}, BatchNormalization]
              - when: {depth: 2, layers: [optional: MaxPooling1D]}
              - when:
                  depth: [3, 4]
                  layers:
                    - MaxPooling1D
                    - Conv1D: {filters: $size.c, kernel: $kernel, activation: relu}
                    - BatchNormalization
                    - MaxPooling1D
              - when:
                  depth: 4
                  layers:
                    - Conv1D: {filters: $size.d, kernel: $kernel, activation: relu}
                    - BatchNormalization
                    - MaxPooling1D
              - Flatten
              - Dense: {units: [64, 32], activation: relu}
              - BatchNormalization
              - optional: [Dense: {units: 128, activation: relu}, BatchNormalization]
              - Dense: {units: $classes, activation: softmax}
          - modality: image
            parameters:
              depth: [1, 2, 3, 4]
              size: [{a: 32, b: 64}, {a: 16, b: 32}, {a: 8, b: 16}]
            layers:
              - Conv2D: {filters: $size.a, kernel: 3, padding: same, activation: relu}
              - BatchNormalization
              - when: {depth: 1, layers: [optional: MaxPooling2D]}
              - when:
                  depth: [2, 3, 4]
                  layers:
                    - Conv2D: {filters: $size.a, kernel: 3, padding: same, activation: relu}
                    - BatchNormalization
                    - MaxPooling2D
                    - Dropout: {rate: 0.25}
              - when:
                  depth: [3, 4]
                  layers:
                    - Conv2D: {filters: $size.b, kernel: 3, padding: same, activation: relu}
                    - BatchNormalization
              - when: {depth: 3, layers: [optional: MaxPooling2D]}
              - when:
                  depth: 4
                  layers:
                    - Conv2D: {filters: $size.b, kernel: 3, padding: same, activation: relu}
                    - BatchNormalization
                    - MaxPooling2D
                    - Dropout: {rate: 0.25}
              - Flatten
              - Dense: {units: [512, 128, 64], activation: relu}
              - BatchNormalization
              - Dropout: {rate: 0.25}
              - optional: [Dense: {units: 1024, activation: relu}, BatchNormalization, Dropout: {rate: 0.25}]
              - Dense: {units: $classes, activation: softmax}
        heads:
          - {fusion: [product, average]}
          - fusion: [concatenate, residual]
            parameters: {units: [64, 48, 32, 16, 8]}
            layers:
              - Dense: {units: $units, activation: relu}
              - BatchNormalization
              - optional: [Dense: {units: 128, activation: relu}, BatchNormalization]
              - when: {units: 64, layers: [optional: [Dense: {units: 256, activation: relu}, BatchNormalization]]}
              - Dense: {units: $classes, activation: softmax}

        """
}
