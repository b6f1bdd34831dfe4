// Reading firmware files: whole ones come out as they went in; of spoilt ones not one wrong byte comes out.
#include "tests/support/firmware_fixture.hpp"

#include "updater/cancelled.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::firmware;

TEST_GROUP(FirmwareReader) {
    TemporaryFolder folder;
    const std::filesystem::path whole = folder / "whole.fw";
    const std::filesystem::path spoilt = folder / "spoilt.fw";
    const std::string image = test_image();

    void setup() override {
        build_firmware(whole);
    }

    FirmwareReader open(const std::filesystem::path &firmware) const {
        return {firmware, TrustedKeys::from_directory(vendor_key().trusted_folder)};
    }

    /// Reads `spoilt`; what the sink got must be an intact beginning of the image.
    Reading read_spoilt(const std::string &what) const {
        Reading reading = read_all(spoilt);
        CHECK_TRUE_TEXT(image.starts_with(reading.image), what.c_str());
        return reading;
    }

    void expect(const char *outcome, const std::vector<Entry> &entries, const std::string &what) const {
        write_entries(spoilt, entries);
        STRCMP_EQUAL_TEXT(outcome, read_spoilt(what).outcome.c_str(), what.c_str());
    }
};

TEST(FirmwareReader, hands_out_the_image_that_was_packed) {
    const FirmwareReader reader = open(whole);
    STRCMP_EQUAL("2.8.1.0", reader.manifest().version.text().c_str());
    STRCMP_EQUAL("CN=Test Vendor", reader.signer().c_str());
    LONGS_EQUAL(3, reader.chunks().chunks.size());
    CHECK_TRUE(reader.chunks().chunks[1].kind == ChunkKind::zero);

    const Reading reading = read_all(whole);
    STRCMP_EQUAL("accepted", reading.outcome.c_str());
    CHECK_TRUE(reading.image == image);
}

TEST(FirmwareReader, reports_progress_that_rises_to_the_end) {
    std::vector<std::uint64_t> seen;
    const auto progress = [&](std::uint64_t bytes_done, std::uint64_t bytes_all) {
        UNSIGNED_LONGS_EQUAL(image.size(), bytes_all);
        seen.push_back(bytes_done);
    };
    open(whole).read_image([](const Chunk &, std::span<const std::byte>) {}, progress, {});
    CHECK_TRUE(std::ranges::is_sorted(seen));
    UNSIGNED_LONGS_EQUAL(image.size(), seen.back());
    seen.clear();
    open(whole).verify_all(progress, {});
    UNSIGNED_LONGS_EQUAL(image.size(), seen.back());
}

TEST(FirmwareReader, stops_when_asked_to) {
    std::stop_source stop;
    int chunks = 0;
    const auto sink = [&](const Chunk &, std::span<const std::byte>) {
        ++chunks;
        stop.request_stop();
    };
    CHECK_THROWS(Cancelled, open(whole).read_image(sink, nullptr, stop.get_token()));
    LONGS_EQUAL(1, chunks);
    CHECK_THROWS(Cancelled, open(whole).verify_all(nullptr, stop.get_token()));
}

TEST(FirmwareReader, refuses_a_changed_byte_in_each_part) {
    struct Case {
        std::size_t entry;
        std::vector<std::string> outcomes; ///< which of them depends on the byte
    };
    const Case cases[] = {
        {0, {"manifest_changed"}},
        {1, {"damaged_signature", "unknown_key", "unsupported_format", "manifest_changed", "accepted"}},
        {2, {"index_changed"}},
        {3, {"damaged"}},
    };
    const std::vector<Entry> entries = entries_of(whole);
    for (const Case &one : cases) {
        constexpr std::size_t samples = 40;
        const std::size_t length = entries[one.entry].contents.size();
        for (std::size_t sample = 0; sample < samples; ++sample) {
            std::vector<Entry> changed = entries;
            const std::size_t position = sample * (length - 1) / (samples - 1);
            char &byte = changed[one.entry].contents[position];
            byte = static_cast<char>(byte ^ 0x20);
            write_entries(spoilt, changed);
            const std::string what = entries[one.entry].name + " at " + std::to_string(position);
            const Reading reading = read_spoilt(what);
            CHECK_TRUE_TEXT(std::ranges::find(one.outcomes, reading.outcome) != one.outcomes.end(),
                            (what + ": " + reading.outcome).c_str());
            // A byte of the certificate that comes with the signature does not count: the trusted one is
            // used.
            if (reading.outcome == "accepted")
                CHECK_TRUE(reading.image == image);
            if (one.entry < 3 && reading.outcome != "accepted")
                CHECK_TRUE_TEXT(reading.image.empty(), what.c_str());
        }
    }
}

TEST(FirmwareReader, finds_damage_without_unpacking) {
    std::vector<Entry> entries = entries_of(whole);
    entries[3].contents.back() = static_cast<char>(entries[3].contents.back() ^ 1);
    write_entries(spoilt, entries);
    CHECK_THROWS(FirmwareDamaged, open(spoilt).verify_all(nullptr, {}));
    try {
        open(spoilt).verify_all(nullptr, {});
    } catch (const FirmwareDamaged &error) {
        STRCMP_CONTAINS("image at 8388608 bytes", error.what());
        STRCMP_CONTAINS("download", error.next_step().c_str());
    }
}

TEST(FirmwareReader, hands_out_no_wrong_byte_whatever_byte_of_the_file_changes) {
    const std::string bytes = read_file(whole);
    constexpr std::size_t head_bytes = 8192;
    constexpr std::size_t samples_in_image = 100;
    std::vector<std::size_t> positions;
    for (std::size_t position = 0; position < head_bytes; position += 37)
        positions.push_back(position);
    for (std::size_t sample = 0; sample < samples_in_image; ++sample)
        positions.push_back(head_bytes + sample * (bytes.size() - head_bytes) / samples_in_image);
    std::map<std::string, int> outcomes;
    for (const std::size_t position : positions) {
        std::string changed = bytes;
        changed[position] = static_cast<char>(changed[position] ^ 0x10);
        write_file(spoilt, changed);
        const Reading reading = read_spoilt(std::to_string(position));
        if (reading.outcome == "accepted")
            CHECK_TRUE(reading.image == image);
        ++outcomes[reading.outcome];
    }
    CHECK_TRUE(outcomes["damaged"] > 50);
    CHECK_TRUE(outcomes["not_a_firmware_file"] > 10);
}

TEST(FirmwareReader, refuses_a_truncated_file_wherever_it_ends) {
    const std::string bytes = read_file(whole);
    const std::vector<Entry> entries = entries_of(whole);
    const std::string &stored = entries[3].contents;
    const std::size_t image_end = bytes.find(stored) + stored.size();
    std::vector<std::size_t> lengths = {0, 1, 100, 511, 512, 513, image_end - 1, image_end - 512};
    for (std::size_t length = 700; length < 10000; length += 211)
        lengths.push_back(length);
    for (std::size_t length = 10000; length < image_end; length += image_end / 50)
        lengths.push_back(length);
    for (const std::size_t length : lengths) {
        write_file(spoilt, std::string_view(bytes).substr(0, length));
        const Reading reading = read_spoilt(std::to_string(length));
        // Too short for the first header, it could be anything.
        const char *outcome = length < 512 ? "not_a_firmware_file" : "damaged";
        STRCMP_EQUAL_TEXT(outcome, reading.outcome.c_str(), std::to_string(length).c_str());
        if (length >= 512)
            STRCMP_CONTAINS(("ends after " + std::to_string(length) + " bytes").c_str(),
                            reading.message.c_str());
    }
    // The mark at the end of the archive is not needed.
    write_file(spoilt, std::string_view(bytes).substr(0, (image_end + 511) / 512 * 512));
    STRCMP_EQUAL("accepted", read_spoilt("all of the image").outcome.c_str());
}

TEST(FirmwareReader, refuses_entries_that_are_missing_or_out_of_order) {
    std::vector<Entry> entries = entries_of(whole);
    entries.resize(4); // what follows the image is found by its place, which the manifest names
    std::vector<std::size_t> order = {0, 1, 2, 3};
    while (std::ranges::next_permutation(order).found) {
        std::vector<Entry> changed;
        changed.reserve(order.size());
        for (const std::size_t place : order)
            changed.push_back(entries[place]);
        expect("not_a_firmware_file", changed, "reordered");
    }
    for (std::size_t place = 0; place < entries.size(); ++place) {
        std::vector<Entry> missing = entries;
        missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(place));
        expect(place == 3 ? "damaged" : "not_a_firmware_file", missing, "missing");
        std::vector<Entry> twice = entries;
        twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(place), entries[place]);
        expect(place == 3 ? "accepted" : "not_a_firmware_file", twice, "twice");
        std::vector<Entry> renamed = entries;
        renamed[place].name = "./" + renamed[place].name;
        expect("not_a_firmware_file", renamed, "renamed");
    }
    std::vector<Entry> extra = entries;
    extra.push_back({"extra", "x"});
    expect("accepted", extra, "extra"); // never looked at
    expect("damaged", {}, "no entries");
}

TEST(FirmwareReader, refuses_entries_that_are_too_large_before_reading_them) {
    const std::vector<Entry> entries = entries_of(whole);
    const std::size_t limits[] = {max_manifest_bytes, max_signature_bytes, max_chunk_index_bytes};
    for (std::size_t place = 0; place < std::size(limits); ++place) {
        std::vector<Entry> changed = entries;
        changed[place].contents.resize(limits[place] + 1, ' ');
        expect("too_large", changed, changed[place].name);
    }
}

TEST(FirmwareReader, refuses_what_is_signed_but_does_not_fit_together) {
    const std::vector<Entry> entries = entries_of(whole);
    const std::string &index = entries[2].contents;
    const std::string &stored = entries[3].contents;
    expect("accepted", signed_entries(index, image.size(), stored), "as built");
    expect("wrong_index", signed_entries(index, image.size() + 4096, stored), "image length");
    expect("not_a_firmware_file", signed_entries(index, image.size(), stored + "x"), "longer image");
    expect("not_a_firmware_file", signed_entries(index, image.size(), stored.substr(1)), "shorter image");

    // A chunk that unpacks to less, to more, or to something else than it should.
    const ChunkIndex parsed = parse_chunk_index(index, image.size());
    for (const std::uint64_t raw_bytes : {std::uint64_t{4096}, std::uint64_t{12288}}) {
        ChunkIndex wrong = parsed;
        wrong.chunks[2].raw_bytes = raw_bytes;
        expect("damaged", signed_entries(serialize(wrong), 2 * chunk_bytes + raw_bytes, stored),
               "unpacked length");
    }
    ChunkIndex wrong = parsed;
    wrong.chunks[0].raw_sha256 = partitions::base::sha256_of(std::string_view("something else"));
    expect("damaged", signed_entries(serialize(wrong), image.size(), stored), "unpacked hash");
}

TEST(FirmwareReader, refuses_files_of_other_kinds) {
    run_command("gzip -c " + whole.string() + " > " + spoilt.string());
    STRCMP_EQUAL("not_a_firmware_file", read_all(spoilt).outcome.c_str());
    write_file(spoilt, std::string(100000, 'x'));
    STRCMP_EQUAL("not_a_firmware_file", read_all(spoilt).outcome.c_str());
    STRCMP_EQUAL("not_a_firmware_file", read_all(folder / "absent").outcome.c_str());
    STRCMP_EQUAL("not_a_firmware_file", read_all(folder.path()).outcome.c_str());

    std::filesystem::create_directory(folder / "links");
    run_command("cd " + (folder / "links").string() + " && ln -s /etc/passwd manifest.xml && tar cf " +
                spoilt.string() + " manifest.xml");
    STRCMP_EQUAL("not_a_firmware_file", read_all(spoilt).outcome.c_str());
}

TEST(FirmwareReader, notices_that_the_file_was_exchanged) {
    std::filesystem::copy(whole, spoilt);
    const FirmwareReader reader = open(spoilt);
    const std::vector<Entry> entries = entries_of(whole);
    const std::string index = "update-control chunks 2\nzero 4194304 0 - -\n";
    write_entries(spoilt, signed_entries(index, chunk_bytes, ""));
    CHECK_THROWS(FirmwareDamaged, reader.verify_all(nullptr, {}));
}

TEST(FirmwareReader, finds_a_damaged_unit_index_only_when_all_is_checked) {
    std::vector<Entry> entries = entries_of(whole);
    STRCMP_EQUAL("units", entries[4].name.c_str());
    entries[4].contents.back() = static_cast<char>(entries[4].contents.back() ^ 1);
    write_entries(spoilt, entries);
    STRCMP_EQUAL("accepted", read_spoilt("the image is whole").outcome.c_str());
    STRCMP_EQUAL("index_changed", outcome_of([&] { open(spoilt).verify_all(nullptr, {}); }).c_str());
}

TEST(FirmwareReader, trusts_only_the_keys_it_was_given) {
    CHECK_THROWS(FirmwareRefused,
                 FirmwareReader(whole, TrustedKeys::from_directory(stranger_key().trusted_folder)));
}

TEST(FirmwareReader, passes_on_what_the_sink_throws) {
    struct DiskBroken {};
    const auto sink = [](const Chunk &, std::span<const std::byte>) { throw DiskBroken(); };
    CHECK_THROWS(DiskBroken, open(whole).read_image(sink, nullptr, {}));
}
