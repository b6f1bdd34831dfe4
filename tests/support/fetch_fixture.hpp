// update-fetch's side of conversations in a thread of the test: the real one, or one that says what the test
// wants.
#pragma once

#include "updater/fetch/fetch_client.hpp"
#include "updater/fetch/fetch_server.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <list>
#include <thread>

namespace updater_test {

/// A new thread for each conversation; all have ended when this object is gone.
class FetchThreads {
  public:
    using Side = std::function<void(partitions::base::FileDescriptor)>;

    explicit FetchThreads(Side side) : side_(std::move(side)) {}

    updater::fetch::OpenConversation opener() {
        return [this] {
            auto pair = updater::fetch::make_conversation();
            ++begun_;
            threads_.emplace_back([this, socket = std::make_shared<partitions::base::FileDescriptor>(
                                             std::move(pair.second))] { side_(std::move(*socket)); });
            return std::move(pair.first);
        };
    }
    int begun() const { return begun_; }

  private:
    Side side_;
    int begun_ = 0;
    std::list<std::jthread> threads_;
};

/// One file, in pieces of any size.
class TextSource : public updater::firmware::ByteSource {
  public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}

    void read(std::span<const updater::firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &) override {
        for (const auto &range : ranges) {
            sink(range.offset_bytes,
                 std::as_bytes(std::span(text_)).subspan(range.offset_bytes, range.length_bytes));
            fetched_ += range.length_bytes;
        }
    }
    std::uint64_t fetched_bytes() const override { return fetched_; }
    const std::string &name() const override { return name_; }

  private:
    std::string text_;
    std::uint64_t fetched_ = 0;
    std::string name_ = "text";
};

} // namespace updater_test
