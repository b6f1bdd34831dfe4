// Every way of coming by an image ends in the same bytes, wherever it was cut short and whatever is damaged.
#include "partitions/read_back.hpp"
#include "tests/updater/install/install_fixture.hpp"

#include "updater/cancelled.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/install/planned_image.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::install;

TEST_GROUP(Installer) {
    const Releases &images = releases();
    const std::filesystem::path target = images.folder / "target";
    const std::filesystem::path base = images.folder / "base";
    partitions::PosixStorage storage;
    firmware::FileSource source{images.firmware};
    firmware::FirmwareHead head =
        firmware::read_firmware_head(source, firmware::TrustedKeys::from_directory(images.trusted_folder));
    InstallPlan plan;
    std::string log;

    void setup() override {
        write_file(base, images.old_bytes);
        write_file(target, std::string(images.new_bytes.size() + firmware::chunk_bytes, 'x'));
    }

    std::optional<InstallBase> base_of(const char *version) const {
        return InstallBase{base, firmware::Version::parse(version)};
    }

    InstallResult install(const std::optional<InstallBase> &from, firmware::ByteSource &bytes,
                          std::stop_token stop = {}) {
        Installer installer(storage, bytes, head,
                            {.target = {target, images.new_bytes.size() + 4096}, .base = from},
                            {.threads = 3, .checkpoint_bytes = firmware::chunk_bytes});
        plan = installer.plan(nullptr, stop);
        return installer.run(
            nullptr, [this](std::string_view line) { log += std::string(line) + "\n"; }, stop);
    }

    void check_target() {
        const std::string found = read_file(target);
        CHECK_TRUE(std::string_view(found).substr(0, images.new_bytes.size()) == images.new_bytes);
        // What lies behind the image is not ours.
        CHECK_TRUE(std::string_view(found).substr(images.new_bytes.size()) ==
                   std::string(firmware::chunk_bytes, 'x'));
    }
};

TEST(Installer, fetches_all_without_a_base) {
    const InstallResult result = install(std::nullopt, source);
    CHECK_TRUE(plan.way == Way::whole);
    CHECK_EQUAL(head.chunks.stored_bytes, plan.fetch_bytes);
    CHECK_EQUAL(images.new_bytes.size(), result.read_back_bytes);
    CHECK_EQUAL(0U, result.fallback_chunks);
    check_target();
}

TEST(Installer, fetches_a_patch_for_the_release_it_was_made_against) {
    const InstallResult result = install(base_of("2.8.0.0"), source);
    CHECK_TRUE(plan.way == Way::patch);
    CHECK_TRUE(plan.fetch_bytes < head.chunks.stored_bytes / 20);
    CHECK_EQUAL(0U, result.fallback_chunks);
    check_target();
}

TEST(Installer, fetches_what_neither_partition_holds_for_any_other_release) {
    const InstallResult result = install(base_of("2.7.0.0"), source);
    CHECK_TRUE(plan.way == Way::units);
    CHECK_TRUE(plan.fetch_bytes < head.chunks.stored_bytes / 2);
    CHECK_EQUAL(0U, result.fallback_chunks);
    check_target();
}

TEST(Installer, takes_blocks_from_the_old_contents_of_the_target_too) {
    write_file(target, images.old_bytes + std::string(firmware::chunk_bytes, 'x'));
    write_file(base, std::string(images.old_bytes.size(), 'y'));
    const InstallResult result = install(base_of("2.7.0.0"), source);
    CHECK_TRUE(plan.way == Way::units);
    CHECK_EQUAL(0U, result.fallback_chunks);
    check_target();
}

TEST(Installer, neither_fetches_nor_writes_what_is_there) {
    install(std::nullopt, source);
    const InstallResult result = install(base_of("2.8.0.0"), source);
    CHECK_TRUE(plan.way == Way::nothing);
    CHECK_EQUAL(0U, plan.fetch_bytes);
    CHECK_EQUAL(0U, result.written_bytes + result.zeroed_bytes);
    CHECK_EQUAL(images.new_bytes.size(), result.read_back_bytes);
    check_target();
}

TEST(Installer, plans_the_same_when_both_partitions_are_open_for_reading_only) {
    const auto old_file = storage.open(base, partitions::OpenMode::block_device_shared);
    const auto new_file = storage.open(target, partitions::OpenMode::block_device_shared);
    const auto planned = plan_image(source, head,
                                    {.base = old_file.get(),
                                     .base_bytes = old_file->size_bytes(),
                                     .base_version = firmware::Version::parse("2.8.0.0"),
                                     .target = new_file.get()},
                                    {.threads = 1}, nullptr, {})
                             .plan;
    const std::string before = read_file(target);
    install(base_of("2.8.0.0"), source);
    CHECK_TRUE(planned.way == plan.way);
    CHECK_EQUAL(plan.fetch_bytes, planned.fetch_bytes);
    CHECK_EQUAL(plan.write_bytes, planned.write_bytes);
    CHECK_EQUAL(head.chunks.image_bytes, planned.write_bytes);
    STRCMP_EQUAL(plan.text.c_str(), planned.text.c_str());
    CHECK_TRUE(before == std::string(before.size(), 'x'));
    install(base_of("2.8.0.0"), source);
    CHECK_EQUAL(0U, plan.write_bytes);
}

TEST(Installer, writes_only_blocks_that_differ) {
    std::string nearly = images.new_bytes + std::string(firmware::chunk_bytes, 'x');
    for (const std::size_t chunk :
         {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{5}})
        nearly[chunk * firmware::chunk_bytes + 8192] ^= 1;
    write_file(target, nearly);
    const InstallResult result = install(base_of("2.8.0.0"), source);
    CHECK_EQUAL(5U * 4096, result.written_bytes);
    check_target();
}

TEST(Installer, falls_back_for_the_chunk_whose_source_is_damaged) {
    damage(base, 4 * firmware::chunk_bytes + 20 * 4096); // in what moved to the first chunk
    const InstallResult result = install(base_of("2.8.0.0"), source);
    CHECK_TRUE(plan.way == Way::patch);
    CHECK_TRUE(result.fallback_chunks >= 1 && result.fallback_chunks <= 2);
    STRCMP_CONTAINS("does not come out right from what the partitions hold", log.c_str());
    check_target();
}

TEST(Installer, falls_back_when_the_base_is_another_one_than_it_says) {
    std::string other = images.old_bytes;
    for (std::size_t place = firmware::base_fingerprint_bytes; place < other.size(); place += 1000)
        other[place] ^= 1;
    write_file(base, other);
    install(base_of("2.8.0.0"), source);
    CHECK_TRUE(plan.way == Way::patch);
    check_target();
}

TEST(Installer, takes_no_patch_for_a_base_whose_beginning_is_another) {
    damage(base, 100);
    install(base_of("2.8.0.0"), source);
    CHECK_TRUE(plan.way == Way::units);
    check_target();
}

TEST(Installer, falls_back_when_the_patch_is_damaged) {
    const std::filesystem::path spoilt = images.folder / "spoilt.fw";
    std::filesystem::copy_file(images.firmware, spoilt, std::filesystem::copy_options::overwrite_existing);
    damage(spoilt, head.image_offset_bytes + head.manifest.patches[0].data_offset_bytes + 3);
    firmware::FileSource bytes(spoilt);
    const InstallResult result = install(base_of("2.8.0.0"), bytes);
    CHECK_EQUAL(1U, result.fallback_chunks);
    check_target();
}

TEST(Installer, refuses_an_image_that_is_not_what_was_signed) {
    const std::filesystem::path spoilt = images.folder / "spoilt.fw";
    std::filesystem::copy_file(images.firmware, spoilt, std::filesystem::copy_options::overwrite_existing);
    damage(spoilt, head.image_offset_bytes + head.chunks.chunks[3].stored_offset_bytes + 1000);
    firmware::FileSource bytes(spoilt);
    CHECK_THROWS(firmware::FirmwareDamaged, install(std::nullopt, bytes));
}

TEST(Installer, leaves_a_server_that_has_something_else) {
    for (const char *version : {"none", "2.8.0.0", "2.7.0.0"}) {
        write_file(target, std::string(images.new_bytes.size() + firmware::chunk_bytes, 'x'));
        const std::filesystem::path other = images.folder / "other.fw";
        std::string spoilt = read_file(images.firmware);
        for (std::size_t place = head.image_offset_bytes; place < spoilt.size(); place += 1000)
            spoilt[place] = static_cast<char>(spoilt[place] + 1);
        write_file(other, spoilt);
        TwoServers servers(other, images.firmware);
        install(version == std::string("none") ? std::nullopt : base_of(version), servers);
        check_target();
        CHECK_TRUE(servers.was_left());
    }
}

TEST(Installer, finds_when_reading_back_that_a_signed_chunk_unpacks_to_something_else) {
    head.chunks.chunks[3].raw_sha256.fill(std::byte{7});
    CHECK_THROWS(partitions::ReadBackMismatch, install(std::nullopt, source));
}

TEST(Installer, goes_on_where_it_was_cut_short) {
    std::minstd_rand numbers(7);
    for (const char *version : {"none", "2.8.0.0", "2.7.0.0"}) {
        const std::optional<InstallBase> from =
            version == std::string("none") ? std::nullopt : base_of(version);
        // The cuts of one way: until an installation gets through.
        for (int round = 0; round < 34; ++round) {
            write_file(target, std::string(images.new_bytes.size() + firmware::chunk_bytes, 'x'));
            for (int cuts = 0; cuts < 3; ++cuts) {
                BreakingSource breaking(source, 1 + numbers() % (head.chunks.stored_bytes / 2));
                try {
                    install(from, breaking);
                    break;
                } catch (const BreakingSource::Broken &) {
                }
            }
            const InstallPlan &rest = plan;
            install(from, source);
            CHECK_TRUE(rest.fetch_bytes <= head.chunks.stored_bytes);
            check_target();
        }
    }
}

TEST(Installer, what_was_written_before_a_cut_is_not_fetched_again) {
    // All but the last chunk arrive.
    BreakingSource breaking(source, head.chunks.chunks[5].stored_offset_bytes + 10);
    CHECK_THROWS(BreakingSource::Broken, install(std::nullopt, breaking));
    Installer again(storage, source, head, {.target = {target, images.new_bytes.size()}}, {.threads = 3});
    // Chunks that were under way in the queue are lost, no others.
    CHECK_TRUE(again.plan(nullptr, {}).present_bytes >= 2 * firmware::chunk_bytes);
}

TEST(Installer, stops_when_asked_to) {
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS(Cancelled, install(std::nullopt, source, stop.get_token()));
    std::stop_source later;
    Installer installer(storage, source, head, {.target = {target, images.new_bytes.size()}}, {.threads = 2});
    installer.plan(nullptr, {});
    CHECK_THROWS(Cancelled,
                 installer.run([&](std::uint64_t, std::uint64_t, std::string_view) { later.request_stop(); },
                               nullptr, later.get_token()));
}

TEST(Installer, shows_what_was_fetched_also_while_no_chunk_is_finished) {
    /// A slow line: the first bytes come one by one.
    class SlowSource : public firmware::ByteSource {
      public:
        explicit SlowSource(firmware::ByteSource &source) : source_(source), name_(source.name()) {}
        void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
                  const std::stop_token &stop) override {
            const auto slowly = [&](std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
                while (!bytes.empty()) {
                    const bool slow = slow_pieces_ > 0;
                    const auto now =
                        bytes.first(std::min<std::size_t>(bytes.size(), slow ? 100'000 : bytes.size()));
                    fetched_bytes_ += now.size();
                    sink(offset_bytes, now);
                    if (slow && slow_pieces_-- > 0)
                        std::this_thread::sleep_for(std::chrono::milliseconds(300));
                    offset_bytes += now.size();
                    bytes = bytes.subspan(now.size());
                }
            };
            source_.read(ranges, slowly, stop);
        }
        std::uint64_t fetched_bytes() const override { return fetched_bytes_; }
        const std::string &name() const override { return name_; }

      private:
        firmware::ByteSource &source_;
        std::string name_;
        int slow_pieces_ = 4;
        std::atomic<std::uint64_t> fetched_bytes_ = 0;
    };
    SlowSource slow(source);
    Installer installer(storage, slow, head, {.target = {target, images.new_bytes.size()}}, {.threads = 2});
    installer.plan(nullptr, {});
    std::map<std::string, std::set<std::string>> fetched; // by what was written
    installer.run(
        [&](std::uint64_t, std::uint64_t, std::string_view what) {
            const std::size_t comma = what.find(", fetched");
            if (comma != std::string_view::npos)
                fetched[std::string(what.substr(0, comma))].emplace(what.substr(comma));
        },
        nullptr, {});
    const bool moved = std::ranges::any_of(fetched, [](const auto &each) { return each.second.size() >= 3; });
    CHECK_TRUE(moved);
}

TEST(Installer, refuses_an_image_larger_than_the_partition) {
    CHECK_THROWS(partitions::ImageTooLarge,
                 Installer(storage, source, head, {.target = {target, images.new_bytes.size() - 4096}}, {}));
}

TEST(Installer, paces_all_of_its_work) {
    std::atomic<std::uint64_t> paced = 0;
    Installer installer(storage, source, head, {.target = {target, images.new_bytes.size()}}, {.threads = 2},
                        [&](std::uint64_t bytes) { paced += bytes; });
    installer.plan(nullptr, {});
    installer.run(nullptr, nullptr, {});
    CHECK_TRUE(paced >= 2 * images.new_bytes.size()); // written, and read back
}

TEST(Installer, installs_images_of_more_than_4_gibibytes) {
    const std::filesystem::path image = images.folder / "large.img";
    const std::uint64_t length = (std::uint64_t{4} << 30U) + 2 * firmware::chunk_bytes;
    write_file(image, images.new_bytes.substr(0, firmware::chunk_bytes));
    std::filesystem::resize_file(image, length);
    {
        std::fstream end(image, std::ios::binary | std::ios::in | std::ios::out);
        end.seekp(static_cast<std::streamoff>(length - firmware::chunk_bytes));
        end << images.new_bytes.substr(firmware::chunk_bytes, firmware::chunk_bytes);
    }
    const std::filesystem::path firmware = images.folder / "large.fw";
    build_firmware(image, firmware, images.old_image);
    write_file(target, "");
    std::filesystem::resize_file(target, length);
    firmware::FileSource bytes(firmware);
    const firmware::FirmwareHead large =
        firmware::read_firmware_head(bytes, firmware::TrustedKeys::from_directory(images.trusted_folder));
    CHECK_EQUAL(length, large.chunks.image_bytes);
    Installer installer(storage, bytes, large, {.target = {target, length}, .base = base_of("2.8.0.0")},
                        {.threads = 3});
    CHECK_TRUE(installer.plan(nullptr, {}).way == Way::patch);
    installer.run(nullptr, nullptr, {});
    std::ifstream written(target, std::ios::binary);
    written.seekg(static_cast<std::streamoff>(length - firmware::chunk_bytes));
    std::string last(firmware::chunk_bytes, '\0');
    written.read(last.data(), static_cast<std::streamsize>(last.size()));
    CHECK_TRUE(last == images.new_bytes.substr(firmware::chunk_bytes, firmware::chunk_bytes));
    for (const auto &file : {image, firmware})
        std::filesystem::remove(file);
}
