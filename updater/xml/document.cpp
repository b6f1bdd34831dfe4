#include "updater/xml/document.hpp"

#include "updater/text/byte_amount.hpp"

#include <tinyxml2.h>

namespace updater::xml {
namespace {

/// A later format number can be of any length; this much of it is shown.
constexpr std::size_t max_shown_format_characters = 16;

/// Nothing stands beside it but comments and the XML declaration.
bool is_alone(const tinyxml2::XMLElement &root) {
    for (const auto *node = root.GetDocument()->FirstChild(); node != nullptr; node = node->NextSibling())
        if (node != &root && node->ToComment() == nullptr && node->ToDeclaration() == nullptr)
            return false;
    return true;
}

} // namespace

Document::Document(std::string_view text, const DocumentKind &kind)
    : name_(kind.name), document_(std::make_unique<tinyxml2::XMLDocument>()) {
    const auto wrong = [this](const std::string &what) { return DocumentError(Fault::wrong, name_ + what); };
    if (text.size() > kind.max_bytes)
        throw DocumentError(Fault::too_long, name_ + " is longer than " + text::bytes_text(kind.max_bytes));
    // The parser would take it for the end.
    if (text.find('\0') != std::string_view::npos)
        throw wrong(" has a zero byte in it");
    if (document_->Parse(text.data(), text.size()) != tinyxml2::XML_SUCCESS)
        throw wrong(", line " + std::to_string(document_->ErrorLineNum()) +
                    ": this is not well-formed XML (" + document_->ErrorName() + ")");
    const std::string outermost = std::string("<") + kind.root + ">";
    const tinyxml2::XMLElement *root = document_->RootElement();
    if (root == nullptr || std::string_view(root->Name()) != kind.root)
        throw wrong(": the outermost element must be " + outermost);
    if (!is_alone(*root))
        throw wrong(" has something beside its outermost element " + outermost);
    if (const std::string format = this->root().text_attribute("format"); format != kind.format)
        throw DocumentError(Fault::unsupported_format, name_ + " has the format " +
                                                           format.substr(0, max_shown_format_characters) +
                                                           "; this version reads " + kind.format);
}

Document::~Document() = default;

Element Document::root() const {
    Element root(*document_->RootElement(), name_);
    root.text_attribute("format");
    return root;
}

} // namespace updater::xml
