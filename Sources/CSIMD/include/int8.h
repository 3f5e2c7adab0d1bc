// Eight-bit integers: the dot product of fours with sums in 32 bits, and the way from Float32.
//
// One instruction where the code is compiled for AVX-512-VNNI; elsewhere the same integers.
#ifndef FLIPBOOK_INT8_H
#define FLIPBOOK_INT8_H

#include "vector.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

// These functions are inlined, so how a narrower processor passes their arguments does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint8_t flipbook_u8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t flipbook_u8x64 __attribute__((ext_vector_type(64)));
typedef int8_t flipbook_i8x16 __attribute__((ext_vector_type(16)));
typedef int8_t flipbook_i8x64 __attribute__((ext_vector_type(64)));

// sum[i] + a[4i] b[4i] + … + a[4i + 3] b[4i + 3], exact while the sum fits 32 bits
static inline flipbook_i32x16 flipbook_int8_dot(flipbook_i32x16 sum, flipbook_u8x64 a,
                                                flipbook_i8x64 b) {
#if defined(__AVX512VNNI__)
  return (flipbook_i32x16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#else
  typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
  u32x16 x = (u32x16)a, y = (u32x16)b;
#pragma clang loop unroll(full)
  for (int shift = 0; shift < 32; shift += 8) {
    flipbook_i32x16 p = (flipbook_i32x16)((x >> shift) & 0xff);
    flipbook_i32x16 q = (flipbook_i32x16)(y << (24 - shift)) >> 24;
    sum += p * q;
  }
  return sum;
#endif
}

// Four values (the first in the lowest byte) in every four lanes.
static inline flipbook_u8x64 flipbook_u8_broadcast(uint32_t four) {
  return (flipbook_u8x64)(flipbook_i32x16)(int32_t)four;
}

static inline flipbook_i8x64 flipbook_i8_broadcast(uint32_t four) {
  return (flipbook_i8x64)(flipbook_i32x16)(int32_t)four;
}

// The nearest integers, ties to even, of lanes within ±2^30; other lanes give some integer.
static inline flipbook_i32x16 flipbook_nearest(flipbook_f32x16 a) {
#if defined(__AVX512F__)
  return (flipbook_i32x16)_mm512_cvtps_epi32((__m512)a);
#else
  // The comparison form is false for what is not a number, so that every lane can be converted.
  a = a > -1073741824.0f ? a : (flipbook_f32x16)-1073741824.0f;
  a = a < 1073741824.0f ? a : (flipbook_f32x16)1073741824.0f;
  return __builtin_convertvector(__builtin_elementwise_roundeven(a), flipbook_i32x16);
#endif
}

// The lowest byte of each lane.
static inline flipbook_u8x16 flipbook_u8_narrowed(flipbook_i32x16 a) {
  return __builtin_convertvector(a, flipbook_u8x16);
}

static inline flipbook_i8x16 flipbook_i8_narrowed(flipbook_i32x16 a) {
  return __builtin_convertvector(a, flipbook_i8x16);
}

static inline flipbook_f32x16 flipbook_f32_from_i32(flipbook_i32x16 a) {
  return __builtin_convertvector(a, flipbook_f32x16);
}

#pragma clang diagnostic pop

#endif
