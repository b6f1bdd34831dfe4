// Apache with a private configuration.
#include "tests/updater/download/proxy_server.hpp"

#include "tests/support/file_contents.hpp"

#include <sstream>
#include <unistd.h>

namespace {

const char *const realm = "outside";

/// By the openssl command, from files: no password has to get past a shell.
std::string hash_of(const std::string &text, const std::string &options, const TemporaryFolder &folder) {
    const std::string input = (folder / "input").string();
    const std::string output = (folder / "output").string();
    test_files::write_file(input, text);
    run_command("openssl dgst " + options + " " + input + " > " + output);
    return test_files::read_file(output);
}

std::string sha1_of(const std::string &text, const TemporaryFolder &folder) {
    const std::string binary = (folder / "binary").string();
    test_files::write_file(binary, hash_of(text, "-sha1 -binary", folder));
    run_command("openssl base64 -in " + binary + " -out " + binary + ".text");
    return test_files::read_file(binary + ".text");
}

} // namespace

ProxyServer::ProxyServer(Asks asks, const std::vector<Account> &accounts) : port_(free_port()) {
    write_accounts(asks, accounts);
    write_settings(asks);
    // Apache gives up root's rights, and reads the accounts afterwards.
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    process_.emplace(std::vector<std::string>{"/usr/sbin/apache2", "-D", "FOREGROUND", "-d",
                                              folder_.path().string(), "-f", (folder_ / "conf").string()},
                     port_, folder_ / "error.log");
}

void ProxyServer::write_accounts(Asks asks, const std::vector<Account> &accounts) const {
    constexpr std::size_t md5_digits = 32;
    std::string lines;
    for (const Account &account : accounts) {
        const std::string before = account.user + ":" + realm + ":";
        lines += asks == Asks::digest
                     ? before + hash_of(before + account.password, "-md5 -r", folder_).substr(0, md5_digits)
                     : account.user + ":{SHA}" + sha1_of(account.password, folder_);
        lines += "\n";
    }
    test_files::write_file(folder_ / "accounts", lines);
}

void ProxyServer::write_settings(Asks asks) const {
    std::ostringstream settings;
    settings << "ServerName localhost\nListen 127.0.0.1:" << port_ << "\nDefaultRuntimeDir "
             << folder_.path().string() << "\nPidFile pid\nErrorLog error.log\n";
    if (geteuid() == 0)
        settings << "User nobody\nGroup nogroup\n";
    for (const char *const module : {"mpm_event", "authn_core", "authn_file", "authz_core", "authz_user",
                                     "auth_basic", "auth_digest", "proxy", "proxy_connect"})
        settings << "LoadModule " << module << "_module /usr/lib/apache2/modules/mod_" << module << ".so\n";
    const char *const kind = asks == Asks::digest ? "Digest" : "Basic";
    settings << "LogFormat \"%m %>s\" short\nCustomLog access.log short\n"
             << "ProxyRequests On\nAllowCONNECT 1-65535\n<Proxy \"*\">\n  AuthType " << kind
             << "\n  AuthName " << realm << "\n  Auth" << kind << "Provider file\n  AuthUserFile accounts\n"
             << "  Require valid-user\n</Proxy>\n";
    test_files::write_file(folder_ / "conf", settings.str());
}

std::vector<std::string> ProxyServer::requests() const {
    std::istringstream log(test_files::read_file(folder_ / "access.log"));
    std::vector<std::string> found;
    for (std::string line; std::getline(log, line);)
        found.push_back(line);
    return found;
}
