// A real server, by libcurl. Knows nothing of what the answers mean.
#pragma once

#include "updater/download/curl_handles.hpp"
#include "updater/hawkbit/access_files.hpp"
#include "updater/hawkbit/server.hpp"

#include <filesystem>
#include <stop_token>
#include <string>

namespace updater::hawkbit {

/// "https://hawkbit.example/DEFAULT/controller/v1/mx1"
std::string address_of_controller(const ClientSettings &settings, const std::string &controller);

class HttpServer : public Server {
  public:
    /// `address`: of the controller; nothing is ever sent to another one, and redirections aren't followed.
    /// http only if the address begins with it. `certificate_folder`: trusted if `access` names no
    /// authorities.
    HttpServer(std::string address, Access access, std::filesystem::path certificate_folder,
               std::stop_token stop);
    ~HttpServer() override;

    Answer exchange(const Request &request) override;

  private:
    struct Arrival;
    void set_up(const Request &request, const std::string &url, Arrival &arrival);

    const std::string address_;
    const Access access_;
    const std::filesystem::path certificate_folder_;
    const std::stop_token stop_;
    download::curl::Library library_;
    download::curl::Easy easy_;
};

} // namespace updater::hawkbit
