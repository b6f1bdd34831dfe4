// mailsec-filter: reads the policies, then serves Postfix until it is told to stop. Only connects the parts.
#include "image/product/filter/milter.hpp"

#include <exception>
#include <getopt.h>
#include <iostream>
#include <string>
#include <systemd/sd-daemon.h>
#include <utility>

namespace {

constexpr const char *usage = "usage: mailsec-filter [--socket=unix:/run/mailsec-filter/socket] "
                              "[--policies=/etc/mailsec/policies] [--definitions=FILE] [--store=SETTINGS]\n";

struct Options {
    std::string socket = "unix:/run/mailsec-filter/socket";
    std::string policies = "/etc/mailsec/policies";
    std::string definitions = "/var/lib/mailsec/definitions/current/words";
    std::string store = "host=/run/mailsec-store dbname=mailsec user=mailsec connect_timeout=10";
};

bool read_options(int argument_count, char **arguments, Options &options) {
    const option known[] = {{"socket", required_argument, nullptr, 's'},
                            {"policies", required_argument, nullptr, 'p'},
                            {"definitions", required_argument, nullptr, 'w'},
                            {"store", required_argument, nullptr, 'd'},
                            {nullptr, 0, nullptr, 0}};
    for (int found = 0; (found = getopt_long(argument_count, arguments, "", known, nullptr)) != -1;) {
        switch (found) {
        case 's':
            options.socket = optarg;
            break;
        case 'p':
            options.policies = optarg;
            break;
        case 'w':
            options.definitions = optarg;
            break;
        case 'd':
            options.store = optarg;
            break;
        default:
            return false;
        }
    }
    return optind == argument_count;
}

} // namespace

int main(int argument_count, char **arguments) {
    Options options;
    if (!read_options(argument_count, arguments, options)) {
        std::cerr << usage;
        return 2;
    }
    try {
        auto policies = mailsec::read_policies(options.policies);
        if (auto definitions = mailsec::read_definitions(options.definitions))
            policies.push_back(std::move(*definitions));
        for (const auto &policy : policies)
            std::cerr << "<6>policy " << policy.name
                      << (policy.active ? ": " + std::to_string(policy.entries.size()) + " entries"
                                        : ": inactive")
                      << '\n';
        mailsec::MessageStore store(options.store);
        mailsec::serve(options.socket, policies, store, [] { sd_notify(0, "READY=1"); });
    } catch (const std::exception &error) {
        std::cerr << "<3>mailsec-filter: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
