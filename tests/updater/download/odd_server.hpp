// Answers that nginx would never give.
#pragma once

#include "tests/support/sockets.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>

/// A server without TLS that answers each connection's first request with what the test says, and ends the
/// connection.
class OddServer {
  public:
    struct Answer {
        std::string text;      ///< status line, headers, empty line, body
        bool endless = false;  ///< more and more bytes follow
        bool dribbles = false; ///< one byte a second follows
    };
    /// Gets the request's line and headers.
    using Answers = std::function<Answer(const std::string &request)>;

    OddServer(int port, Answers answers)
        : listener_(Socket::listening(port)), answers_(std::move(answers)),
          serving_([this](const std::stop_token &stop) { serve(stop); }) {}
    ~OddServer() {
        serving_.request_stop();
        listener_.shut_down();
    }
    OddServer(const OddServer &) = delete;
    OddServer &operator=(const OddServer &) = delete;

  private:
    void serve(const std::stop_token &stop) {
        while (!stop.stop_requested()) {
            const Socket client = listener_.accept();
            if (!client.valid())
                continue;
            const Answer answer = answers_(request_from(client));
            bool open = client.send_all(answer.text);
            const std::string more(65536, 'x');
            while (answer.endless && open && !stop.stop_requested())
                open = client.send_all(more);
            while (answer.dribbles && open && !stop.stop_requested()) {
                std::this_thread::sleep_for(std::chrono::seconds(1));
                open = client.send_all("x");
            }
        }
    }

    static std::string request_from(const Socket &client) {
        std::string request;
        char byte = 0;
        while (!request.ends_with("\r\n\r\n") && client.receive(&byte, 1) == 1)
            request.push_back(byte);
        return request;
    }

    Socket listener_;
    Answers answers_;
    std::jthread serving_;
};
