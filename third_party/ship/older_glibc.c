/* What the wheel's daemon wants of a newer glibc than it is linked for: its parts were compiled
 * against Debian 12's. Each does what glibc's does, on any glibc. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* glibc 2.32. True allows libstdc++ to leave out atomic operations; false is always right. */
char __libc_single_threaded = 0;

/* glibc 2.36, for std::random_device. */
uint32_t arc4random(void) {
  uint32_t value;
  if (getentropy(&value, sizeof value) != 0) abort();
  return value;
}

/* glibc 2.36, for expat's and libarchive's. */
void arc4random_buf(void* to, size_t size) {
  const size_t most = 256; /* at once, by getentropy(3) */
  for (char* at = to; size > 0;) {
    const size_t some = size < most ? size : most;
    if (getentropy(at, some) != 0) abort();
    at += some;
    size -= some;
  }
}

/* glibc 2.28. A kernel before 3.15 has none either, and says so: ENOSYS. */
int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned int flags) {
  return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
}

/* The same moment by the wall clock. */
static struct timespec OnWallClock(clockid_t clock, const struct timespec* moment) {
  const long second = 1000000000;
  struct timespec now, wall;
  clock_gettime(clock, &now);
  clock_gettime(CLOCK_REALTIME, &wall);
  wall.tv_sec += moment->tv_sec - now.tv_sec;
  wall.tv_nsec += moment->tv_nsec - now.tv_nsec;
  if (wall.tv_nsec < 0) {
    wall.tv_nsec += second;
    --wall.tv_sec;
  } else if (wall.tv_nsec >= second) {
    wall.tv_nsec -= second;
    ++wall.tv_sec;
  }
  return wall;
}

typedef int ClockWait(pthread_cond_t*, pthread_mutex_t*, clockid_t, const struct timespec*);

/* glibc 2.30, for std::condition_variable::wait_until by a steady clock. Where the machine's glibc
 * has none, a wall clock that is set meanwhile makes the wait longer or shorter, as in every
 * program of that time; the caller looks at its own clock again afterwards. */
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const struct timespec* moment) {
  ClockWait* glibcs = (ClockWait*)dlsym(RTLD_NEXT, "pthread_cond_clockwait");
  if (glibcs != NULL) return glibcs(condition, mutex, clock, moment);
  const struct timespec wall = OnWallClock(clock, moment);
  return pthread_cond_timedwait(condition, mutex, &wall);
}
