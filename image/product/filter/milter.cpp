// libmilter's callbacks: collects a message, asks the policies, stores it, answers Postfix.
#include "image/product/filter/milter.hpp"

#include "image/product/filter/verdict.hpp"

#include <iostream>
#include <libmilter/mfapi.h>
#include <memory>
#include <openssl/evp.h>
#include <stdexcept>
#include <strings.h>

namespace mailsec {
namespace {

struct Service {
    const std::vector<Policy> *policies;
    MessageStore *store;
};

// libmilter's callbacks have no argument for our data, so this global gives them the arguments of serve().
// Set before the first callback and cleared after the last.
const Service *serving = nullptr;

// A key longer than this would not fit into the store's index.
constexpr std::size_t max_id_bytes = 500;

std::string without_brackets(const char *address) {
    std::string text(address);
    if (text.size() >= 2 && text.front() == '<' && text.back() == '>')
        return text.substr(1, text.size() - 2);
    return text;
}

std::string sha256_hex(const std::string &text) {
    std::vector<unsigned char> digest(EVP_MAX_MD_SIZE);
    unsigned int length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    std::string hex;
    for (unsigned int index = 0; index < length; ++index) {
        static constexpr std::string_view digits = "0123456789abcdef";
        hex += digits[digest[index] >> 4U];
        hex += digits[digest[index] & 15U];
    }
    return hex;
}

Message *message_of(SMFICTX *context) {
    return static_cast<Message *>(smfi_getpriv(context));
}

void forget_message(SMFICTX *context) {
    const std::unique_ptr<Message> message(message_of(context));
    smfi_setpriv(context, nullptr);
}

sfsistat on_sender(SMFICTX *context, char **arguments) {
    forget_message(context);
    auto message = std::make_unique<Message>();
    message->sender = without_brackets(arguments[0]);
    message->received = std::chrono::system_clock::now();
    smfi_setpriv(context, message.release());
    return SMFIS_CONTINUE;
}

sfsistat on_recipient(SMFICTX *context, char **arguments) {
    message_of(context)->recipients.push_back(without_brackets(arguments[0]));
    return SMFIS_CONTINUE;
}

sfsistat on_header(SMFICTX *context, char *name, char *value) {
    Message &message = *message_of(context);
    if (strcasecmp(name, "Message-ID") == 0 && message.id.empty())
        message.id = value;
    else if (strcasecmp(name, "Subject") == 0 && message.subject.empty())
        message.subject = value;
    message.headers.append(name).append(": ").append(value).append("\r\n");
    return SMFIS_CONTINUE;
}

sfsistat on_body(SMFICTX *context, unsigned char *bytes, std::size_t length) {
    message_of(context)->body.append(bytes, bytes + length);
    return SMFIS_CONTINUE;
}

// A message without an id gets one made from its queue id in Postfix; an overlong id is replaced by its
// digest.
void settle_id(Message &message, SMFICTX *context) {
    if (message.id.empty()) {
        std::string queue_macro = "i";
        const char *queue_id = smfi_getsymval(context, queue_macro.data());
        if (queue_id == nullptr)
            throw std::runtime_error("a message has neither a Message-ID nor a queue id");
        message.id = std::string("<") + queue_id + "@without-message-id.invalid>";
    } else if (message.id.size() > max_id_bytes) {
        message.id = "<sha256-" + sha256_hex(message.id) + "@long-message-id.invalid>";
    }
}

void reply(SMFICTX *context, std::string code, std::string extended_code, std::string text) {
    smfi_setreply(context, code.data(), extended_code.data(), text.data());
}

sfsistat judge_and_store(SMFICTX *context, Message &message) {
    settle_id(message, context);
    Verdict verdict = judge(message, *serving->policies);
    if (verdict.rejected_by) {
        reply(context, "550", "5.7.1", "Refused by policy " + *verdict.rejected_by);
        return SMFIS_REJECT;
    }
    serving->store->store(message);
    for (auto &[name, value] : verdict.new_headers)
        if (smfi_addheader(context, name.data(), value.data()) != MI_SUCCESS)
            throw std::runtime_error("a header could not be added");
    return SMFIS_ACCEPT;
}

sfsistat on_end_of_message(SMFICTX *context) {
    sfsistat answer = SMFIS_TEMPFAIL;
    // No exception may pass into libmilter, which is C. After any exception the message may not have been
    // stored.
    try {
        answer = judge_and_store(context, *message_of(context));
    } catch (const std::exception &error) {
        std::cerr << "<3>message not accepted, its sender will try again: " << error.what() << std::endl;
        reply(context, "451", "4.3.0", "Message store not available, try again later");
    }
    forget_message(context);
    return answer;
}

sfsistat on_abort(SMFICTX *context) {
    forget_message(context);
    return SMFIS_CONTINUE;
}

} // namespace

void serve(const std::string &socket, const std::vector<Policy> &policies, MessageStore &store,
           const std::function<void()> &listening) {
    const Service service{&policies, &store};
    serving = &service;
    std::string name = "mailsec-filter";
    smfiDesc description{};
    description.xxfi_name = name.data();
    description.xxfi_version = SMFI_VERSION;
    description.xxfi_flags = SMFIF_ADDHDRS;
    description.xxfi_envfrom = on_sender;
    description.xxfi_envrcpt = on_recipient;
    description.xxfi_header = on_header;
    description.xxfi_body = on_body;
    description.xxfi_eom = on_end_of_message;
    description.xxfi_abort = on_abort;
    description.xxfi_close = on_abort;
    std::string address = socket;
    if (smfi_setconn(address.data()) != MI_SUCCESS || smfi_register(description) != MI_SUCCESS ||
        smfi_opensocket(true) != MI_SUCCESS)
        throw std::runtime_error("cannot listen at " + socket + ": is another filter running?");
    listening();
    const int result = smfi_main();
    serving = nullptr;
    if (result != MI_SUCCESS)
        throw std::runtime_error("libmilter stopped with an error");
}

} // namespace mailsec
