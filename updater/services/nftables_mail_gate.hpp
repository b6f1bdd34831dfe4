// The mail gate as an nftables table of its own (nft(8), libnftables(3)): deleting this table opens the gate
// and touches no rule of the administrator.
#pragma once

#include "updater/services/mail_gate.hpp"

#include <memory>
#include <string>

struct nft_ctx;

namespace updater::services {

class NftablesMailGate : public MailGate {
  public:
    NftablesMailGate();
    ~NftablesMailGate() override;
    NftablesMailGate(const NftablesMailGate &) = delete;
    NftablesMailGate &operator=(const NftablesMailGate &) = delete;

    void close(const std::vector<std::uint16_t> &ports) override;
    void open() override;
    bool is_closed() override;
    std::size_t open_connections(const std::vector<std::uint16_t> &ports) override;

  private:
    struct Outcome {
        bool done = false;
        std::string output;
        std::string errors;
    };
    Outcome run(const std::string &commands);

    struct Release {
        void operator()(nft_ctx *context) const;
    };
    std::unique_ptr<nft_ctx, Release> context_;
};

/// The commands that close the gate, as one transaction.
std::string closing_commands(const std::vector<std::uint16_t> &ports);

} // namespace updater::services
