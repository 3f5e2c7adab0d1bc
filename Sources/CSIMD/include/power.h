// The two halves of 2^x: x split into an integer and a fraction, and the integer put into an exponent.
#ifndef FLIPBOOK_POWER_H
#define FLIPBOOK_POWER_H

#include "vector.h"

#if defined(__AVX512DQ__)
#include <immintrin.h>
#endif

// These functions are inlined, so how a narrower processor passes their arguments does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

// a - floor(a), in 0 … 1 (1 where a is negative and smaller than a rounding); 0 for infinities.
static inline flipbook_f32x16 flipbook_fraction(flipbook_f32x16 a) {
#if defined(__AVX512DQ__)
  // Rounded down, and silent about it.
  return (flipbook_f32x16)_mm512_reduce_ps((__m512)a, 0x09);
#else
  flipbook_f32x16 rest = a - __builtin_elementwise_floor(a);
  return __builtin_elementwise_abs(a) == __builtin_inff() ? (flipbook_f32x16)0.0f : rest;
#endif
}

// a · 2^floor(n): denormal, zero or infinite where it must be; 0 for n = −∞ and a finite.
static inline flipbook_f32x16 flipbook_scaled(flipbook_f32x16 a, flipbook_f32x16 n) {
#if defined(__AVX512F__)
  return (flipbook_f32x16)_mm512_scalef_ps((__m512)a, (__m512)n);
#else
  // In two steps, since 2^128 and the smallest denormals are out of one step's reach. The comparison
  // form keeps what is not a number out of the conversion; it reaches the result through `a + n`.
  flipbook_f32x16 bounded = n > -254.0f ? n : (flipbook_f32x16)-254.0f;
  bounded = bounded < 254.0f ? bounded : (flipbook_f32x16)254.0f;
  flipbook_i32x16 whole =
      __builtin_convertvector(__builtin_elementwise_floor(bounded), flipbook_i32x16);
  flipbook_i32x16 half = whole >> 1;
  flipbook_f32x16 first = (flipbook_f32x16)((half + 127) << 23);
  flipbook_f32x16 second = (flipbook_f32x16)((whole - half + 127) << 23);
  return n == n ? a * first * second : a + n;
#endif
}

#pragma clang diagnostic pop

#endif
