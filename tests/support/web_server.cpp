// nginx with a private configuration and certificates made by the openssl command.
#include "tests/support/web_server.hpp"

#include "tests/support/file_contents.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

WebServer::WebServer() : WebServer(free_ports(7)) {}

WebServer::WebServer(const std::vector<int> &ports)
    : port_(ports.at(0)), http2_port_(ports.at(1)), plain_port_(ports.at(2)), behind_port_(ports.at(3)),
      expired_port_(ports.at(4)), client_port_(ports.at(5)), narrow_port_(ports.at(6)) {
    std::filesystem::create_directory(www());
    make_certificates();
    write_settings();
    const std::string log = (folder_ / "error.log").string();
    process_.emplace(
        std::vector<std::string>{"/usr/sbin/nginx", "-e", log, "-c", (folder_ / "nginx.conf").string()},
        port_, log);
}

updater::download::Connection WebServer::connection() const {
    updater::download::Connection made;
    made.certificate_authority = test_files::read_file(certificate_authority());
    return made;
}

updater::download::Connection WebServer::connection_of_a_client() const {
    updater::download::Connection made = connection();
    made.client_certificate = test_files::read_file(folder_ / "client.pem");
    made.client_key = test_files::read_file(folder_ / "client.key");
    return made;
}

std::string WebServer::url(const std::string &path) const {
    return "https://localhost:" + std::to_string(port_) + path;
}

std::string WebServer::url_http2(const std::string &path) const {
    return "https://localhost:" + std::to_string(http2_port_) + path;
}

std::string WebServer::url_expired(const std::string &path) const {
    return "https://localhost:" + std::to_string(expired_port_) + path;
}

std::string WebServer::url_for_clients(const std::string &path) const {
    return "https://localhost:" + std::to_string(client_port_) + path;
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
    return 1; // tcpmux, which nobody has; a free port may be the next one that a server of this test gets
}

void WebServer::make_certificates() const {
    const std::string folder = folder_.path().string() + "/";
    const std::string key = " -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 ";
    const std::string quiet = " 2>/dev/null";
    run_command("openssl req -x509 -days 2 -subj /CN=Authority" + key + "-keyout " + folder +
                "authority.key -out " + folder + "authority.pem" + quiet);
    struct Certificate {
        const char *name;
        const char *subject;
        const char *days;
    };
    for (const Certificate &one :
         {Certificate{"server", "localhost", "2"}, Certificate{"expired", "localhost", "-1"},
          Certificate{"client", "appliance", "2"}}) {
        const std::string base = folder + one.name;
        run_command("openssl req -new -subj /CN=" + std::string(one.subject) +
                    " -addext subjectAltName=DNS:" + one.subject + key + "-keyout " + base + ".key -out " +
                    base + ".csr" + quiet);
        run_command("openssl x509 -req -copy_extensions copyall -days " + std::string(one.days) + " -in " +
                    base + ".csr -CA " + folder + "authority.pem -CAkey " + folder + "authority.key -out " +
                    base + ".pem" + quiet);
    }
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
             << "    location /other-port/ { rewrite ^/other-port(/.*)$ https://localhost:" << http2_port_
             << "$1 redirect; }\n"
             << "    location = /around { return 302 " << url("/around") << "; }\n"
             << "    location = /nobody { return 403; }\n"
             << "    location = /always-busy { return 503; }\n"
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
             << "  }\n  root " << folder << "/www;\n"
             << "  server { listen 127.0.0.1:" << plain_port_ << "; }\n"
             << "  server { listen 127.0.0.1:" << narrow_port_ << " ssl sndbuf=4k;\n    ssl_buffer_size 4k;\n"
             << "    ssl_certificate " << folder << "/server.pem; ssl_certificate_key " << folder
             << "/server.key; }\n"
             << "  server { listen 127.0.0.1:" << expired_port_ << " ssl;\n    ssl_certificate " << folder
             << "/expired.pem; ssl_certificate_key " << folder << "/expired.key; }\n"
             << "  server { listen 127.0.0.1:" << client_port_ << " ssl;\n    ssl_certificate " << folder
             << "/server.pem; ssl_certificate_key " << folder << "/server.key;\n"
             << "    ssl_verify_client on; ssl_client_certificate " << folder << "/authority.pem; }\n}\n";
    settings.close();
    if (!settings)
        throw std::runtime_error("cannot write the settings of nginx");
}
