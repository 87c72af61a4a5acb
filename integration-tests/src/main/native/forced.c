// SPDX-License-Identifier: Apache-2.0
// Keeps, beside a directory, what a power cut would leave of it: loaded before a process' own libraries
// (LD_PRELOAD), it takes a copy of each file below FORCED_UNDER when that file is forced to disk, and a
// listing of each directory when that is. FORCED_TO has the copies:
//
//   f%INODE%BIRTH    a file's content when it was last forced; renaming does not change the name
//   d, d%raft, ...   a directory's entries when it was last forced: "f%INODE%BIRTH NAME" or "d NAME"
//   adopt            put there by whoever restored the directory: all that is there now is on disk
//
// A copy is taken before the force and published after it, so it never has more than the disk has. An msync
// counts for the whole file. Files opened with O_SYNC count as never forced.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what, const char *path) {
  fprintf(stderr, "forced.so: cannot %s %s: %s\n", what, path, strerror(errno));
  abort();
}

// What lies below FORCED_UNDER: "" for the directory itself, "/raft" for one in it; NULL for anything else.
static const char *below(const char *path) {
  const char *under = getenv("FORCED_UNDER");
  size_t length = under == NULL ? 0 : strlen(under);
  if (length == 0 || getenv("FORCED_TO") == NULL || strncmp(path, under, length) != 0) {
    return NULL;
  }
  return path[length] == '\0' || path[length] == '/' ? path + length : NULL;
}

static void in_store(char *out, const char *name) {
  snprintf(out, PATH_MAX, "%s/%s", getenv("FORCED_TO"), name);
}

// Of a directory by its path, of a file by its inode and birth.
static void name_of(char *out, const char *relative, const struct statx *what) {
  if (S_ISDIR(what->stx_mode)) {
    snprintf(out, PATH_MAX, "d%s", relative);
    for (char *at = out; *at != '\0'; at++) {
      *at = *at == '/' ? '%' : *at;
    }
    return;
  }
  snprintf(out, PATH_MAX, "f%%%llu%%%lld.%09u", (unsigned long long)what->stx_ino,
           (long long)what->stx_btime.tv_sec, what->stx_btime.tv_nsec);
}

static void look(int directory, const char *path, int flags, struct statx *out) {
  if (statx(directory, path, flags, STATX_BASIC_STATS | STATX_BTIME, out) != 0) {
    die("look at", path);
  }
}

static void write_all(int to, const char *bytes, size_t length, const char *path) {
  while (length > 0) {
    ssize_t written = write(to, bytes, length);
    if (written < 0) {
      die("write", path);
    }
    bytes += written;
    length -= (size_t)written;
  }
}

static void copy_file(const char *path, int to) {
  char buffer[1 << 16];
  int from = open(path, O_RDONLY | O_CLOEXEC);
  if (from < 0) {
    die("open", path);
  }
  ssize_t got;
  while ((got = read(from, buffer, sizeof buffer)) > 0) {
    write_all(to, buffer, (size_t)got, path);
  }
  if (got < 0) {
    die("read", path);
  }
  close(from);
}

static void list_directory(const char *path, int to) {
  DIR *entries = opendir(path);
  if (entries == NULL) {
    die("list", path);
  }
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    struct statx what;
    char name[PATH_MAX];
    char line[2 * PATH_MAX];
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
      continue;
    }
    // It may be gone by now.
    if (statx(dirfd(entries), entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
              &what) != 0) {
      continue;
    }
    name_of(name, "", &what);
    int length = snprintf(line, sizeof line, "%s %s\n", name, entry->d_name);
    write_all(to, line, (size_t)length, path);
  }
  closedir(entries);
}

// Takes a copy of what is at that path now, for publish().
static void take(const char *path, const char *relative, const struct statx *what, char *taken,
                 char *final) {
  char name[PATH_MAX];
  name_of(name, relative, what);
  in_store(final, name);
  snprintf(name, sizeof name, "t%d", (int)getpid());
  in_store(taken, name);
  int to = open(taken, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (to < 0) {
    die("write", taken);
  }
  if (S_ISDIR(what->stx_mode)) {
    list_directory(path, to);
  } else {
    copy_file(path, to);
  }
  close(to);
}

static void publish(const char *taken, const char *final) {
  if (rename(taken, final) != 0) {
    die("rename", taken);
  }
}

static int force(int descriptor, int (*real)(int)) {
  char link[64];
  char path[PATH_MAX];
  char taken[PATH_MAX];
  char final[PATH_MAX];
  struct statx what;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = '\0';
  const char *relative = below(path);
  if (relative == NULL) {
    return real(descriptor);
  }
  pthread_mutex_lock(&lock);
  look(descriptor, "", AT_EMPTY_PATH, &what);
  take(link, relative, &what, taken, final);
  int result = real(descriptor);
  if (result == 0) {
    publish(taken, final);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int descriptor) {
  return force(descriptor, (int (*)(int))(intptr_t)dlsym(RTLD_NEXT, "fsync"));
}

int fdatasync(int descriptor) {
  return force(descriptor, (int (*)(int))(intptr_t)dlsym(RTLD_NEXT, "fdatasync"));
}

// The file that is mapped at that address; false for none.
static int mapped(const void *address, char *path) {
  FILE *maps = fopen("/proc/self/maps", "re");
  char line[PATH_MAX + 128];
  int found = 0;
  while (maps != NULL && !found && fgets(line, sizeof line, maps) != NULL) {
    unsigned long from;
    unsigned long to;
    int at = 0;
    if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %n", &from, &to, &at) == 2 && at > 0) {
      found = (uintptr_t)address >= from && (uintptr_t)address < to && line[at] == '/';
      if (found) {
        line[strcspn(line, "\n")] = '\0';
        snprintf(path, PATH_MAX, "%s", line + at);
      }
    }
  }
  if (maps != NULL) {
    fclose(maps);
  }
  return found;
}

int msync(void *address, size_t length, int flags) {
  int (*real)(void *, size_t, int) =
      (int (*)(void *, size_t, int))(intptr_t)dlsym(RTLD_NEXT, "msync");
  char path[PATH_MAX];
  char taken[PATH_MAX];
  char final[PATH_MAX];
  struct statx what;
  if ((flags & MS_SYNC) == 0 || !mapped(address, path) || below(path) == NULL) {
    return real(address, length, flags);
  }
  pthread_mutex_lock(&lock);
  look(AT_FDCWD, path, 0, &what);
  take(path, below(path), &what, taken, final);
  int result = real(address, length, flags);
  if (result == 0) {
    publish(taken, final);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

static void adopt(const char *path) {
  struct statx what;
  char taken[PATH_MAX];
  char final[PATH_MAX];
  look(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &what);
  take(path, below(path), &what, taken, final);
  publish(taken, final);
  if (!S_ISDIR(what.stx_mode)) {
    return;
  }
  DIR *entries = opendir(path);
  if (entries == NULL) {
    die("list", path);
  }
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      char next[PATH_MAX];
      snprintf(next, sizeof next, "%s/%s", path, entry->d_name);
      adopt(next);
    }
  }
  closedir(entries);
}

__attribute__((constructor)) static void begin(void) {
  char marker[PATH_MAX];
  const char *under = getenv("FORCED_UNDER");
  if (under == NULL || getenv("FORCED_TO") == NULL) {
    return;
  }
  in_store(marker, "adopt");
  if (unlink(marker) == 0 && access(under, F_OK) == 0) {
    adopt(under);
  }
}
