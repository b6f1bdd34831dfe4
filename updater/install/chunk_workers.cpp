#include "updater/install/chunk_workers.hpp"

#include "partitions/aligned_buffer.hpp"

#include <memory>

namespace updater::install {

namespace {

/// One thread's buffers, and what it does with them.
class BufferedWorker {
  public:
    BufferedWorker(const Ingredients &ingredients, partitions::PartitionWriter &writer, const Effort &effort)
        : chunks_(ingredients.head.chunks.chunks), writer_(writer), effort_(effort), maker_(ingredients) {}

    void make(const ChunkTask &task, std::span<const std::byte> fetched) {
        const auto raw = raw_of(task);
        effort_.before(raw.size());
        if (task.how != ChunkTask::How::zero)
            maker_.make(task, fetched, raw);
    }

    void write(const ChunkTask &task) {
        const firmware::Chunk &chunk = chunks_[task.chunk];
        if (task.how == ChunkTask::How::zero)
            writer_.zero(chunk.offset_bytes, chunk.raw_bytes, scratch_);
        else
            writer_.write(chunk.offset_bytes, raw_of(task), scratch_);
    }

  private:
    std::span<std::byte> raw_of(const ChunkTask &task) {
        return raw_.first(static_cast<std::size_t>(chunks_[task.chunk].raw_bytes));
    }

    const std::vector<firmware::Chunk> &chunks_;
    partitions::PartitionWriter &writer_;
    const Effort &effort_;
    ChunkMaker maker_;
    partitions::AlignedBuffer raw_{firmware::chunk_bytes};
    partitions::PartitionWriter::Scratch scratch_;
};

} // namespace

std::vector<ChunkWorker> chunk_workers(const Ingredients &ingredients, partitions::PartitionWriter &writer,
                                       const Effort &effort) {
    std::vector<ChunkWorker> workers;
    for (unsigned thread = 0; thread < effort.threads; ++thread) {
        const auto worker = std::make_shared<BufferedWorker>(ingredients, writer, effort);
        workers.push_back(
            {.make = [worker](const ChunkTask &task,
                              std::span<const std::byte> fetched) { worker->make(task, fetched); },
             .write = [worker](const ChunkTask &task) { worker->write(task); }});
    }
    return workers;
}

} // namespace updater::install
