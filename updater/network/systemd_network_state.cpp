#include "updater/network/systemd_network_state.hpp"

#include "updater/network/link_description.hpp"
#include "updater/network/stacked_links.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

namespace updater::network {
namespace {

const std::string networkd = "org.freedesktop.network1";
const partitions::base::BusTarget manager{networkd, "/org/freedesktop/network1",
                                          "org.freedesktop.network1.Manager"};

std::vector<std::string> link_paths(partitions::base::Bus &bus) {
    const std::string doing = "list the network's interfaces";
    const partitions::base::BusMessage reply = bus.call_with_strings(manager, "ListLinks", {}, doing);
    partitions::base::check_bus(sd_bus_message_enter_container(reply.get(), 'a', "(iso)"), doing);
    std::vector<std::string> paths;
    const char *path = nullptr;
    while (partitions::base::check_bus(sd_bus_message_read(reply.get(), "(iso)", nullptr, nullptr, &path),
                                       doing) > 0)
        paths.emplace_back(path);
    return paths;
}

std::vector<LinkDescription> describe_links(partitions::base::Bus &bus) {
    std::vector<LinkDescription> links;
    for (const std::string &path : link_paths(bus)) {
        const std::string doing = "read how " + path + " is configured";
        const partitions::base::BusMessage reply =
            bus.call_with_strings({networkd, path, "org.freedesktop.network1.Link"}, "Describe", {}, doing);
        const char *text = nullptr;
        partitions::base::check_bus(sd_bus_message_read(reply.get(), "s", &text), doing);
        links.push_back(read_link_description(nlohmann::json::parse(text)));
    }
    return links;
}

std::string contents_of(const std::filesystem::path &file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream)
        throw NetworkError("cannot read " + file.string() + ", which configures an interface");
    return text;
}

/// Stacked links in the file that configured the link, and in its drop-ins.
std::vector<std::string> links_on(const std::filesystem::path &network_file) {
    // The file may have been removed since: then no stacked link is known.
    if (!std::filesystem::exists(network_file))
        return {};
    std::vector<std::string> lines = stacked_links(contents_of(network_file));
    for (const char *folder : {"/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network"}) {
        const auto drop_ins = std::filesystem::path(folder) / (network_file.filename().string() + ".d");
        if (!std::filesystem::is_directory(drop_ins))
            continue;
        for (const auto &entry : std::filesystem::directory_iterator(drop_ins))
            if (entry.path().extension() == ".conf")
                std::ranges::move(stacked_links(contents_of(entry.path())), std::back_inserter(lines));
    }
    return lines;
}

/// Without systemd-networkd on the bus it configures no interface.
bool means_not_running(const partitions::base::BusError &error) {
    constexpr std::array<std::string_view, 4> names{
        "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.systemd1.NoSuchUnit", "org.freedesktop.systemd1.UnitMasked"};
    return std::find(names.begin(), names.end(), error.name()) != names.end();
}

template <typename Work> auto translated(Work work) {
    try {
        return work();
    } catch (const NetworkError &) {
        throw;
    } catch (const std::exception &error) {
        throw NetworkError(std::string("systemd-networkd: ") + error.what());
    }
}

bool is_pin(const std::filesystem::path &file) {
    return file.filename().string().starts_with(pin_file_prefix);
}

} // namespace

std::vector<InterfaceAddresses> SystemdNetworkState::interfaces() {
    return translated([&] {
        std::vector<InterfaceAddresses> all;
        partitions::base::Bus bus = partitions::base::Bus::system();
        try {
            for (LinkDescription &link : describe_links(bus))
                if (!link.configured.addresses.empty()) {
                    link.configured.stacked = links_on(link.network_file);
                    all.push_back(std::move(link.configured));
                }
        } catch (const partitions::base::BusError &error) {
            if (!means_not_running(error))
                throw;
        }
        return all;
    });
}

std::vector<std::string>
SystemdNetworkState::missing_addresses(const std::vector<InterfaceAddresses> &wanted) {
    if (wanted.empty())
        return {};
    return translated([&] {
        partitions::base::Bus bus = partitions::base::Bus::system();
        return find_missing(wanted, describe_links(bus));
    });
}

void SystemdNetworkState::reload() {
    translated([] {
        partitions::base::Bus::system().call_with_strings(manager, "Reload", {},
                                                          "make networkd read its files again");
    });
}

void SystemdNetworkState::unpin() {
    translated([&] {
        bool removed = false;
        if (std::filesystem::exists(pins_))
            for (const auto &entry : std::filesystem::directory_iterator(pins_))
                if (is_pin(entry.path()))
                    removed = std::filesystem::remove(entry.path()) || removed;
        partitions::base::Bus bus = partitions::base::Bus::system();
        std::vector<LinkDescription> links;
        try {
            links = describe_links(bus);
        } catch (const partitions::base::BusError &error) {
            if (removed || !means_not_running(error))
                throw;
            return;
        }
        // Finds pinned links also after an unpin that was interrupted here.
        const bool any_pinned = std::any_of(links.begin(), links.end(), [](const LinkDescription &link) {
            return is_pin(link.network_file);
        });
        if (!removed && !any_pinned)
            return;
        bus.call_with_strings(manager, "Reload", {}, "make networkd read its files again");
        for (const LinkDescription &link : links) {
            if (!is_pin(link.network_file))
                continue;
            const std::string doing = "give " + link.configured.name + " back to DHCP";
            partitions::base::BusMessage request = bus.method(manager, "ReconfigureLink");
            partitions::base::check_bus(sd_bus_message_append(request.get(), "i", link.index), doing);
            bus.call(request, doing);
        }
    });
}

} // namespace updater::network
