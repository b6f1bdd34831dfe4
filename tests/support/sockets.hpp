// TCP on the loopback address, for the servers of these tests.
#pragma once

#include <cstddef>
#include <string_view>

/// Owns the descriptor.
class Socket {
  public:
    explicit Socket(int descriptor);
    ~Socket();
    Socket(Socket &&other) noexcept;
    Socket &operator=(Socket &&) = delete;

    static Socket listening(int port); ///< 0: any free one
    /// Takes in at most so much that has not been received; 0: as the system likes.
    static Socket connected_to(int port, int buffer_bytes = 0);

    int port() const;
    /// Nothing after shut_down().
    Socket accept() const;
    bool valid() const { return descriptor_ >= 0; }
    /// 0 at the end, also when it was torn down.
    std::size_t receive(char *bytes, std::size_t max) const;
    /// False if the other side is gone.
    bool send_all(std::string_view bytes) const;
    /// Ends what others are waiting for on this socket.
    void shut_down() const;
    /// Ends the connection as one that never was (RST).
    void tear_down() const;

  private:
    int descriptor_;
};
