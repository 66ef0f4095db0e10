// The time, so that tests can hold it still.
#ifndef MARCD_SERVER_PIPELINE_CLOCK_H_
#define MARCD_SERVER_PIPELINE_CLOCK_H_

#include <chrono>

namespace marcd {

// Time that only moves forward. Thread-safe.
class Clock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual Time Now() const = 0;
};

// The machine's.
class SteadyClock : public Clock {
 public:
  Time Now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_CLOCK_H_
