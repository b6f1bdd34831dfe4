// A hawkBit server in memory, as its device interface behaves: actions one after the other, confirmation,
// cancellation, reports that end an action or don't. Says of each action what it was told.
#pragma once

#include "updater/hawkbit/server.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

class FakeHawkbit : public updater::hawkbit::Server {
  public:
    struct Action {
        std::string id;
        std::string version;
        std::string download = "forced"; ///< "skip", "attempt", "forced"
        std::string update = "forced";
        std::string window; ///< "available", "unavailable"; empty: none
        bool to_confirm = false;
        bool cancelling = false;
        /// "open", "finished", "error", "canceled"
        std::string state = "open";
        std::vector<std::string> told; ///< "scheduled", "closed/success", "cancel rejected", "confirmed"
        std::vector<std::string> details;
    };

    std::vector<Action> actions;
    std::string sleep = "00:05:00";
    bool wants_config_data = false;
    std::string config_data;    ///< that was last put
    std::string installed_base; ///< the same
    bool is_unreachable = false;
    long status = 0; ///< of all answers; 0: as they are
    std::chrono::seconds retry_after{0};
    std::string base_address = "https://behind.proxy.lan:8080/DEFAULT/controller/v1/mx1";
    std::string module = "firmware";
    int polls = 0;
    std::vector<std::string> requests; ///< "GET /deploymentBase/1"

    Action &assign(const std::string &version) {
        Action &made = actions.emplace_back();
        made.id = std::to_string(actions.size());
        made.version = version;
        return made;
    }
    Action &action(std::size_t number) { return actions.at(number - 1); }

    updater::hawkbit::Answer exchange(const updater::hawkbit::Request &request) override {
        using updater::hawkbit::Method;
        const char *const method =
            request.method == Method::get ? "GET " : (request.method == Method::put ? "PUT " : "POST ");
        requests.push_back(method + request.tail);
        if (is_unreachable)
            throw updater::hawkbit::ServerUnreachable("there is no connection to the server");
        if (status != 0)
            return {status, R"({"message":"<b>no</b>"})", retry_after};
        if (request.tail.empty())
            return good(base());
        if (request.method == Method::put)
            return put(request);
        return request.method == Method::get ? get(request.tail) : post(request);
    }

  private:
    /// Changes whenever the deployment does.
    static std::size_t c_of(const Action &action) {
        return std::hash<std::string>()(action.download + action.update + action.window);
    }
    static updater::hawkbit::Answer good(const nlohmann::json &body) { return {200, body.dump(), {}}; }
    static updater::hawkbit::Answer bare(long code) { return {code, "", {}}; }

    nlohmann::json link(const std::string &resource) const {
        return {{"href", base_address + "/" + resource}};
    }

    nlohmann::json base() {
        ++polls;
        nlohmann::json links = nlohmann::json::object();
        if (wants_config_data)
            links["configData"] = link("configData");
        const auto open = std::ranges::find(actions, "open", &Action::state);
        if (open != actions.end()) {
            if (open->cancelling)
                links["cancelAction"] = link("cancelAction/c" + open->id);
            else if (open->to_confirm)
                links["confirmationBase"] = link("confirmationBase/" + open->id + "?c=-17");
            else
                links["deploymentBase"] =
                    link("deploymentBase/" + open->id + "?c=" + std::to_string(c_of(*open)));
        }
        return {{"config", {{"polling", {{"sleep", sleep}}}}}, {"_links", links}};
    }
    updater::hawkbit::Answer put(const updater::hawkbit::Request &request) {
        (request.tail == "/configData" ? config_data : installed_base) = request.body;
        wants_config_data = wants_config_data && request.tail != "/configData";
        return bare(200);
    }
    Action *find(const std::string &tail) {
        const std::size_t start = tail.find('/', 1) + 1;
        std::string id = tail.substr(start, tail.find_first_of("/?", start) - start);
        if (id.starts_with('c'))
            id.erase(0, 1);
        const auto found = std::ranges::find(actions, id, &Action::id);
        return found == actions.end() ? nullptr : &*found;
    }
    updater::hawkbit::Answer get(const std::string &tail) {
        const Action *const found = find(tail);
        if (found == nullptr || found->state != "open")
            return bare(404);
        if (tail.starts_with("/cancelAction/"))
            return good({{"id", "c" + found->id}, {"cancelAction", {{"stopId", found->id}}}});
        nlohmann::json deployment = {{"download", found->download}, {"update", found->update}};
        if (!found->window.empty())
            deployment["maintenanceWindow"] = found->window;
        deployment["chunks"] = {{{"part", "os"},
                                 {"name", module},
                                 {"version", found->version},
                                 {"artifacts", nlohmann::json::array()}}};
        return good({{"id", found->id},
                     {tail.starts_with("/confirmation") ? "confirmation" : "deployment", deployment}});
    }
    updater::hawkbit::Answer post(const updater::hawkbit::Request &request) {
        Action *const found = find(request.tail);
        if (found == nullptr)
            return bare(404);
        if (found->state != "open")
            return bare(410);
        const auto body = nlohmann::json::parse(request.body);
        if (request.tail.starts_with("/confirmationBase/")) {
            found->told.push_back(body["confirmation"]);
            found->to_confirm = body["confirmation"] != "confirmed";
            return bare(200);
        }
        const std::string execution = body["status"]["execution"];
        const std::string finished = body["status"]["result"]["finished"];
        for (const auto &line : body["status"]["details"]) {
            // As its Safelist does.
            if (line.get<std::string>().find_first_of("<>&") != std::string::npos)
                return bare(400);
            found->details.push_back(line);
        }
        if (request.tail.starts_with("/cancelAction/"))
            cancel_answered(*found, execution, finished);
        else
            action_told(*found, execution, finished);
        return bare(200);
    }
    static void cancel_answered(Action &action, const std::string &execution, const std::string &finished) {
        action.told.push_back("cancel " + execution + (finished == "none" ? "" : "/" + finished));
        if (execution == "closed")
            action.state = finished == "failure" ? "error" : "canceled";
        action.cancelling = action.cancelling && execution != "rejected";
    }
    static void action_told(Action &action, const std::string &execution, const std::string &finished) {
        action.told.push_back(execution == "closed" ? execution + "/" + finished : execution);
        if (execution == "closed")
            action.state = finished == "failure" ? "error" : "finished";
        if (execution == "canceled")
            action.state = "canceled";
    }
};
