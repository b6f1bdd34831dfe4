// Answers of a hawkBit server for the fuzzer to begin with. Written down here: the product has no server.
#include "tests/fuzz/corpus.hpp"

namespace fuzz {

namespace {

constexpr const char *links =
    R"({"config":{"polling":{"sleep":"00:05:00"}},"_links":{"configData":{"href":"https://h/D/controller/v1/a/configData"},)";
constexpr const char *contents =
    R"({"download":"forced","update":"attempt","maintenanceWindow":"available","chunks":[{"part":"os","name":"firmware","version":"2.8.1.0","artifacts":[{"filename":"f","hashes":{"sha1":"0"},"size":13}],"metadata":[{"key":"k","value":"v"}]},{"part":"bApp","name":"app","version":"1"}]})";

} // namespace

void write_hawkbit_inputs(const Corpus &corpus) {
    for (const std::string resource : {"deploymentBase", "confirmationBase", "cancelAction"})
        corpus.add(
            "hawkbit_answers", "poll-" + resource,
            "p" + std::string(links) + "\"" + resource + R"(":{"href":"https://h/D/controller/v1/a/)" +
                resource +
                R"(/5?c=-2127"},"installedBase":{"href":"https://h/D/controller/v1/a/installedBase/4"}}})");
    const std::string deployment = R"({"id":"8","deployment":)" + std::string(contents) + "}";
    corpus.add("hawkbit_answers", "deployment", "d" + deployment);
    corpus.add("hawkbit_answers", "deployment-of-module", "m" + deployment);
    corpus.add("hawkbit_answers", "confirmation",
               R"(c{"id":"8","confirmation":)" + std::string(contents) + "}");
    corpus.add("hawkbit_answers", "cancel", R"(x{"id":"12","cancelAction":{"stopId":"11"}})");
}

} // namespace fuzz
