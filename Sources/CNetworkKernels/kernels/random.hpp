#pragma once
// Random bits that follow from a key and an index, so that nothing has to be stored and threads may start anywhere.

#include "vector.hpp"

namespace {

/// Elements `index`, `index` + 1, … of stream `key`. The key goes in twice, before and between two rounds of murmur3's
/// 32-bit finalizer, so that streams with neighbouring keys are not shifted copies of each other.
INLINE Bits random_bits(size_t index, uint64_t key) {
    Bits x;
    for (size_t lane = 0; lane < lanes; ++lane) x[lane] = uint32_t(lane);
    x = (x + uint32_t(index)) * 0x9E3779B9u + uint32_t(key);
    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x += uint32_t(key >> 32);
    x *= 0xC2B2AE35u;
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    return x;
}

}  // namespace
