// The transposition of sixteen by sixteen words of 32 bits, in registers.
#ifndef FLIPBOOK_TRANSPOSE_H
#define FLIPBOOK_TRANSPOSE_H

#include "vector.h"

// Exchanges the upper right and lower left squares of size s in every square of size 2s
// (Eklundh's method): a takes from b, b from a.
#define FLIPBOOK_EXCHANGE(r, i, s, low, high) \
  do { \
    flipbook_f32x16 a = r[i], b = r[i + s]; \
    r[i] = __builtin_shufflevector(a, b, low); \
    r[i + s] = __builtin_shufflevector(a, b, high); \
  } while (0)

#define FLIPBOOK_LOW8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define FLIPBOOK_HIGH8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define FLIPBOOK_LOW4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define FLIPBOOK_HIGH4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define FLIPBOOK_LOW2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define FLIPBOOK_HIGH2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define FLIPBOOK_LOW1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define FLIPBOOK_HIGH1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

// The first `rows` rows of the result [rows, 16], `stride` elements apart, of the transposition of
// sixteen by sixteen words that lie one after the other.
static inline void flipbook_transpose16(const uint32_t *source, uint32_t *result, long rows,
                                        long stride) {
  typedef flipbook_f32x16 unaligned __attribute__((aligned(4)));
  flipbook_f32x16 r[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) r[i] = *(const unaligned *)(source + 16 * i);
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) FLIPBOOK_EXCHANGE(r, i, 8, FLIPBOOK_LOW8, FLIPBOOK_HIGH8);
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) {
    int row = (i & 3) + 2 * (i & 4);
    FLIPBOOK_EXCHANGE(r, row, 4, FLIPBOOK_LOW4, FLIPBOOK_HIGH4);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) {
    int row = (i & 1) + 2 * (i & 6);
    FLIPBOOK_EXCHANGE(r, row, 2, FLIPBOOK_LOW2, FLIPBOOK_HIGH2);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) FLIPBOOK_EXCHANGE(r, 2 * i, 1, FLIPBOOK_LOW1, FLIPBOOK_HIGH1);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) {
    if (i < rows) *(unaligned *)(result + i * stride) = r[i];
  }
}

#undef FLIPBOOK_EXCHANGE
#undef FLIPBOOK_LOW8
#undef FLIPBOOK_HIGH8
#undef FLIPBOOK_LOW4
#undef FLIPBOOK_HIGH4
#undef FLIPBOOK_LOW2
#undef FLIPBOOK_HIGH2
#undef FLIPBOOK_LOW1
#undef FLIPBOOK_HIGH1

#endif
