// What may stand in a log line: one line, no control characters, no secrets.
#include "updater/text/clean_text.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::text;

namespace {

struct Case {
    const char *text;
    const char *cleaned;
};

void check(const Case &row) {
    STRCMP_EQUAL(row.cleaned, clean_text(row.text).c_str());
}

} // namespace

TEST_GROUP(CleanText){};

TEST(CleanText, text_becomes_one_line_without_control_characters) {
    const Case cases[] = {
        {"plain text", "plain text"},
        {"", ""},
        {"  around \n", "around"},
        {"two\nlines\r\nand\ta tab", "two lines  and a tab"},
        {"bell\x07 and delete\x7f", "bell? and delete?"},
        {"\x1b[1;31mred\x1b[0m text", "red text"},
        {"a lone \x1b escape", "a lone ? escape"},
        {"C1 \xc2\x9b"
         "31m",
         "C1 ?31m"},
        {"Größe → 1 €", "Größe → 1 €"},
        {"broken \xff\xfe bytes \xc3", "broken ?? bytes ?"},
        {"overlong \xc0\xaf", "overlong ??"},
        {"surrogate \xed\xa0\x80", "surrogate ???"},
    };
    for (const Case &row : cases)
        check(row);
    STRCMP_EQUAL("a?b", clean_text(std::string_view("a\0b", 3)).c_str());
}

TEST(CleanText, what_looks_like_a_secret_is_masked) {
    const Case cases[] = {
        {"password=hunter2", "password=***"},
        {"Password: hunter2, retrying", "Password: ***, retrying"},
        {"PGPASSWORD=a%b%c psql", "PGPASSWORD=*** psql"},
        {"db_passwd = x;next", "db_passwd = ***;next"},
        {"passphrase='two words' end", "passphrase='***' end"},
        {"secret=\"with \\\" quote\" end", "secret=\"***\" end"},
        {"{\"token\": \"abc def\", \"n\": 1}", "{\"token\": \"***\", \"n\": 1}"},
        {"api_key=1234 api-key: 5678", "api_key=*** api-key: ***"},
        {"one password=a two password=b", "one password=*** two password=***"},
        {"tool --password hunter2 --verbose", "tool --password *** --verbose"},
        {"<password>hunter2</password>", "<password>***</password>"},
        {"<smtp-password kind=\"plain\">hunter2</smtp-password>",
         "<smtp-password kind=\"plain\">***</smtp-password>"},
        {"ALTER ROLE mail PASSWORD 'it''s me' VALID", "ALTER ROLE mail PASSWORD '***' VALID"},
        {"CREATE USER x IDENTIFIED BY 'y'", "CREATE USER x IDENTIFIED BY '***'"},
        {"Authorization: Basic cm9ib3Q6eA==", "Authorization: ***"},
        {"got Bearer abc.def-123 from it", "got Bearer *** from it"},
        {"https://robot:hunter2@updates.lan.test/x.fw", "https://robot:***@updates.lan.test/x.fw"},
        {"GET https://glpat-1234@updates.lan.test/x.fw", "GET https://***@updates.lan.test/x.fw"},
        {"from https://store.lan.test/x.fw?X-Amz-Signature=ab&id=7 size 3",
         "from https://store.lan.test/x.fw?*** size 3"},
        {"'http://u:p@h/?k=v'", "'http://u:***@h/?***'"},
        {"https://h/a?b=c https://h/d?e=f", "https://h/a?*** https://h/d?***"},
        {"postgresql://u:p@ss@localhost/db?x=1", "postgresql://u:***@localhost/db?x=1"},
        {"-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
         "-----BEGIN PRIVATE KEY----- *** -----END PRIVATE KEY-----"},
        {"key: -----BEGIN RSA PRIVATE KEY-----\nMIIEvQ", "key: -----BEGIN RSA PRIVATE KEY----- ***"},
    };
    for (const Case &row : cases)
        check(row);
}

TEST(CleanText, what_only_speaks_of_secrets_stays_readable) {
    for (const char *text :
         {"password authentication failed for user mail", "smtp_sasl_password_maps = hash:/etc/x",
          "https://updates.lan.test:8443/firmware/newest.fw", "2026-11-21T03:00:04+00:00 done",
          "sha256 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          "-----BEGIN CERTIFICATE----- MIIB", "read 1200 records: 100 %"})
        STRCMP_EQUAL(text, clean_text(text).c_str());
}

TEST(CleanText, cleaning_twice_changes_nothing_more) {
    for (const char *text :
         {"password=a", "https://u:p@h/", "-----BEGIN PRIVATE KEY-----\nabc", "x\x1b[0m\ny"})
        STRCMP_EQUAL(clean_text(text).c_str(), clean_text(clean_text(text)).c_str());
}

TEST(CleanText, long_text_is_cut_at_a_character) {
    std::string text;
    while (text.size() < 5000)
        text += "€ ";
    const std::string cleaned = clean_text(text);
    CHECK(cleaned.size() <= max_log_text_bytes);
    CHECK(cleaned.size() > max_log_text_bytes - 8);
    STRCMP_EQUAL("…", cleaned.substr(cleaned.size() - 3).c_str());
    STRCMP_EQUAL(cleaned.c_str(), clean_text(cleaned).c_str());
}

TEST(CleanText, a_secret_does_not_escape_by_being_where_the_text_is_cut) {
    // The @ that makes it a URL with a password is beyond what is read.
    const std::string text =
        "see " + std::string(8150, 'x') + " https://robot:hunter2" + std::string(100, 'y') + "@host/";
    CHECK(clean_text(text).find("hunter2") == std::string::npos);
    const std::string all_masked = std::string(" token=") + std::string(7000, 'x') + " u://a:hunter2" +
                                   std::string(2000, 'y') + "@host/";
    CHECK(clean_text(all_masked).find("hunter2") == std::string::npos);
}

TEST(CleanText, a_private_key_that_comes_line_by_line_is_masked_up_to_its_end) {
    const Case lines[] = {
        {"before", "before"},
        {"hook: -----BEGIN RSA PRIVATE KEY-----", "hook: -----BEGIN RSA PRIVATE KEY----- ***"},
        {"hook: DEK-Info: AES-256-CBC,00", "hook: DEK-Info: AES-256-CBC,00"},
        {"", ""},
        {"hook: MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "hook: ***"},
        {"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "***"},
        {"hook: c2hvcnQ=", "hook: ***"},
        {"hook: -----END RSA PRIVATE KEY-----", "hook: -----END RSA PRIVATE KEY-----"},
        {"after", "after"},
    };
    TextCleaner cleaner;
    for (const Case &line : lines)
        STRCMP_EQUAL(line.cleaned, cleaner.clean(line.text).c_str());
}

TEST(CleanText, a_key_that_never_ends_hides_one_word_at_most) {
    TextCleaner cleaner;
    cleaner.clean("-----BEGIN PRIVATE KEY-----");
    STRCMP_EQUAL("conversion failed: no ***", cleaner.clean("conversion failed: no space").c_str());
    STRCMP_EQUAL("no space", cleaner.clean("no space").c_str());
}
