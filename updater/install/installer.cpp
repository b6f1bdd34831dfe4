// The steps of an installation: survey, plan, make and write chunks, fall back, sync, read back.
#include "updater/install/installer.hpp"

#include "updater/firmware/firmware_error.hpp"
#include "updater/install/chunk_workers.hpp"
#include "updater/install/image_check.hpp"
#include "updater/install/pipeline.hpp"
#include "updater/install/planned_image.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace updater::install {

namespace {

constexpr unsigned max_threads_by_default = 4;
/// A base from which none of the first chunks can be made is the wrong base.
constexpr std::size_t max_failures_without_success = 8;

unsigned threads_of(const InstallSettings &settings) {
    if (settings.threads > 0)
        return settings.threads;
    return std::clamp(std::thread::hardware_concurrency(), 1U, max_threads_by_default);
}

void tell(const Progress &progress, std::uint64_t done, std::uint64_t all, std::string_view what) {
    if (progress)
        progress(done, all, what);
}

} // namespace

/// Tells how much of the image is written. Used by one thread at a time.
class Installer::WrittenProgress {
  public:
    WrittenProgress(const Progress &progress, const firmware::ByteSource &source, std::uint64_t image_bytes,
                    std::uint64_t written_bytes)
        : progress_(progress), source_(source), image_bytes_(image_bytes), written_bytes_(written_bytes) {}

    void add(std::uint64_t bytes) {
        written_bytes_ += bytes;
        show();
    }

    /// Called also between two chunks: on a slow line one takes minutes.
    void show() const {
        // Reading back is the other half of the work.
        tell(progress_, written_bytes_, 2 * image_bytes_,
             "written " + text::bytes_text(written_bytes_) + " of " + text::bytes_text(image_bytes_) +
                 ", fetched " + text::bytes_text(source_.fetched_bytes()));
    }

  private:
    const Progress &progress_;
    const firmware::ByteSource &source_;
    std::uint64_t image_bytes_;
    std::uint64_t written_bytes_;
};

Installer::Installer(partitions::Storage &storage, firmware::ByteSource &source,
                     const firmware::FirmwareHead &head, const InstallPartitions &partitions,
                     const InstallSettings &settings, Pace pace)
    : source_(source), head_(head), effort_{threads_of(settings), std::move(pace)},
      partitions_(storage, partitions, head.chunks.image_bytes, settings.checkpoint_bytes) {}

InstallPlan Installer::plan(const Progress &progress, const std::stop_token &stop) {
    auto planned = plan_image(source_, head_, planned_partitions(), effort_, progress, stop);
    survey_ = std::move(planned.survey);
    wanted_ = std::move(planned.wanted);
    route_ = std::move(planned.route);
    return std::move(planned.plan);
}

InstallResult Installer::run(const Progress &progress, const Log &log, const std::stop_token &stop) {
    InstallResult result;
    result.fallback_chunks = write_image(progress, log, stop);
    // Before the read-back: otherwise a cache could return data that is not on the disk yet.
    partitions_.writer.sync();
    result.read_back_bytes = read_back(progress, stop);
    result.written_bytes = partitions_.writer.written_bytes();
    result.zeroed_bytes = partitions_.writer.zeroed_bytes();
    result.fetched_bytes = source_.fetched_bytes();
    partitions_.writer.finish();
    return result;
}

std::size_t Installer::write_image(const Progress &progress, const Log &log, const std::stop_token &stop) {
    std::uint64_t present_bytes = head_.chunks.image_bytes;
    for (const std::size_t number : wanted_)
        present_bytes -= head_.chunks.chunks[number].raw_bytes;
    WrittenProgress written(progress, source_, head_.chunks.image_bytes, present_bytes);
    ChunkNumbers left = carry_out(route_, written, stop);
    const std::size_t fallback_chunks = left.size();
    Way failed = route_.way;
    while (!left.empty()) {
        // Fetching the same again makes sense only from another server.
        if (failed == Way::whole && !source_.distrust())
            throw firmware::FirmwareDamaged(reason_ + "; " + std::to_string(left.size()) +
                                            " chunks cannot be made");
        const Route route = Planner(source_, head_, planned_partitions(), effort_)
                                .fall_back(failed, left, survey_.present, progress, stop);
        if (log)
            log(std::to_string(left.size()) + " chunks could not be made as planned (" +
                std::string(name_of(failed)) + ": " + reason_ + "); fetching " +
                text::bytes_text(route.fetch_bytes) + " for them from " + source_.name() + " (" +
                std::string(name_of(route.way)) + ")");
        left = carry_out(route, written, stop);
        failed = route.way;
    }
    return fallback_chunks;
}

ChunkNumbers Installer::carry_out(const Route &route, WrittenProgress &written, const std::stop_token &stop) {
    const Ingredients ingredients{.head = head_,
                                  .patch = route.patch ? &*route.patch : nullptr,
                                  .units = route.units.get(),
                                  .lookup = route.lookup.get(),
                                  .present = &survey_.present,
                                  .base = partitions_.base.get(),
                                  .target = &partitions_.writer.file()};
    const PipelineSettings settings{
        .ordered = route.way == Way::units,
        .limits = {.max_without_success = max_failures_without_success,
                   .max = route.way == Way::whole ? 1 : route.tasks.size()}}; // no way after `whole`
    const PipelineReports reports{
        .chunk_written =
            [&](const ChunkTask &task) { written.add(head_.chunks.chunks[task.chunk].raw_bytes); },
        .bytes_came = [&] { written.show(); }};
    auto result = run_pipeline(source_, route.tasks, chunk_workers(ingredients, partitions_.writer, effort_),
                               settings, reports, stop);
    if (!result.failed.empty())
        reason_ = result.reason;
    return result.failed;
}

std::uint64_t Installer::read_back(const Progress &progress, const std::stop_token &stop) {
    const std::uint64_t image_bytes = head_.chunks.image_bytes;
    // Nothing was written: the survey has read and verified the whole image.
    if (wanted_.empty())
        return survey_.read_bytes;
    check_image_on(
        partitions_.writer.file(), partitions_.target_device, head_.chunks, effort_,
        [&](std::uint64_t done) {
            tell(progress, image_bytes + done, 2 * image_bytes,
                 "reading back " + text::bytes_text(done) + " of " + text::bytes_text(image_bytes));
        },
        stop);
    return image_bytes;
}

Planner::Partitions Installer::planned_partitions() {
    partitions::File *base = partitions_.base.get();
    return {.base = base,
            .base_bytes = base ? base->size_bytes() : 0,
            .base_version = partitions_.base_version,
            .target = &partitions_.writer.file()};
}

} // namespace updater::install
