// Numbers that the compiler knows nothing of.
#ifndef FLIPBOOK_OPAQUE_H
#define FLIPBOOK_OPAQUE_H

// The same number. A loop that counts with it is not unrolled, as nobody can tell how long it is: in
// loops whose sums fill the registers, the loads of several rounds at once would push sums out.
static inline long flipbook_opaque(long number) {
  __asm__("" : "+r"(number));
  return number;
}

#endif
