// Any bytes as a snapshot that somebody imports, and any text as its description: the description has no
// hash to get past then. Expected: SnapshotDamaged.
#include "tests/fuzz/input.hpp"
#include "tests/support/snapshot_in_memory.hpp"
#include "updater/snapshot/description_json.hpp"
#include "updater/snapshot/snapshot_error.hpp"

using namespace updater::snapshot;

namespace {

void read_archive(std::string_view bytes) {
    ArchiveReader reader(SnapshotInMemory::source_of(bytes), "x");
    const ArchiveReader::Sink sink{.begin = [](const Entry &entry) {
        fuzz::require(entry.path.native().find("..") != 0 && !entry.path.is_absolute(),
                      "no file leads out of /etc or /var");
    }};
    reader.read_files(sink, {}, sink);
}

void read_description(std::string_view text) {
    const Description description = parse_description(text, "x");
    fuzz::require(description.settings.size() + description.base.size() + description.var.size() <=
                      max_entries,
                  "there are no more files than allowed");
    for (const auto *list : {&description.settings, &description.var})
        for (const Entry &entry : *list)
            for (const std::filesystem::path &name : entry.path)
                fuzz::require(name != ".." && name != "/", "no file leads out of /etc or /var");
    for (const Entry &entry : description.var)
        fuzz::require(entry.kind == EntryKind::directory || entry.kind == EntryKind::file,
                      "there is no link in /var");
    const std::string again = description_text(description);
    fuzz::require(description_text(parse_description(again, "x")) == again,
                  "what is written is read as the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool alone = (input.byte() & 1U) != 0;
    try {
        if (alone)
            read_description(input.text());
        else
            read_archive(input.text());
    } catch (const SnapshotDamaged &) {
    }
    return 0;
}
