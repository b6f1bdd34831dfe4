// Puts messages into the PostgreSQL message store. Writes both formats of the store and asks it for its
// format; never changes the schema.
#pragma once

#include "image/product/filter/message.hpp"

#include <cstddef>
#include <libpq-fe.h>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace mailsec {

/// The message may not have been stored: the sender must retry.
class StoreError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Safe for use by several threads; each storing thread has a connection of its own while it stores.
class MessageStore {
  public:
    explicit MessageStore(std::string connection_settings)
        : connection_settings_(std::move(connection_settings)) {}

    /// Durable when it returns (the server runs with synchronous_commit on). A message whose id is in the
    /// store already, because its sender retried, does not add a second row. Throws StoreError.
    void store(const Message &message);

  private:
    struct Connection {
        std::unique_ptr<PGconn, decltype(&PQfinish)> handle{nullptr, PQfinish};
        int format = 0;
    };

    Connection take();
    Connection connect() const;
    void give_back(Connection connection);
    static void insert(Connection &connection, const Message &message);

    std::string connection_settings_;
    std::mutex mutex_;
    std::vector<Connection> idle_;
};

/// The recipients as one text: joined by commas; a comma inside an address is written %2C and a percent sign
/// %25.
std::string joined_recipients(const std::vector<std::string> &recipients);

/// The text with every byte that is not part of valid UTF-8 replaced by '?': the store takes nothing else as
/// text.
std::string valid_utf8(const std::string &text);

} // namespace mailsec
