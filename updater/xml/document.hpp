// A whole XML document: its maximum length, one outermost element, its format number. Knows nothing of what
// the elements mean.
#pragma once

#include "updater/xml/document_error.hpp"
#include "updater/xml/element.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace updater::xml {

/// What a document is.
struct DocumentKind {
    std::string name;        ///< for messages: "the feed", or the path of the file
    const char *root;        ///< name of the outermost element
    const char *format;      ///< the only value of its attribute `format`
    std::size_t max_bytes{}; ///< a longer document is refused before it is parsed
};

/// A parsed document. Beside the outermost element only comments and the XML declaration are allowed: no
/// DOCTYPE, no text, no second element, no zero byte.
class Document {
  public:
    /// Throws DocumentError.
    Document(std::string_view text, const DocumentKind &kind);
    ~Document();
    Document(const Document &) = delete;
    Document &operator=(const Document &) = delete;

    /// The outermost element, whose format is verified. Valid as long as the document.
    Element root() const;

  private:
    std::string name_;
    std::unique_ptr<tinyxml2::XMLDocument> document_;
};

/// Returns what `read` makes of the outermost element. What it didn't ask for there is an error. Throws
/// DocumentError.
template <typename Read>
auto read_document(std::string_view text, const DocumentKind &kind, const Read &read) {
    const Document document(text, kind);
    Element root = document.root();
    auto result = read(root);
    root.finish();
    return result;
}

} // namespace updater::xml
