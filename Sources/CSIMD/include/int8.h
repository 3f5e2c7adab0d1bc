// Eight-bit integers: the dot product of fours with sums in 32 bits, and the way from Float32.
//
// One instruction where the code is compiled for AVX-512-VNNI; elsewhere the same integers from
// products of pairs of 16 bits.
#ifndef FLIPBOOK_INT8_H
#define FLIPBOOK_INT8_H

#include "vector.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// These functions are inlined, so how a narrower processor passes their arguments does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint8_t flipbook_u8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t flipbook_u8x64 __attribute__((ext_vector_type(64)));
typedef int8_t flipbook_i8x16 __attribute__((ext_vector_type(16)));
typedef int8_t flipbook_i8x64 __attribute__((ext_vector_type(64)));
typedef int16_t flipbook_i16x16 __attribute__((ext_vector_type(16)));
typedef int16_t flipbook_i16x32 __attribute__((ext_vector_type(32)));
typedef uint16_t flipbook_u16x16 __attribute__((ext_vector_type(16)));
typedef uint16_t flipbook_u16x32 __attribute__((ext_vector_type(32)));

// The even bytes (0, 2, 4 …) and the odd ones as integers of 16 bits.
static inline flipbook_i16x32 flipbook_u8_even(flipbook_u8x64 a) {
  return (flipbook_i16x32)((flipbook_u16x32)a & 0xff);
}

static inline flipbook_i16x32 flipbook_u8_odd(flipbook_u8x64 a) {
  return (flipbook_i16x32)((flipbook_u16x32)a >> 8);
}

static inline flipbook_i16x32 flipbook_i8_even(flipbook_i8x64 a) {
  return (flipbook_i16x32)((flipbook_u16x32)a << 8) >> 8;
}

static inline flipbook_i16x32 flipbook_i8_odd(flipbook_i8x64 a) { return (flipbook_i16x32)a >> 8; }

// sum[i] + a[2i] b[2i] + a[2i + 1] b[2i + 1]
static inline flipbook_i32x8 flipbook_i16_dot8(flipbook_i32x8 sum, flipbook_i16x16 a,
                                               flipbook_i16x16 b) {
#if defined(__AVX2__)
  return sum + (flipbook_i32x8)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#else
  flipbook_i32x8 x = (flipbook_i32x8)a, y = (flipbook_i32x8)b;
  return sum + (x >> 16) * (y >> 16) +
         ((flipbook_i32x8)((flipbook_u32x8)x << 16) >> 16) *
             ((flipbook_i32x8)((flipbook_u32x8)y << 16) >> 16);
#endif
}

static inline flipbook_i32x16 flipbook_i16_dot(flipbook_i32x16 sum, flipbook_i16x32 a,
                                               flipbook_i16x32 b) {
  flipbook_i32x16 result;
  result.lo = flipbook_i16_dot8(sum.lo, a.lo, b.lo);
  result.hi = flipbook_i16_dot8(sum.hi, a.hi, b.hi);
  return result;
}

// sum[i] + a[4i] b[4i] + … + a[4i + 3] b[4i + 3], exact while the sum fits 32 bits
static inline flipbook_i32x16 flipbook_int8_dot(flipbook_i32x16 sum, flipbook_u8x64 a,
                                                flipbook_i8x64 b) {
#if defined(__AVX512VNNI__)
  return (flipbook_i32x16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#else
  sum = flipbook_i16_dot(sum, flipbook_u8_odd(a), flipbook_i8_odd(b));
  return flipbook_i16_dot(sum, flipbook_u8_even(a), flipbook_i8_even(b));
#endif
}

// The same over half as many lanes of fours.
static inline flipbook_i32x8 flipbook_int8_dot8(flipbook_i32x8 sum, flipbook_u32x8 a,
                                                flipbook_u32x8 b) {
  flipbook_i16x16 x = (flipbook_i16x16)a, y = (flipbook_i16x16)b;
  sum = flipbook_i16_dot8(sum, (flipbook_i16x16)((flipbook_u16x16)x >> 8), y >> 8);
  flipbook_i16x16 low = (flipbook_i16x16)((flipbook_u16x16)y << 8) >> 8;
  return flipbook_i16_dot8(sum, x & 0xff, low);
}

// Four values (the first in the lowest byte) in every four lanes.
static inline flipbook_u8x64 flipbook_u8_broadcast(uint32_t four) {
  return (flipbook_u8x64)flipbook_spread(four);
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
