// The appliance.xml of an image in tests, complete, with the formats that a manifest of the test names.
#pragma once

#include <map>
#include <string>

namespace updater_test {

struct ImageDescription {
    std::string product = "p";
    std::string hardware = "h";
    std::string version;
    std::map<std::string, std::string> stores = {};        ///< name → format
    std::map<std::string, std::string> configuration = {}; ///< name → format
};

inline std::string appliance_xml(const ImageDescription &image) {
    std::string xml = R"(<appliance format="1" product=")" + image.product + R"(" hardware=")" +
                      image.hardware + R"(" version=")" + image.version +
                      R"("><firmware source="https://updates.example/f.fw" certificate-authority="/ca.pem")"
                      R"( trusted-keys="/keys"/>)";
    for (const auto &[name, format] : image.stores)
        xml += R"(<store name=")" + name + R"(" path="/var/lib/)" + name + R"(" format=")" + format +
               R"(" inspect="/inspect" unit="postfix.service"/>)";
    for (const auto &[name, format] : image.configuration)
        xml += R"(<configuration-format name=")" + name + R"(" format=")" + format + R"("/>)";
    return xml +
           R"(<services stop-timeout-seconds="1" start-timeout-seconds="1"><unit name="postfix.service"/>)"
           R"(</services><mail queue="/var/spool/postfix" unit="postfix.service"><listener port="25"/></mail>)"
           R"(<health/><old-generation keep="yes"/>)"
           R"(<timeouts conversion-seconds="1" deadline-seconds="1"/></appliance>)";
}

} // namespace updater_test
