/* State of the answer reader, shared by its two parts. */

#ifndef HR_ANSWER_READER_H
#define HR_ANSWER_READER_H

#include "hr_answer.h"
#include "hr_json.h"


#define HR_ANSWER_FIELD_MAX  200        /* bytes of id, model, provider, ... */

typedef enum {
    HR_ANSWER_PADDING = 0,
    HR_ANSWER_PLAIN,
    HR_ANSWER_EVENTS
} hr_answer_state_t;

typedef struct {
    size_t  len;
    char    data[HR_ANSWER_FIELD_MAX];
    bool    set;
} hr_answer_field_t;

struct hr_answer_reader_s {
    hr_answer_state_t  state;
    hr_buf_t           body;            /* PLAIN: everything */
    hr_buf_t           line;            /* EVENTS: the line being read */
    hr_buf_t           event;           /* EVENTS: data lines of the event */
    hr_buf_t           content;
    hr_buf_t           refusal;
    hr_rc_t            err;
    bool               event_open;      /* a data line was seen since dispatch */
    bool               after_cr;        /* CR LF is one line end */
    bool               done;            /* [DONE] or an error event */
    bool               broken;          /* an event that is no JSON object */
    bool               choices;         /* some choice was seen */
    bool               has_error;
    int                code;            /* of the error object */
    hr_answer_field_t  finish_reason, id, model, provider, fingerprint;
    hr_buf_t           message;
    bool               no_response_format, no_temperature;
    int64_t            created, index;
    hr_usage_t         usage;
    size_t             bytes, padding;
};

/*
 * Parses one envelope (the whole body, or the data of an event) and folds it
 * in; false when it is no JSON object.
 */
bool hr_answer_take_text(hr_answer_reader_t *r, hr_str_t text);

#endif /* HR_ANSWER_READER_H */
