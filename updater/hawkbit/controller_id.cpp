#include "updater/hawkbit/controller_id.hpp"

#include <array>
#include <climits>
#include <stdexcept>
#include <systemd/sd-id128.h>
#include <unistd.h>

namespace updater::hawkbit {

namespace {

std::string id_of_machine() {
    // Of SD_ID128_MAKE, whose C syntax clang does not take in C++.
    const sd_id128_t application{.bytes = {0x3f, 0x1b, 0x7c, 0x52, 0x9d, 0x0e, 0x4a, 0x66, 0x8b, 0x2a, 0x5e,
                                           0x94, 0xd7, 0x31, 0xc8, 0x0f}};
    sd_id128_t id{};
    if (sd_id128_get_machine_app_specific(application, &id) < 0)
        throw std::runtime_error(
            "this machine has no id in /etc/machine-id; name the appliance: <device id=\"…\"/> in "
            "/etc/update-control/hawkbit.xml");
    std::array<char, SD_ID128_STRING_MAX> text{};
    return sd_id128_to_string(id, text.data());
}

std::string name_of_host() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0')
        throw std::runtime_error("this machine has no name; see: hostnamectl");
    return name.data();
}

} // namespace

std::string controller_id(const ClientSettings &settings) {
    if (!settings.controller.empty())
        return settings.controller;
    return settings.id_source == IdSource::machine_id ? id_of_machine() : name_of_host();
}

} // namespace updater::hawkbit
