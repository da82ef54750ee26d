/* Where the bytes of an answer go; for the files about requests. */

#ifndef HRCTL_SINK_H
#define HRCTL_SINK_H

#include "hrctl.h"


/* All of these may be unused. */
typedef struct {
    hrctl_answer_t  *answer;
    hr_buf_t         body;
    FILE            *file;          /* of a 2xx answer, instead of body */
    char             etag[80];
    bool             failed;        /* the file could not be written */

    /* server-sent events */
    bool           (*each)(void *data, const char *event, const char *text);
    void            *data;
    char           **last;
    bool             events;        /* the answer is a stream of them */
    bool             ended;         /* each() has seen enough */
} hrctl_sink_t;

/*
 * The request itself; last: Last-Event-ID or NULL.  A stream of events that
 * breaks is HRCTL_NETWORK without a word.
 */
int hrctl_perform(hrctl_t *ctl, const char *method, const char *path,
    const char *json, bool token, const char *last, hrctl_sink_t *sink);

/* hrctl_download.c: a safe file name of a Content-Disposition; "": none. */
void hrctl_disposition(const char *value, char out[256]);

/* hrctl_events.c: the complete events of sink->body; false: each() has enough. */
bool hrctl_on_events(hrctl_sink_t *sink);

#endif /* HRCTL_SINK_H */
