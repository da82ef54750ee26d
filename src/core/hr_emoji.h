/* Where emoji stand in a text, so that they can get a font of their own. */

#ifndef HR_EMOJI_H
#define HR_EMOJI_H

#include "hr_base.h"


/*
 * Bytes of the emoji sequence that starts at pos, 0 when none does.  Characters
 * that are text by default ("→", "©") count only with U+FE0F behind them.
 */
size_t hr_emoji_len(hr_str_t text, size_t pos);

#endif /* HR_EMOJI_H */
