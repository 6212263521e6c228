// SPDX-License-Identifier: GPL-3.0-or-later
// Finds marks among 64 bytes at once. SSE2 is part of every x86-64, elsewhere the loop is plain; Swift has no name for the step from a
// comparison of vectors to bits.

#ifndef YUSU_BYTESCAN_H
#define YUSU_BYTESCAN_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>

/// Bit i is set where bytes[i] is a, b or c. 64 bytes must be readable.
static inline __attribute__((always_inline)) uint64_t yusu_marks(const uint8_t *bytes, uint8_t a, uint8_t b, uint8_t c) {
    const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b), vc = _mm_set1_epi8((char)c);
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
        const __m128i x = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
        const __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, va), _mm_cmpeq_epi8(x, vb)), _mm_cmpeq_epi8(x, vc));
        bits |= (uint64_t)(uint16_t)_mm_movemask_epi8(hit) << (16 * i);
    }
    return bits;
}

#else

static inline uint64_t yusu_marks(const uint8_t *bytes, uint8_t a, uint8_t b, uint8_t c) {
    uint64_t bits = 0;
    for (int i = 0; i < 64; i++) {
        if (bytes[i] == a || bytes[i] == b || bytes[i] == c) bits |= (uint64_t)1 << i;
    }
    return bits;
}

#endif

#endif
