#pragma once
// Loops over arrays in which each element stands for itself. Input and output may be the same array.

#include "activation.h"
#include "dense.h"
#include "element_type.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    /// output = f(input).
    void (*activation)(kernel_activation function, const void *input, void *output, size_t count,
                       kernel_element_type type, size_t threads);
    /// source_gradient = f'(input) · gradient. `values` are the function's outputs where
    /// `kernel_activation_gradient_reads_output` says so, else its inputs.
    void (*activation_gradient)(kernel_activation function, const void *values, const void *gradient,
                                void *source_gradient, size_t count, kernel_element_type type, size_t threads);
    /// Inverted dropout: which elements are dropped follows from `key` and their index alone.
    void (*dropout)(const void *input, void *output, size_t count, kernel_element_type type, float rate, uint64_t key,
                    size_t threads);
    /// sum = a + b.
    void (*add)(const void *a, const void *b, void *sum, size_t count, kernel_element_type type, size_t threads);
    /// Copies, and converts where the types differ.
    void (*convert)(const void *input, kernel_element_type from, void *output, kernel_element_type to, size_t count,
                    size_t threads);
    /// One step of Adam on each weight.
    void (*adam)(const kernel_adam *settings, float *weights, const float *gradient, float *first_moment,
                 float *second_moment, size_t count, size_t threads);
    /// Softmax of each row.
    void (*softmax)(const float *input, float *output, size_t rows, size_t columns);
    void (*softmax_gradient)(const float *output, const float *gradient, float *source_gradient, size_t rows,
                             size_t columns);
    /// Softmax cross-entropy of logits [rows, columns] against the rows' classes: returns the sum of the rows' losses,
    /// writes the gradient of their mean, and counts the rows whose largest logit is their class's. A row with a class
    /// below 0 is of none: its loss is the Kullback-Leibler divergence of its prediction from the uniform distribution.
    double (*softmax_cross_entropy)(const float *logits, const int32_t *labels, float *gradient, size_t rows,
                                    size_t columns, size_t *correct);
    /// sums[column] = the sum of the rows of a [rows, columns] array.
    void (*column_sums)(const float *array, float *sums, size_t rows, size_t columns);
    /// moving = moving · momentum + batch · (1 - momentum)
    void (*moving_average)(float *moving, const float *batch, size_t count, float momentum);
} kernel_elementwise;
