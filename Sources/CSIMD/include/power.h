// The two halves of 2^x: x split into an integer and a fraction, and the integer put into an exponent.
#ifndef FLIPBOOK_POWER_H
#define FLIPBOOK_POWER_H

#include "vector.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// These functions are inlined, so how a narrower processor passes their arguments does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

// The exponent of a power that the two functions below take: beyond ±254 every power is infinite or zero. What is not a
// number stays one.
static inline flipbook_f32x16 flipbook_exponent(flipbook_f32x16 a) {
#if defined(__AVX512DQ__)
  return a;
#else
  a = a < -254.0f ? (flipbook_f32x16)-254.0f : a;
  return a > 254.0f ? (flipbook_f32x16)254.0f : a;
#endif
}

// a - floor(a), in 0 … 1 (1 where a is negative and smaller than a rounding); 0 for infinities, where
// they are exponents.
static inline flipbook_f32x16 flipbook_fraction(flipbook_f32x16 a) {
#if defined(__AVX512DQ__)
  // Rounded down, and silent about it.
  return (flipbook_f32x16)_mm512_reduce_ps((__m512)a, 0x09);
#else
  return a - __builtin_elementwise_floor(a);
#endif
}

// a · 2^floor(n) for exponents n: denormal, zero or infinite where it must be; 0 for n = −∞ and a finite.
static inline flipbook_f32x16 flipbook_scaled(flipbook_f32x16 a, flipbook_f32x16 n) {
#if defined(__AVX512DQ__)
  return (flipbook_f32x16)_mm512_scalef_ps((__m512)a, (__m512)n);
#else
  // In two steps, since 2^128 and the smallest denormals are out of one step's reach. Where n is not a number its
  // fraction is none either, and neither is `a`, whatever integer stands for n.
  flipbook_f32x16 floor = __builtin_elementwise_floor(n);
#if defined(__AVX2__)
  flipbook_i32x16 whole;
  whole.lo = (flipbook_i32x8)_mm256_cvttps_epi32((__m256)floor.lo);
  whole.hi = (flipbook_i32x8)_mm256_cvttps_epi32((__m256)floor.hi);
#else
  flipbook_i32x16 whole =
      __builtin_convertvector(floor == floor ? floor : (flipbook_f32x16)0.0f, flipbook_i32x16);
#endif
  flipbook_i32x16 half = whole >> 1;
  flipbook_f32x16 first = (flipbook_f32x16)((half + 127) << 23);
  flipbook_f32x16 second = (flipbook_f32x16)((whole - half + 127) << 23);
  return a * first * second;
#endif
}

#pragma clang diagnostic pop

#endif
