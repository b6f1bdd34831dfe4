// The agent for tests/wizard/run: the real bus object and a fake agent on a bus of its own. The first line
// that it writes is the bus's address; then it obeys one line after the other and answers each with one.
#include "tests/support/served_agent.hpp"

#include <iostream>
#include <memory>
#include <sstream>
#include <string>

using namespace updater;

namespace {

nlohmann::json result_of(const char *check, const char *verdict, const char *text, const char *advice = "") {
    return {{"check", check}, {"verdict", verdict}, {"text", text}, {"advice", advice}};
}

/// Before anybody knows the bus.
void prepare(FakeAgent &agent, bool firmware_is_good) {
    // A job does what the test says, line by line.
    agent.set_work([](progress::JobStatus &, const std::string &, const std::stop_token &) {});
    nlohmann::json &checks = agent.firmware_checks;
    checks["version"] = "2.8.1.0";
    checks["release_notes"] = "Debian 13 and PostgreSQL 17.";
    std::string license = "The terms of use.\x1b[2J\xc2\x9b"
                          "2J\n"; // would clear the screen
    for (int paragraph = 1; paragraph <= 40; ++paragraph)
        license += "Paragraph " + std::to_string(paragraph) + "\n";
    checks["license"] = license;
    checks["results"] = {result_of("version", "pass", "2.8.0.0 is new enough"),
                         result_of("clock", "warn", "the clock is not set", "Set it with: timedatectl")};
    if (!firmware_is_good)
        checks["results"].push_back(result_of("space /data", "fail", "3 GiB are free and 9 GiB are needed",
                                              "Delete what is not needed"));
}

std::unique_ptr<ServedAgent> serve(const PrivateBus &bus, bool firmware_is_good) {
    auto served = std::make_unique<ServedAgent>(bus);
    prepare(served->agent, firmware_is_good);
    return served;
}

class Commands {
  public:
    Commands(const PrivateBus &bus, bool firmware_is_good)
        : bus_(bus), firmware_is_good_(firmware_is_good), served_(serve(bus, firmware_is_good)) {}

    std::string obey(std::istringstream words) {
        std::string word;
        words >> word;
        if (word == "asked")
            return "source=" + agent().last_source + " calendar=" + agent().last_calendar +
                   " state=" + agent().state()["state"].get<std::string>() +
                   " rate=" + agent().state()["install_mib_per_second"].dump();
        if (word == "running") // a job that somebody else began
            agent().status.begin_job(FakeAgent::facts_of("job-1", job::Operation::install));
        else if (word == "phase")
            set_phase(words);
        else if (word == "event")
            agent().status.event(job::Severity::info, words.str().substr(word.size() + 1));
        else if (word == "restarting")
            agent().status.restarting();
        else if (word == "away")
            served_.reset();
        else if (word == "back")
            served_ = serve(bus_, firmware_is_good_);
        else if (word == "succeeded")
            FakeAgent::finish(agent().status, "job-1", job::Outcome::succeeded);
        else if (word == "failed")
            FakeAgent::finish(agent().status, "job-1", job::Outcome::failed,
                              words.str().substr(word.size() + 1));
        else
            return "unknown: " + word;
        return "done";
    }

  private:
    FakeAgent &agent() { return served_->agent; }
    void set_phase(std::istringstream &words) {
        int phase = 0;
        int percent = 0;
        std::string step;
        words >> phase >> percent >> step;
        agent().status.phase(static_cast<job::Phase>(phase));
        agent().status.progress(percent, step);
        const bool flows = phase < static_cast<int>(job::Phase::stop_services);
        agent().status.mail({flows ? health::Mail::flows : health::Mail::stopped, "", ""});
    }

    const PrivateBus &bus_;
    const bool firmware_is_good_;
    std::unique_ptr<ServedAgent> served_;
};

} // namespace

int main(int argument_count, char **arguments) {
    const PrivateBus bus;
    Commands commands(bus, argument_count < 2 || std::string(arguments[1]) != "bad");
    std::cout << bus.address() << std::endl;
    for (std::string line; std::getline(std::cin, line);)
        std::cout << commands.obey(std::istringstream(line)) << std::endl;
    return 0;
}
