// nginx with a private configuration and certificates made by the openssl command.
#include "tests/updater/download/web_server.hpp"

#include "tests/updater/download/sockets.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <stdexcept>
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

int free_port() {
    return Socket::listening(0).port();
}

bool answers(int port) {
    try {
        Socket::connected_to(port);
        return true;
    } catch (const std::system_error &) {
        return false;
    }
}

} // namespace

WebServer::WebServer()
    : port_(free_port()), http2_port_(free_port()), plain_port_(free_port()), behind_port_(free_port()) {
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

std::string WebServer::url_http2(const std::string &path) const {
    return "https://localhost:" + std::to_string(http2_port_) + path;
}

std::vector<std::string> WebServer::requests(const std::string &path) const {
    // A line is written when its request has ended, which may be after the client has all it wants.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::ifstream log(folder_ / "access.log");
    std::vector<std::string> found;
    for (std::string line; std::getline(log, line);)
        if (line.starts_with(path))
            found.push_back(line.substr(line.find(' ') + 1));
    return found;
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
             << "http {\n  log_format short '$uri $status $body_bytes_sent $server_protocol';\n  access_log "
             << folder << "/access.log short;\n  ssl_buffer_size 8k;\n";
    for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        settings << "  " << kind << "_temp_path " << folder << "/" << kind << ";\n";
    settings << "  server {\n    listen 127.0.0.1:" << port_ << " ssl;\n    listen 127.0.0.1:" << http2_port_
             << " ssl http2;\n    ssl_certificate " << folder << "/server.pem; ssl_certificate_key " << folder
             << "/server.key;\n    root " << folder << "/www;\n"
             << "    location = /to-http { return 302 http://localhost:" << plain_port_ << "/good; }\n"
             << "    location = /to-file { return 302 file:///etc/passwd; }\n"
             << "    location = /elsewhere { return 302 " << url("/good") << "; }\n"
             << "    location = /around { return 302 " << url("/around") << "; }\n"
             << "    location = /nobody { return 403; }\n"
             << "    location = /empty-answer { return 204; }\n"
             << "    location = /slow { limit_rate 2000; alias " << folder << "/www/large; }\n"
             << "    location = /no-length { ssi on; ssi_types *; alias " << folder << "/www/large; }\n"
             << "    location /whole-only/ { max_ranges 0; alias " << folder << "/www/; }\n"
             << "    location /busy/ { if (-f " << folder << "/www/is-busy) { return 503; }\n"
             << "      add_header Retry-After 2 always; alias " << folder << "/www/; }\n"
             << "    location /moved/ { set $way /for-a-while; if (-f " << folder
             << "/www/is-over) { set $way \"\"; }\n"
             << "      rewrite ^/moved(/.*)$ https://localhost:$server_port$way$1 redirect; }\n"
             << "    location /for-a-while/ { if (-f " << folder << "/www/is-over) { return 403; }\n"
             << "      alias " << folder << "/www/; }\n"
             << "    location /behind/ { proxy_pass http://127.0.0.1:" << behind_port_ << ";\n"
             << "      proxy_buffering off; proxy_set_header Range $http_range; }\n"
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
