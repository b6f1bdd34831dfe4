// passwd and its relatives are merged account by account: no account is lost, every new system account
// exists.
#include "hooks/etc/account_merge.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;

namespace {

struct MergeCase {
    const char *what;
    AccountFile file;
    const char *base;
    const char *mine;
    const char *theirs;
    const char *result;
    const char *conflict; // part of the only conflict; empty: none
    const char *remark;   // part of the only remark; empty: none
};

const MergeCase merge_cases[] = {
    {"an administrator's user and a new system user", AccountFile::passwd, "root:x:0:0::/root:/bin/sh\n",
     "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n",
     "root:x:0:0::/root:/bin/sh\nnewd:x:105:105::/:/bin/false\n",
     "root:x:0:0::/root:/bin/sh\nnewd:x:105:105::/:/bin/false\nbob:x:1000:1000::/home/bob:/bin/sh\n", "", ""},
    {"each side changes another field", AccountFile::passwd, "www:x:33:33:web:/var/www:/bin/sh\n",
     "www:x:33:33:Web server:/var/www:/bin/sh\n", "www:x:33:33:web:/var/www:/bin/false\n",
     "www:x:33:33:Web server:/var/www:/bin/false\n", "", ""},
    {"both change the same field", AccountFile::passwd, "www:x:33:33::/:/bin/sh\n",
     "www:x:33:33::/:/bin/bash\n", "www:x:33:33::/:/bin/false\n", "www:x:33:33::/:/bin/bash\n",
     "www: field 7", ""},
    {"the new system renumbers its own user", AccountFile::passwd, "pg:x:104:104::/:/bin/sh\n",
     "pg:x:104:104::/:/bin/sh\nbob:x:1000:1000::/:/bin/sh\n", "pg:x:107:104::/:/bin/sh\n",
     "pg:x:107:104::/:/bin/sh\nbob:x:1000:1000::/:/bin/sh\n", "", ""},
    {"both use one number for different users", AccountFile::passwd, "", "agent:x:105:105::/:/bin/sh\n",
     "newd:x:105:106::/:/bin/sh\n", "newd:x:105:106::/:/bin/sh\nagent:x:105:105::/:/bin/sh\n", "number 105",
     ""},
    {"both make the same user with different numbers", AccountFile::passwd, "", "mail:x:1001:8::/:/bin/sh\n",
     "mail:x:99:8::/:/bin/sh\n", "mail:x:1001:8::/:/bin/sh\n", "field 3", ""},
    {"two names for one number that there were before", AccountFile::passwd, "root:x:0:0::/:/bin/sh\n",
     "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n", "root:x:0:0::/:/bin/sh\nnewd:x:105:105::/:/bin/sh\n",
     "root:x:0:0::/:/bin/sh\nnewd:x:105:105::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n", "", ""},
    {"a user the new system no longer has is kept", AccountFile::passwd, "games:x:5:60::/:/bin/sh\n",
     "games:x:5:60::/:/bin/sh\n", "root:x:0:0::/:/bin/sh\n",
     "root:x:0:0::/:/bin/sh\ngames:x:5:60::/:/bin/sh\n", "", "games is kept"},
    {"unless its number was given to another", AccountFile::passwd, "games:x:5:60::/:/bin/sh\n",
     "games:x:5:60::/:/bin/sh\n", "play:x:5:60::/:/bin/sh\n", "play:x:5:60::/:/bin/sh\n", "",
     "games is not kept"},
    {"a user the administrator removed stays removed", AccountFile::passwd, "games:x:5:60::/:/bin/sh\n", "",
     "games:x:5:60::/:/bin/sh\n", "", "", "games stays removed"},
    {"members of a group are a set", AccountFile::group, "adm:x:4:syslog,old\n", "adm:x:4:syslog,old,bob\n",
     "adm:x:4:syslog,journal\n", "adm:x:4:syslog,journal,bob\n", "", ""},
    {"a member removed by the administrator stays out", AccountFile::group, "adm:x:4:syslog\n", "adm:x:4:\n",
     "adm:x:4:syslog,journal\n", "adm:x:4:journal\n", "", ""},
    {"members of a group made on both sides", AccountFile::group, "", "ops:x:200:bob\n", "ops:x:200:amy\n",
     "ops:x:200:amy,bob\n", "", ""},
    {"the administrator's password stays, its age is no news", AccountFile::shadow,
     "root:*:19000:0:99999:7:::\n", "root:$y$new:19500:0:99999:7:::\n", "root:*:20000:0:99999:7:::\n",
     "root:$y$new:19500:0:99999:7:::\n", "", ""},
    {"administrators and members in gshadow", AccountFile::gshadow, "adm:*::a\n", "adm:*:bob:a,bob\n",
     "adm:*::a,c\n", "adm:*:bob:a,c,bob\n", "", ""},
    {"a user with two ranges", AccountFile::subordinate_ids, "", "bob:100000:65536\nbob:300000:65536\n",
     "sys:200000:65536\n", "sys:200000:65536\nbob:100000:65536\nbob:300000:65536\n", "", ""},
    {"a missing line end at the end", AccountFile::group, "a:x:1:\n",
     "a:x:1:\nb:x:2:", "a:x:1:\nc:x:3:", "a:x:1:\nc:x:3:\nb:x:2:\n", "", ""},
};

void check_lines(const char *expected, const std::vector<std::string> &lines, const char *what) {
    LONGS_EQUAL_TEXT(*expected == '\0' ? 0 : 1, lines.size(), what);
    if (!lines.empty())
        STRCMP_CONTAINS_TEXT(expected, lines[0].c_str(), what);
}

} // namespace

TEST_GROUP(AccountMerge){};

TEST(AccountMerge, merges_account_by_account) {
    for (const MergeCase &row : merge_cases) {
        const AccountMerge merge = merge_accounts(row.file, row.base, row.mine, row.theirs);
        STRCMP_EQUAL_TEXT(row.result, merge.text.c_str(), row.what);
        check_lines(row.conflict, merge.conflicts, row.what);
        check_lines(row.remark, merge.remarks, row.what);
    }
}

TEST(AccountMerge, never_shows_a_password) {
    const AccountMerge merge =
        merge_accounts(AccountFile::shadow, "a:B4SE:1::::::\n", "a:M1NE:2::::::\nb:M1NE:::\n",
                       "a:TH31RS:3::::::\nb:TH31RS:::::\n");
    for (const std::string &line : merge.conflicts)
        CHECK_TRUE(line.find("M1NE") == std::string::npos && line.find("TH31RS") == std::string::npos);
    CHECK_FALSE(merge.conflicts.empty()); // b: another number of fields
}

TEST(AccountMerge, knows_its_files) {
    for (const char *name : {"passwd", "group", "shadow", "gshadow", "subuid", "subgid"})
        CHECK_TRUE_TEXT(account_file_at(name).has_value(), name);
    for (const char *name : {"passwd-", "acme/passwd", "aliases"})
        CHECK_FALSE_TEXT(account_file_at(name).has_value(), name);
}
