// Which signatures count. Signatures of other makes come from the openssl command.
#include "image/firmware-writer/signer.hpp"
#include "tests/support/firmware_fixture.hpp"

#include "updater/firmware/openssl_handles.hpp"

#include <openssl/pem.h>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace firmware_writer;
using namespace updater::firmware;

namespace {

/// The openssl command does not make certificates that are over already.
void make_expired(const TestKey &key) {
    const std::string pem = read_file(key.certificate) + read_file(key.key);
    const openssl::Bio reader = openssl::reader_of(pem);
    const openssl::Certificate certificate(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
    const openssl::Key private_key(PEM_read_bio_PrivateKey(reader.get(), nullptr, nullptr, nullptr));
    constexpr long day_seconds = 24L * 60 * 60;
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -2 * day_seconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), -day_seconds);
    X509_sign(certificate.get(), private_key.get(), EVP_sha256());
    const openssl::Bio writer(BIO_new_file(key.certificate.c_str(), "wb"));
    openssl::require(PEM_write_bio_X509(writer.get(), certificate.get()), "write a certificate");
}

} // namespace

TEST_GROUP(Signature) {
    TemporaryFolder folder;
    const std::string content = "<firmware/>";

    std::string check(const std::string &signature, const TestKey &trusted, const std::string &signed_content)
        const {
        return outcome_of(
            [&] { TrustedKeys::from_directory(trusted.trusted_folder).check(signed_content, signature); });
    }

    /// Makes a key and certificate with the openssl command, and the folder that trusts it.
    TestKey openssl_key(const std::string &name, const std::string &options) const {
        TestKey key{folder / (name + ".key"), folder / (name + ".trusted/certificate.pem"),
                    folder / (name + ".trusted")};
        std::filesystem::create_directory(key.trusted_folder);
        run_command("openssl req -x509 -nodes -subj /CN=" + name + " -keyout " + key.key.string() + " -out " +
                    key.certificate.string() + " " + options + " 2>/dev/null");
        return key;
    }

    std::string openssl_signature(const TestKey &key, const std::string &options) const {
        write_file(folder / "content", content);
        run_command("openssl cms -sign -binary -outform DER -in " + (folder / "content").string() + " -out " +
                    (folder / "signature").string() + " -signer " + key.certificate.string() + " -inkey " +
                    key.key.string() + " " + options);
        return read_file(folder / "signature");
    }
};

TEST(Signature, names_the_signer_when_it_fits) {
    const std::string signature = sign(content, vendor_key().key, vendor_key().certificate);
    STRCMP_EQUAL("CN=Test Vendor",
                 TrustedKeys::from_directory(vendor_key().trusted_folder).check(content, signature).c_str());
}

TEST(Signature, is_the_same_each_time) {
    CHECK_TRUE(sign(content, vendor_key().key, vendor_key().certificate) ==
               sign(content, vendor_key().key, vendor_key().certificate));
}

TEST(Signature, over_other_content_is_told_from_a_damaged_one) {
    const std::string signature = sign(content, vendor_key().key, vendor_key().certificate);
    STRCMP_EQUAL("manifest_changed", check(signature, vendor_key(), content + " ").c_str());
    STRCMP_EQUAL("manifest_changed", check(signature, vendor_key(), "").c_str());

    std::string damaged = signature;
    damaged.back() = static_cast<char>(damaged.back() ^ 1); // the RSA signature stands at the end
    STRCMP_EQUAL("damaged_signature", check(damaged, vendor_key(), content).c_str());
    for (const std::string &text :
         {std::string(), std::string("text"), signature.substr(0, signature.size() - 1), signature + "x",
          signature + signature})
        STRCMP_EQUAL("damaged_signature", check(text, vendor_key(), content).c_str());
}

TEST(Signature, with_any_byte_changed_never_counts) {
    const std::string signature = sign(content, vendor_key().key, vendor_key().certificate);
    const TrustedKeys keys = TrustedKeys::from_directory(vendor_key().trusted_folder);
    // The certificate that comes along is for messages only, and so are the object's outer version numbers.
    const std::string expected_signer = "CN=Test Vendor";
    for (std::size_t position = 0; position < signature.size(); ++position) {
        std::string changed = signature;
        changed[position] = static_cast<char>(changed[position] ^ 0x01);
        try {
            STRCMP_EQUAL(expected_signer.c_str(), keys.check(content, changed).c_str());
        } catch (const FirmwareRefused &) {
        }
        STRCMP_EQUAL_TEXT("refused",
                          outcome_of([&] { keys.check(content + "x", changed); }) == "accepted" ? "accepted"
                                                                                                : "refused",
                          std::to_string(position).c_str());
    }
}

TEST(Signature, by_an_unknown_key_is_refused_with_its_name) {
    const std::string signature = sign(content, stranger_key().key, stranger_key().certificate);
    try {
        TrustedKeys::from_directory(vendor_key().trusted_folder).check(content, signature);
        FAIL("accepted");
    } catch (const FirmwareRefused &error) {
        STRCMP_EQUAL("unknown_key", name_of(error.kind()).c_str());
        STRCMP_CONTAINS("does not trust (CN=Some Stranger)", error.what());
        STRCMP_CONTAINS("vendor", error.next_step().c_str());
    }
}

TEST(Signature, by_a_key_that_was_replaced_is_refused_and_told_from_a_stranger_s) {
    const TestKey third = openssl_key("third", "-newkey rsa:2048");
    const auto only = [](const TestKey &key) { return TrustedKeys::from_directory(key.trusted_folder); };
    const auto by = [&](const TestKey &key) { return sign(content, key.key, key.certificate); };
    const auto outcome = [&](const TrustedKeys &keys, const std::string &signature) {
        return outcome_of([&] { keys.check(content, signature); });
    };
    const TrustedKeys replaced = only(stranger_key()).in_place_of(only(vendor_key()));
    LONGS_EQUAL(1, replaced.count());
    STRCMP_EQUAL("accepted", outcome(replaced, by(stranger_key())).c_str());
    STRCMP_EQUAL("replaced_key", outcome(replaced, by(vendor_key())).c_str());
    STRCMP_EQUAL("unknown_key", outcome(replaced, by(third)).c_str());
    // Nobody is advised to download again what the vendor never signed.
    STRCMP_EQUAL("manifest_changed",
                 outcome_of([&] { replaced.check(content + " ", by(vendor_key())); }).c_str());

    // All that came before is known, and what is trusted again counts again.
    const TrustedKeys later = only(third).in_place_of(replaced);
    STRCMP_EQUAL("replaced_key", outcome(later, by(vendor_key())).c_str());
    STRCMP_EQUAL("replaced_key", outcome(later, by(stranger_key())).c_str());
    STRCMP_EQUAL("accepted", outcome(only(vendor_key()).in_place_of(later), by(vendor_key())).c_str());
    try {
        later.check(content, by(vendor_key()));
        FAIL("accepted");
    } catch (const FirmwareRefused &error) {
        STRCMP_CONTAINS("a key that the vendor has replaced since (CN=Test Vendor)", error.what());
        STRCMP_CONTAINS("download the firmware again: the vendor signs with another key",
                        error.next_step().c_str());
    }
}

TEST(Signature, by_each_of_several_trusted_keys_counts) {
    std::filesystem::copy(vendor_key().certificate, folder / "1.pem");
    std::filesystem::copy(stranger_key().certificate, folder / "2.crt");
    write_file(folder / "README", "other files do not matter");
    const TrustedKeys keys = TrustedKeys::from_directory(folder.path());
    LONGS_EQUAL(2, keys.count());
    for (const TestKey &key : {vendor_key(), stranger_key()})
        STRCMP_EQUAL("accepted", outcome_of([&] {
                                     keys.check(content, sign(content, key.key, key.certificate));
                                 }).c_str());
}

TEST(Signature, by_keys_of_other_kinds_and_makes_counts) {
    const char *const kinds[] = {"-newkey rsa:2048", "-newkey ec -pkeyopt ec_paramgen_curve:P-256",
                                 "-newkey rsa:2048 -addext extendedKeyUsage=codeSigning",
                                 "-newkey rsa:2048 -addext keyUsage=digitalSignature"};
    int number = 0;
    for (const char *const kind : kinds) {
        const TestKey key = openssl_key("kind" + std::to_string(++number), kind);
        for (const std::string options :
             {"-md sha256", "-md sha512", "-md sha256 -keyid", "-md sha256 -nocerts"})
            STRCMP_EQUAL_TEXT("accepted", check(openssl_signature(key, options), key, content).c_str(),
                              (kind + (" " + options)).c_str());
    }
}

TEST(Signature, counts_after_the_last_day_of_the_certificate) {
    const TestKey key = openssl_key("expired", "-newkey rsa:2048");
    make_expired(key);
    run_command("! openssl x509 -noout -checkend 0 -in " + key.certificate.string() + " >/dev/null");
    STRCMP_EQUAL("accepted", check(sign(content, key.key, key.certificate), key, content).c_str());
}

TEST(Signature, of_another_form_is_refused) {
    const TestKey key = openssl_key("forms", "-newkey rsa:2048");
    struct Case {
        const char *options;
        const char *outcome;
    };
    const Case cases[] = {
        {"-md sha1", "unsupported_format"},
        {"-md sha256 -nodetach", "damaged_signature"},
        {"-md sha256 -noattr", "damaged_signature"},
    };
    for (const Case &one : cases)
        STRCMP_EQUAL_TEXT(one.outcome, check(openssl_signature(key, one.options), key, content).c_str(),
                          one.options);
    const std::string second =
        " -md sha256 -signer " + vendor_key().certificate.string() + " -inkey " + vendor_key().key.string();
    STRCMP_EQUAL("damaged_signature", check(openssl_signature(key, second), key, content).c_str());
}

TEST(Signature, by_a_key_that_a_trusted_key_vouches_for_is_refused) {
    const TestKey authority = openssl_key("authority", "-newkey rsa:2048");
    const TestKey issued = openssl_key("issued", "-newkey rsa:2048 -CA " + authority.certificate.string() +
                                                     " -CAkey " + authority.key.string());
    STRCMP_EQUAL("unknown_key",
                 check(sign(content, issued.key, issued.certificate), authority, content).c_str());
    STRCMP_EQUAL("accepted", check(sign(content, issued.key, issued.certificate), issued, content).c_str());
}

TEST(Signature, by_an_impostor_with_the_names_of_a_trusted_key_is_refused) {
    const TestKey real = openssl_key("twin", "-newkey rsa:2048 -set_serial 7");
    std::filesystem::rename(real.key, folder / "real.key");
    std::filesystem::rename(real.trusted_folder, folder / "real.trusted");
    const TestKey impostor = openssl_key("twin", "-newkey rsa:2048 -set_serial 7");
    const TestKey moved{folder / "real.key", folder / "real.trusted/certificate.pem",
                        folder / "real.trusted"};
    STRCMP_EQUAL("damaged_signature",
                 check(sign(content, impostor.key, impostor.certificate), moved, content).c_str());
}

TEST(Signature, without_trusted_keys_nothing_is_accepted) {
    CHECK_THROWS(NoTrustedKeys, TrustedKeys::from_directory(folder / "absent"));
    CHECK_THROWS(NoTrustedKeys, TrustedKeys::from_directory(folder.path()));
    std::filesystem::copy(vendor_key().certificate, folder / "whole.pem");
    LONGS_EQUAL(1, TrustedKeys::from_directory(folder.path()).count());

    // One that cannot be read is not left out silently.
    const std::string whole = read_file(vendor_key().certificate);
    const std::string first_line = "-----BEGIN CERTIFICATE-----\n";
    const std::string encrypted = first_line + "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC," +
                                  std::string(32, '0') + "\n\n" + whole.substr(first_line.size());
    for (const std::string &spoilt :
         {std::string(), std::string("text"), encrypted, whole.substr(0, whole.size() / 2),
          whole + whole.substr(0, whole.size() / 2), read_file(vendor_key().key)}) {
        write_file(folder / "spoilt.pem", spoilt);
        CHECK_THROWS(NoTrustedKeys, TrustedKeys::from_directory(folder.path()));
    }
}

TEST(Signature, is_not_made_with_a_key_that_is_not_the_certificate_s) {
    CHECK_THROWS(std::runtime_error, sign(content, vendor_key().key, stranger_key().certificate));
    CHECK_THROWS(std::runtime_error, sign(content, folder / "absent", vendor_key().certificate));
    CHECK_THROWS(std::runtime_error, sign(content, vendor_key().certificate, vendor_key().certificate));
}

TEST(Signature, keys_are_kept_private_and_never_replaced) {
    make_key_pair("Name, with \"marks\" = ü", folder / "key", folder / "certificate");
    CHECK_TRUE((std::filesystem::status(folder / "key").permissions() & std::filesystem::perms::all) ==
               (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const std::string before = read_file(folder / "key");
    CHECK_THROWS(std::runtime_error, make_key_pair("Name", folder / "key", folder / "other"));
    CHECK_TRUE(before == read_file(folder / "key"));
}
