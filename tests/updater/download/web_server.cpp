// nginx with a private configuration and certificates made by the openssl command.
#include "tests/updater/download/web_server.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

void run_command(const std::string &command) {
    if (std::system(command.c_str()) != 0)
        throw std::runtime_error("failed: " + command);
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

class Socket {
  public:
    Socket() : number_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (number_ < 0)
            throw std::system_error(errno, std::generic_category(), "socket");
    }
    ~Socket() { close(number_); }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

int free_port() {
    const Socket socket;
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    if (bind(socket.number(), generic, length) != 0 || getsockname(socket.number(), generic, &length) != 0)
        throw std::system_error(errno, std::generic_category(), "bind");
    return ntohs(address.sin_port);
}

bool answers(int port) {
    const Socket socket;
    const sockaddr_in address = loopback(port);
    return connect(socket.number(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
}

} // namespace

WebServer::WebServer() : port_(free_port()), plain_port_(free_port()) {
    std::filesystem::create_directory(www());
    make_certificates();
    write_settings();
    start();
}

WebServer::~WebServer() {
    stop();
}

std::string WebServer::url(const std::string &path) const {
    return "https://localhost:" + std::to_string(port_) + path;
}

std::string WebServer::url_by_wrong_name(const std::string &path) const {
    return "https://127.0.0.1:" + std::to_string(port_) + path;
}

int WebServer::closed_port() {
    return free_port();
}

void WebServer::make_certificates() const {
    const std::string folder = folder_.path().string() + "/";
    const std::string key = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2 ";
    run_command(key + "-subj /CN=Authority -keyout " + folder + "authority.key -out " + folder +
                "authority.pem 2>/dev/null");
    run_command(key + "-subj /CN=localhost -addext subjectAltName=DNS:localhost -CA " + folder +
                "authority.pem -CAkey " + folder + "authority.key -keyout " + folder + "server.key -out " +
                folder + "server.pem 2>/dev/null");
}

void WebServer::write_settings() const {
    const std::string folder = folder_.path().string();
    std::ofstream settings(folder_ / "nginx.conf");
    settings << "daemon off; worker_processes 1; pid " << folder << "/pid; error_log " << folder
             << "/error.log;\n"
             << (geteuid() == 0 ? "user root;\n" : "") << "events { worker_connections 64; }\n"
             << "http {\n  access_log off;\n";
    for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        settings << "  " << kind << "_temp_path " << folder << "/" << kind << ";\n";
    settings << "  server {\n    listen 127.0.0.1:" << port_ << " ssl;\n    ssl_certificate " << folder
             << "/server.pem; ssl_certificate_key " << folder << "/server.key;\n    root " << folder
             << "/www;\n"
             << "    location = /to-http { return 302 http://localhost:" << plain_port_ << "/good; }\n"
             << "    location = /to-file { return 302 file:///etc/passwd; }\n"
             << "    location = /elsewhere { return 302 " << url("/good") << "; }\n"
             << "    location = /around { return 302 " << url("/around") << "; }\n"
             << "    location = /nobody { return 403; }\n"
             << "    location = /empty-answer { return 204; }\n"
             << "    location = /slow { limit_rate 2000; alias " << folder << "/www/large; }\n"
             << "    location = /no-length { ssi on; ssi_types *; alias " << folder << "/www/large; }\n"
             << "  }\n  server { listen 127.0.0.1:" << plain_port_ << "; root " << folder << "/www; }\n}\n";
    settings.close();
    if (!settings)
        throw std::runtime_error("cannot write the settings of nginx");
}

void WebServer::start() {
    const std::string log = (folder_ / "error.log").string();
    const std::string settings = (folder_ / "nginx.conf").string();
    std::vector<std::string> words = {"nginx", "-e", log, "-c", settings};
    std::vector<char *> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string &word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0644);
    const int error = posix_spawn(&process_, "/usr/sbin/nginx", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::system_error(error, std::generic_category(), "cannot start nginx (package nginx-light)");

    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!answers(port_)) {
        if (waitpid(process_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > deadline) {
            stop();
            std::ifstream reasons(log);
            throw std::runtime_error("nginx does not start: " +
                                     std::string(std::istreambuf_iterator<char>(reasons), {}));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

void WebServer::stop() noexcept {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
}
