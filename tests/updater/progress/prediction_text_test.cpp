// What the log says of a prediction, before and afterwards.
#include "updater/progress/prediction_text.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::progress;
using job::Phase;
using job::PredictedBy;
using std::chrono::milliseconds;

TEST_GROUP(PredictionText) {
    job::JobEnd end;

    void setup() override {
        end.predicted = {{Phase::install, milliseconds(312'000), PredictedBy::history},
                         {Phase::stop_services, milliseconds(10'000), PredictedBy::estimate},
                         {Phase::migrate_store, milliseconds(400), PredictedBy::rehearsal}};
        end.phases = {{Phase::install, milliseconds(298'400)},
                      {Phase::stop_services, milliseconds(15'000)},
                      {Phase::migrate_store, milliseconds(900)}};
    }
    std::string lines() const {
        std::string text;
        for (const auto &line : compared_with_prediction(end))
            text += line + "\n";
        return text;
    }
};

TEST(PredictionText, compares_each_phase_and_all_of_them) {
    STRCMP_EQUAL("phase 2, install the new OS: predicted 312.0 s (history), took 298.4 s (-4 %)\n"
                 "phase 3, shut down services: predicted 10.0 s (estimate), took 15.0 s (+50 %)\n"
                 "phase 7, migrate the message store: predicted 0.4 s (rehearsal), took 0.9 s\n"
                 "all phases that ended: predicted 322.4 s, took 314.3 s (-3 %)\n",
                 lines().c_str());
}

TEST(PredictionText, compares_only_what_was_predicted_and_has_ended) {
    end.phases.pop_back();
    end.predicted.erase(end.predicted.begin());
    STRCMP_EQUAL("phase 3, shut down services: predicted 10.0 s (estimate), took 15.0 s (+50 %)\n"
                 "all phases that ended: predicted 10.0 s, took 15.0 s (+50 %)\n",
                 lines().c_str());
    end.predicted.clear();
    STRCMP_EQUAL("", lines().c_str());
}

TEST(PredictionText, says_what_is_ahead) {
    STRCMP_EQUAL("predicted: this phase takes 5 min 12 s (history), with all that follow 5 min 22 s; mail "
                 "waits for 10 s",
                 outlook_from(Phase::install, end.predicted).c_str());
    STRCMP_EQUAL(
        "predicted: this phase takes 10 s (estimate), with all that follow 10 s; mail waits for 10 s",
        outlook_from(Phase::stop_services, end.predicted).c_str());
    STRCMP_EQUAL("predicted: this phase takes 5 min 12 s (history), with all that follow 5 min 12 s",
                 outlook_from(Phase::install, {end.predicted.front()}).c_str());
    STRCMP_EQUAL("", outlook_from(Phase::clean_up, end.predicted).c_str());
}
