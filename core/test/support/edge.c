/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory behind which nothing may be read: a page that nobody may touch lies behind it. */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "edge.h"

/* The octets of a page. */
static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

const uint8_t *edge_copy(const uint8_t *bytes, size_t length)
{
    size_t page = page_size();
    uint8_t *start = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                          0);
    assert_true(start != MAP_FAILED && length <= page);
    assert_int_equal(mprotect(start + page, page, PROT_NONE), 0);
    if (length > 0)
        memcpy(start + page - length, bytes, length);
    return start + page - length;
}

void edge_free(const uint8_t *copy, size_t length)
{
    size_t page = page_size();
    assert_int_equal(munmap((void *)(uintptr_t)(copy + length - page), 2 * page), 0);
}
