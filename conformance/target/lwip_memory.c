/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where liblwip keeps its variables. lwIP's state is global and much of it has no name outside (the
 * counters of ISNs and ports, the phase of its timers), so a case starts from a copy of all of it.
 */
#include "target/lwip.h"

#include <link.h>
#include <unistd.h>

struct search {
    uintptr_t wanted; /* an address within */
    uintptr_t start, end;
};

/* The part of an object that stays writable: its data without what is read-only once loaded. */
static int look_at_object(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    uintptr_t start = 0, end = 0, fixed_end = 0;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t at = info->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_GNU_RELRO)
            fixed_end = at + part->p_memsz;
        if (part->p_type == PT_LOAD && (part->p_flags & PF_W) != 0 && search->wanted >= at &&
            search->wanted < at + part->p_memsz) {
            start = at;
            end = at + part->p_memsz;
        }
    }
    if (start == 0)
        return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    fixed_end = (fixed_end + page - 1) & ~(page - 1);
    search->start = fixed_end > start && fixed_end < end ? fixed_end : start;
    search->end = end;
    return 1;
}

/* Whether a variable lies within the span. */
static bool holds(const struct search *search, const void *variable)
{
    uintptr_t at = (uintptr_t)variable;
    return at >= search->start && at < search->end;
}

bool target_lwip_span_find(struct target_lwip_span *span)
{
    struct search search = { .wanted = (uintptr_t)&tcp_ticks };
    if (dl_iterate_phdr(look_at_object, &search) == 0 || !holds(&search, &tcp_active_pcbs) ||
        !holds(&search, &tcp_tw_pcbs) || !holds(&search, &netif_list) ||
        search.end - search.start > TARGET_LWIP_SPAN_MAX)
        return false;
    span->start = (uint8_t *)search.start;
    span->size = search.end - search.start;
    return true;
}
