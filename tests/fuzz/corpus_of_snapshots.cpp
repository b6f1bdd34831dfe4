// Snapshots of settings for the fuzzer to begin with.
#include "tests/fuzz/corpus.hpp"
#include "tests/support/snapshot_in_memory.hpp"
#include "updater/snapshot/description_json.hpp"

namespace fuzz {

void write_snapshot_inputs(const Corpus &corpus) {
    // The first byte chooses between an archive and a description alone.
    const SnapshotInMemory some = SnapshotInMemory::some();
    const std::string archive = some.archive();
    corpus.add("snapshot", "archive", '\0' + archive);
    corpus.add("snapshot", "torn", '\0' + archive.substr(0, archive.size() / 2));
    corpus.add("snapshot", "description", '\1' + updater::snapshot::description_text(some.description));
}

} // namespace fuzz
