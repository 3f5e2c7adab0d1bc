// What a thread says to its core while it looks at a word again and again.
#ifndef FLIPBOOK_PAUSE_H
#define FLIPBOOK_PAUSE_H

static inline void flipbook_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("isb");
#endif
}

#endif
