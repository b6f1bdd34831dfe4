#include "updater/feed/feed_keys.hpp"

#include "updater/feed/feed_xml.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/xml/writing.hpp"

#include <utility>

namespace updater::feed {

namespace {

constexpr std::size_t max_certificates = 16;
const xml::DocumentKind key_list_kind{
    .name = "the key list", .root = "keys", .format = "1", .max_bytes = max_key_list_bytes};

KeyList read_key_list(xml::Element &root) {
    KeyList list;
    list.product = root.text_attribute("product");
    list.number = root.number_attribute("number", 1, max_key_lists);
    for (xml::Element &element : root.children("certificate")) {
        const std::string pem = element.text() + "\n";
        try {
            if (firmware::TrustedKeys::from_pem(pem, "a certificate").count() != 1)
                element.complain("does not hold exactly one PEM certificate");
        } catch (const firmware::NoTrustedKeys &) {
            element.complain("does not hold exactly one PEM certificate");
        }
        element.finish();
        list.certificates.push_back(pem);
    }
    if (list.certificates.empty() || list.certificates.size() > max_certificates)
        root.complain("needs one to " + std::to_string(max_certificates) + " <certificate>");
    return list;
}

firmware::TrustedKeys keys_of(const KeyList &list) {
    std::string all;
    for (const std::string &certificate : list.certificates)
        all += certificate;
    return firmware::TrustedKeys::from_pem(all, "key list " + std::to_string(list.number));
}

} // namespace

KeyList parse_key_list(std::string_view xml) {
    return read_signed_document(xml, key_list_kind, read_key_list);
}

std::string write_key_list(const KeyList &list) {
    return xml::write_document(key_list_kind, [&](tinyxml2::XMLElement &root) {
        root.SetAttribute("product", list.product.c_str());
        root.SetAttribute("number", list.number);
        for (const std::string &certificate : list.certificates)
            root.InsertNewChildElement("certificate")->SetText(certificate.c_str());
    });
}

void check_feed_signature(const firmware::TrustedKeys &keys, const SignedText &document,
                          const std::string &what) {
    try {
        keys.check(document.text, document.signature, what);
    } catch (const firmware::FirmwareRefused &refusal) {
        const bool by_untrusted_key = refusal.kind() == firmware::FirmwareRefusal::unknown_key ||
                                      refusal.kind() == firmware::FirmwareRefusal::replaced_key;
        throw FeedRefused(by_untrusted_key ? FeedRefusal::unknown_key : FeedRefusal::damaged, refusal.what());
    }
}

KeyChain::KeyChain(firmware::TrustedKeys first, std::string product)
    : keys_(std::move(first)), product_(std::move(product)) {}

void KeyChain::accept(const SignedText &list, std::uint64_t number) {
    check_feed_signature(keys_, list, "key list " + std::to_string(number));
    const KeyList read = parse_key_list(list.text);
    if (read.product != product_)
        throw FeedRefused(FeedRefusal::other_product, "the key list is for the product " + read.product +
                                                          ", this appliance is a " + product_);
    // Otherwise an older list could be replayed, signed by an older and perhaps stolen key.
    if (read.number != number || number <= number_)
        throw FeedRefused(FeedRefusal::replayed, "the key list has the number " +
                                                     std::to_string(read.number) + ", not " +
                                                     std::to_string(number));
    keys_ = keys_of(read).in_place_of(keys_);
    number_ = number;
}

} // namespace updater::feed
