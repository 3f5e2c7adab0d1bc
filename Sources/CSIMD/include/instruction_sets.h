// Instruction sets: what this code was compiled for, and what the processor has.
#ifndef FLIPBOOK_INSTRUCTION_SETS_H
#define FLIPBOOK_INSTRUCTION_SETS_H

#include <stddef.h>
#include <stdint.h>

// X(bit, clang's macro suffix, name for __builtin_cpu_supports)
#define FLIPBOOK_FEATURES(X) \
  X(0, SSE4_2, "sse4.2") \
  X(1, AVX, "avx") \
  X(2, AVX2, "avx2") \
  X(3, FMA, "fma") \
  X(4, BMI2, "bmi2") \
  X(5, AVX512F, "avx512f") \
  X(6, AVX512BW, "avx512bw") \
  X(7, AVX512DQ, "avx512dq") \
  X(8, AVX512VL, "avx512vl") \
  X(9, AVX512CD, "avx512cd") \
  X(10, AVX512VBMI, "avx512vbmi") \
  X(11, AVX512VBMI2, "avx512vbmi2") \
  X(12, AVX512VNNI, "avx512vnni") \
  X(13, AVX512BF16, "avx512bf16") \
  X(14, AVX512BITALG, "avx512bitalg") \
  X(15, AVX512VPOPCNTDQ, "avx512vpopcntdq") \
  X(16, AVX512IFMA, "avx512ifma") \
  X(17, GFNI, "gfni") \
  X(18, VPCLMULQDQ, "vpclmulqdq") \
  X(19, AVX512VP2INTERSECT, "avx512vp2intersect") \
  X(20, AMX_TILE, "amx-tile") \
  X(21, AMX_BF16, "amx-bf16") \
  X(22, AMX_INT8, "amx-int8")

// A bit for each instruction set that the including code is compiled for. A constant: it can be
// asked for on any processor.
static inline uint32_t flipbook_compiled_features(void) {
  uint32_t bits = 0;
#ifdef __SSE4_2__
  bits |= 1u << 0;
#endif
#ifdef __AVX__
  bits |= 1u << 1;
#endif
#ifdef __AVX2__
  bits |= 1u << 2;
#endif
#ifdef __FMA__
  bits |= 1u << 3;
#endif
#ifdef __BMI2__
  bits |= 1u << 4;
#endif
#ifdef __AVX512F__
  bits |= 1u << 5;
#endif
#ifdef __AVX512BW__
  bits |= 1u << 6;
#endif
#ifdef __AVX512DQ__
  bits |= 1u << 7;
#endif
#ifdef __AVX512VL__
  bits |= 1u << 8;
#endif
#ifdef __AVX512CD__
  bits |= 1u << 9;
#endif
#ifdef __AVX512VBMI__
  bits |= 1u << 10;
#endif
#ifdef __AVX512VBMI2__
  bits |= 1u << 11;
#endif
#ifdef __AVX512VNNI__
  bits |= 1u << 12;
#endif
#ifdef __AVX512BF16__
  bits |= 1u << 13;
#endif
#ifdef __AVX512BITALG__
  bits |= 1u << 14;
#endif
#ifdef __AVX512VPOPCNTDQ__
  bits |= 1u << 15;
#endif
#ifdef __AVX512IFMA__
  bits |= 1u << 16;
#endif
#ifdef __GFNI__
  bits |= 1u << 17;
#endif
#ifdef __VPCLMULQDQ__
  bits |= 1u << 18;
#endif
#ifdef __AVX512VP2INTERSECT__
  bits |= 1u << 19;
#endif
#ifdef __AMX_TILE__
  bits |= 1u << 20;
#endif
#ifdef __AMX_BF16__
  bits |= 1u << 21;
#endif
#ifdef __AMX_INT8__
  bits |= 1u << 22;
#endif
  return bits;
}

// The same bits for the processor and operating system that this runs on. Compiled for the
// baseline, so that it runs anywhere.
uint32_t flipbook_processor_features(void);

// The name of a bit, or NULL where there is none.
const char *flipbook_feature_name(uint32_t bit);

// The processor's name as it reports it; empty where it does not. At least 49 bytes.
void flipbook_processor_name(char *name, size_t size);

#endif
