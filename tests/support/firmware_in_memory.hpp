// A firmware file and servers that have it, all in memory: what arrives is decided by the test.
#pragma once

#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/cancelled.hpp"
#include "updater/download/download_failed.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/trusted_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace updater_test {

/// Made once: keys take a while.
struct SignedFirmware {
    TemporaryFolder folder;
    std::string contents;

    SignedFirmware() {
        std::filesystem::create_directory(folder / "keys");
        firmware_writer::make_key_pair("Test Vendor", folder / "key", folder / "keys" / "certificate.pem");
        std::minstd_rand numbers(7);
        std::string image(9UL * 1024 * 1024, '\0'); // three chunks, the second of zeros
        for (std::size_t place = 0; place < image.size(); place += 4)
            if (place / (4UL * 1024 * 1024) != 1)
                image[place] = static_cast<char>(numbers());
        test_files::write_file(folder / "image", image);
        firmware_writer::FirmwareParts parts;
        parts.manifest_template =
            R"(<firmware format="3"><product>p</product><hardware>h</hardware><version>2.8.1.0</version>
               <minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version>
               <formats/><conversions contract="1"/><release-notes>n</release-notes><license>l</license></firmware>)";
        parts.image = folder / "image";
        parts.key = folder / "key";
        parts.certificate = folder / "keys" / "certificate.pem";
        parts.compression_level = 1;
        firmware_writer::write_firmware(parts, folder / "firmware", nullptr, {});
        contents = test_files::read_file(folder / "firmware");
    }
};

inline const SignedFirmware &signed_firmware() {
    static const SignedFirmware made;
    return made;
}

/// Servers of one file. Delivers in pieces; can be cut, and asked for the next server.
class ServersInMemory : public updater::firmware::ByteSource {
  public:
    explicit ServersInMemory(std::vector<std::string> servers) : servers_(std::move(servers)) {}

    void cut_after(std::uint64_t bytes) { left_ = bytes; }
    void heal() { left_.reset(); }

    void read(std::span<const updater::firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override {
        constexpr std::uint64_t max_at_once = 300'000;
        for (const auto &range : ranges)
            for (std::uint64_t done = 0; done < range.length_bytes;) {
                if (stop.stop_requested())
                    throw updater::Cancelled();
                const auto length =
                    std::min({max_at_once, range.length_bytes - done, left_.value_or(max_at_once)});
                if (length == 0)
                    throw updater::download::DownloadFailed(
                        updater::download::DownloadFailure::connection_failed, "the line is cut");
                const std::string &file = servers_.front();
                if (range.offset_bytes + done + length > file.size())
                    throw updater::firmware::FirmwareDamaged("the file ends too early");
                sink(range.offset_bytes + done,
                     std::as_bytes(std::span(file)).subspan(range.offset_bytes + done, length));
                done += length;
                fetched_ += length;
                if (left_)
                    *left_ -= length;
            }
    }
    std::uint64_t fetched_bytes() const override { return fetched_; }
    const std::string &name() const override { return name_; }
    bool distrust() override {
        if (servers_.size() < 2)
            return false;
        servers_.erase(servers_.begin());
        return true;
    }

  private:
    std::vector<std::string> servers_;
    std::optional<std::uint64_t> left_;
    std::uint64_t fetched_ = 0;
    std::string name_ = "https://updates.lan.test/f.fw";
};

} // namespace updater_test
