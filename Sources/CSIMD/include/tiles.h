// Tile registers (AMX): eight registers of up to sixteen rows of 64 bytes, and the product of two.
//
// A product adds to a register of sums C [rows, 16] the product of A, rows of up to sixteen groups of four
// bytes, and B, as many rows of sixteen groups: what a dot product of vectors does 256 times. Registers have
// numbers, which must be constants. Here 0 to 3 are sums, two by two; 4 and 5 are A, 6 and 7 are B.
//
// Where the code is compiled for processors without them, these functions do nothing; nobody calls them.
#ifndef FLIPBOOK_TILES_H
#define FLIPBOOK_TILES_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__AMX_INT8__)
#include <immintrin.h>
#define FLIPBOOK_HAS_TILES 1
#define FLIPBOOK_IN_TILES(statement) statement
#else
#define FLIPBOOK_HAS_TILES 0
#define FLIPBOOK_IN_TILES(statement)
#endif

// Whether the processor has tile registers and the operating system lends them to this process, which must
// ask for them: a process that does not is ended at their first use. Compiled for the baseline.
bool flipbook_tiles_permitted(void);

// Whether the including code is compiled for them.
static inline bool flipbook_compiled_for_tiles(void) { return FLIPBOOK_HAS_TILES; }

// Shapes the registers: sums of `high` and `low` rows (1 to 16, `low` 0 where there are none), factors of `groups`
// groups (1 to 16). Makes all of them zero.
static inline void flipbook_tiles_configure(uint8_t high, uint8_t low, uint8_t groups) {
#if FLIPBOOK_HAS_TILES
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } __attribute__((aligned(64))) shape = {
      .palette = 1,
      .bytes = {64, 64, low ? 64 : 0, low ? 64 : 0, 4 * groups, low ? 4 * groups : 0, 64, 64},
      .rows = {high, high, low, low, high, low, groups, groups},
  };
  _tile_loadconfig(&shape);
#else
  (void)high, (void)low, (void)groups;
#endif
}

// Gives the registers back: what is in use is saved whenever threads take turns.
static inline void flipbook_tiles_release(void) { FLIPBOOK_IN_TILES(_tile_release()); }

#if FLIPBOOK_HAS_TILES
#define FLIPBOOK_TILE_FUNCTIONS(n)                                                              \
  static inline void flipbook_tile_zero##n(void) { _tile_zero(n); }                             \
  static inline void flipbook_tile_load##n(const void *rows, long stride) {                     \
    _tile_loadd(n, rows, stride);                                                               \
  }                                                                                             \
  static inline void flipbook_tile_store##n(void *rows, long stride) {                          \
    _tile_stored(n, rows, stride);                                                              \
  }
#define FLIPBOOK_TILE_PRODUCT(sums, a, b)                                                       \
  static inline void flipbook_tile_dot_bf16_##sums(void) { _tile_dpbf16ps(sums, a, b); }        \
  static inline void flipbook_tile_dot_u8_##sums(void) { _tile_dpbusd(sums, a, b); }            \
  static inline void flipbook_tile_dot_i8_##sums(void) { _tile_dpbsud(sums, a, b); }
#else
#define FLIPBOOK_TILE_FUNCTIONS(n)                                                              \
  static inline void flipbook_tile_zero##n(void) {}                                             \
  static inline void flipbook_tile_load##n(const void *rows, long stride) {                     \
    (void)rows, (void)stride;                                                                   \
  }                                                                                             \
  static inline void flipbook_tile_store##n(void *rows, long stride) { (void)rows, (void)stride; }
#define FLIPBOOK_TILE_PRODUCT(sums, a, b)                                                       \
  static inline void flipbook_tile_dot_bf16_##sums(void) {}                                     \
  static inline void flipbook_tile_dot_u8_##sums(void) {}                                       \
  static inline void flipbook_tile_dot_i8_##sums(void) {}
#endif

FLIPBOOK_TILE_FUNCTIONS(0)
FLIPBOOK_TILE_FUNCTIONS(1)
FLIPBOOK_TILE_FUNCTIONS(2)
FLIPBOOK_TILE_FUNCTIONS(3)
FLIPBOOK_TILE_FUNCTIONS(4)
FLIPBOOK_TILE_FUNCTIONS(5)
FLIPBOOK_TILE_FUNCTIONS(6)
FLIPBOOK_TILE_FUNCTIONS(7)

// Sums of Float32 and pairs of bfloat16; sums of Int32 and fours of bytes, of which one factor is unsigned: A in
// `u8`, B in `i8`.
FLIPBOOK_TILE_PRODUCT(0, 4, 6)
FLIPBOOK_TILE_PRODUCT(1, 4, 7)
FLIPBOOK_TILE_PRODUCT(2, 5, 6)
FLIPBOOK_TILE_PRODUCT(3, 5, 7)

#endif
