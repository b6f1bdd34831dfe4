// A firmware file on a server, and someone who reads it.
#pragma once

#include "tests/support/web_server.hpp"
#include "updater/download/http_source.hpp"

#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <CppUTest/TestHarness.h>

/// Bytes in which no part looks like another.
inline std::string noise(std::size_t length_bytes) {
    std::mt19937_64 random(length_bytes);
    std::string bytes(length_bytes + 8, '\0');
    for (std::size_t position = 0; position < length_bytes; position += 8) {
        const std::uint64_t word = random();
        std::memcpy(bytes.data() + position, &word, sizeof word);
    }
    bytes.resize(length_bytes);
    return bytes;
}

/// What a sink got: the ranges' bytes one after the other, and whether each came where it belongs.
class Collected {
  public:
    explicit Collected(const std::vector<updater::firmware::ByteRange> &ranges) : ranges_(ranges) {}

    updater::firmware::ByteSource::Sink sink() {
        return [this](std::uint64_t offset_bytes, std::span<const std::byte> piece) {
            while (range_ < ranges_.size() && in_range_ == ranges_[range_].length_bytes) {
                ++range_;
                in_range_ = 0;
            }
            in_order_ = in_order_ && range_ < ranges_.size() && !piece.empty() &&
                        offset_bytes == ranges_[range_].offset_bytes + in_range_;
            in_range_ += piece.size();
            in_order_ = in_order_ && in_range_ <= ranges_[range_].length_bytes;
            bytes_.append(reinterpret_cast<const char *>(piece.data()), piece.size());
        };
    }

    /// All of the ranges of `contents`, in order, and nothing else.
    bool is_right(const std::string &contents) const {
        std::string expected;
        for (const updater::firmware::ByteRange &range : ranges_)
            expected += contents.substr(range.offset_bytes, range.length_bytes);
        return in_order_ && expected == bytes_;
    }

  private:
    std::vector<updater::firmware::ByteRange> ranges_;
    std::size_t range_ = 0;
    std::uint64_t in_range_ = 0;
    bool in_order_ = true;
    std::string bytes_;
};

/// Retries come quickly, and their lines are kept.
struct HttpFixture {
    WebServer server;
    std::vector<std::string> lines;

    void put(const std::string &name, const std::string &contents) const {
        std::ofstream file(server.www() / name, std::ios::binary);
        file << contents;
        file.close();
        if (!file)
            throw std::runtime_error("cannot write " + name);
    }

    updater::download::HttpSourceSettings settings() {
        return {.connection = server.connection(),
                .first_retry_delay = std::chrono::milliseconds(20),
                .max_retry_delay = std::chrono::milliseconds(100),
                .report = [this](const std::string &line) { lines.push_back(line); }};
    }
};

constexpr std::uint64_t mib = 1024UL * 1024;

inline double seconds_of(const std::function<void()> &work) {
    const auto before = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

/// Requests a stop half a second after it was made, from a thread of its own.
class StopSoon {
  public:
    std::stop_token token() const { return stop_.get_token(); }
    /// After the work has ended: whether it ended within a second of the request.
    bool was_obeyed() const { return std::chrono::steady_clock::now() - asked_ < std::chrono::seconds(1); }

  private:
    std::stop_source stop_;
    std::chrono::steady_clock::time_point asked_;
    std::jthread asking_{[this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        asked_ = std::chrono::steady_clock::now();
        stop_.request_stop();
    }};
};

/// What the tests of reading over HTTP have in common: TEST_GROUP_BASE(Name, HttpTest).
class HttpTest : public Utest {
  public:
    HttpFixture fixture;
    const std::string contents = noise(16 * mib);

    void setup() override { fixture.put("file", contents); }

    std::string all_lines() const {
        std::string all;
        for (const std::string &line : fixture.lines)
            all += line + "\n";
        return all;
    }

    void expect_right(updater::download::HttpSource &source,
                      const std::vector<updater::firmware::ByteRange> &ranges) const {
        Collected collected(ranges);
        source.read(ranges, collected.sink(), {});
        CHECK_TRUE_TEXT(collected.is_right(contents), all_lines().c_str());
    }

    void expect_failure(updater::download::HttpSource &source,
                        const std::vector<updater::firmware::ByteRange> &ranges,
                        updater::download::DownloadFailure kind, const std::string &in_message) const {
        try {
            source.read(ranges, [](auto, auto) {}, {});
            FAIL(("worked, without: " + in_message).c_str());
        } catch (const updater::download::DownloadFailed &error) {
            STRCMP_CONTAINS(in_message.c_str(), error.what());
            LONGS_EQUAL_TEXT(static_cast<int>(kind), static_cast<int>(error.kind()), error.what());
        }
    }

    void expect_failure(const std::string &url, updater::download::DownloadFailure kind,
                        const std::string &in_message) {
        updater::download::HttpSource source(url, fixture.settings());
        expect_failure(source, {{100, 1000}}, kind, in_message);
        STRCMP_EQUAL("", all_lines().c_str());
    }
};
