#include "updater/feed/feed_keys.hpp"

#include "updater/configuration/appliance.hpp"
#include "updater/configuration/strict_element.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <tinyxml2.h>
#include <utility>

namespace updater {

namespace {

constexpr std::size_t most_certificates = 16;
constexpr const char *format = "1";

[[noreturn]] void wrong(const std::string &what) {
    throw FeedRefused(FeedRefusal::wrong_feed, what);
}

KeyList read_key_list(StrictElement root) {
    if (const std::string found = root.text_attribute("format"); found != format)
        throw FeedRefused(FeedRefusal::unsupported_format, "the list of keys has the format " +
                                                               found.substr(0, 16) + ", this version reads " +
                                                               format);
    KeyList list;
    list.product = root.text_attribute("product");
    list.number = root.number_attribute("number", 1, most_key_lists);
    for (const StrictElement &element : root.children("certificate")) {
        const std::string pem = element.text() + "\n";
        try {
            if (TrustedKeys::from_pem(pem, "a certificate").count() != 1)
                element.complain("does not hold exactly one PEM certificate");
        } catch (const NoTrustedKeys &) {
            element.complain("does not hold exactly one PEM certificate");
        }
        list.certificates.push_back(pem);
    }
    if (list.certificates.empty() || list.certificates.size() > most_certificates)
        root.complain("needs one to " + std::to_string(most_certificates) + " <certificate>");
    root.finish();
    return list;
}

TrustedKeys keys_of(const KeyList &list) {
    std::string all;
    for (const std::string &certificate : list.certificates)
        all += certificate;
    return TrustedKeys::from_pem(all, "the list of keys " + std::to_string(list.number));
}

} // namespace

KeyList parse_key_list(std::string_view xml) {
    if (xml.size() > most_key_list_bytes)
        wrong("the list of keys is longer than " + std::to_string(most_key_list_bytes) + " bytes");
    tinyxml2::XMLDocument document;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
        wrong(std::string("the list of keys is not XML: ") + document.ErrorStr());
    const tinyxml2::XMLElement *root = document.RootElement();
    if (!root || std::string_view(root->Name()) != "keys")
        wrong("the outermost element of the list of keys is not <keys>");
    try {
        return read_key_list(StrictElement(*root, "the list of keys"));
    } catch (const ConfigurationError &error) {
        wrong(error.what());
    }
}

std::string write_key_list(const KeyList &list) {
    tinyxml2::XMLDocument document;
    document.InsertEndChild(document.NewDeclaration());
    tinyxml2::XMLElement &root = *document.NewElement("keys");
    document.InsertEndChild(&root);
    root.SetAttribute("format", format);
    root.SetAttribute("product", list.product.c_str());
    root.SetAttribute("number", list.number);
    for (const std::string &certificate : list.certificates)
        root.InsertNewChildElement("certificate")->SetText(certificate.c_str());
    tinyxml2::XMLPrinter printer;
    document.Print(&printer);
    return {printer.CStr(), static_cast<std::size_t>(printer.CStrSize() - 1)};
}

void check_feed_signature(const TrustedKeys &keys, const SignedText &document, const std::string &what) {
    try {
        keys.check(document.text, document.signature, what);
    } catch (const FirmwareRefused &refusal) {
        throw FeedRefused(refusal.kind() == FirmwareRefusal::unknown_key ? FeedRefusal::unknown_key
                                                                         : FeedRefusal::damaged,
                          refusal.what());
    }
}

KeyChain::KeyChain(TrustedKeys first, std::string product)
    : keys_(std::move(first)), product_(std::move(product)) {}

void KeyChain::accept(const SignedText &list, std::uint64_t number) {
    check_feed_signature(keys_, list, "list of keys " + std::to_string(number));
    const KeyList read = parse_key_list(list.text);
    if (read.product != product_)
        throw FeedRefused(FeedRefusal::other_product, "the list of keys is for the product " + read.product +
                                                          ", this appliance is a " + product_);
    // Without the number an older list, which an older and perhaps stolen key had signed, would do.
    if (read.number != number || number <= number_)
        throw FeedRefused(FeedRefusal::replayed, "the list of keys says that it is number " +
                                                     std::to_string(read.number) + ", not " +
                                                     std::to_string(number));
    keys_ = keys_of(read);
    number_ = number;
}

} // namespace updater
