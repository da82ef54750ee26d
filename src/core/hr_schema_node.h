/* The compiled schema, shared by its loader and its checker. */

#ifndef HR_SCHEMA_NODE_H
#define HR_SCHEMA_NODE_H

#include "hr_schema.h"


typedef struct hr_schema_node_s  hr_schema_node_t;

struct hr_schema_node_s {
    hr_str_t           name;        /* member name, when it is a property */
    unsigned           type;        /* hr_schema_type_t; 0: any */
    bool               required;    /* set by the parent's list */
    bool               closed;      /* additionalProperties: false */
    bool               blocks;      /* enum is the list of blocks */
    size_t             min_items, max_items, min_length;
    bool               has_max_items, has_minimum, has_maximum;
    double             minimum, maximum;
    const hr_str_t    *values;      /* enum */
    size_t             value_count;
    hr_schema_node_t  *props;       /* in order */
    size_t             prop_count;
    hr_schema_node_t  *items;
};

struct hr_schema_s {
    hr_schema_node_t  root;
    hr_str_t          name;
    hr_str_t          version;
    hr_str_t          hash;
    hr_str_t          head;
    hr_str_t          tail;
};

/* The described member of that name, or NULL. */
hr_schema_node_t *hr_schema_prop(const hr_schema_node_t *node, hr_str_t name);

#endif /* HR_SCHEMA_NODE_H */
