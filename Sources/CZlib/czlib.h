// SPDX-License-Identifier: GPL-3.0-or-later
// zlib for gzip streams: inflate and deflate with gzip headers. The two init calls are
// macros in zlib.h, which Swift cannot see.

#ifndef YUSU_CZLIB_H
#define YUSU_CZLIB_H

#include <zlib.h>

static inline int yusu_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 32); // zlib or gzip header, found by itself
}

static inline int yusu_deflate_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY); // gzip header
}

#endif
