// bfloat16: the upper half of a Float32, as 16-bit patterns, and the dot product of pairs.
//
// One instruction each where the code is compiled for AVX-512-BF16; elsewhere the same numbers from
// Float32 arithmetic. The instructions take denormals for zero and give zero for them, whatever the
// control register says; the portable ones keep them, so the two may differ by 1e-38.
#ifndef FLIPBOOK_BFLOAT16_H
#define FLIPBOOK_BFLOAT16_H

#include "vector.h"

#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

// These functions are inlined, so how a narrower processor passes their arguments does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint16_t flipbook_bf16x16 __attribute__((ext_vector_type(16)));
typedef uint16_t flipbook_bf16x32 __attribute__((ext_vector_type(32)));

// Each lane rounded to the nearest bfloat16, ties to even; what is not a number stays one.
static inline flipbook_bf16x16 flipbook_bf16_rounded(flipbook_f32x16 a) {
#if defined(__AVX512BF16__)
  return (flipbook_bf16x16)_mm512_cvtneps_pbh((__m512)a);
#else
  flipbook_u32x16 bits = (flipbook_u32x16)a;
  flipbook_u32x16 rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  flipbook_u32x16 quiet = (bits >> 16) | 0x40;
  return __builtin_convertvector(a == a ? rounded : quiet, flipbook_bf16x16);
#endif
}

// Lanes 0 to 15 from low, 16 to 31 from high, rounded as above.
static inline flipbook_bf16x32 flipbook_bf16_rounded2(flipbook_f32x16 low, flipbook_f32x16 high) {
#if defined(__AVX512BF16__)
  return (flipbook_bf16x32)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
#else
  flipbook_bf16x16 a = flipbook_bf16_rounded(low), b = flipbook_bf16_rounded(high);
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                                 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
#endif
}

// (low0, high0, low1, high1 …) rounded: two rows become the pairs that a dot product eats.
static inline flipbook_bf16x32 flipbook_bf16_pairs(flipbook_f32x16 low, flipbook_f32x16 high) {
  flipbook_bf16x32 a = flipbook_bf16_rounded2(low, high);
  return __builtin_shufflevector(a, a, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8,
                                 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

// The exact Float32 of each lane.
static inline flipbook_f32x16 flipbook_bf16_widened(flipbook_bf16x16 a) {
  return (flipbook_f32x16)(__builtin_convertvector(a, flipbook_u32x16) << 16);
}

// The exact Float32 of the even lanes (0, 2, 4 …) and of the odd ones.
static inline flipbook_f32x16 flipbook_bf16_even(flipbook_bf16x32 a) {
  return (flipbook_f32x16)((flipbook_u32x16)a << 16);
}

static inline flipbook_f32x16 flipbook_bf16_odd(flipbook_bf16x32 a) {
  return (flipbook_f32x16)((flipbook_u32x16)a & 0xffff0000);
}

// Whether a lane is infinite or not a number: all ones in the exponent.
static inline int flipbook_bf16_any_not_finite(flipbook_bf16x32 a) {
  typedef int16_t mask __attribute__((ext_vector_type(32)));
  return __builtin_reduce_or((mask)((a & 0x7f80) == 0x7f80)) != 0;
}

// A pair of values (the first in the lower half) in every pair of lanes.
static inline flipbook_bf16x32 flipbook_bf16_broadcast(uint32_t pair) {
  return (flipbook_bf16x32)flipbook_spread(pair);
}

// sum[i] + a[2i] b[2i] + a[2i + 1] b[2i + 1]
static inline flipbook_f32x16 flipbook_bf16_dot(flipbook_f32x16 sum, flipbook_bf16x32 a,
                                                flipbook_bf16x32 b) {
#if defined(__AVX512BF16__)
  return (flipbook_f32x16)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
#else
  sum = flipbook_fma(flipbook_bf16_odd(a), flipbook_bf16_odd(b), sum);
  return flipbook_fma(flipbook_bf16_even(a), flipbook_bf16_even(b), sum);
#endif
}

// The same over half as many lanes of pairs, for processors whose registers are half as wide: they have no such
// instruction.
static inline flipbook_f32x8 flipbook_bf16_dot8(flipbook_f32x8 sum, flipbook_u32x8 a,
                                                flipbook_u32x8 b) {
  flipbook_u32x8 odd = (flipbook_u32x8)0xffff0000;
  sum = flipbook_fma8((flipbook_f32x8)(a & odd), (flipbook_f32x8)(b & odd), sum);
  return flipbook_fma8((flipbook_f32x8)(a << 16), (flipbook_f32x8)(b << 16), sum);
}

#pragma clang diagnostic pop

#endif
