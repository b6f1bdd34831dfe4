#include "updater/install/planned_image.hpp"

#include "updater/install/work_list.hpp"

namespace updater::install {

PlannedImage plan_image(firmware::ByteSource &source, const firmware::FirmwareHead &head,
                        const Planner::Partitions &partitions, const Effort &effort, const Progress &progress,
                        const std::stop_token &stop) {
    const firmware::ChunkIndex &index = head.chunks;
    PlannedImage planned;
    planned.survey = survey(
        *partitions.target, index, effort,
        [&](std::uint64_t done) {
            if (progress)
                progress(done, index.image_bytes, "looking for chunks that are already on the partition");
        },
        stop);
    InstallPlan &plan = planned.plan;
    plan.whole_bytes = index.stored_bytes;
    for (std::size_t number = 0; number < index.chunks.size(); ++number) {
        if (planned.survey.present[number]) {
            plan.present_bytes += index.chunks[number].raw_bytes;
        } else {
            plan.write_bytes += index.chunks[number].raw_bytes;
            planned.wanted.push_back(number);
        }
    }
    const std::uint64_t before = source.fetched_bytes();
    if (planned.wanted.empty())
        planned.route.way = Way::nothing;
    else
        planned.route = Planner(source, head, partitions, effort)
                            .choose(planned.wanted, planned.survey.present, progress, stop);
    plan.way = planned.route.way;
    plan.fetch_bytes = fetch_bytes(planned.route.tasks) + (source.fetched_bytes() - before);
    plan.text = text_of(plan, planned.route.patch_entry ? planned.route.patch_entry->from.text() : "");
    return planned;
}

} // namespace updater::install
