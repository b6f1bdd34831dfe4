// Policy objects change from format 1 to 2 without losing anything; what is not understood is refused.
#include "hooks/policy/policy_format.hpp"

#include "hooks/policy/macro_search.hpp"
#include "hooks/policy/policy_1_to_2.hpp"
#include "hooks/policy/policy_not_understood.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::policy;

TEST_GROUP(PolicyFormat){};

TEST(PolicyFormat, converts_each_kind) {
    struct Case {
        const char *what;
        const char *format_1;
        const char *in_format_2; // with every line break and the indentation removed
    };
    const Case cases[] = {
        {"words",
         "<policy format='1' name='w' enabled='yes'><description>d</description><list "
         "type='words'>QQ==</list>"
         "<action>tag</action></policy>",
         "<policy format=\"2\" name=\"w\" state=\"active\"><description>d</description><match "
         "kind=\"body-words\">"
         "<value encoding=\"base64\">QQ==</value></match><action kind=\"tag\"/></policy>"},
        {"senders, off, elements in another order",
         "<policy format='1' name='s' enabled='no'><action> reject </action><list "
         "type='senders'>QQ==</list></policy>",
         "<policy format=\"2\" name=\"s\" state=\"inactive\"><match kind=\"sender-address\">"
         "<value encoding=\"base64\">QQ==</value></match><action kind=\"reject\"/></policy>"},
        {"notice, on because nothing is said",
         "<policy format='1' name='n'><list type='notice'>QQ==</list><action>header</action></policy>",
         "<policy format=\"2\" name=\"n\" state=\"active\"><match kind=\"always\"/><action kind=\"header\">"
         "<value encoding=\"base64\">QQ==</value></action></policy>"},
        {"comments and special characters stay",
         "<!-- who --><policy format='1' name='c'><!-- why --><description>a &lt; b &amp; \"c\"</description>"
         "<list type='words'>Q<!-- x -->Q==</list><action>tag</action></policy>",
         "<!-- who --><policy format=\"2\" name=\"c\" state=\"active\"><!-- why -->"
         "<description>a &lt; b &amp; \"c\"</description><match kind=\"body-words\">"
         "<value encoding=\"base64\">Q<!-- x -->Q==</value></match><action kind=\"tag\"/></policy>"},
    };
    for (const Case &row : cases) {
        std::string shown;
        const std::string result = convert_policy_1_to_2(row.format_1);
        bool at_line_start = true;
        for (const char c : result.substr(result.find("?>") + 2)) {
            if (c == '\n')
                at_line_start = true;
            else if (!at_line_start || c != ' ') {
                at_line_start = false;
                shown += c;
            }
        }
        STRCMP_EQUAL_TEXT(row.in_format_2, shown.c_str(), row.what);
        CHECK_EQUAL_TEXT(2, policy_format_of(result), row.what);
        CHECK_TRUE_TEXT(read_policy_format_1(row.format_1) == read_policy_format_2(result), row.what);
    }
}

TEST(PolicyFormat, keeps_base64_as_it_stands) {
    const std::string value = "\n    JChGSUxFOi9ldGMvbWFpbHNlYy9saXN0cy9ibG9ja2VkLXdv\n    cmRzLnR4dCkK\n  ";
    const std::string result = convert_policy_1_to_2("<policy format='1' name='w'><list type='words'>" +
                                                     value + "</list><action>tag</action></policy>");
    CHECK_TRUE(result.find(value) != std::string::npos);
}

TEST(PolicyFormat, refuses_what_it_does_not_understand) {
    struct Case {
        const char *xml;
        const char *reason;
    };
    const Case cases[] = {
        {"<policy", "not well-formed"},
        {"", "not well-formed"},
        {"<rule format='1'/>", "outermost element"},
        {"<policy format='1' name='x'/>", "lacks the element <list>"},
        {"<policy format='1'><list type='words'/><action>tag</action></policy>",
         "lacks the attribute \"name\""},
        {"<policy format='3' name='x'><list type='words'/><action>tag</action></policy>",
         "not a known value"},
        {"<policy format='1' name='x' color='red'><list type='words'/><action>tag</action></policy>",
         "unknown attribute \"color\""},
        {"<policy format='1' name='x'><list type='words'/><action>tag</action><extra/></policy>",
         "unknown element <extra>"},
        {"<policy format='1' name='x'><list type='words'/><list type='words'/><action>tag</action></policy>",
         "more than one <list>"},
        {"<policy format='1' name='x'><list type='regex'/><action>tag</action></policy>",
         "not a known value"},
        {"<policy format='1' name='x'><list type='words'><b/></list><action>tag</action></policy>",
         "text only"},
        {"<policy format='1' name='x'><list type='words'/><action>burn</action></policy>", "unknown"},
        {"<policy format='1' name='x'><list type='words'/><action>header</action></policy>", "does not fit"},
        {"<policy format='1' name='x'>text<list type='words'/><action>tag</action></policy>",
         "elements only"},
        {"<policy format='1' name='x' enabled='maybe'><list type='words'/><action>tag</action></policy>",
         "not a known value"},
    };
    for (const Case &row : cases) {
        try {
            convert_policy_1_to_2(row.xml);
            FAIL(row.xml);
        } catch (const PolicyNotUnderstood &error) {
            STRCMP_CONTAINS_TEXT(row.reason, error.what(), row.xml);
        }
    }
}
