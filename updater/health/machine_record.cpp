#include "updater/health/machine_record.hpp"

#include "updater/health/secure_shell.hpp"
#include "updater/services/own_units.hpp"

#include <algorithm>

namespace updater::health {
namespace {

bool contains(const std::vector<std::string> &units, const std::string &unit) {
    return std::ranges::find(units, unit) != units.end();
}

} // namespace

MachineRecord record_machine(services::ServiceManager &services, hooks::runner::HookRunner &programs,
                             network::GreetingProbe &probe, std::stop_token stop) {
    MachineRecord record;
    record.failed_units = services.failed_units();
    for (const auto &unit : services.switched_off_units())
        if (!unit.runs)
            record.switched_off_units.push_back(unit.name);
    record.ssh = ssh_endpoints_that_answer(programs, probe, std::move(stop));
    return record;
}

std::vector<std::string> newly_failed_units(services::ServiceManager &services, const MachineRecord &before) {
    auto failed = services.failed_units();
    std::erase_if(failed, [&](const std::string &unit) {
        return services::is_own_unit(unit) || contains(before.failed_units, unit);
    });
    return failed;
}

std::vector<std::string> wrongly_running_units(services::ServiceManager &services,
                                               const MachineRecord &before) {
    std::vector<std::string> wrong;
    for (const auto &unit : services.switched_off_units())
        if (unit.runs && contains(before.switched_off_units, unit.name) && !services::is_own_unit(unit.name))
            wrong.push_back(unit.name);
    return wrong;
}

nlohmann::json to_json(const MachineRecord &record) {
    auto ssh = nlohmann::json::array();
    for (const auto &endpoint : record.ssh)
        ssh.push_back({{"address", endpoint.address}, {"port", endpoint.port}});
    return {{"failed_units", record.failed_units},
            {"switched_off_units", record.switched_off_units},
            {"ssh", std::move(ssh)}};
}

std::optional<MachineRecord> machine_record_from(const nlohmann::json &document) {
    if (document.empty())
        return std::nullopt;
    MachineRecord record;
    document.at("failed_units").get_to(record.failed_units);
    document.at("switched_off_units").get_to(record.switched_off_units);
    for (const auto &endpoint : document.at("ssh"))
        record.ssh.push_back({endpoint.at("address"), endpoint.at("port")});
    return record;
}

} // namespace updater::health
