#pragma once
// Softmax and its loss. A row per example and a column per class: too little work to wake a second thread for.

#include "vector.hpp"

namespace {

inline void softmax(const float *input, float *output, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; ++row, input += columns, output += columns) {
        const float largest = *std::max_element(input, input + columns);
        float sum = 0;
        for (size_t i = 0; i < columns; ++i) sum += output[i] = std::exp(input[i] - largest);
        for (size_t i = 0; i < columns; ++i) output[i] /= sum;
    }
}

inline void softmax_gradient(const float *output, const float *gradient, float *source_gradient, size_t rows,
                             size_t columns) {
    for (size_t row = 0; row < rows; ++row, output += columns, gradient += columns, source_gradient += columns) {
        float dot = 0;
        for (size_t i = 0; i < columns; ++i) dot += output[i] * gradient[i];
        for (size_t i = 0; i < columns; ++i) source_gradient[i] = output[i] * (gradient[i] - dot);
    }
}

inline double softmax_cross_entropy(const float *logits, const int32_t *labels, float *gradient, size_t rows,
                                    size_t columns, size_t *correct) {
    double loss = 0;
    *correct = 0;
    for (size_t row = 0; row < rows; ++row, logits += columns, gradient += columns) {
        const float *largest = std::max_element(logits, logits + columns);
        double sum = 0;
        for (size_t i = 0; i < columns; ++i) sum += std::exp(double(logits[i]) - *largest);
        const int32_t label = labels[row];
        const bool has_class = label >= 0;
        double target = 0;
        if (has_class) {
            target = logits[label];
        } else {
            // The divergence from uniform: its cross-entropy less what a uniform prediction has.
            for (size_t i = 0; i < columns; ++i) target += logits[i];
            target = target / double(columns) + std::log(double(columns));
        }
        loss += std::log(sum) + *largest - target;
        *correct += has_class && largest - logits == label;
        for (size_t i = 0; i < columns; ++i) {
            const double probability = std::exp(double(logits[i]) - *largest) / sum;
            const double expected = has_class ? double(int32_t(i) == label) : 1 / double(columns);
            gradient[i] = float((probability - expected) / double(rows));
        }
    }
    return loss;
}

}  // namespace
