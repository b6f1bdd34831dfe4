// Health program: one test message goes through Postfix and the filter into the store, and is removed again.
// Exit 0: it arrived, and the store had the rows it should have. Otherwise the last line of stderr is the
// reason. It must leave nothing behind, or the next count of the rows would be wrong.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <curl/curl.h>
#include <iostream>
#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char *address = "update-control-health@health.invalid"; // Postfix discards what is sent to it
constexpr const char *server = "smtp://127.0.0.1:25/localhost";
constexpr const char *store_settings =
    "host=/run/mailsec-store dbname=mailsec user=postgres connect_timeout=10";
constexpr const char *remove_test_messages =
    "DELETE FROM messages WHERE message_id IN (SELECT message_id FROM health_messages)";
constexpr seconds max_transfer_time{60};
constexpr seconds max_wait{40}; // with the transfer less than the time limit in appliance.xml

class Store {
  public:
    Store() : connection_(PQconnectdb(store_settings), PQfinish) {
        if (PQstatus(connection_.get()) != CONNECTION_OK)
            throw std::runtime_error(std::string("the message store cannot be reached: ") +
                                     PQerrorMessage(connection_.get()));
    }

    // The first field of the first row, or "" when there is none.
    std::string ask(const char *statement, const std::vector<const char *> &values = {}) {
        const std::unique_ptr<PGresult, decltype(&PQclear)> result(
            PQexecParams(connection_.get(), statement, static_cast<int>(values.size()), nullptr,
                         values.data(), nullptr, nullptr, 0),
            PQclear);
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            throw std::runtime_error(std::string("the message store answered: ") +
                                     PQerrorMessage(connection_.get()));
        return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
    }

  private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

struct StreamCloser {
    // Only read from, so closing it can lose nothing.
    void operator()(std::FILE *stream) const { std::fclose(stream); }
};

void send_message(const std::string &text) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl)
        throw std::runtime_error("libcurl does not start");
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
        curl_slist_append(nullptr, address), curl_slist_free_all);
    const std::unique_ptr<std::FILE, StreamCloser> source(
        fmemopen(const_cast<char *>(text.data()), text.size(), "r"));
    if (!recipients || !source)
        throw std::runtime_error("there is no memory for the test message");
    curl_easy_setopt(curl.get(), CURLOPT_URL, server);
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, address);
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, source.get());
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, static_cast<long>(max_transfer_time.count()));
    std::vector<char> reason(CURL_ERROR_SIZE, '\0');
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, reason.data());
    const CURLcode result = curl_easy_perform(curl.get());
    if (result != CURLE_OK)
        throw std::runtime_error("Postfix did not take the test message: " +
                                 std::string(reason[0] != '\0' ? reason.data() : curl_easy_strerror(result)));
}

void check_rows(Store &store) {
    const char *expected = std::getenv("UPDATE_CONTROL_EXPECTED_RECORDS");
    if (expected == nullptr)
        return;
    const std::string found = store.ask("SELECT count(*) FROM messages");
    if (found != expected)
        throw std::runtime_error("the message store has " + found + " messages, expected were " + expected);
}

void wait_for_row(Store &store, const std::string &id) {
    const auto deadline = steady_clock::now() + max_wait;
    while (store.ask("SELECT 1 FROM messages WHERE message_id = $1", {id.c_str()}).empty()) {
        if (steady_clock::now() > deadline)
            throw std::runtime_error(
                "Postfix took the test message, but it is not in the message store after " +
                std::to_string(max_wait.count()) + " s: is mailsec-filter in its path?");
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

void run() {
    Store store;
    // An interrupted test may have left its message. The view contains only such messages.
    store.ask(remove_test_messages);
    check_rows(store);
    const std::string id = "<update-control-health-" + std::to_string(std::time(nullptr)) + "-" +
                           std::to_string(getpid()) + "@health.invalid>";
    send_message(
        "From: " + std::string(address) + "\r\nTo: " + address + "\r\nMessage-ID: " + id +
        "\r\nSubject: health test\r\n\r\nThis message shows that mail passes through the appliance.\r\n");
    wait_for_row(store, id);
    store.ask(remove_test_messages);
}

} // namespace

int main() {
    try {
        run();
    } catch (const std::exception &error) {
        std::string reason = error.what();
        while (!reason.empty() && reason.back() == '\n')
            reason.pop_back();
        std::cerr << reason << '\n';
        return 1;
    }
    return 0;
}
