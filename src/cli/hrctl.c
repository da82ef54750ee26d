#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrctl.h"


#define HRCTL_VERSION  "1.0.0"
#define HRCTL_WAIT     120      /* seconds without a byte */


/* ---- messages ---- */


static volatile sig_atomic_t  hrctl_signalled;


static void
hrctl_on_signal(int signo)
{
    (void) signo;
    hrctl_signalled = 1;
}


bool
hrctl_stopped(void)
{
    return hrctl_signalled != 0;
}


static void
hrctl_say(const char *format, va_list args)
{
    char  text[2048];

    (void) vsnprintf(text, sizeof(text), format, args);
    (void) fputs("hrctl: ", stderr);
    hrctl_put(stderr, text);
    (void) fputc('\n', stderr);
}


int
hrctl_fail(int code, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    hrctl_say(format, args);
    va_end(args);

    return code;
}


void
hrctl_note(const hrctl_t *ctl, const char *format, ...)
{
    va_list  args;

    if (ctl->quiet) {
        return;
    }

    va_start(args, format);
    hrctl_say(format, args);
    va_end(args);
}


int
hrctl_no_memory(void)
{
    return hrctl_fail(HRCTL_FAILED, "out of memory");
}


int
hrctl_usage(const hrctl_t *ctl, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    hrctl_say(format, args);
    va_end(args);

    if (ctl->command != NULL) {
        (void) fprintf(stderr, "hrctl: usage: hrctl %s %s (see \"hrctl %s --help\")\n",
                       ctl->command->name, ctl->command->args, ctl->command->name);
    } else {
        (void) fputs("hrctl: see \"hrctl --help\"\n", stderr);
    }

    return HRCTL_USAGE;
}


/* ---- the command line ---- */


const char *
hrctl_option(const hrctl_t *ctl, const char *name)
{
    unsigned               i;
    const hrctl_option_t  *o = ctl->command->options;

    for (i = 0; o != NULL && o[i].name != NULL; i++) {
        if (strcmp(o[i].name, name) == 0) {
            return ctl->given[i];
        }
    }

    return NULL;
}


int
hrctl_option_int(const hrctl_t *ctl, const char *name, long min, long max,
    long *value)
{
    char        *end;
    const char  *text;

    text = hrctl_option(ctl, name);
    if (text == NULL) {
        return HRCTL_OK;
    }

    errno = 0;
    *value = strtol(text, &end, 10);

    if (errno != 0 || end == text || *end != '\0' || *value < min || *value > max) {
        return hrctl_usage(ctl, "--%s: a number from %ld to %ld is needed", name, min,
                           max);
    }

    return HRCTL_OK;
}


/* The row for one or two words; *used of them. */
static const hrctl_command_t *
hrctl_find(unsigned count, const char *const *words, unsigned *used)
{
    char                    name[128];
    const hrctl_command_t  *c;

    for (*used = count < 2 ? count : 2; *used > 0; (*used)--) {
        (void) snprintf(name, sizeof(name), "%s%s%s", words[0],
                        *used == 2 ? " " : "", *used == 2 ? words[1] : "");

        for (c = hrctl_commands; c->name != NULL; c++) {
            if (strcmp(c->name, name) == 0) {
                return c;
            }
        }
    }

    return NULL;
}


static int
hrctl_global(hrctl_t *ctl, const char *name, const char *value, bool *help)
{
    char  *end;
    long   n;

    if (strcmp(name, "json") == 0) {
        ctl->json = true;

    } else if (strcmp(name, "quiet") == 0) {
        ctl->quiet = true;

    } else if (strcmp(name, "plain") == 0) {
        ctl->plain = true;

    } else if (strcmp(name, "help") == 0) {
        *help = true;

    } else if (strcmp(name, "url") == 0) {
        ctl->url_option = value;

    } else if (strcmp(name, "cacert") == 0) {
        ctl->cacert = value;

    } else if (strcmp(name, "timeout") == 0) {
        n = strtol(value, &end, 10);
        if (end == value || *end != '\0' || n < 1 || n > 86400) {
            return hrctl_usage(ctl, "--timeout: seconds from 1 to 86400 are needed");
        }
        ctl->timeout = (unsigned) n;

    } else if (strcmp(name, "lang") == 0) {
        if (strcmp(value, "ru") != 0 && strcmp(value, "en") != 0) {
            return hrctl_usage(ctl, "--lang: ru or en is needed");
        }
        ctl->russian = strcmp(value, "ru") == 0;
    }

    return HRCTL_OK;
}


static const hrctl_option_t *
hrctl_option_row(const hrctl_option_t *o, const char *name, size_t len)
{
    for ( ; o != NULL && o->name != NULL; o++) {
        if (strlen(o->name) == len && strncmp(o->name, name, len) == 0) {
            return o;
        }
    }

    return NULL;
}


/* "--name value", "--name=value" or "--name" at argv[*i]. */
static int
hrctl_take_option(hrctl_t *ctl, int argc, char **argv, int *i, bool *help)
{
    size_t                 len;
    const char            *name, *value;
    const hrctl_option_t  *row, *own;

    name = argv[*i] + 2;
    len = strcspn(name, "=");
    value = name[len] == '=' ? name + len + 1 : NULL;

    own = ctl->command == NULL ? NULL
          : hrctl_option_row(ctl->command->options, name, len);
    row = own != NULL ? own : hrctl_option_row(hrctl_global_options, name, len);

    if (row == NULL) {
        return hrctl_usage(ctl, "--%.*s: there is no such option", (int) len, name);
    }

    if (row->value == NULL && value != NULL) {
        return hrctl_usage(ctl, "--%s takes no value", row->name);
    }

    if (row->value != NULL && value == NULL) {
        if (*i + 1 == argc) {
            return hrctl_usage(ctl, "--%s: %s is needed", row->name, row->value);
        }
        value = argv[++(*i)];
    }

    if (own != NULL) {
        ctl->given[own - ctl->command->options] = value == NULL ? "" : value;
        return HRCTL_OK;
    }

    return hrctl_global(ctl, row->name, value, help);
}


/*
 * Options may stand anywhere; the words that are none are the command and its
 * arguments.  "--" ends the options.
 */
static int
hrctl_parse_line(hrctl_t *ctl, int argc, char **argv, bool *help)
{
    int          i, rc;
    bool         only_words;
    unsigned     used;
    const char  *words[2];

    /* the command first: it says which options there are */
    used = 0;

    for (i = 1; i < argc && used < 2; i++) {
        if (strcmp(argv[i], "--") == 0) {
            break;
        }

        if (strncmp(argv[i], "--", 2) == 0 && argv[i][2] != '\0') {
            const hrctl_option_t  *g = hrctl_option_row(hrctl_global_options,
                                                        argv[i] + 2,
                                                        strlen(argv[i] + 2));
            i += g != NULL && g->value != NULL;
            continue;
        }

        words[used++] = argv[i];
    }

    ctl->command = hrctl_find(used, words, &used);
    only_words = false;

    for (i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;

        } else if (!only_words && strcmp(argv[i], "-h") == 0) {
            *help = true;

        } else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
            rc = hrctl_take_option(ctl, argc, argv, &i, help);
            if (rc != HRCTL_OK) {
                return rc;
            }

        } else if (used > 0 && ctl->command != NULL) {
            used--;

        } else if (ctl->argc == HRCTL_ARGS) {
            return hrctl_usage(ctl, "too many arguments");

        } else {
            ctl->argv[ctl->argc++] = argv[i];
        }
    }

    return HRCTL_OK;
}


static int
hrctl_run(hrctl_t *ctl, int argc, char **argv)
{
    int   rc;
    bool  help;

    help = false;

    rc = hrctl_parse_line(ctl, argc, argv, &help);
    if (rc != HRCTL_OK) {
        return rc;
    }

    if (help) {
        return hrctl_help(ctl->command);
    }

    if (ctl->command == NULL) {
        return ctl->argc == 0 ? hrctl_usage(ctl, "which command?")
               : hrctl_usage(ctl, "%s: there is no such command", ctl->argv[0]);
    }

    if (ctl->argc < ctl->command->min || ctl->argc > ctl->command->max) {
        return hrctl_usage(ctl, "%s arguments", ctl->argc < ctl->command->min
                                                ? "too few" : "too many");
    }

    return ctl->command->run(ctl);
}


/* Texts of the server follow the locale of the terminal. */
static bool
hrctl_locale_is_russian(void)
{
    size_t       i;
    const char  *value;
    static const char *const  names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

    for (i = 0; i < 3; i++) {
        value = getenv(names[i]);

        if (value != NULL && *value != '\0') {
            return strncmp(value, "ru", 2) == 0;
        }
    }

    return false;
}


int
main(int argc, char **argv)
{
    int               rc;
    static hrctl_t    ctl;
    struct sigaction  action;

    if (argc == 2 && strcmp(argv[1], "--words") == 0) {
        return hrctl_list_words();
    }

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        (void) puts("hrctl " HRCTL_VERSION);
        return HRCTL_OK;
    }

    /* no SA_RESTART: a read of the terminal ends, too */
    memset(&action, 0, sizeof(action));
    action.sa_handler = hrctl_on_signal;
    (void) sigaction(SIGINT, &action, NULL);
    (void) sigaction(SIGTERM, &action, NULL);
    (void) signal(SIGPIPE, SIG_IGN);

    ctl.timeout = HRCTL_WAIT;
    ctl.russian = hrctl_locale_is_russian();
    ctl.url_option = getenv("HRCTL_URL");

    if (ctl.url_option != NULL && *ctl.url_option == '\0') {
        ctl.url_option = NULL;
    }

    rc = hrctl_run(&ctl, argc, argv);

    if (fflush(stdout) != 0 && rc == HRCTL_OK) {
        rc = hrctl_fail(HRCTL_FAILED, "stdout: %s", strerror(errno));
    }

    hrctl_http_done();
    hrctl_secret_free(ctl.token);
    free(ctl.token_file);
    free(ctl.url);

    return hrctl_stopped() ? HRCTL_STOPPED : rc;
}
