#include "updater/agent/fetched_feed.hpp"

#include "partitions/durable.hpp"
#include "updater/agent/clean_text.hpp"
#include "updater/feed/feed.hpp"
#include "updater/feed/feed_names.hpp"

#include <utility>

namespace updater {

namespace {

constexpr const char *unit = "update-fetch.service";
/// A little longer than the unit's own limit.
constexpr std::chrono::seconds time_limit{75};

} // namespace

FetchedByService::FetchedByService(partitions::Storage &storage, OpenServices open_services,
                                   FeedRequest request, Places places)
    : storage_(storage), open_services_(std::move(open_services)), request_(std::move(request)),
      places_(std::move(places)) {}

FetchedFeed FetchedByService::fetch(std::uint64_t first_key_list) {
    request_.first_key_list = first_key_list;
    partitions::make_directories(storage_, places_.request.parent_path());
    partitions::replace_file(storage_, places_.request, write_feed_request(request_));
    try {
        open_services_()->start(unit, time_limit);
    } catch (const ServiceError &failure) {
        tell_problem(failure.what());
    }
    FetchedFeed fetched;
    for (std::uint64_t number = first_key_list; is_there(key_list_file(number)); ++number)
        fetched.key_lists.push_back(read_signed(key_list_file(number), most_key_list_bytes));
    if (!is_there(std::string(feed_file)))
        tell_problem("update-fetch has fetched no feed");
    fetched.feed = read_signed(std::string(feed_file), most_feed_bytes);
    return fetched;
}

SignedText FetchedByService::read_signed(const std::string &name, std::size_t most_bytes) {
    return {read(name, most_bytes), read(name + std::string(signature_suffix), most_signature_bytes)};
}

std::string FetchedByService::read(const std::string &name, std::size_t most_bytes) {
    try {
        return partitions::read_whole_file(storage_, places_.answer / name, most_bytes);
    } catch (const partitions::StorageError &failure) {
        throw FeedNotFetched(std::string("what was fetched cannot be used: ") + failure.what());
    }
}

bool FetchedByService::is_there(const std::string &name) {
    // A link could lead anywhere: whoever fetches is trusted with nothing.
    return storage_.kind(places_.answer / name) == partitions::FileKind::file;
}

void FetchedByService::tell_problem(const std::string &failure) {
    if (is_there(std::string(problem_file)))
        throw FeedNotFetched(clean_text(read(std::string(problem_file), most_problem_bytes)));
    throw FeedNotFetched(failure);
}

} // namespace updater
