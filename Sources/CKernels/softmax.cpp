#include "CKernels.h"

#include <algorithm>
#include <cmath>

// A row per example and a column per class: too little work to wake a second thread for.

void kernel_softmax(const float *input, float *output, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; ++row, input += columns, output += columns) {
        float largest = *std::max_element(input, input + columns), sum = 0;
        for (size_t i = 0; i < columns; ++i) sum += output[i] = std::exp(input[i] - largest);
        for (size_t i = 0; i < columns; ++i) output[i] /= sum;
    }
}

void kernel_softmax_backward(const float *output, float *gradient, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; ++row, output += columns, gradient += columns) {
        float dot = 0;
        for (size_t i = 0; i < columns; ++i) dot += output[i] * gradient[i];
        for (size_t i = 0; i < columns; ++i) gradient[i] = output[i] * (gradient[i] - dot);
    }
}

double kernel_softmax_cross_entropy(const float *logits, const int32_t *labels, float *gradient, size_t rows,
                                    size_t columns, size_t *correct) {
    double loss = 0;
    *correct = 0;
    for (size_t row = 0; row < rows; ++row, logits += columns, gradient += columns) {
        const float *largest = std::max_element(logits, logits + columns);
        double sum = 0;
        for (size_t i = 0; i < columns; ++i) sum += std::exp(double(logits[i]) - *largest);
        const int32_t label = labels[row];
        loss += std::log(sum) + *largest - logits[label];
        *correct += largest - logits == label;
        for (size_t i = 0; i < columns; ++i) {
            double probability = std::exp(double(logits[i]) - *largest) / sum;
            gradient[i] = static_cast<float>((probability - (static_cast<int32_t>(i) == label)) / rows);
        }
    }
    return loss;
}
