// SPDX-License-Identifier: GPL-3.0-or-later
// Finds marks among 64 bytes at once. SSE2 is part of every x86-64, AVX2 of those the package is built for where it can; elsewhere the
// loop is plain. Swift has no name for the step from a comparison of vectors to bits.

#ifndef YUSU_BYTESCAN_H
#define YUSU_BYTESCAN_H

#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>

/// The sign bits of 32 bytes. The empty instruction keeps the compiler from joining such words into one vector of 64 bits, which it then
/// takes apart byte by byte.
static inline __attribute__((always_inline)) uint64_t yusu_signs(__m256i bytes) {
    uint32_t bits = (uint32_t)_mm256_movemask_epi8(bytes);
    __asm__("" : "+r"(bits));
    return bits;
}

/// Bit i is set where bytes[i] is a, b or c; in `stops` where it is b or c. 64 bytes must be readable.
static inline __attribute__((always_inline)) uint64_t yusu_row_marks(
    const uint8_t *bytes, uint8_t a, uint8_t b, uint8_t c, uint64_t *stops) {
    const __m256i va = _mm256_set1_epi8((char)a), vb = _mm256_set1_epi8((char)b), vc = _mm256_set1_epi8((char)c);
    const __m256i x = _mm256_loadu_si256((const __m256i *)bytes), y = _mm256_loadu_si256((const __m256i *)(bytes + 32));
    const __m256i sx = _mm256_or_si256(_mm256_cmpeq_epi8(x, vb), _mm256_cmpeq_epi8(x, vc));
    const __m256i sy = _mm256_or_si256(_mm256_cmpeq_epi8(y, vb), _mm256_cmpeq_epi8(y, vc));
    const uint64_t s = yusu_signs(sx) | yusu_signs(sy) << 32;
    const uint64_t m = yusu_signs(_mm256_cmpeq_epi8(x, va)) | yusu_signs(_mm256_cmpeq_epi8(y, va)) << 32;
    *stops = s;
    return m | s;
}

#elif defined(__SSE2__)
#include <emmintrin.h>

static inline __attribute__((always_inline)) uint64_t yusu_row_marks(
    const uint8_t *bytes, uint8_t a, uint8_t b, uint8_t c, uint64_t *stops) {
    const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b), vc = _mm_set1_epi8((char)c);
    uint64_t m = 0, s = 0;
    for (int i = 0; i < 4; i++) {
        const __m128i x = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
        const __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(x, vb), _mm_cmpeq_epi8(x, vc));
        s |= (uint64_t)(uint16_t)_mm_movemask_epi8(stop) << (16 * i);
        m |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, va)) << (16 * i);
    }
    *stops = s;
    return m | s;
}

#else

static inline uint64_t yusu_row_marks(const uint8_t *bytes, uint8_t a, uint8_t b, uint8_t c, uint64_t *stops) {
    uint64_t m = 0, s = 0;
    for (int i = 0; i < 64; i++) {
        if (bytes[i] == a) m |= (uint64_t)1 << i;
        if (bytes[i] == b || bytes[i] == c) s |= (uint64_t)1 << i;
    }
    *stops = s;
    return m | s;
}

#endif

/// Bit i is set where numbers[i] is a; 64 numbers.
static inline __attribute__((always_inline)) uint64_t yusu_equal_bits(const int32_t *numbers, int32_t a) {
    uint64_t bits = 0;
#if defined(__AVX2__)
    const __m256i va = _mm256_set1_epi32(a);
    for (int i = 0; i < 8; i++) {
        const __m256i hit = _mm256_cmpeq_epi32(_mm256_loadu_si256((const __m256i *)(numbers + 8 * i)), va);
        uint32_t eight = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(hit));
        __asm__("" : "+r"(eight));
        bits |= (uint64_t)eight << (8 * i);
    }
#else
    for (int i = 0; i < 64; i++) bits |= (uint64_t)(numbers[i] == a) << i;
#endif
    return bits;
}

/// Bit i is set where bytes[i] is a, b or c. 64 bytes must be readable.
static inline __attribute__((always_inline)) uint64_t yusu_marks(const uint8_t *bytes, uint8_t a, uint8_t b, uint8_t c) {
    uint64_t stops;
    return yusu_row_marks(bytes, a, b, c, &stops);
}

#endif
