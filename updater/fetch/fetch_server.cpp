#include "updater/fetch/fetch_server.hpp"

#include "updater/cancelled.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <thread>
#include <utility>

namespace updater::fetch {

namespace {

/// Requests a stop as soon as the agent is gone: nobody needs the running transfers any more.
std::jthread watch(int socket, std::stop_source gone) {
    return std::jthread([socket, gone = std::move(gone)](const std::stop_token &ended) mutable {
        constexpr int look_milliseconds = 200;
        while (!ended.stop_requested()) {
            pollfd look{.fd = socket, .events = POLLRDHUP, .revents = 0};
            if (::poll(&look, 1, look_milliseconds) > 0 || (look.revents & (POLLHUP | POLLERR)) != 0)
                break;
        }
        gone.request_stop();
    });
}

class Server {
  public:
    Server(Conversation &agent, const Fetching &fetching, std::stop_token gone)
        : agent_(agent), fetching_(fetching), gone_(std::move(gone)) {}

    /// A failed order is answered with its failure; a failed conversation ends the program.
    void carry_out(const Conversation::Message &order) {
        OrderDone done;
        try {
            done = result_of(order);
        } catch (const Cancelled &) {
            throw;
        } catch (const ConversationFailed &) {
            throw;
        } catch (const std::exception &failure) {
            agent_.send(fetch_message::failed, write_failure(failure), gone_);
            return;
        }
        agent_.send(fetch_message::done, write_order_done(done), gone_);
    }

  private:
    OrderDone result_of(const Conversation::Message &order) {
        switch (order.kind) {
        case fetch_message::open:
            source_ = fetching_.open(read_firmware_order(order.text()), [this](const std::string &line) {
                agent_.send(fetch_message::report, line.substr(0, max_line_bytes), gone_);
            });
            return {};
        case fetch_message::read: {
            const auto ranges = read_ranges(order.contents);
            source().read(
                ranges,
                [this](std::uint64_t place, std::span<const std::byte> bytes) { send_bytes(place, bytes); },
                gone_);
            return {.fetched_bytes = source().fetched_bytes()};
        }
        case fetch_message::document: {
            const std::string text = fetching_.document(read_document_order(order.text()), gone_);
            send_bytes(0, std::as_bytes(std::span(text)));
            return {};
        }
        default:
            throw ConversationFailed("an order of an unknown kind came");
        }
    }

    void send_bytes(std::uint64_t place, std::span<const std::byte> bytes) {
        constexpr std::size_t max_at_once = max_answer_bytes - place_bytes;
        while (!bytes.empty()) {
            const auto now = bytes.first(std::min(bytes.size(), max_at_once));
            agent_.send(fetch_message::bytes, write_place(place), now, gone_);
            place += now.size();
            bytes = bytes.subspan(now.size());
        }
    }

    firmware::ByteSource &source() const {
        if (!source_)
            throw ConversationFailed("an order came before the source was opened");
        return *source_;
    }

    Conversation &agent_;
    const Fetching &fetching_;
    std::stop_token gone_;
    std::unique_ptr<firmware::ByteSource> source_;
};

} // namespace

void serve_fetches(partitions::base::FileDescriptor socket, const Fetching &fetching) {
    Conversation agent(std::move(socket));
    std::stop_source gone;
    const std::jthread watcher = watch(agent.socket(), gone);
    Server server(agent, fetching, gone.get_token());
    try {
        while (const auto order = agent.receive(max_order_bytes, Conversation::no_deadline, gone.get_token()))
            server.carry_out(*order);
    } catch (const Cancelled &) {
        // The agent is gone, here and in the next case.
    } catch (const ConversationEnded &) {
    }
}

} // namespace updater::fetch
