/* Members of a document while its text arrives. */

#include "hr_members.h"
#include "hr_test.h"


static const char  text[] =
    "Вот профиль, \"как просили\":\n```json\n"
    "{ \"position_title\" : \"metadata\\\"\", \"subordinates\": {\"metadata\": 1,"
    " \"departments\": [1, {\"careerogram\": 2}]}, \"unknown\": \"a,\\\"b\","
    " \"careerogram\":";


static unsigned
bit(const char *name)
{
    for (unsigned i = 0; i < HR_MEMBERS_COUNT; i++) {
        if (strcmp(hr_members_names[i], name) == 0) {
            return 1u << i;
        }
    }

    return 0;
}


static void
test_members(void)
{
    unsigned      want;
    hr_members_t  m;

    want = bit("position_title") | bit("subordinates") | bit("careerogram");

    m = (hr_members_t) { .seen = 0 };
    hr_members_feed(&m, HR_STR(text));
    OK(m.seen == want, "names of the outer object count, nothing else");

    for (size_t cut = 1; cut < 9; cut++) {
        m = (hr_members_t) { .seen = 0 };

        for (size_t i = 0; i < sizeof(text) - 1; i += cut) {
            size_t  n = sizeof(text) - 1 - i;

            hr_members_feed(&m, hr_str(text + i, n < cut ? n : cut));
        }

        OK(m.seen == want, "cut into small parts");
    }

    m = (hr_members_t) { .seen = 0 };
    hr_members_feed(&m, HR_STR("}}]]{\"metadata"));
    OK(m.seen == 0, "half a name is none");
    hr_members_feed(&m, HR_STR("\""));
    OK(m.seen == bit("metadata"), "its end makes it one");

    m = (hr_members_t) { .seen = 0 };
    hr_members_feed(&m, HR_STR("{\"0123456789012345678901234567890123456789"
                               "0123456789\":1,\"metadata\":{}}"));
    OK(m.seen == bit("metadata"), "a long name is skipped");
}


int
main(void)
{
    test_members();
    return hr_test_done();
}
