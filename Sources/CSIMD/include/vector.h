// Sixteen Float32 as one value: what Swift's SIMD16<Float> lacks or does lane by lane.
//
// Clang's elementwise builtins are portable: one instruction where the processor has it, two or
// four narrower ones elsewhere.
#ifndef FLIPBOOK_VECTOR_H
#define FLIPBOOK_VECTOR_H

#include <stdint.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

typedef float flipbook_f32x16 __attribute__((ext_vector_type(16)));
typedef float flipbook_f32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t flipbook_u32x8 __attribute__((ext_vector_type(8)));
typedef int32_t flipbook_i32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t flipbook_u32x16 __attribute__((ext_vector_type(16)));
typedef int32_t flipbook_i32x16 __attribute__((ext_vector_type(16)));

// a * b + c with one rounding
static inline flipbook_f32x16 flipbook_fma(flipbook_f32x16 a, flipbook_f32x16 b,
                                           flipbook_f32x16 c) {
  return __builtin_elementwise_fma(a, b, c);
}

static inline flipbook_f32x8 flipbook_fma8(flipbook_f32x8 a, flipbook_f32x8 b, flipbook_f32x8 c) {
  return __builtin_elementwise_fma(a, b, c);
}

static inline flipbook_f32x16 flipbook_max(flipbook_f32x16 a, flipbook_f32x16 b) {
  // The comparison form, b where either is not a number, is one instruction on x86.
  return a > b ? a : b;
}

static inline flipbook_f32x16 flipbook_min(flipbook_f32x16 a, flipbook_f32x16 b) {
  return a < b ? a : b;
}

// 1/a to at least twelve bits.
static inline flipbook_f32x16 flipbook_reciprocal(flipbook_f32x16 a) {
#if defined(__AVX512F__)
  return (flipbook_f32x16)_mm512_rcp14_ps((__m512)a);
#else
  return 1.0f / a;
#endif
}

static inline flipbook_f32x16 flipbook_abs(flipbook_f32x16 a) {
  return __builtin_elementwise_abs(a);
}

static inline flipbook_f32x16 flipbook_copysign(flipbook_f32x16 magnitude,
                                                flipbook_f32x16 sign) {
  return __builtin_elementwise_copysign(magnitude, sign);
}

// A word in every lane, loaded so. What is done to all lanes alike is otherwise done to one of them by the compiler
// and spread afterwards, which takes the unit that shuffles; a load spreads for nothing.
static inline flipbook_u32x16 flipbook_spread(uint32_t word) {
#if defined(__AVX2__) && !defined(__AVX512F__)
  flipbook_u32x8 half = (flipbook_u32x8)word;
  __asm__("" : "+x"(half));
  return __builtin_shufflevector(half, half, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
#else
  return (flipbook_u32x16)word;
#endif
}

// The sum of the lanes, halves first.
static inline float flipbook_sum(flipbook_f32x16 a) {
  flipbook_f32x8 b = a.lo + a.hi;
  __typeof__(b.lo) c = b.lo + b.hi;
  return (c.x + c.z) + (c.y + c.w);
}

// The largest lane.
static inline float flipbook_largest(flipbook_f32x16 a) {
  flipbook_f32x8 b = a.lo > a.hi ? a.lo : a.hi;
  __typeof__(b.lo) c = b.lo > b.hi ? b.lo : b.hi;
  float x = c.x > c.z ? c.x : c.z;
  float y = c.y > c.w ? c.y : c.w;
  return x > y ? x : y;
}

// (b, a, d, c …) of (a, b, c, d …)
static inline flipbook_f32x16 flipbook_swap_pairs(flipbook_f32x16 a) {
  return __builtin_shufflevector(a, a, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
}

// (a, a, b, b …) of (a, b …)
static inline flipbook_f32x16 flipbook_twice(flipbook_f32x8 a) {
  return __builtin_shufflevector(a, a, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
}

#endif
