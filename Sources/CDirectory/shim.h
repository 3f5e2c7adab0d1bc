#ifndef FLIPBOOK_CDIRECTORY_H
#define FLIPBOOK_CDIRECTORY_H

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/// getdents(2): rows of `struct linux_dirent64`, straight from the kernel. Unlike `readdir(3)` it
/// takes no lock and allocates nothing, so that a signal handler may call it. Swift does not see
/// glibc's own declaration, which hides behind _GNU_SOURCE.
static inline long flipbook_getdents64(int directory, void *buffer, size_t size) {
  return syscall(SYS_getdents64, directory, buffer, size);
}

#endif
