/*
 * Values in Markdown.  CommonMark and the GitHub table extension are the
 * measure.  A backslash goes only where it is needed: people read the raw text
 * as well, and names such as 1C_ERP stay whole.
 */

#include "hr_md_escape.h"


static void hr_md_line(hr_buf_t *out, hr_str_t line, hr_md_place_t place,
    bool start);
static size_t hr_md_lead(hr_buf_t *out, hr_str_t line);
static const char *hr_md_replacement(hr_str_t line, size_t i,
    hr_md_place_t place);
static bool hr_md_entity(hr_str_t line, size_t i);
static bool hr_md_word(hr_str_t line, size_t i);
static bool hr_md_punctuation(char c);


void
hr_md_escape(hr_buf_t *out, hr_str_t text, hr_md_place_t place, bool start,
    unsigned indent)
{
    bool      first;
    size_t    end;
    hr_str_t  line;

    for (first = true; text.len != 0; /* void */) {

        for (end = 0; end < text.len && text.data[end] != '\n'; end++) {
            /* void */
        }

        line = hr_str(text.data, end);
        end += end < text.len;
        text.data += end;
        text.len -= end;

        while (line.len != 0 && (line.data[0] == ' ' || line.data[0] == '\t')) {
            line.data++;
            line.len--;
        }

        while (line.len != 0 && (line.data[line.len - 1] == ' '
                                 || line.data[line.len - 1] == '\t'))
        {
            line.len--;
        }

        /* an empty line would end the paragraph or the list item */
        if (line.len == 0) {
            continue;
        }

        if (!first && place == HR_MD_TEXT) {
            hr_buf_printf(out, "  \n%*s", (int) indent, "");

        } else if (!first) {
            hr_buf_char(out, ' ');
        }

        hr_md_line(out, line, place, place == HR_MD_TEXT && (start || !first));
        first = false;
    }
}


static void
hr_md_line(hr_buf_t *out, hr_str_t line, hr_md_place_t place, bool start)
{
    size_t       i, from;
    const char  *instead;

    i = start ? hr_md_lead(out, line) : 0;

    for (from = i; i < line.len; i++) {

        instead = hr_md_replacement(line, i, place);
        if (instead == NULL) {
            continue;
        }

        hr_buf_append(out, line.data + from, i - from);
        hr_buf_c(out, instead);
        from = i + 1;
    }

    hr_buf_append(out, line.data + from, line.len - from);
}


/*
 * What would open a block at the start of a line: lists, headings, quotes,
 * fences, rules, underlines of headings, rows of tables.  Returns how many
 * bytes were written.
 */
static size_t
hr_md_lead(hr_buf_t *out, hr_str_t line)
{
    size_t  n;

    if (strchr("#-+>=:|~", line.data[0]) != NULL && line.data[0] != '\0') {
        hr_buf_char(out, '\\');
        hr_buf_char(out, line.data[0]);
        return 1;
    }

    for (n = 0; n < line.len && line.data[n] >= '0' && line.data[n] <= '9'; n++) {
        /* void */
    }

    if (n == 0 || n > 9 || n == line.len
        || (line.data[n] != '.' && line.data[n] != ')')
        || (n + 1 < line.len && line.data[n + 1] != ' '
            && line.data[n + 1] != '\t'))
    {
        return 0;
    }

    hr_buf_append(out, line.data, n);
    hr_buf_char(out, '\\');
    hr_buf_char(out, line.data[n]);

    return n + 1;
}


static const char *
hr_md_replacement(hr_str_t line, size_t i, hr_md_place_t place)
{
    switch (line.data[i]) {

    case '<':
        return "&lt;";

    case '*':
        return "\\*";

    case '`':
        return "\\`";

    case '[':
        return "\\[";

    case '\t':
        return place == HR_MD_TEXT ? NULL : " ";

    case '|':
        return place == HR_MD_CELL ? "\\|" : NULL;

    case '#':
        return place == HR_MD_HEADING ? "\\#" : NULL;

    case '&':
        return hr_md_entity(line, i) ? "&amp;" : NULL;

    case '_':
        /* inside a word it is a letter like any other */
        return i != 0 && hr_md_word(line, i - 1) && hr_md_word(line, i + 1)
               ? NULL : "\\_";

    case '~':
        return (i != 0 && line.data[i - 1] == '~')
               || (i + 1 < line.len && line.data[i + 1] == '~') ? "\\~" : NULL;

    case '\\':
        return i + 1 == line.len || hr_md_punctuation(line.data[i + 1])
               ? "\\\\" : NULL;

    default:
        return NULL;
    }
}


/* "&name;" or "&#...;" would be read as one character. */
static bool
hr_md_entity(hr_str_t line, size_t i)
{
    char    c;
    size_t  n;

    for (n = i + 1; n < line.len && n < i + 34; n++) {
        c = line.data[n];

        if (c == ';') {
            return n > i + 1;
        }

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9') || (c == '#' && n == i + 1)))
        {
            return false;
        }
    }

    return false;
}


static bool
hr_md_word(hr_str_t line, size_t i)
{
    unsigned char  c;

    if (i >= line.len) {
        return false;
    }

    c = (unsigned char) line.data[i];

    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}


static bool
hr_md_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@')
           || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}
