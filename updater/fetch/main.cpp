// update-fetch: fetches the feed's documents for the agent, as a user that may do nothing else. systemd gives
// it the request as a credential and a folder for what it fetches (update-fetch.service). Believes nothing
// and parses nothing that comes from the network beyond HTTP and TLS, and those in libcurl.
#include "partitions/posix_storage.hpp"
#include "updater/download/curl_fetcher.hpp"
#include "updater/fetch/feed_files.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

// Larger than anything that the agent reads.
constexpr std::uint64_t most_document_bytes = 2UL * 1024 * 1024;

std::filesystem::path folder_in(const char *variable) {
    const char *value = std::getenv(variable);
    if (value == nullptr || *value == '\0')
        throw std::runtime_error(std::string(variable) +
                                 " is not set; this program is meant to be started by update-fetch.service");
    return value;
}

updater::FeedRequest read_request() {
    std::ifstream file(folder_in("CREDENTIALS_DIRECTORY") / "request", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file || !text)
        throw std::runtime_error("the request of the agent cannot be read");
    return updater::parse_feed_request(text.str());
}

void write_problem(const std::filesystem::path &folder, const std::string &problem) {
    std::ofstream file(folder / updater::problem_file, std::ios::binary);
    file << problem.substr(0, updater::most_problem_bytes);
    if (!file.flush())
        std::cerr << "update-fetch: the problem cannot be noted down\n";
}

} // namespace

int main() {
    try {
        const std::filesystem::path folder = folder_in("STATE_DIRECTORY");
        try {
            const updater::FeedRequest request = read_request();
            partitions::PosixStorage storage;
            updater::DownloadLimits limits;
            limits.most_bytes = most_document_bytes;
            limits.stall_time = std::chrono::seconds(30);
            updater::CurlFetcher fetcher(storage, request.certificate_authority, limits);
            updater::fetch_feed_files(fetcher, request, folder, std::stop_token());
            return 0;
        } catch (const std::exception &failure) {
            write_problem(folder, failure.what());
            throw;
        }
    } catch (const std::exception &failure) {
        std::cerr << "update-fetch: " << failure.what() << '\n';
        return 1;
    }
}
