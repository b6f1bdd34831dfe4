// Reading the manifest: the shape of each element is checked before its values are taken.
#include "updater/firmware/manifest.hpp"

#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <set>
#include <tinyxml2.h>

namespace updater {

namespace {

using tinyxml2::XMLAttribute;
using tinyxml2::XMLElement;
using tinyxml2::XMLNode;
using Names = std::initializer_list<std::string_view>;

constexpr std::size_t most_name_characters = 64;
constexpr std::uint64_t most_image_bytes = std::uint64_t{1} << 40;
/// Partitions are written with direct I/O, in whole blocks.
constexpr std::uint64_t image_block_bytes = 4096;

[[noreturn]] void refuse(const std::string &what) {
    throw FirmwareRefused(FirmwareRefusal::wrong_manifest, "manifest: " + what);
}

std::string where(const XMLElement &element) {
    return "<" + std::string(element.Name()) + "> in line " + std::to_string(element.GetLineNum());
}

bool contains(Names names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// What an element may contain; everything else is an error.
struct Shape {
    Names attributes = {};
    Names optional_attributes = {};
    Names children = {};          ///< each exactly once
    Names optional_children = {}; ///< each at most once
    Names repeated_children = {}; ///< any number of times
    bool text = false;
};

void check_attributes(const XMLElement &element, const Shape &shape) {
    for (const XMLAttribute *attribute = element.FirstAttribute(); attribute; attribute = attribute->Next())
        if (!contains(shape.attributes, attribute->Name()) &&
            !contains(shape.optional_attributes, attribute->Name()))
            refuse(where(element) + " has the unknown attribute " + attribute->Name());
    for (const std::string_view name : shape.attributes)
        if (!element.Attribute(std::string(name).c_str()))
            refuse(where(element) + " lacks the attribute " + std::string(name));
}

void check_children(const XMLElement &element, const Shape &shape) {
    std::set<std::string_view> seen;
    for (const XMLNode *node = element.FirstChild(); node; node = node->NextSibling()) {
        if (node->ToComment() || (shape.text && node->ToText()))
            continue;
        const XMLElement *child = node->ToElement();
        if (!child)
            refuse(where(element) + " has text or a declaration where none belongs");
        const std::string_view name = child->Name();
        if (contains(shape.repeated_children, name))
            continue;
        if (!contains(shape.children, name) && !contains(shape.optional_children, name))
            refuse(where(element) + " has the unknown element " + where(*child));
        if (!seen.insert(name).second)
            refuse(where(element) + " has more than one element " + where(*child));
    }
    for (const std::string_view name : shape.children)
        if (!seen.contains(name))
            refuse(where(element) + " lacks the element <" + std::string(name) + ">");
}

void check(const XMLElement &element, const Shape &shape) {
    check_attributes(element, shape);
    check_children(element, shape);
}

const XMLElement &child(const XMLElement &element, const char *name) {
    const XMLElement *found = element.FirstChildElement(name);
    if (!found)
        refuse(where(element) + " lacks the element <" + name + ">");
    return *found;
}

/// These texts are shown on terminals, where control characters could do harm.
std::string checked_text(const XMLElement &element, std::string text) {
    const auto harmful = [](char character) {
        const auto code = static_cast<unsigned char>(character);
        return (code < 0x20 && code != '\n' && code != '\t') || code == 0x7f;
    };
    if (std::ranges::any_of(text, harmful))
        refuse(where(element) + " has control characters");
    return text;
}

std::string text_of(const XMLElement &element) {
    std::string text;
    for (const XMLNode *node = element.FirstChild(); node; node = node->NextSibling())
        if (node->ToText())
            text += node->Value();
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos)
        return {};
    return checked_text(element, text.substr(begin, text.find_last_not_of(blanks) - begin + 1));
}

std::string attribute_of(const XMLElement &element, const char *name) {
    const char *value = element.Attribute(name);
    if (!value)
        refuse(where(element) + " lacks the attribute " + name);
    return value;
}

/// Names end up in paths and messages: letters, digits and "._-+", the first a letter or digit.
std::string checked_name(const XMLElement &element, const std::string &name) {
    const auto is_letter_or_digit = [](char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
               (character >= '0' && character <= '9');
    };
    const auto allowed = [&](char character) {
        return is_letter_or_digit(character) ||
               std::string_view("._-+").find(character) != std::string_view::npos;
    };
    if (name.empty() || name.size() > most_name_characters || !is_letter_or_digit(name.front()) ||
        !std::ranges::all_of(name, allowed))
        refuse(where(element) + ": a name has 1 to " + std::to_string(most_name_characters) +
               " letters, digits and \"._-+\" and begins with a letter or digit");
    return name;
}

std::string name_in_text(const XMLElement &element) {
    check(element, {.text = true});
    return checked_name(element, text_of(element));
}

std::string name_in_attribute(const XMLElement &element, const char *name) {
    return checked_name(element, attribute_of(element, name));
}

std::uint64_t number_in_attribute(const XMLElement &element, const char *name, std::uint64_t most) {
    const std::string text = attribute_of(element, name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc() || end != text.data() + text.size() || leading_zero || value > most)
        refuse(where(element) + ": " + name + " is not a number from 0 to " + std::to_string(most));
    return value;
}

Version parse_version(const XMLElement &element, const std::string &text) {
    try {
        return Version::parse(text);
    } catch (const InvalidVersion &error) {
        refuse(where(element) + ": " + error.what());
    }
}

void read_versions(const XMLElement &root, Manifest &manifest) {
    const XMLElement &version = child(root, "version");
    check(version, {.text = true});
    manifest.version = parse_version(version, text_of(version));
    const XMLElement &minimum = child(root, "minimum-version");
    check(minimum, {.optional_attributes = {"install-first"}, .text = true});
    manifest.minimum_version = parse_version(minimum, text_of(minimum));
    manifest.install_first = minimum.Attribute("install-first")
                                 ? parse_version(minimum, attribute_of(minimum, "install-first"))
                                 : manifest.minimum_version;
    if (manifest.install_first < manifest.minimum_version || manifest.version < manifest.install_first)
        refuse(where(minimum) +
               ": the minimum version, the version to install first and the version itself must "
               "not be older each than the one before");
}

void read_image(const XMLElement &root, Manifest &manifest) {
    const XMLElement &image = child(root, "image");
    check(image, {.attributes = {"bytes"}});
    manifest.image_bytes = number_in_attribute(image, "bytes", most_image_bytes);
    if (manifest.image_bytes == 0 || manifest.image_bytes % image_block_bytes != 0)
        refuse(where(image) + ": the length of the image is not a multiple of " +
               std::to_string(image_block_bytes));

    const XMLElement &chunks = child(root, "chunks");
    check(chunks, {.attributes = {"hash-algorithm", "hash", "bytes"}});
    if (const std::string algorithm = attribute_of(chunks, "hash-algorithm"); algorithm != "sha256")
        throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                              "manifest: " + where(chunks) +
                                  ": this version knows only the hash algorithm sha256");
    const std::optional<Sha256> hash = parse_sha256(attribute_of(chunks, "hash"));
    if (!hash)
        refuse(where(chunks) + ": the hash is not 64 lower-case hexadecimal digits");
    manifest.chunks_hash = *hash;
    manifest.chunks_bytes = number_in_attribute(chunks, "bytes", most_chunk_index_bytes);
}

Conversion read_conversion(const XMLElement &element) {
    check(element, {.attributes = {"name", "kind", "program", "from", "to"}});
    Conversion conversion;
    conversion.name = name_in_attribute(element, "name");
    const std::string kind = attribute_of(element, "kind");
    if (kind == "store")
        conversion.kind = ConversionKind::store;
    else if (kind == "configuration")
        conversion.kind = ConversionKind::configuration;
    else
        refuse(where(element) + ": kind is neither store nor configuration");
    conversion.program = name_in_attribute(element, "program");
    conversion.from = name_in_attribute(element, "from");
    conversion.to = name_in_attribute(element, "to");
    return conversion;
}

void read_conversions(const XMLElement &root, Manifest &manifest) {
    const XMLElement &conversions = child(root, "conversions");
    check(conversions, {.attributes = {"migration"}, .repeated_children = {"conversion"}});
    const std::string migration = attribute_of(conversions, "migration");
    if (migration != "yes" && migration != "no")
        refuse(where(conversions) + ": migration is neither yes nor no");
    manifest.migration = migration == "yes";
    std::set<std::string> names;
    for (const XMLElement *element = conversions.FirstChildElement(); element;
         element = element->NextSiblingElement()) {
        manifest.conversions.push_back(read_conversion(*element));
        if (!names.insert(manifest.conversions.back().name).second)
            refuse(where(*element) + ": there is another conversion of " + manifest.conversions.back().name);
    }
    if (manifest.migration == manifest.conversions.empty())
        refuse(where(conversions) + ": migration says " + migration +
               ", the list of conversions says otherwise");
}

void read_requirements(const XMLElement &root, Manifest &manifest) {
    const XMLElement *requires_element = root.FirstChildElement("requires");
    if (!requires_element)
        return;
    check(*requires_element, {.repeated_children = {"space", "package"}});
    for (const XMLElement *element = requires_element->FirstChildElement(); element;
         element = element->NextSiblingElement()) {
        if (std::string_view(element->Name()) == "package") {
            manifest.required_packages.push_back(name_in_text(*element));
            continue;
        }
        check(*element, {.attributes = {"path", "free-bytes"}});
        const std::filesystem::path path = checked_text(*element, attribute_of(*element, "path"));
        if (!path.is_absolute() || path != path.lexically_normal())
            refuse(where(*element) + ": the path is not absolute, or has \".\", \"..\" or \"//\" in it");
        manifest.required_space.push_back({path, number_in_attribute(*element, "free-bytes", UINT64_MAX)});
    }
}

const XMLElement &root_of(const tinyxml2::XMLDocument &document) {
    const XMLElement *root = nullptr;
    for (const XMLNode *node = document.FirstChild(); node; node = node->NextSibling()) {
        if (node->ToComment() || node->ToDeclaration())
            continue;
        if (root || !node->ToElement())
            refuse("there is something beside the one element <firmware>");
        root = node->ToElement();
    }
    if (!root || std::string_view(root->Name()) != "firmware")
        refuse("the outermost element is not <firmware>");
    return *root;
}

} // namespace

Manifest parse_manifest(std::string_view xml) {
    if (xml.size() > most_manifest_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the manifest is larger than the format allows");
    if (xml.find('\0') != std::string_view::npos)
        refuse("there is a zero byte in it");
    tinyxml2::XMLDocument document;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
        refuse("not well-formed XML, line " + std::to_string(document.ErrorLineNum()));
    const XMLElement &root = root_of(document);

    // The format comes first: a later format may well have elements that are unknown here.
    if (attribute_of(root, "format") != "1")
        throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                              "manifest: the firmware has a format that this version does not read");
    check(root, {.attributes = {"format"},
                 .children = {"product", "hardware", "version", "minimum-version", "image", "chunks",
                              "conversions", "release-notes", "license"},
                 .optional_children = {"requires"}});
    Manifest manifest;
    manifest.product = name_in_text(child(root, "product"));
    manifest.hardware = name_in_text(child(root, "hardware"));
    read_versions(root, manifest);
    read_image(root, manifest);
    read_conversions(root, manifest);
    read_requirements(root, manifest);
    check(child(root, "release-notes"), {.text = true});
    manifest.release_notes = text_of(child(root, "release-notes"));
    check(child(root, "license"), {.text = true});
    manifest.license = text_of(child(root, "license"));
    return manifest;
}

} // namespace updater
