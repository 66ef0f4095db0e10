// Files for tests, in a directory that goes with the test.
#ifndef MARCD_TESTS_CORE_SOURCE_TEMP_FILES_H_
#define MARCD_TESTS_CORE_SOURCE_TEMP_FILES_H_

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "core/source/unique_fd.h"

namespace marcd {

// In /tmp, and open to all: tests that give up their rights must still get here.
class TempDir {
 public:
  TempDir() {
    std::string path = "/tmp/marcd_test_XXXXXX";
    path_ = mkdtemp(path.data());
    chmod(path_.c_str(), 0755);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  // Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }
  void Append(const std::string& name, const std::string& bytes) const {
    std::ofstream(*this / name, std::ios::binary | std::ios::app) << bytes;
  }

 private:
  std::string path_;
};

inline UniqueFd OpenForReading(const std::string& path) {
  return UniqueFd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

// Gives the file another modification time, as a write later on would.
inline void SetModified(const std::string& path, int64_t seconds) {
  const timespec times[2] = {{0, UTIME_OMIT}, {seconds, 123'456'789}};
  utimensat(AT_FDCWD, path.c_str(), times, 0);
}

inline std::string RandomBytes(size_t n, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string bytes(n, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace marcd

#endif  // MARCD_TESTS_CORE_SOURCE_TEMP_FILES_H_
