// queue list|run: the updater's program for Postfix's mail queue (updater/contracts.md, cluster programs).
// list: what waits; run: has Postfix try all of it now.
#include "image/product/queue/listing.hpp"

#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/wait.h>

namespace {

/// What the command printed. Throws if it failed.
std::string output_of(const char *command) {
    std::FILE *stream = popen(command, "r"); // a fixed command: nothing of it comes from outside
    if (stream == nullptr)
        throw std::runtime_error("a program cannot be started");
    std::string output;
    std::array<char, 65536> part{};
    for (std::size_t read = 0; (read = std::fread(part.data(), 1, part.size(), stream)) > 0;)
        output.append(part.data(), read);
    const int status = pclose(stream);
    if (status != 0)
        throw std::runtime_error(std::string(command) + " failed" +
                                 (WIFEXITED(status) ? " with " + std::to_string(WEXITSTATUS(status)) : ""));
    return output;
}

void carry_out(std::string_view verb) {
    if (verb == "run") {
        output_of("/usr/sbin/postqueue -f");
    } else if (verb == "list") {
        std::istringstream messages(output_of("/usr/sbin/postqueue -j"));
        queue::write_listing(messages, std::cout);
    } else {
        throw std::runtime_error("usage: queue list|run");
    }
}

} // namespace

int main(int argument_count, char **arguments) {
    try {
        carry_out(argument_count == 2 ? arguments[1] : "");
        std::cout.flush();
        return std::cout ? 0 : 1;
    } catch (const std::exception &failure) {
        std::cerr << failure.what() << '\n';
        return 1;
    }
}
