#pragma once
// Weights in panels: for two vectors of output channels, and for what is left over one, the taps one after another. Channels
// that only fill up the last vector are 0.

#include "product.hpp"

namespace {

/// Calls `body(channel, columns)` for each panel of channels, with the panel's width in vectors as a constant.
template <typename Body>
INLINE void for_each_panel(size_t channels, const Body &body) {
    size_t channel = 0;
    for (; channel + lanes < channels; channel += panel) body(channel, std::integral_constant<size_t, tile_columns>());
    if (channel < channels) body(channel, std::integral_constant<size_t, 1>());
}

inline size_t convolution_packed_count(const kernel_convolution *s) {
    const size_t window = s->kernel_height * s->kernel_width;
    return window * std::max(s->input_channels * rounded_up(s->output_channels, panel),
                             s->output_channels * rounded_up(s->input_channels, panel));
}

/// Weights as the convolution from `depth` to `channels` channels takes them.
inline void convolution_pack(const kernel_convolution *s, bool turned, const float *weights, float *packed, size_t threads) {
    const size_t window = s->kernel_height * s->kernel_width, in = s->input_channels, out = s->output_channels;
    const size_t depth = turned ? out : in, channels = turned ? in : out, taps = window * depth;
    parallel::ranges(
        threads, taps,
        [=](size_t begin, size_t end) {
            for_each_panel(channels, [&](size_t channel, auto columns) {
                const size_t width = columns * lanes, present = std::min(width, channels - channel);
                for (size_t tap = begin; tap < end; ++tap) {
                    float *to = packed + channel * taps + tap * width;
                    if (turned) {
                        // Turned by 180 degrees, input and output swapped: a tap is one of the destination's channels.
                        const float *from = weights + (window - 1 - tap / depth) * in * out + tap % depth;
                        for (size_t c = 0; c < present; ++c) to[c] = from[(channel + c) * out];
                    } else {
                        std::memcpy(to, weights + tap * out + channel, present * sizeof(float));
                    }
                    std::fill(to + present, to + width, 0.f);
                }
            });
        },
        std::max<size_t>(65536 / channels, 1), 1);
}

}  // namespace
