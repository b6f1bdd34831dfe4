// The server as the client sees it: requests below the address of one controller. The outside begins here.
#pragma once

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace updater::hawkbit {

/// No answer, or one that is no answer of a server: too long, a redirection, a broken connection.
class ServerUnreachable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

enum class Method { get, put, post };

struct Request {
    Method method = Method::get;
    std::string tail; ///< what follows the controller's address: "", or "/deploymentBase/5?c=-2127"
    std::string body; ///< JSON; empty for get
};

struct Answer {
    long status = 0;
    std::string body;
    std::chrono::seconds retry_after{0}; ///< 0: the server didn't say
};

inline constexpr std::size_t max_answer_bytes = 256UL * 1024;

class Server {
  public:
    Server() = default;
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;
    virtual ~Server() = default;

    /// Waits for the answer, whatever its status. Throws ServerUnreachable; Cancelled if the program ends.
    virtual Answer exchange(const Request &request) = 0;
};

} // namespace updater::hawkbit
