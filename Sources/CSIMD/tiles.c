#include "tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

// Linux's numbers (Documentation/arch/x86/xstate.rst): the call that asks for a part of the processor's state, and
// the part that the tile registers are.
enum { ask_for_permission = 0x1023, tile_data = 18 };

bool flipbook_tiles_permitted(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
         __builtin_cpu_supports("amx-int8") &&
         syscall(SYS_arch_prctl, ask_for_permission, tile_data) == 0;
}
#else
bool flipbook_tiles_permitted(void) { return false; }
#endif
