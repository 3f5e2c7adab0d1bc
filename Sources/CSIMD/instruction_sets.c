#include "instruction_sets.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

uint32_t flipbook_processor_features(void) {
  uint32_t bits = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
#define FLIPBOOK_SUPPORTED(bit, macro, name) \
  if (__builtin_cpu_supports(name)) bits |= 1u << bit;
  FLIPBOOK_FEATURES(FLIPBOOK_SUPPORTED)
#undef FLIPBOOK_SUPPORTED
#endif
  return bits;
}

const char *flipbook_feature_name(uint32_t bit) {
  static const char *const names[] = {
#define FLIPBOOK_NAME(bit, macro, name) [bit] = name,
      FLIPBOOK_FEATURES(FLIPBOOK_NAME)
#undef FLIPBOOK_NAME
  };
  return bit < sizeof names / sizeof names[0] ? names[bit] : NULL;
}

void flipbook_processor_name(char *name, size_t size) {
  if (size == 0) return;
  name[0] = 0;
#if defined(__x86_64__)
  unsigned int words[12];
  for (unsigned int leaf = 0; leaf < 3; leaf++) {
    unsigned int *w = words + 4 * leaf;
    if (!__get_cpuid(0x80000002u + leaf, &w[0], &w[1], &w[2], &w[3])) return;
  }
  size_t length = size - 1 < sizeof words ? size - 1 : sizeof words;
  memcpy(name, words, length);
  name[length] = 0;
#endif
}
