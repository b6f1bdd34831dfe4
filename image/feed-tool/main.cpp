// update-feed: the vendor's program that makes the feed and key lists. Parses options and prints; the work is
// in publish.hpp.
#include "image/feed-tool/options.hpp"
#include "image/feed-tool/publish.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/text/utc_time.hpp"

#include <iostream>

namespace feed_tool {

namespace {

enum ExitCode { exit_done = 0, exit_failed = 1, exit_wrong_usage = 2, exit_not_accepted = 3 };

void run(const PublishCommand &command) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const updater::feed::Feed feed = publish(command, now);
    std::cout << "feed " << feed.serial << ", good until " << updater::text::utc_text(feed.expires) << ":\n";
    for (const updater::feed::FeedEntry &entry : feed.entries)
        std::cout << "  " << entry.version.text() << " from " << entry.minimum_version.text() << " on, "
                  << entry.bytes << " bytes, released " << updater::text::utc_text(entry.released)
                  << (entry.security_only ? ", security only" : "")
                  << (entry.stepping_stone ? ", stepping stone" : "")
                  << (entry.migration ? ", converts data" : "") << "\n";
}

void run(const RotateCommand &command) {
    std::cout << "key list: " << rotate(command).string() << "\n";
}

void run(const HelpCommand &) {
    std::cout << help_text;
}

int complain(const std::string &what, int exit_code) {
    std::cerr << "update-feed: " << what << "\n";
    return exit_code;
}

int run_all(int argument_count, char **arguments) {
    try {
        const Command command = parse_command_line(argument_count, arguments);
        std::visit([](const auto &chosen) { run(chosen); }, command);
        if (!std::cout.flush())
            return complain("cannot write to standard output", exit_failed);
        return exit_done;
    } catch (const WrongUsage &error) {
        return complain(std::string(error.what()) + "; see update-feed --help", exit_wrong_usage);
    } catch (const updater::Refused &error) {
        return complain(std::string(error.what()) + "; nothing was published", exit_not_accepted);
    } catch (const updater::firmware::FirmwareDamaged &error) {
        return complain(std::string(error.what()) + "; nothing was published", exit_not_accepted);
    } catch (const std::exception &error) {
        return complain(std::string(error.what()) + "; nothing was published", exit_failed);
    }
}

} // namespace

} // namespace feed_tool

int main(int argument_count, char **arguments) {
    return feed_tool::run_all(argument_count, arguments);
}
