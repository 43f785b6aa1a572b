/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of errors, as scripts write them. */
#include "run/state.h"

#include <errno.h>
#include <string.h>

struct entry { const char *name; int value; };

/* Where two names share a value, the first is the one that is printed. */
static const struct entry entries[] = {
    { "EAGAIN", EAGAIN }, { "EWOULDBLOCK", EWOULDBLOCK }, { "EINPROGRESS", EINPROGRESS },
    { "EALREADY", EALREADY }, { "EISCONN", EISCONN }, { "ENOTCONN", ENOTCONN },
    { "ECONNREFUSED", ECONNREFUSED }, { "ECONNRESET", ECONNRESET },
    { "ECONNABORTED", ECONNABORTED }, { "ETIMEDOUT", ETIMEDOUT }, { "EPIPE", EPIPE },
    { "EINVAL", EINVAL }, { "EBADF", EBADF }, { "ENOTSOCK", ENOTSOCK },
    { "EADDRINUSE", EADDRINUSE }, { "EADDRNOTAVAIL", EADDRNOTAVAIL },
    { "EAFNOSUPPORT", EAFNOSUPPORT }, { "EPROTONOSUPPORT", EPROTONOSUPPORT },
    { "EPROTOTYPE", EPROTOTYPE }, { "EPROTO", EPROTO }, { "ENOPROTOOPT", ENOPROTOOPT },
    { "EOPNOTSUPP", EOPNOTSUPP }, { "ENOTSUP", ENOTSUP }, { "EDESTADDRREQ", EDESTADDRREQ },
    { "EMSGSIZE", EMSGSIZE }, { "ENETDOWN", ENETDOWN }, { "ENETUNREACH", ENETUNREACH },
    { "ENETRESET", ENETRESET }, { "EHOSTUNREACH", EHOSTUNREACH }, { "ENOBUFS", ENOBUFS },
    { "ENOMEM", ENOMEM }, { "EMFILE", EMFILE }, { "ENFILE", ENFILE }, { "EINTR", EINTR },
    { "EIO", EIO }, { "EFAULT", EFAULT }, { "EPERM", EPERM }, { "EACCES", EACCES },
    { "ENOENT", ENOENT }, { "EEXIST", EEXIST }, { "EDOM", EDOM }, { "ERANGE", ERANGE },
    { "ENOSYS", ENOSYS }, { "EBUSY", EBUSY }, { "ECANCELED", ECANCELED },
    { "EOVERFLOW", EOVERFLOW }, { "ENODEV", ENODEV }, { "ENXIO", ENXIO }, { "ELOOP", ELOOP },
    { "EISDIR", EISDIR }, { "ENOTDIR", ENOTDIR }, { "ESPIPE", ESPIPE }, { "EROFS", EROFS },
    { "ENOSPC", ENOSPC }, { "EFBIG", EFBIG }, { "ENOTTY", ENOTTY }, { "E2BIG", E2BIG },
    { "EBADMSG", EBADMSG }, { "ENOMSG", ENOMSG }, { "ENOLINK", ENOLINK },
    { "EHOSTDOWN", 112 }, { "ESHUTDOWN", 108 }, { "ENONET", 64 }, /* Linux's numbers */
    { "ENOKEY", 126 },
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* The value of an errno name; 0: no such name. */
int run_errno_value(const char *name)
{
    if (*name != 'E')
        return 0;
    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].name[1] == name[1] && strcmp(entries[i].name, name) == 0)
            return entries[i].value;
    return 0;
}

/* The name of a value, for messages. */
const char *run_errno_name(int value)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].value == value)
            return entries[i].name;
    return value == 0 ? "no error" : "an unknown error";
}
