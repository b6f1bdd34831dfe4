#include "updater/hawkbit/http_server.hpp"

#include "updater/cancelled.hpp"
#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <utility>

namespace updater::hawkbit {

using download::curl::set;

struct HeaderListCleanup {
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, HeaderListCleanup>;

namespace {

void add_header(HeaderList &list, const std::string &line) {
    curl_slist *longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr)
        throw std::bad_alloc();
    static_cast<void>(list.release()); // part of the longer one
    list.reset(longer);
}

std::string advice_for(CURLcode code) {
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        return "check the appliance's clock, and <certificate-authorities> in "
               "/etc/update-control/hawkbit.xml";
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return "check the PEM files that /etc/update-control/hawkbit.xml names";
    case CURLE_COULDNT_RESOLVE_HOST:
        return "check <server> in /etc/update-control/hawkbit.xml, and the DNS settings";
    default:
        return "check the network, the firewall and the server";
    }
}

std::chrono::seconds retry_after(CURL *handle) {
    constexpr curl_off_t max_seconds = 24L * 60 * 60;
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return std::chrono::seconds(std::clamp<curl_off_t>(seconds, 0, max_seconds));
}

} // namespace

/// What comes in during one exchange.
struct HttpServer::Arrival {
    HeaderList headers; // those that are sent
    std::string body;
    std::stop_token stop;
    std::array<char, CURL_ERROR_SIZE> detail{};
    bool too_long = false;

    static std::size_t on_bytes(char *bytes, std::size_t, std::size_t length, void *self) noexcept {
        auto &arrival = *static_cast<Arrival *>(self);
        // body has room for all that is let in, so nothing is thrown.
        arrival.too_long = length > max_answer_bytes - arrival.body.size();
        if (arrival.too_long)
            return CURL_WRITEFUNC_ERROR;
        try {
            arrival.body.append(bytes, length);
        } catch (const std::bad_alloc &) {
            return CURL_WRITEFUNC_ERROR;
        }
        return length;
    }
    static int on_progress(void *self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
        return static_cast<Arrival *>(self)->stop.stop_requested() ? 1 : 0;
    }
};

std::string address_of_controller(const ClientSettings &settings, const std::string &controller) {
    const std::unique_ptr<char, decltype([](char *text) { curl_free(text); })> escaped(
        curl_easy_escape(nullptr, controller.c_str(), static_cast<int>(controller.size())));
    if (!escaped)
        throw std::bad_alloc();
    return settings.server + "/" + settings.tenant + "/controller/v1/" + escaped.get();
}

HttpServer::HttpServer(std::string address, Access access, std::filesystem::path certificate_folder,
                       std::stop_token stop)
    : address_(std::move(address)), access_(std::move(access)),
      certificate_folder_(std::move(certificate_folder)), stop_(std::move(stop)), easy_(curl_easy_init()) {
    if (!easy_)
        throw std::bad_alloc();
}

HttpServer::~HttpServer() = default;

void HttpServer::set_up(const Request &request, const std::string &url, Arrival &arrival) {
    CURL *const handle = easy_.get();
    curl_easy_reset(handle); // keeps the connection
    download::curl::set_up_https(handle, url, access_.connection);
    // An answer with an error may say more, and a redirection could lead the token elsewhere.
    set(handle, CURLOPT_FAILONERROR, 0L);
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    if (address_.starts_with("http://"))
        set(handle, CURLOPT_PROTOCOLS_STR, "http");
    if (access_.connection.certificate_authority.empty()) {
        set(handle, CURLOPT_CAINFO_BLOB, static_cast<curl_blob *>(nullptr));
        set(handle, CURLOPT_CAINFO, static_cast<const char *>(nullptr));
        // A folder, of which OpenSSL reads only what it needs: all of them would take megabytes.
        set(handle, CURLOPT_CAPATH, certificate_folder_.c_str());
    }
    add_header(arrival.headers, "Accept: application/hal+json, application/json");
    add_header(arrival.headers, "Expect:");
    if (!access_.authorization.empty())
        add_header(arrival.headers, "Authorization: " + access_.authorization);
    if (request.method != Method::get) {
        add_header(arrival.headers, "Content-Type: application/json");
        set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
        set(handle, CURLOPT_CUSTOMREQUEST, request.method == Method::put ? "PUT" : "POST");
    }
    set(handle, CURLOPT_HTTPHEADER, arrival.headers.get());
    set(handle, CURLOPT_TIMEOUT, static_cast<long>(access_.connection.give_up_time.count()));
    set(handle, CURLOPT_WRITEFUNCTION, &Arrival::on_bytes);
    set(handle, CURLOPT_WRITEDATA, &arrival);
    set(handle, CURLOPT_NOPROGRESS, 0L);
    set(handle, CURLOPT_XFERINFOFUNCTION, &Arrival::on_progress);
    set(handle, CURLOPT_XFERINFODATA, &arrival);
    set(handle, CURLOPT_ERRORBUFFER, arrival.detail.data());
}

Answer HttpServer::exchange(const Request &request) {
    Arrival arrival{.headers = nullptr, .body = {}, .stop = stop_};
    const std::string url = address_ + request.tail;
    set_up(request, url, arrival);
    const CURLcode code = curl_easy_perform(easy_.get());
    if (stop_.stop_requested())
        throw Cancelled();
    if (arrival.too_long)
        throw ServerUnreachable("the server's answer is longer than " + std::to_string(max_answer_bytes) +
                                " bytes; is there a hawkBit server at this address?");
    if (code != CURLE_OK)
        throw ServerUnreachable(text::clean_text(
            "no answer from " + url + " (" +
            (arrival.detail.front() != '\0' ? arrival.detail.data() : curl_easy_strerror(code)) + "); " +
            advice_for(code)));
    Answer answer{.status = 0, .body = std::move(arrival.body), .retry_after = retry_after(easy_.get())};
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

} // namespace updater::hawkbit
