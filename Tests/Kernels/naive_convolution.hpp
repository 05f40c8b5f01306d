#pragma once
// A convolution and its gradients by the definition, in float64.

#include "check.hpp"

/// Calls `body(source index, weight index, destination index)` for each product of a convolution.
template <typename Body>
void for_each_product(const kernel_convolution &s, const Body &body) {
    for (size_t n = 0; n < s.batch; ++n)
        for (size_t y = 0; y < s.output_height; ++y)
            for (size_t x = 0; x < s.output_width; ++x)
                for (size_t r = 0; r < s.kernel_height; ++r)
                    for (size_t c = 0; c < s.kernel_width; ++c) {
                        const size_t row = y + r - s.padding_top, column = x + c - s.padding_left;
                        if (row >= s.height || column >= s.width) continue;
                        const size_t source = ((n * s.height + row) * s.width + column) * s.input_channels;
                        const size_t weight = (r * s.kernel_width + c) * s.input_channels;
                        const size_t destination =
                            ((n * s.output_height + y) * s.output_width + x) * s.output_channels;
                        for (size_t i = 0; i < s.input_channels; ++i)
                            for (size_t o = 0; o < s.output_channels; ++o)
                                body(source + i, (weight + i) * s.output_channels + o, destination + o);
                    }
}

/// A convolution's arrays, and what its three passes have to come to.
struct NaiveConvolution {
    kernel_convolution shape;
    Activations source, gradient, mask;
    std::vector<float> weights, bias, scale, shift;

    explicit NaiveConvolution(const kernel_convolution &s)
        : shape(s),
          source(s.type, noise(s.batch * s.height * s.width * s.input_channels, 1)),
          gradient(s.type, noise(outputs(s), 2)),
          mask(s.type, noise(outputs(s), 3)),
          weights(noise(s.kernel_height * s.kernel_width * s.input_channels * s.output_channels, 4)),
          bias(noise(s.output_channels, 5)),
          scale(noise(s.output_channels, 6)),
          shift(noise(s.output_channels, 7)) {}

    static size_t outputs(const kernel_convolution &s) {
        return s.batch * s.output_height * s.output_width * s.output_channels;
    }

    double gradient_at(size_t i, bool is_masked) const {
        return is_masked && mask.values[i] <= 0 ? 0 : gradient.values[i];
    }

    std::vector<double> forward(const kernel_epilogue &epilogue) const {
        std::vector<double> result(outputs(shape));
        for_each_product(shape, [&](size_t s, size_t w, size_t d) { result[d] += double(source.values[s]) * weights[w]; });
        for (size_t i = 0; i < result.size(); ++i) {
            const size_t channel = i % shape.output_channels;
            if (epilogue.bias) result[i] += epilogue.bias[channel];
            if (epilogue.relu) result[i] = std::fmax(result[i], 0);
            if (epilogue.scale) result[i] = result[i] * epilogue.scale[channel] + epilogue.shift[channel];
        }
        return result;
    }

    std::vector<double> source_gradient(bool is_masked) const {
        std::vector<double> result(source.values.size());
        for_each_product(shape,
                         [&](size_t s, size_t w, size_t d) { result[s] += gradient_at(d, is_masked) * weights[w]; });
        return result;
    }

    std::vector<double> weight_gradient(bool is_masked) const {
        std::vector<double> result(weights.size());
        for_each_product(
            shape, [&](size_t s, size_t w, size_t d) { result[w] += gradient_at(d, is_masked) * source.values[s]; });
        return result;
    }

    std::vector<double> bias_gradient(bool is_masked) const {
        std::vector<double> result(shape.output_channels);
        for (size_t i = 0; i < gradient.values.size(); ++i) result[i % shape.output_channels] += gradient_at(i, is_masked);
        return result;
    }
};

/// Compares all passes of a convolution's kernels with the definition.
void check_convolution(const kernel_convolutions &kernels, const kernel_convolution &shape, size_t threads,
                       const std::string &what, double tolerance);
