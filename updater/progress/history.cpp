#include "updater/progress/history.hpp"

#include "partitions/durable.hpp"
#include "updater/progress/ended_job.hpp"

#include <algorithm>
#include <utility>

namespace updater::progress {

using nlohmann::json;

namespace {

constexpr std::size_t max_file_bytes = 4UL * 1024 * 1024;

} // namespace

History::History(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {}

void History::add(const job::JobFacts &facts, const job::JobEnd &end) {
    json document = this->document();
    json &jobs = document["jobs"];
    json added = document_of(facts, end); // its texts are cleaned, and so bounded
    std::erase_if(jobs.get_ref<json::array_t &>(),
                  [&](const json &each) { return each.value("job", "") == facts.job; });
    jobs.push_back(std::move(added));
    if (jobs.size() > max_jobs)
        jobs.erase(jobs.begin(), jobs.begin() + static_cast<json::difference_type>(jobs.size() - max_jobs));
    partitions::make_directories(storage_, file_.parent_path());
    partitions::replace_file(storage_, file_,
                             document.dump(1, ' ', false, json::error_handler_t::replace) + "\n", 0600);
}

json History::document() const {
    const json empty = {{"format", 1}, {"jobs", json::array()}};
    json document;
    try {
        if (storage_.kind(file_) != partitions::FileKind::file)
            return empty;
        document = json::parse(partitions::read_whole_file(storage_, file_, max_file_bytes), nullptr, false);
    } catch (const partitions::StorageError &) {
        return empty; // it is only for information: nothing may fail because of it
    }
    const bool is_list = document.is_object() && document.value("format", json()) == 1 &&
                         document.value("jobs", json()).is_array();
    if (!is_list)
        return empty;
    std::erase_if(document["jobs"].get_ref<json::array_t &>(), [](const json &each) {
        return !each.is_object() || !each.value("job", json()).is_string();
    });
    return document;
}

} // namespace updater::progress
