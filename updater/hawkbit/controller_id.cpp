#include "updater/hawkbit/controller_id.hpp"

#include <array>
#include <climits>
#include <stdexcept>
#include <systemd/sd-id128.h>
#include <unistd.h>

namespace updater::hawkbit {

namespace {

std::string id_of_machine() {
    const sd_id128_t application =
        SD_ID128_MAKE(3f, 1b, 7c, 52, 9d, 0e, 4a, 66, 8b, 2a, 5e, 94, d7, 31, c8, 0f);
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
