// Adds up the fetches of the engine's own work lists.
#include "image/firmware-tool/fetch_table.hpp"

#include "partitions/posix_storage.hpp"
#include "updater/install/block_lookup.hpp"
#include "updater/install/work_list.hpp"
#include "updater/text/byte_amount.hpp"

#include <iomanip>
#include <iostream>
#include <numeric>

namespace firmware_tool {

namespace {

void print_line(const std::string &appliance, std::uint64_t bytes, std::uint64_t whole_bytes) {
    std::cout << std::left << std::setw(44) << appliance << std::right << std::fixed << std::setprecision(1)
              << std::setw(11) << updater::text::bytes_text(bytes) << std::setw(7)
              << 100.0 * static_cast<double>(bytes) / static_cast<double>(whole_bytes) << " %\n";
}

std::uint64_t fetched_with_blocks_of(const PatchBase &base, const firmware_writer::FirmwareSummary &summary) {
    partitions::PosixStorage storage;
    const auto image = storage.open(base.image, partitions::OpenMode::read);
    updater::install::BlockLookup lookup(summary.units);
    lookup.scan(updater::install::BlockLookup::Where::base, *image, image->size_bytes(), {}, nullptr, {});
    image->close();
    updater::firmware::FirmwareHead head;
    head.chunks = summary.chunks;
    updater::install::ChunkNumbers all(summary.chunks.chunks.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return updater::install::fetch_bytes(
        updater::install::unit_tasks(head, summary.units, lookup, all, std::vector<bool>(all.size(), false)));
}

} // namespace

void print_fetch_table(const BuildCommand &command, const firmware_writer::FirmwareSummary &summary) {
    const std::uint64_t whole = summary.head_bytes + summary.stored_image_bytes;
    std::cout << command.output.string() << ": "
              << updater::text::bytes_text(std::filesystem::file_size(command.output))
              << ". An appliance will fetch:\n";
    for (const firmware_writer::FirmwareSummary::Patch &patch : summary.patches)
        print_line("with " + patch.from.text() + ", by its patch",
                   summary.head_bytes + patch.index_bytes + patch.record_bytes + patch.chunk_bytes, whole);
    for (const PatchBase &base : command.patch_bases)
        print_line("with the blocks of " + base.version + ", without patch",
                   summary.head_bytes + summary.unit_index_bytes + fetched_with_blocks_of(base, summary),
                   whole);
    print_line("with nothing of it", whole, whole);
}

} // namespace firmware_tool
