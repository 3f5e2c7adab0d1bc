// OpenBLAS is set up before main. For every core but one it starts a thread there, each of which
// asks for a buffer of 128 MiB of addresses, and asks again for ever where it gets none
// (blas_memory_alloc in driver/others/memory.c). Under a limit of the address space (ulimit -v) the
// program would hang before it could say a word.
//
// With OPENBLAS_NUM_THREADS=1 nothing is asked for before the first product, and one thread a call
// is what our own pool wants anyway. The variable is read in the library's constructor; functions of
// .preinit_array run before it, but what they put into the environment is lost, since libc takes
// over the original one afterwards. So under a limit, and only there, the program starts itself once
// more with the variable set.

#if defined(__linux__)

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char setting[] = "OPENBLAS_NUM_THREADS=1";
#define NAME_LENGTH (sizeof setting - 2)

// libc is not set up yet: system calls, and memory on the stack.
static void hold_openblas_to_one_thread(int count, char **arguments, char **environment) {
  (void)count;
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;

  size_t variables = 0;
  for (; environment[variables]; variables++)
    if (strcmp(environment[variables], setting) == 0) return;

  char *changed[variables + 2];
  size_t kept = 0;
  for (size_t i = 0; i < variables; i++)
    if (strncmp(environment[i], setting, NAME_LENGTH) != 0) changed[kept++] = environment[i];
  changed[kept++] = (char *)setting;
  changed[kept] = NULL;

  // By its own name, which a process list then shows; the link itself is the second best.
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) {
    path[length] = 0;
    execve(path, arguments, changed);
  }
  // Where that fails, all is as it would have been.
}

__attribute__((section(".preinit_array"), used)) static void (*const entry)(
    int, char **, char **) = hold_openblas_to_one_thread;

#endif
