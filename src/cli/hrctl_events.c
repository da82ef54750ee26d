/* Server-sent events. */

#include <stdlib.h>
#include <string.h>

#include "hrctl_sink.h"


/* One event of the stream: "event: x\nid: y\ndata: z\n". */
static void
hrctl_one_event(hrctl_sink_t *sink, char *text)
{
    char    event[64], *line, *next, *value;
    char   *data;

    (void) snprintf(event, sizeof(event), "message");
    data = NULL;

    for (line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }

        value = strchr(line, ':');
        if (value == NULL || value == line) {
            continue;               /* a comment keeps the connection alive */
        }

        *value++ = '\0';
        value += *value == ' ';

        if (strcmp(line, "event") == 0) {
            (void) snprintf(event, sizeof(event), "%.63s", value);

        } else if (strcmp(line, "data") == 0) {
            data = value;           /* the service sends one line of JSON */

        } else if (strcmp(line, "id") == 0) {
            free(*sink->last);
            *sink->last = strdup(value);
        }
    }

    if (data != NULL) {
        sink->ended = sink->each(sink->data, event, data);
    }
}


bool
hrctl_on_events(hrctl_sink_t *sink)
{
    char    *end;
    size_t   used;

    while (!sink->ended && sink->body.data != NULL
           && (end = strstr(sink->body.data, "\n\n")) != NULL)
    {
        *end = '\0';
        used = (size_t) (end - sink->body.data) + 2;
        hrctl_one_event(sink, sink->body.data);
        memmove(sink->body.data, sink->body.data + used, sink->body.len - used + 1);
        sink->body.len -= used;
    }

    return !sink->ended;
}


int
hrctl_events(hrctl_t *ctl, const char *path, char **last,
    bool (*each)(void *data, const char *event, const char *text), void *data)
{
    int              rc;
    hrctl_sink_t     sink;
    hrctl_answer_t   answer;

    memset(&sink, 0, sizeof(sink));
    memset(&answer, 0, sizeof(answer));
    sink.answer = &answer;
    sink.each = each;
    sink.data = data;
    sink.last = last;

    rc = hrctl_token(ctl);
    if (rc != HRCTL_OK) {
        return rc;
    }

    rc = hrctl_perform(ctl, "GET", path, NULL, true, *last, &sink);

    /* an answer that is no stream: a server without this endpoint, a proxy */
    if (rc == HRCTL_OK && (answer.status != 200 || !sink.events)) {
        rc = HRCTL_NOT_FOUND;
    }

    hrctl_answer_free(&answer);

    return rc;
}
