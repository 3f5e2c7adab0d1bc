// Cache lines that are wanted soon.
#ifndef FLIPBOOK_PREFETCH_H
#define FLIPBOOK_PREFETCH_H

#include <stdint.h>

// Asks for the lines of `words` words from `address` on. None of them needs to be mapped.
static inline void flipbook_prefetch(const uint32_t *address, long words) {
  for (long word = 0; word < words; word += 16) __builtin_prefetch(address + word, 0, 2);
}

#endif
