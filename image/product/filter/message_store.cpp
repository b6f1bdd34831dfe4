// The statements that store a message, and the pool of connections they run on.
#include "image/product/filter/message_store.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <iconv.h>

namespace mailsec {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr const char *insert_format_1 =
    "INSERT INTO messages (message_id, sender, recipients, subject, size, received, content) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";

// A message and its recipients in one statement, and so in one transaction.
constexpr const char *insert_format_2 =
    "WITH stored AS (INSERT INTO messages (message_id, sender, subject, size_bytes, received_at, content) "
    "  VALUES ($1, $2, $4, $5::bigint, $6::timestamptz, $7) ON CONFLICT DO NOTHING RETURNING message_id) "
    "INSERT INTO recipients (message_id, position, address) "
    "SELECT stored.message_id, item.position, replace(replace(item.address, '%2C', ','), '%25', '%') "
    "FROM stored, unnest(string_to_array($3, ',')) WITH ORDINALITY AS item (address, position)";

std::string utc_text(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

} // namespace

MessageStore::Connection MessageStore::connect() const {
    Connection connection;
    connection.handle.reset(PQconnectdb(connection_settings_.c_str()));
    if (PQstatus(connection.handle.get()) != CONNECTION_OK)
        throw StoreError(std::string("the message store cannot be reached: ") +
                         PQerrorMessage(connection.handle.get()));
    const Result answer(PQexec(connection.handle.get(), "SELECT version FROM store_format"), PQclear);
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) != 1)
        throw StoreError(std::string("the message store does not say its format: ") +
                         PQerrorMessage(connection.handle.get()));
    connection.format = std::atoi(PQgetvalue(answer.get(), 0, 0));
    if (connection.format != 1 && connection.format != 2)
        throw StoreError("the message store has format " + std::to_string(connection.format) +
                         ", this filter writes 1 and 2");
    const Result prepared(PQprepare(connection.handle.get(), "store",
                                    connection.format == 1 ? insert_format_1 : insert_format_2, 0, nullptr),
                          PQclear);
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK)
        throw StoreError(std::string("the message store has another schema than its format says: ") +
                         PQerrorMessage(connection.handle.get()));
    return connection;
}

MessageStore::Connection MessageStore::take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty())
        return {};
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

void MessageStore::give_back(Connection connection) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
}

void MessageStore::insert(Connection &connection, const Message &message) {
    const std::string id = valid_utf8(message.id);
    const std::string sender = valid_utf8(message.sender);
    const std::string recipients = valid_utf8(joined_recipients(message.recipients));
    const std::string subject = valid_utf8(message.subject);
    const std::string size = std::to_string(message.size_bytes());
    const std::string received = utc_text(message.received);
    const std::string content = message.content();
    const std::array<const char *, 7> values{id.c_str(),      sender.c_str(), recipients.c_str(),
                                             subject.c_str(), size.c_str(),   received.c_str(),
                                             content.data()};
    const std::array<int, 7> lengths{0, 0, 0, 0, 0, 0, static_cast<int>(content.size())};
    const std::array<int, 7> binary{0, 0, 0, 0, 0, 0, 1};
    const Result result(PQexecPrepared(connection.handle.get(), "store", static_cast<int>(values.size()),
                                       values.data(), lengths.data(), binary.data(), 0),
                        PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
        throw StoreError("message " + message.id +
                         " was not stored: " + PQerrorMessage(connection.handle.get()));
}

void MessageStore::store(const Message &message) {
    Connection connection = take();
    if (connection.handle) {
        try {
            insert(connection, message);
            give_back(std::move(connection));
            return;
        } catch (const StoreError &) {
            // A connection that was idle while the server restarted is dead: retries once on a new one.
            // Storing twice is harmless, since the id is the key.
            if (PQstatus(connection.handle.get()) == CONNECTION_OK) {
                give_back(std::move(connection));
                throw;
            }
        }
    }
    connection = connect();
    insert(connection, message);
    give_back(std::move(connection));
}

std::string joined_recipients(const std::vector<std::string> &recipients) {
    std::string joined;
    for (const std::string &recipient : recipients) {
        if (!joined.empty())
            joined += ',';
        for (const char c : recipient) {
            if (c == ',')
                joined += "%2C";
            else if (c == '%')
                joined += "%25";
            else
                joined += c;
        }
    }
    return joined;
}

std::string valid_utf8(const std::string &text) {
    struct Closer {
        void operator()(void *handle) const { iconv_close(handle); }
    };
    const std::unique_ptr<void, Closer> converter(iconv_open("UTF-8", "UTF-8"));
    std::string input = text;
    std::string output(input.size(), '\0');
    char *from = input.data();
    char *to = output.data();
    std::size_t from_left = input.size();
    std::size_t to_left = output.size();
    while (from_left > 0 &&
           iconv(converter.get(), &from, &from_left, &to, &to_left) == static_cast<std::size_t>(-1)) {
        ++from;
        --from_left;
        *to++ = '?';
        --to_left;
    }
    output.resize(output.size() - to_left);
    return output;
}

} // namespace mailsec
