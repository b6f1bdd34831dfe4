// What the log says of a prediction, before and afterwards.
#include "updater/progress/prediction_text.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::progress;
using job::Phase;
using job::PredictedBy;
using std::chrono::milliseconds;

TEST_GROUP(PredictionText) {
    job::JobFacts facts;
    job::JobEnd end;

    void setup() override {
        facts.predicted = {{Phase::install, milliseconds(312'000), PredictedBy::history},
                           {Phase::stop_services, milliseconds(10'000), PredictedBy::estimate},
                           {Phase::migrate_store, milliseconds(2'000), PredictedBy::history}};
        end.phases = {{Phase::install, milliseconds(298'400)},
                      {Phase::stop_services, milliseconds(15'000)},
                      {Phase::migrate_store, milliseconds(900)}};
    }
    std::string lines() const {
        std::string text;
        for (const auto &line : compared_with_prediction(facts, end))
            text += line + "\n";
        return text;
    }
};

TEST(PredictionText, compares_each_phase_and_all_of_them) {
    STRCMP_EQUAL("phase 2, install the new OS: predicted 312.0 s (history), took 298.4 s (-4 %)\n"
                 "phase 3, shut down services: predicted 10.0 s (estimate), took 15.0 s (+50 %)\n"
                 "phase 7, migrate the message store: predicted 2.0 s (history), took 0.9 s (-55 %)\n"
                 "all phases that ended: predicted 324.0 s at first, took 314.3 s (-3 %)\n"
                 "mail waited: predicted 12.0 s at first, took 15.9 s (+33 %)\n",
                 lines().c_str());
}

TEST(PredictionText, compares_the_phases_in_which_mail_waits_with_what_was_told_when_it_stopped) {
    // Phase 2 was known then, and what is known is no prediction.
    facts.predicted_when_mail_stops = {{Phase::install, milliseconds(298'000), PredictedBy::history},
                                       {Phase::stop_services, milliseconds(12'000), PredictedBy::history},
                                       {Phase::migrate_store, milliseconds(400), PredictedBy::rehearsal}};
    STRCMP_EQUAL("phase 2, install the new OS: predicted 312.0 s (history), took 298.4 s (-4 %)\n"
                 "phase 3, shut down services: predicted 12.0 s (history), took 15.0 s (+25 %)\n"
                 "phase 7, migrate the message store: predicted 0.4 s (rehearsal), took 0.9 s\n"
                 "all phases that ended: predicted 324.0 s at first, took 314.3 s (-3 %)\n"
                 "mail waited: predicted 12.0 s at first, took 15.9 s (+33 %)\n"
                 "mail waited: predicted 12.4 s when it stopped, took 15.9 s (+28 %)\n",
                 lines().c_str());
}

TEST(PredictionText, compares_only_what_was_predicted_and_has_ended) {
    end.phases.pop_back();
    facts.predicted.erase(facts.predicted.begin());
    STRCMP_EQUAL("phase 3, shut down services: predicted 10.0 s (estimate), took 15.0 s (+50 %)\n"
                 "all phases that ended: predicted 10.0 s at first, took 15.0 s (+50 %)\n"
                 "mail waited: predicted 10.0 s at first, took 15.0 s (+50 %)\n",
                 lines().c_str());
    facts.predicted.clear();
    STRCMP_EQUAL("", lines().c_str());
}

TEST(PredictionText, says_what_is_ahead) {
    STRCMP_EQUAL("predicted: this phase takes 5 min 12 s (history), with all that follow 5 min 24 s; mail "
                 "waits for 12 s",
                 outlook_from(Phase::install, facts.predicted).c_str());
    STRCMP_EQUAL(
        "predicted: this phase takes 10 s (estimate), with all that follow 12 s; mail waits for 12 s",
        outlook_from(Phase::stop_services, facts.predicted).c_str());
    STRCMP_EQUAL("predicted: this phase takes 5 min 12 s (history), with all that follow 5 min 12 s",
                 outlook_from(Phase::install, {facts.predicted.front()}).c_str());
    STRCMP_EQUAL("", outlook_from(Phase::clean_up, facts.predicted).c_str());
}
