#include "updater/rescue/slot_verification.hpp"

#include "updater/cancelled.hpp"
#include "updater/install/changed_blocks.hpp"
#include "updater/text/byte_amount.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/local_time.hpp"
#include "updater/text/word_table.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <utility>

namespace updater::rescue {

namespace {

constexpr auto verdict_words = std::to_array<text::Word<SlotVerdict>>({
    {SlotVerdict::as_signed, "as-signed"},
    {SlotVerdict::differs, "differs"},
    {SlotVerdict::unknown, "unknown"},
});

std::string text_of_ranges(const install::ImageDifferences &differences) {
    std::string text;
    for (const auto &range : differences.ranges)
        text += (text.empty() ? "" : ", ") + text::bytes_text(range.length_bytes) + " at byte " +
                std::to_string(range.offset_bytes);
    return text;
}

std::string text_of_differences(const SlotReport &report) {
    const auto &found = report.differences;
    const std::string image = "the image of version " + report.version + " that was signed";
    if (found.differing_chunks == 0)
        return "slot " + std::string(1, partitions::letter(report.slot)) + " holds " + image;
    return "slot " + std::string(1, partitions::letter(report.slot)) + " differs from " + image + " in " +
           std::to_string(found.differing_chunks) + " of " + std::to_string(found.chunks) + " chunks" +
           (found.unreadable_chunks == 0
                ? std::string()
                : ", " + std::to_string(found.unreadable_chunks) + " of them can't be read") +
           "; first places: " + text_of_ranges(found);
}

std::string text_of_files(const SlotReport &report) {
    constexpr std::size_t max_named = 5;
    if (report.files.empty())
        return "; no file's content lies there";
    std::string text = "; files there: ";
    const auto named = std::min(max_named, report.files.size());
    for (std::size_t index = 0; index < named; ++index)
        text += (index == 0 ? "" : ", ") + text::clean_text(report.files[index]);
    const auto more = report.files.size() - named + report.more_files;
    return text + (more == 0 ? std::string() : " and " + std::to_string(more) + " more");
}

nlohmann::json element_of(const SlotReport &report) {
    auto ranges = nlohmann::json::array();
    for (const auto &range : report.differences.ranges)
        ranges.push_back({{"offset", range.offset_bytes}, {"bytes", range.length_bytes}});
    return {{"slot", std::string(1, partitions::letter(report.slot))},
            {"version", report.version.empty() ? nlohmann::json(nullptr) : nlohmann::json(report.version)},
            {"result", text::word_of(verdict_words, report.verdict)},
            {"chunks", report.differences.chunks},
            {"differing_chunks", report.differences.differing_chunks},
            {"differing_bytes", report.differences.differing_bytes},
            {"unreadable_chunks", report.differences.unreadable_chunks},
            {"ranges", ranges},
            {"files", report.files},
            {"more_files", report.more_files},
            {"text", report.text},
            {"advice", report.advice}};
}

} // namespace

nlohmann::json time_or_null(const std::optional<std::chrono::system_clock::time_point> &time) {
    return time ? nlohmann::json(text::iso_time(*time)) : nlohmann::json(nullptr);
}

nlohmann::json to_json(const VerificationReport &report, std::optional<int> percent) {
    nlohmann::json document = {
        {"format", 1},
        {"verifying", percent.has_value()},
        {"percent", percent ? nlohmann::json(*percent) : nlohmann::json(nullptr)},
        {"began", time_or_null(report.began)},
        {"ended", time_or_null(report.ended)},
        {"problem", report.problem.empty() ? nlohmann::json(nullptr) : nlohmann::json(report.problem)},
        {"slots", nlohmann::json::array()}};
    for (const auto &slot : report.slots)
        document["slots"].push_back(element_of(slot));
    return document;
}

SlotVerification::SlotVerification(partitions::Storage &storage,
                                   const partitions::PartitionFinder &partitions,
                                   const install::ImageHeads &heads, firmware::KeysNow trusted_keys,
                                   FilesAt files_at)
    : storage_(storage), partitions_(partitions), heads_(heads), trusted_keys_(std::move(trusted_keys)),
      files_at_(std::move(files_at)) {}

SlotReport SlotVerification::verify(partitions::Slot slot, const install::Effort &effort,
                                    const std::function<void(int)> &progress,
                                    const std::stop_token &stop) const {
    SlotReport report{.slot = slot, .version = {}, .differences = {}, .text = {}};
    const std::string name = "slot " + std::string(1, partitions::letter(slot));
    std::optional<firmware::FirmwareHead> head;
    try {
        head = heads_.read(slot, trusted_keys_());
    } catch (const std::exception &failure) {
        report.text = "what was signed for " + name + " can't be read: " + text::clean_text(failure.what());
        return report;
    }
    if (!head) {
        report.text = "what was signed for " + name +
                      " isn't known: no firmware was installed there, and the disk was delivered without its "
                      "signed head";
        return report;
    }
    report.version = head->manifest.version.text();
    const auto device = storage_.open(partitions_.device_of(partitions::partition_label(slot)),
                                      partitions::OpenMode::block_device_shared);
    const auto all_bytes = std::max<std::uint64_t>(1, head->chunks.image_bytes);
    report.differences = install::differences_of_image(
        *device, head->chunks, effort,
        [&](std::uint64_t done) { progress(static_cast<int>(done * 100 / all_bytes)); }, stop);
    device->close();
    report.verdict = report.differences.differing_chunks == 0 ? SlotVerdict::as_signed : SlotVerdict::differs;
    report.text = text_of_differences(report);
    if (report.verdict == SlotVerdict::differs)
        report.text += name_files(report, *head, effort, stop);
    return report;
}

/// Adds them to the report; returns the words for its text.
std::string SlotVerification::name_files(SlotReport &report, const firmware::FirmwareHead &head,
                                         const install::Effort &effort, const std::stop_token &stop) const {
    try {
        const auto device_path = partitions_.device_of(partitions::partition_label(report.slot));
        const auto device = storage_.open(device_path, partitions::OpenMode::block_device_shared);
        const auto twin =
            storage_.open(partitions_.device_of(partitions::partition_label(partitions::other(report.slot))),
                          partitions::OpenMode::block_device_shared);
        const auto places =
            install::changed_blocks(*device, *twin, head.chunks, report.differences.ranges, effort, stop);
        twin->close();
        device->close();
        report.files = files_at_(device_path, places, stop);
    } catch (const Cancelled &) {
        throw;
    } catch (const std::exception &failure) {
        return "; which files lie there can't be told: " + text::clean_text(failure.what());
    }
    if (report.files.size() > SlotReport::max_files) {
        report.more_files = report.files.size() - SlotReport::max_files;
        report.files.resize(SlotReport::max_files);
    }
    return text_of_files(report);
}

} // namespace updater::rescue
