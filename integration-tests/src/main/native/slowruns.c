// SPDX-License-Identifier: Apache-2.0
// Slow runs in one process (LD_PRELOAD): while the file that SLOW_RUNS_FILE names exists, threads whose names
// begin as SLOW_RUNS_THREADS says wait SLOW_RUNS_FACTOR times as long as they mean to. A model of the engine
// `timer` runs by waiting; all other threads of the process are as fast as ever.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NANOS 1000000000LL

// Waits that are longer are no runs.
#define LONGEST (2 * NANOS)

typedef int wait_function(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static int slowed(void) {
  static __thread int chosen = -1;
  if (chosen < 0) {
    char name[16] = "";
    const char *threads = getenv("SLOW_RUNS_THREADS");
    prctl(PR_GET_NAME, name);
    if (threads == NULL || strncmp(name, threads, strlen(threads)) != 0) {
      return 0; // It may get its name yet.
    }
    chosen = 1;
  }
  const char *file = getenv("SLOW_RUNS_FILE");
  return file != NULL && access(file, F_OK) == 0;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  static wait_function *real;
  if (real == NULL) {
    real = (wait_function *)dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (real == NULL) {
      abort();
    }
  }
  if (!slowed()) {
    return real(condition, mutex, until);
  }
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t from = now.tv_sec * NANOS + now.tv_nsec;
  int64_t left = until->tv_sec * NANOS + until->tv_nsec - from;
  if (left <= 0 || left > LONGEST) {
    return real(condition, mutex, until);
  }
  const char *factor = getenv("SLOW_RUNS_FACTOR");
  int64_t end = from + left * (factor == NULL ? 1 : atoll(factor));
  struct timespec later = {.tv_sec = end / NANOS, .tv_nsec = end % NANOS};
  return real(condition, mutex, &later);
}
