/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors, numbered as the process of a script would see them. */
#include "run/state.h"

#include <stdlib.h>
#include <string.h>

/* The open descriptor with this number, or NULL. */
struct run_fd *run_fd_find(struct run *run, int64_t number)
{
    if (number < 0 || number >= run->fd_limit || run->fds[number].kind == RUN_FD_FREE)
        return NULL;
    return &run->fds[number];
}

int run_fd_number(const struct run *run, const struct run_fd *fd)
{
    return (int)(fd - run->fds);
}

/* Opens `wanted`, or the lowest free number if that is negative. NULL: taken, or out of range. */
struct run_fd *run_fd_add(struct run *run, int64_t wanted, enum run_fd_kind kind)
{
    int64_t number = wanted;
    if (number < 0)
        for (number = RUN_FIRST_FD; run_fd_find(run, number) != NULL;)
            number++;
    if (number >= RUN_FDS_MAX || run_fd_find(run, number) != NULL)
        return NULL;
    while (run->fd_limit <= number)
        run->fds[run->fd_limit++].kind = RUN_FD_FREE;
    struct run_fd *fd = &run->fds[number];
    memset(fd, 0, sizeof *fd);
    fd->kind = kind;
    fd->target = -1;
    fd->receive_timeout_us = RUN_NO_TIMEOUT;
    fd->send_timeout_us = RUN_NO_TIMEOUT;
    return fd;
}

/* Closes the number; epoll sets forget it. */
void run_fd_free(struct run *run, struct run_fd *fd)
{
    int number = run_fd_number(run, fd);
    for (int i = 0; i < run->fd_limit; i++) {
        struct run_fd *set = &run->fds[i];
        for (uint32_t w = 0; set->kind == RUN_FD_EPOLL && w < set->watch_count; w++)
            if (set->watches[w].fd == number)
                set->watches[w--] = set->watches[--set->watch_count];
    }
    free(fd->watches);
    fd->watches = NULL;
    fd->kind = RUN_FD_FREE;
}
