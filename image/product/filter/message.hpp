// One mail as the filter saw it: envelope, the header fields it is looked up by, and all its bytes.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace mailsec {

struct Message {
    std::string id; ///< Message-ID with its angle brackets; the key in the store
    std::string sender;
    std::vector<std::string> recipients;
    std::string subject;
    std::chrono::system_clock::time_point received;
    std::string headers; ///< "Name: value\r\n" for each, in order
    std::string body;    ///< as sent, CRLF line ends

    std::size_t size_bytes() const { return headers.size() + 2 + body.size(); }
    std::string content() const { return headers + "\r\n" + body; }
};

} // namespace mailsec
