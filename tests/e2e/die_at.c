/* Preloaded into a daemon, has it die at one step of publishing a file: MARCD_TEST_DIE_AT is
 * `write`, `fsync`, `rename`, `fsync_directory` or `reply`, with `before_` or `after_` ahead of it
 * (`write` dies halfway, `reply` before it). So the daemon needs no code for it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile int published;

static void die_if(const char* when, const char* step) {
  char name[64];
  const char* const at = getenv("MARCD_TEST_DIE_AT");
  snprintf(name, sizeof name, "%s%s", when, step);
  if (at != NULL && strcmp(at, name) == 0) {
    raise(SIGKILL);
    pause();
  }
}

static int is_temporary(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = '\0';
  return strstr(path, ".marcd-tmp") != NULL;
}

static int is_directory(int fd) {
  struct stat facts;
  return fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  ssize_t (*real)(int, const void*, size_t) = dlsym(RTLD_NEXT, "write");
  if (size > 1 && is_temporary(fd) && getenv("MARCD_TEST_DIE_AT") != NULL &&
      strcmp(getenv("MARCD_TEST_DIE_AT"), "write") == 0) {
    real(fd, bytes, size / 2);
    raise(SIGKILL);
    pause();
  }
  return real(fd, bytes, size);
}

int fsync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  const char* const step = is_directory(fd) ? "fsync_directory" : "fsync";
  die_if("before_", step);
  const int result = real(fd);
  die_if("after_", step);
  if (is_directory(fd)) published = 1;
  return result;
}

int renameat(int from_fd, const char* from, int to_fd, const char* to) {
  int (*real)(int, const char*, int, const char*) = dlsym(RTLD_NEXT, "renameat");
  die_if("before_", "rename");
  const int result = real(from_fd, from, to_fd, to);
  die_if("after_", "rename");
  return result;
}

int renameat2(int from_fd, const char* from, int to_fd, const char* to, unsigned flags) {
  int (*real)(int, const char*, int, const char*, unsigned) = dlsym(RTLD_NEXT, "renameat2");
  die_if("before_", "rename");
  const int result = real(from_fd, from, to_fd, to, flags);
  die_if("after_", "rename");
  return result;
}

ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  ssize_t (*real)(int, const struct msghdr*, int) = dlsym(RTLD_NEXT, "sendmsg");
  if (published) die_if("", "reply");
  return real(fd, message, flags);
}
