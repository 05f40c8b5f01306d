#pragma once
// Pooling: one output pixel at a time, a vector of channels at a time.

#include "vector.hpp"

namespace {

struct Windows {
    size_t height, width, channels, pool_height, pool_width, output_height, output_width, count;

    explicit Windows(const kernel_pooling &s)
        : height(s.height), width(s.width), channels(s.channels), pool_height(s.pool_height), pool_width(s.pool_width),
          output_height(s.height / s.pool_height), output_width(s.width / s.pool_width),
          count(s.batch * output_height) {}

    size_t places() const { return pool_height * pool_width; }

    /// Calls `body(first row of the source, row of the output)` for each row of windows.
    template <typename Body>
    void for_each_row(size_t threads, const Body &body) const {
        parallel::ranges(
            threads, count,
            [&](size_t begin, size_t end) {
                for (size_t row = begin; row < end; ++row)
                    body(row / output_height * height + row % output_height * pool_height, row);
            },
            std::max<size_t>(65536 / (width * channels * pool_height), 2), 1);
    }
};

typedef uint8_t Places __attribute__((vector_size(LANES)));

/// The maximum over one window for one vector of channels or, with `Element` numbers, a single channel.
template <typename Element, typename Load>
INLINE void find_maximum(const Windows &w, const Element *window, const Load &body) {
    size_t place = 0;
    for (size_t y = 0; y < w.pool_height; ++y)
        for (size_t x = 0; x < w.pool_width; ++x, ++place) body(window + (y * w.width + x) * w.channels, place);
}

template <typename Element>
void pool_row(const Windows &w, const Element *source, Element *destination, uint8_t *places) {
    for (size_t pixel = 0; pixel < w.output_width; ++pixel) {
        const Element *window = source + pixel * w.pool_width * w.channels;
        Element *to = destination + pixel * w.channels;
        uint8_t *place_of = places ? places + pixel * w.channels : nullptr;
        size_t channel = 0;
        for (; channel + lanes <= w.channels; channel += lanes) {
            Vector largest = load(window + channel);
            Bits where = {};
            find_maximum(w, window + channel, [&](const Element *at, size_t place) __attribute__((always_inline)) {
                const Vector value = load(at);
                // "Not less or equal", so that a NaN is kept and seen.
                const Bits stays = (Bits)(value <= largest) | (Bits)(largest != largest);
                largest = (Vector)(((Bits)largest & stays) | ((Bits)value & ~stays));
                where = (where & stays) | (uint32_t(place) & ~stays);
            });
            store(to + channel, largest);
            if (place_of) {
                const Places narrow = __builtin_convertvector(where, Places);
                std::memcpy(place_of + channel, &narrow, sizeof narrow);
            }
        }
        for (; channel < w.channels; ++channel) {
            float largest = number(window[channel]);
            size_t where = 0;
            find_maximum(w, window + channel, [&](const Element *at, size_t place) {
                const float value = number(*at);
                if (value <= largest || largest != largest) return;
                largest = value;
                where = place;
            });
            to[channel] = element<Element>(largest);
            if (place_of) place_of[channel] = uint8_t(where);
        }
    }
}

inline void maximum_pooling(const kernel_pooling *shape, const void *source, void *destination, uint8_t *places,
                            size_t threads) {
    const Windows w(*shape);
    with_element_type(shape->type, [&](auto zero) {
        using Element = decltype(zero);
        w.for_each_row(threads, [&](size_t from, size_t to) {
            const size_t output = to * w.output_width * w.channels;
            pool_row(w, static_cast<const Element *>(source) + from * w.width * w.channels,
                     static_cast<Element *>(destination) + output, places ? places + output : nullptr);
        });
    });
}

/// The gradient of one row of windows: every place of the source is written once.
template <typename Element>
void unpool_row(const Windows &w, const Element *gradient, const uint8_t *places, Element *source) {
    for (size_t pixel = 0; pixel < w.output_width; ++pixel) {
        const Element *from = gradient + pixel * w.channels;
        const uint8_t *place_of = places + pixel * w.channels;
        for (size_t place = 0; place < w.places(); ++place) {
            Element *to = source + (place / w.pool_width * w.width + pixel * w.pool_width + place % w.pool_width) * w.channels;
            for (size_t channel = 0; channel < w.channels; ++channel)
                to[channel] = place_of[channel] == place ? from[channel] : Element(0);
        }
    }
    // Columns that belong to no window.
    const size_t covered = w.output_width * w.pool_width;
    for (size_t y = 0; y < w.pool_height; ++y)
        std::fill(source + (y * w.width + covered) * w.channels, source + (y + 1) * w.width * w.channels, Element(0));
}

inline void maximum_pooling_gradient(const kernel_pooling *shape, const void *destination_gradient,
                                     const uint8_t *places, void *source_gradient, size_t threads) {
    const Windows w(*shape);
    with_element_type(shape->type, [&](auto zero) {
        using Element = decltype(zero);
        const auto result = static_cast<Element *>(source_gradient);
        w.for_each_row(threads, [&](size_t row, size_t from) {
            const size_t output = from * w.output_width * w.channels;
            unpool_row(w, static_cast<const Element *>(destination_gradient) + output, places + output,
                       result + row * w.width * w.channels);
        });
        // Rows that belong to no window.
        const size_t covered = w.output_height * w.pool_height, left = w.height - covered;
        for (size_t image = 0; left > 0 && image < shape->batch; ++image)
            std::fill_n(result + (image * w.height + covered) * w.width * w.channels, left * w.width * w.channels,
                        Element(0));
    });
}

/// Places or windows along an axis.
struct Span {
    size_t begin, end;

    INLINE size_t count() const { return end - begin; }
    INLINE bool contains(size_t i) const { return i - begin < end - begin; }
};

/// Windows along one axis that may overlap, leave gaps, and reach beyond its ends.
struct Axis {
    size_t length, windows, pool, strides, padding;

    /// A window's places within the axis.
    INLINE Span places(size_t window) const {
        const size_t begin = window * strides, end = begin + pool;
        return {begin > padding ? begin - padding : 0, std::min(end - padding, length)};
    }

    /// The windows that lie within the axis.
    Span whole() const {
        const size_t begin = (padding + strides - 1) / strides;
        const size_t end = length + padding < pool ? 0 : std::min((length + padding - pool) / strides + 1, windows);
        return {begin, std::max(begin, end)};
    }

    /// Moves from the windows that hold an earlier place, none before the first, to those that hold this one: none where
    /// `end` is not behind `begin`.
    INLINE void advance(Span &holding, size_t place) const {
        while (holding.end < windows && holding.end * strides <= place + padding) ++holding.end;
        while (holding.begin * strides + pool <= place + padding) ++holding.begin;
    }
};

struct AveragedWindows {
    Axis rows, columns;
    Span whole_rows, whole_columns;
    size_t batch, channels;
    float share_of_whole;

    explicit AveragedWindows(const kernel_average_pooling &s)
        : rows{s.height, s.output_height, s.pool, s.strides, s.padding_top},
          columns{s.width, s.output_width, s.pool, s.strides, s.padding_left},
          whole_rows(rows.whole()), whole_columns(columns.whole()), batch(s.batch), channels(s.channels),
          share_of_whole(1 / float(s.pool * s.pool)) {}

    /// What one place counts in the mean of a window. Most windows are whole and need no division.
    INLINE float share(size_t row, size_t column) const {
        if (whole_rows.contains(row) && whole_columns.contains(column)) return share_of_whole;
        return 1 / float(rows.places(row).count() * columns.places(column).count());
    }

    /// Calls `body(image, row)` for each row of all images, where an image has so many and a row so many pixels.
    template <typename Body>
    void for_each_row(size_t threads, size_t height, size_t width, const Body &body) const {
        parallel::ranges(
            threads, batch * height,
            [&](size_t begin, size_t end) {
                for (size_t row = begin; row < end; ++row) body(row / height, row % height);
            },
            std::max<size_t>(65536 / (width * channels * rows.pool), 2), 1);
    }
};

/// to = the sum of some pixels of an image, each times `weight(row, column)`, up to four vectors of channels at a
/// time.
template <typename Element, typename Weight>
INLINE void add_pixels(const Element *image, size_t width, size_t channels, Span rows, Span columns,
                       const Weight &weight, Element *to) {
    const auto for_each_pixel = [&](size_t channel, const auto &body) __attribute__((always_inline)) {
        for (size_t y = rows.begin; y < rows.end; ++y)
            for (size_t x = columns.begin; x < columns.end; ++x)
                body(image + (y * width + x) * channels + channel, weight(y, x));
    };
    size_t channel = 0;
    const auto add_vectors = [&](auto group) __attribute__((always_inline)) {
        constexpr size_t vectors = decltype(group)::value;
        for (; channel + vectors * lanes <= channels; channel += vectors * lanes) {
            Vector sums[vectors] = {};
            for_each_pixel(channel, [&](const Element *at, float weight) __attribute__((always_inline)) {
                UNROLL
                for (size_t i = 0; i < vectors; ++i) sums[i] += load(at + i * lanes) * weight;
            });
            UNROLL
            for (size_t i = 0; i < vectors; ++i) store(to + channel + i * lanes, sums[i]);
        }
    };
    add_vectors(std::integral_constant<size_t, 4>());
    add_vectors(std::integral_constant<size_t, 2>());
    add_vectors(std::integral_constant<size_t, 1>());
    for (; channel < channels; ++channel) {
        float sum = 0;
        for_each_pixel(channel, [&](const Element *at, float weight) { sum += number(*at) * weight; });
        to[channel] = element<Element>(sum);
    }
}

inline void average_pooling(const kernel_average_pooling *shape, const void *source, void *destination,
                            size_t threads) {
    const AveragedWindows w(*shape);
    with_element_type(shape->type, [&](auto zero) {
        using Element = decltype(zero);
        w.for_each_row(threads, w.rows.windows, w.columns.windows, [&](size_t image, size_t row) {
            const auto from = static_cast<const Element *>(source) +
                              image * w.rows.length * w.columns.length * w.channels;
            auto to = static_cast<Element *>(destination) +
                      (image * w.rows.windows + row) * w.columns.windows * w.channels;
            for (size_t column = 0; column < w.columns.windows; ++column, to += w.channels) {
                const float share = w.share(row, column);
                add_pixels(from, w.columns.length, w.channels, w.rows.places(row), w.columns.places(column),
                           [=](size_t, size_t) { return share; }, to);
            }
        });
    });
}

/// Every place of the source is written once, with what comes from all windows that hold it.
inline void average_pooling_gradient(const kernel_average_pooling *shape, const void *destination_gradient,
                                     void *source_gradient, size_t threads) {
    const AveragedWindows w(*shape);
    with_element_type(shape->type, [&](auto zero) {
        using Element = decltype(zero);
        w.for_each_row(threads, w.rows.length, w.columns.length, [&](size_t image, size_t row) {
            const auto from = static_cast<const Element *>(destination_gradient) +
                              image * w.rows.windows * w.columns.windows * w.channels;
            auto to = static_cast<Element *>(source_gradient) +
                      (image * w.rows.length + row) * w.columns.length * w.channels;
            Span rows{}, columns{};
            w.rows.advance(rows, row);
            for (size_t column = 0; column < w.columns.length; ++column, to += w.channels) {
                w.columns.advance(columns, column);
                add_pixels(from, w.columns.windows, w.channels, rows, columns,
                           [&](size_t y, size_t x) __attribute__((always_inline)) { return w.share(y, x); }, to);
            }
        });
    });
}

const kernel_poolings poolings = {maximum_pooling, maximum_pooling_gradient, average_pooling, average_pooling_gradient};

}  // namespace
