// Writes a tar archive, compressed with Zstandard, to an open file: names and texts, no more than a bound.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct archive;

namespace updater::support {

class Archive {
  public:
    /// All files of it get this time. `descriptor` stays open and outlives this object. Throws
    /// std::runtime_error, as all functions do.
    Archive(int descriptor, std::chrono::system_clock::time_point now);

    /// Only root can read what is unpacked (mode 0600).
    void add(const std::string &name, std::string_view contents);
    /// Nothing can be added afterwards.
    void close();

  private:
    struct Free {
        void operator()(archive *opened) const;
    };
    void require(int result) const;

    std::unique_ptr<archive, Free> archive_;
    std::chrono::system_clock::time_point now_;
};

} // namespace updater::support
