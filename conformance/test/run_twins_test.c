/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each thing that a script can say: a script that passes against the core, and its twin with one
 * wrong value, which must fail. So nothing is only apparently checked. Where the twin is no sound
 * script it must be an error, and where it asks for what the runner cannot do, skipped.
 */
#include "run/run.h"
#include "script/script.h"
#include "target/dummy.h"
#include "target/registry.h"
#include "wire/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LISTENING                                                                                \
    "// A case.\n//: exact\n"                                                                    \
    "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"                                              \
    "+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n"                                   \
    "+0 bind(3, ..., ...) = 0\n"                                                                 \
    "+0 listen(3, 1) = 0\n"
#define ESTABLISHED                                                                              \
    LISTENING "+0 < S 0:0(0) win 65535 <mss 1000>\n"                                             \
              "+0 > S. 0:0(0) ack 1 <...>\n"                                                     \
              "+.1 < . 1:1(0) ack 1 win 65535\n"                                                 \
              "+0 accept(3, ..., ...) = 4\n"
#define WATCHING                                                                                 \
    ESTABLISHED "+0 epoll_create(1) = 5\n"                                                       \
                "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, fd=4}) = 0\n"
#define CONNECTING                                                                               \
    "// A case.\n//: exact\n"                                                                    \
    "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"                                              \
    "+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n"                                              \
    "+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)\n"                     \
    "+0 > S 0:0(0) <...>\n"

struct twin {
    const char *name;
    const char *script;
    const char *right, *wrong; /* the first `right` in the script becomes `wrong` in the twin */
};

static const struct twin twins[] = {
    { "flags", LISTENING "+0 < S 0:0(0) win 65535\n+0 > S. 0:0(0) ack 1 <...>\n", "> S.", "> SP." },
    { "sequence number", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n",
      "> P. 1:11", "> P. 2:12" },
    { "length", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n",
      "1:11(10)", "1:10(9)" },
    { "acknowledgment", LISTENING "+0 < S 7:7(0) win 65535\n+0 > S. 0:0(0) ack 8 <...>\n",
      "ack 8", "ack 9" },
    { "numbers after a SYN count from it",
      LISTENING "+0 < S 7:7(0) win 65535\n+0 > S. 5:5(0) ack 8 <...>\n"
                "+0 < . 1:1(0) ack 1 win 100\n+0 accept(3, ..., ...) = 4\n"
                "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n",
      "> P. 1:11", "> P. 6:16" },
    { "window", LISTENING "+0 < S 0:0(0) win 65535\n+0 > S. 0:0(0) ack 1 win 65535 <...>\n",
      "ack 1 win 65535", "ack 1 win 65534" },
    { "option value", LISTENING "+0 < S 0:0(0) win 65535\n+0 > S. 0:0(0) ack 1 <mss 1460>\n",
      "mss 1460", "mss 1461" },
    { "option that is not there",
      LISTENING "+0 < S 0:0(0) win 65535\n+0 > S. 0:0(0) ack 1 <mss 1460>\n",
      "<mss 1460>", "<mss 1460,nop,nop,sackOK>" },
    { "relative time", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
                                   "+1 > P. 1:11(10) ack 1\n", "+1 >", "+1.001 >" },
    { "a time a little late", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
                                          "+1 > P. 1:11(10) ack 1\n", "+1 >", "+.999999 >" },
    { "absolute time", LISTENING "+0 < S 0:0(0) win 65535\n+0 > S. 0:0(0) ack 1 <...>\n"
                                 "1 > S. 0:0(0) ack 1 <...>\n", "\n1 >", "\n1.5 >" },
    { "range of times", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
                                    "+.9~+1.1 > P. 1:11(10) ack 1\n", "+.9~+1.1", "+1.1~+1.2" },
    { "any time", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
                              "* > P. 1:11(10) ack 1\n", "* > P. 1:11", "* > P. 2:12" },
    { "any time, but never", ESTABLISHED "+0 write(4, ..., 10) = 10\n* > P. 1:11(10) ack 1\n",
      "+0 write(4, ..., 10) = 10\n", "" },
    { "symbolic time", ESTABLISHED "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n"
                                   "+0 < F. 1:1(0) ack 2 win 100\n+0 > . 2:2(0) ack 2\n"
                                   "+2MSL-1tick %{ assert tcpi_state == TCP_TIME_WAIT }%\n"
                                   "+1tick %{ assert tcpi_state == TCP_CLOSE }%\n",
      "+2MSL-1tick", "+2MSL" },
    { "result of a call", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n",
      "10) = 10", "10) = 9" },
    { "error of a call", CONNECTING, "EINPROGRESS", "EALREADY" },
    { "blocking accept",
      LISTENING "+0...0.2 accept(3, ..., ...) = 4\n+.1 < S 0:0(0) win 9\n"
                "+0 > S. 0:0(0) ack 1 <...>\n+.1 < . 1:1(0) ack 1 win 9\n",
      "+0...0.2", "+0...0.3" },
    { "blocking connect",
      "// A case.\n//: exact\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
      "+0...0.1 connect(3, ..., ...) = 0\n+0 > S 0:0(0) <...>\n"
      "+.1 < S. 0:0(0) ack 1 win 100\n+0 > . 1:1(0) ack 1\n",
      "+0...0.1", "+0...0.05" },
    { "a blocked call that never returns", ESTABLISHED "+0...0.1 read(4, ..., 10) = 5\n"
                                                       "+.1 < P. 1:6(5) ack 1 win 9\n"
                                                       "+0~+.5 > . 1:1(0) ack 6\n",
      "+.1 < P. 1:6(5)", "+.1 < . 1:1(0)" },
    { "time-out of a socket",
      ESTABLISHED
      "+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, {tv_sec=1, tv_usec=0}, 16) = 0\n"
      "+0...1 read(4, ..., 10) = -1 EAGAIN\n",
      "+0...1 read", "+0...2 read" },
    { "end of the stream", ESTABLISHED "+0 < F. 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 2\n"
                                       "+0 read(4, ..., 10) = 0\n",
      "10) = 0", "10) = 1" },
    { "flags of recv", ESTABLISHED "+0 recv(4, ..., 10, MSG_DONTWAIT) = -1 EAGAIN\n",
      "MSG_DONTWAIT", "0" },
    { "peeking", ESTABLISHED "+0 < P. 1:6(5) ack 1 win 9\n+0 recv(4, ..., 10, MSG_PEEK) = 5\n"
                             "+0 read(4, ..., 10) = 5\n+0~+.5 > . 1:1(0) ack 6\n",
      "MSG_PEEK", "0" },
    { "vectors", ESTABLISHED "+0 writev(4, [{..., 6}, {..., 4}], 2) = 10\n"
                             "+0 > P. 1:11(10) ack 1\n", "{..., 4}", "{..., 5}" },
    { "messages", ESTABLISHED "+0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}],"
                              " msg_flags=0}, 0) = 10\n+0 > P. 1:11(10) ack 1\n",
      "{..., 10}", "{..., 11}" },
    { "poll", ESTABLISHED "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1\n",
      "revents=POLLOUT", "revents=POLLIN" },
    { "poll waits", ESTABLISHED "+0...0.5 poll([{fd=4, events=POLLIN, revents=0}], 1, 500) = 0\n",
      "1, 500", "1, 400" },
    { "epoll", ESTABLISHED "+0 epoll_create(1) = 5\n"
                           "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, fd=4}) = 0\n"
                           "+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1\n",
      "wait(5, {events=EPOLLOUT", "wait(5, {events=EPOLLIN" },
    { "edges of epoll",
      ESTABLISHED "+0 epoll_create(1) = 5\n"
                  "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT|EPOLLET, fd=4}) = 0\n"
                  "+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1\n"
                  "+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0\n",
      "EPOLLOUT|EPOLLET", "EPOLLOUT" },
    { "socket option", ESTABLISHED "+0 setsockopt(4, IPPROTO_TCP, TCP_NODELAY, [1], 4) = 0\n"
                                   "+0 getsockopt(4, IPPROTO_TCP, TCP_NODELAY, [1], [4]) = 0\n",
      "TCP_NODELAY, [1], [4]", "TCP_NODELAY, [0], [4]" },
    { "pending error", CONNECTING "+.1 < R. 0:0(0) ack 1 win 0\n"
                                  "+0 getsockopt(3, SOL_SOCKET, SO_ERROR,"
                                  " [ECONNREFUSED], [4]) = 0\n",
      "[ECONNREFUSED]", "[ECONNRESET]" },
    { "linger", ESTABLISHED "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0\n"
                            "+0 close(4) = 0\n+0 > R 1:1(0)\n",
      "onoff=1", "onoff=0" },
    { "an acknowledgment that is not told is 0",
      ESTABLISHED "+0 < P. 1:6(5) ack 1 win 9\n+0~+.5 > . 1:1(0) ack 6\n",
      "1:1(0) ack 6", "1:1(0)" },
    { "fields of TCP_INFO",
      ESTABLISHED "+0 getsockopt(4, IPPROTO_TCP, TCP_INFO, {tcpi_state=TCP_ESTABLISHED,"
                  " tcpi_rto=..., tcpi_snd_mss=1000}, ...) = 0\n",
      "tcpi_snd_mss=1000", "tcpi_snd_mss=999" },
    { "state in TCP_INFO",
      ESTABLISHED "+0 getsockopt(4, SOL_TCP, TCP_INFO, {tcpi_state=TCP_ESTABLISHED}, ...) = 0\n",
      "TCP_ESTABLISHED", "TCP_CLOSE_WAIT" },
    { "length of an option", ESTABLISHED "+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [0], [4]) = 0\n",
      "[0], [4]", "[0], [8]" },
    { "level of an option", ESTABLISHED "+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n",
      "SOL_TCP", "SOL_SOCKET" },
    { "level of an option that is asked for",
      ESTABLISHED "+0 getsockopt(4, SOL_TCP, SO_KEEPALIVE, [0], [4]) = -1 ENOPROTOOPT\n",
      "SOL_TCP", "SOL_SOCKET" },
    { "linger by name",
      ESTABLISHED "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {linger=0, onoff=1}, 8) = 0\n"
                  "+0 close(4) = 0\n+0 > R 1:1(0)\n", "linger=0, onoff=1", "onoff=0, linger=1" },
    { "linger that is asked for",
      ESTABLISHED "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=2}, 8) = 0\n"
                  "+0 getsockopt(4, SOL_SOCKET, SO_LINGER, {linger=2, onoff=...}, [8]) = 0\n",
      "linger=2, onoff=...", "linger=1, onoff=..." },
    { "length of linger",
      ESTABLISHED "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=2}, 8) = 0\n",
      "}, 8)", "}, 4)" },
    { "flags of a message",
      ESTABLISHED "+0 < P. 1:6(5) ack 1 win 9\n+0 recvmsg(4, {msg_name(...)=...,"
                  " msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = 5\n+0~+.5 > . 1:1(0) ack 6\n",
      "msg_flags=0", "msg_flags=MSG_OOB" },
    { "events of epoll, all listed",
      WATCHING "+0 epoll_wait(5, [{events=EPOLLOUT, fd=4}], 2, 0) = 1\n",
      "wait(5, [{events=EPOLLOUT, fd=4}]",
      "wait(5, [{events=EPOLLOUT, fd=4}, {events=EPOLLOUT, fd=4}]" },
    { "events of epoll, none missing",
      WATCHING "+0 epoll_wait(5, [{events=EPOLLOUT, fd=4}], 2, 0) = 1\n",
      "wait(5, [{events=EPOLLOUT, fd=4}]", "wait(5, []" },
    { "data of an event", WATCHING "+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1\n",
      "wait(5, {events=EPOLLOUT, fd=4", "wait(5, {events=EPOLLOUT, fd=3" },
    { "no event of epoll",
      ESTABLISHED "+0 epoll_create(1) = 5\n+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0\n",
      "events=0", "events=EPOLLIN" },
    { "size of an epoll set", ESTABLISHED "+0 epoll_create(0) = -1 EINVAL\n",
      "create(0)", "create(1)" },
    { "a second watch of epoll",
      WATCHING "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = -1 EEXIST\n",
      "EEXIST", "ENOENT" },
    { "no watch of epoll",
      WATCHING "+0 epoll_ctl(5, EPOLL_CTL_DEL, 4, ...) = 0\n"
               "+0 epoll_ctl(5, EPOLL_CTL_DEL, 4, ...) = -1 ENOENT\n", "ENOENT", "EEXIST" },
    { "events of poll that are left out",
      ESTABLISHED "+0 poll([{fd=4, events=POLLOUT, revents=POLLOUT}], 1, 0) = 1\n",
      ", revents=POLLOUT", "" },
    { "peer of accept",
      LISTENING "+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 <...>\n+.1 < . 1:1(0) ack 1 win 9\n"
                "+0 accept(3, {sa_family=AF_INET, sin_port=htons(40001),"
                " sin_addr=inet_addr(\"192.0.2.1\")}, [16]) = 4\n", "40001", "40002" },
    { "family of a name", ESTABLISHED "+0 getsockname(4, {sa_family=AF_INET}, [16]) = 0\n",
      "AF_INET}", "AF_INET6}" },
    { "length of a name", ESTABLISHED "+0 getsockname(4, ..., [16]) = 0\n", "[16]", "[99]" },
    { "family to bind", ESTABLISHED "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5\n"
                                    "+0 bind(5, {sa_family=AF_INET, sin_port=htons(9),"
                                    " sin_addr=inet_addr(\"192.168.0.1\")}, 16) = 0\n",
      "AF_INET,", "AF_INET6," },
    { "length to bind", ESTABLISHED "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5\n"
                                    "+0 bind(5, {sin_port=htons(9)}, 16) = 0\n",
      "}, 16)", "}, 15)" },
    { "kind of socket", ESTABLISHED "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5\n",
      "+0 socket(..., SOCK_STREAM,", "+0 socket(..., SOCK_STREAM|0x7000," },
    { "a connection that is gone has a state and no numbers",
      ESTABLISHED "+0 < R. 1:1(0) ack 1 win 0\n+0 close(4) = 0\n"
                  "+0 %{ assert tcpi_state == TCP_CLOSE }%\n",
      "tcpi_state == TCP_CLOSE", "tcpi_unacked == 0" },
    { "sockets of a port", LISTENING "+0 `sockstat -P tcp -p 8080 | grep -c LISTEN | grep 1`\n",
      "-p 8080", "-p 8081" },
    { "sockets of a version", LISTENING "+0 `sockstat -4 -P tcp | grep -c LISTEN | grep 1`\n",
      "sockstat -4", "sockstat -6" },
    { "ioctl", ESTABLISHED "+0 < P. 1:6(5) ack 1 win 9\n+0 ioctl(4, SIOCINQ, [5]) = 0\n"
                           "+0~+.5 > . 1:1(0) ack 6\n",
      "SIOCINQ, [5]", "SIOCINQ, [4]" },
    { "fcntl", CONNECTING "+0 fcntl(3, F_GETFL) = 2050\n", "2050", "2" },
    { "peer's name", ESTABLISHED "+0 getpeername(4, {sa_family=AF_INET, sin_port=htons(40001),"
                                 " sin_addr=inet_addr(\"192.0.2.1\")}, ...) = 0\n",
      "40001", "40002" },
    { "assertion", ESTABLISHED "+0 %{ assert tcpi_state == TCP_ESTABLISHED, tcpi_state }%\n",
      "== TCP_EST", "!= TCP_EST" },
    { "variables", ESTABLISHED "+0 %{ x = 3; x += 2; assert x == 5 }%\n", "x == 5", "x == 4" },
    { "count of sockets", LISTENING "+0 `sockstat -4 -P tcp -s | grep -c LISTEN | grep 1`\n",
      "grep 1", "grep 2" },
    { "sleep", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n+0 `sleep .5`\n"
                           "+.5 > P. 1:11(10) ack 1\n", "sleep .5", "sleep .4" },
    { "sysctl", "// A case.\n`sysctl -q net.ipv4.tcp_sack=1`\n" LISTENING
                "+0 < S 0:0(0) win 9 <mss 1000,nop,nop,sackOK>\n"
                "+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>\n",
      "tcp_sack=1", "tcp_sack=0" },
    { "policy", "// A case.\n//: policy offer_sack=1\n" LISTENING
                "+0 < S 0:0(0) win 9 <mss 1000,nop,nop,sackOK>\n"
                "+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>\n",
      "offer_sack=1", "offer_sack=0" },
    { "quiet", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
                           "//: quiet .999999\n+1us > P. 1:11(10) ack 1\n", "quiet .999999",
      "quiet 1.000001" },
    { "output that no line claims",
      ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n",
      "+0 > P. 1:11(10) ack 1\n", "" },
    { "a segment to nowhere", "// A case.\n//: exact\n"
                              "0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n", "ack 1", "ack 2" },
    { "frame", "// A case.\n//: exact\n//: 0 frame 4500\n//: quiet 1\n"
               "+0 < . 5:5(0) ack 9 win 100\n+0 > R 9:9(0)\n", "R 9:9", "R 8:8" },
    { "two connections",
      "// A case.\n//: exact\n//: conn a 80 > 1001\n//: conn b 80 > 1002\n"
      "//: on a\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n"
      "+0 listen(3, 5) = 0\n+0 < S 5:5(0) win 100\n//: on b\n+0 < S 9:9(0) win 100\n"
      "//: on a\n+0 > S. 0:0(0) ack 6 <...>\n//: on b\n+0 > S. 0:0(0) ack 10 <...>\n",
      "ack 10", "ack 6" },
    { "addresses in a line",
      LISTENING "+0 < 192.0.2.1:77 > 192.168.0.1:8080 S 0:0(0) win 9\n"
                "+0 > 192.168.0.1:8080 > 192.0.2.1:77 S. 0:0(0) ack 1 <...>\n",
      "> 192.0.2.1:77 S.", "> 192.0.2.1:78 S." },
    { "ICMP", CONNECTING "+.1 < icmp unreachable port_unreachable [0:0(0)]\n"
                         "+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0\n",
      "[0:0(0)]", "[7:7(0)]" },
    { "timestamps",
      "// A case.\n//: policy offer_timestamps=1\n" LISTENING
      "+0 < S 0:0(0) win 9000 <mss 1000,sackOK,TS val 700 ecr 0>\n"
      "+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 700>\n"
      "+.1 < . 1:1(0) ack 1 win 9000 <nop,nop,TS val 800 ecr 100>\n+0 accept(3, ..., ...) = 4\n"
      "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 <nop,nop,TS val 200 ecr 800>\n",
      "val 200 ecr", "val 300 ecr" },
    { "echo of timestamps",
      "// A case.\n//: policy offer_timestamps=1\n" LISTENING
      "+0 < S 0:0(0) win 9000 <mss 1000,sackOK,TS val 700 ecr 0>\n"
      "+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 700>\n", "100 ecr 700", "100 ecr 701" },
    { "a new connection with the same ports",
      ESTABLISHED "+0 < R 1:1(0) win 0\n+0 < S 900:900(0) win 65535 <mss 1000>\n"
                  "+0 > S. 0:0(0) ack 901 <...>\n", "ack 901", "ack 900" },
    { "#ifdef", LISTENING "#ifdef NO_SUCH_NAME\n+0 listen(9, 1) = 0\n#else\n"
                          "+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 <...>\n#endif\n",
      "#ifdef", "#ifndef" },
    { "an option's tolerance", "--tolerance_usecs=20000\n// A case.\n"
      "//: iss 5\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n"
      "+0 listen(3, 1) = 0\n+0 < S 0:0(0) win 9\n+.015 > S. 0:0(0) ack 1 <...>\n",
      "usecs=20000", "usecs=10000" },
    { "the default tolerance", "// A case.\n"
      "//: iss 5\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n"
      "+0 listen(3, 1) = 0\n+0 < S 0:0(0) win 9\n+.004 > S. 0:0(0) ack 1 <...>\n",
      "+.004", "+.004001" },
    { "initial sequence number", "// A case.\n//: iss 77\n"
      "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n"
      "+0 listen(3, 1) = 0\n+0 < S 0:0(0) win 9\n+0 > S. 77:77(0)! ack 1 <...>\n",
      "iss 77", "iss 78" },
};

/* What is wrong with these twins shows before they run. */
static const struct twin malformed[] = {
    { "a field that SO_LINGER does not have",
      ESTABLISHED "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0\n",
      "linger=0", "linger=0, foo=1" },
    { "a field that is missing",
      ESTABLISHED "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=0, linger=0}, 8) = 0\n",
      "{onoff=0, ", "{" },
    { "a number where a struct belongs",
      ESTABLISHED "+0 getsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=0, linger=0}, [8]) = 0\n",
      "{onoff=0, linger=0}", "[0]" },
    { "two numbers for one", ESTABLISHED "+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n",
      "[1]", "[1, 7]" },
    { "a struct for a number",
      ESTABLISHED "+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [0], [4]) = 0\n", "[0]", "{foo=0}" },
    { "a field that tcp_info does not have",
      ESTABLISHED "+0 getsockopt(4, SOL_TCP, TCP_INFO, {tcpi_state=1}, ...) = 0\n",
      "tcpi_state", "tcpi_stat" },
    { "a field that an address does not have",
      ESTABLISHED "+0 getsockname(4, {sa_family=AF_INET}, ...) = 0\n", "sa_family", "family" },
    { "count of a vector", ESTABLISHED "+0 writev(4, [{..., 6}, {..., 4}], 2) = 10\n"
                                       "+0 > P. 1:11(10) ack 1\n", "], 2)", "], 1)" },
    { "count of a message's vector",
      ESTABLISHED "+0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}],"
                  " msg_flags=0}, 0) = 10\n+0 > P. 1:11(10) ack 1\n", "msg_iov(1)", "msg_iov(2)" },
    { "count of poll", ESTABLISHED "+0 poll([{fd=4, events=0, revents=0}], 1, 0) = 0\n",
      "], 1,", "], 2," },
    { "an event without its events",
      WATCHING "+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1\n",
      "wait(5, {events=EPOLLOUT, fd=4}", "wait(5, {fd=4}" },
    { "an event without its data",
      WATCHING "+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1\n",
      "wait(5, {events=EPOLLOUT, fd=4}", "wait(5, {events=EPOLLOUT}" },
    { "no event to watch for", WATCHING, "{events=EPOLLOUT, fd=4}", "..." },
    { "an argument too many", ESTABLISHED "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n",
      "close(4)", "close(4, 5)" },
    { "an argument too few", ESTABLISHED "+0 getsockname(4, ..., ...) = 0\n",
      "(4, ..., ...)", "(4, ...)" },
    { "an argument of fcntl too many", CONNECTING "+0 fcntl(3, F_GETFL) = 2050\n",
      "F_GETFL", "F_GETFL, 0, 0" },
    { "a fraction of an octet", ESTABLISHED "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n",
      "10) = 10", "10.7) = 10" },
    { "an error beside a result that is none",
      ESTABLISHED "+0 recv(4, ..., 10, MSG_DONTWAIT) = -1 EAGAIN\n", "-1 EAGAIN", "0 EAGAIN" },
    { "an assertion of nothing", ESTABLISHED "+0 %{ assert tcpi_state == 1 }%\n",
      "tcpi_state == 1", "\"tcpi_state == 2\"" },
};

/* What these twins ask for the runner cannot do. */
static const struct twin unserved[] = {
    { "text in a buffer", ESTABLISHED "+0 write(4, ..., 5) = 5\n+0 > P. 1:6(5) ack 1\n",
      "write(4, ...", "write(4, \"hello\"" },
    { "the sender's address", ESTABLISHED "+0 < P. 1:6(5) ack 1 win 9\n"
                                          "+0 recvfrom(4, ..., 9, 0, ..., ...) = 5\n"
                                          "+0~+.5 > . 1:1(0) ack 6\n",
      "0, ...,", "0, {sa_family=AF_INET}," },
    { "a flag of grep", LISTENING "+0 `sockstat -P tcp | grep -c LISTEN | grep 1`\n",
      "grep 1", "grep -v 0" },
    { "a flag of sockstat", LISTENING "+0 `sockstat -P tcp | grep -c LISTEN | grep 1`\n",
      "-P tcp", "-P tcp -u" },
    { "a datagram sent", LISTENING "+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1 <...>\n",
      "> S. 0:0(0) ack 1 <...>", "> udp (9)" },
};

static bool symbol(void *context, const struct run_symbol *asked, int64_t *least_us,
                   int64_t *most_us)
{
    (void)context;
    *least_us = *most_us = 120000000; /* 2 minutes, as in the profile rfc9293 */
    return strcmp(asked->name, "MSL") == 0;
}

static const struct report_result *run_text_of(struct run *run, const struct anvil_target *target,
                                               const char *name, const char *text)
{
    struct script_error error;
    struct script *script = script_parse_text(name, text, strlen(text), NULL, &error);
    if (script == NULL) {
        fail_msg("%s: %u:%u: %s", name, (unsigned)error.line, (unsigned)error.column,
                 error.message);
        return NULL;
    }
    struct run_options options = { .symbol = symbol };
    const struct report_result *result = run_case(run, script, target, &options);
    if (result->verdict != REPORT_PASSED && result->reason != NULL)
        print_message("[          ] %s: %s: %s\n", name, report_verdict_name(result->verdict),
                      result->reason);
    script_free(script);
    return result;
}

/* The script passes, and with the one value changed it ends as `verdict` says. */
static void check_pair(const struct anvil_target *target, const struct twin *twin,
                       enum report_verdict verdict)
{
    char wrong[4096];
    struct run *run = run_open();
    assert_non_null(run);
    const struct report_result *result = run_text_of(run, target, twin->name, twin->script);
    if (result->verdict != REPORT_PASSED)
        print_message("%s\n%s\n", result->actual == NULL ? "" : result->actual,
                      result->ladder == NULL ? "" : result->ladder);
    assert_int_equal(result->verdict, REPORT_PASSED);
    const char *at = strstr(twin->script, twin->right);
    assert_non_null(at);
    snprintf(wrong, sizeof wrong, "%.*s%s%s", (int)(at - twin->script), twin->script, twin->wrong,
             at + strlen(twin->right));
    assert_int_equal(run_text_of(run, target, twin->name, wrong)->verdict, verdict);
    const struct script_error *mistake = run_mistake(run);
    assert_int_equal(mistake != NULL, verdict == REPORT_ERROR);
    assert_true(mistake == NULL || (mistake->line > 0 && mistake->column > 0));
    run_close(run);
}

static void check_twin(void **state)
{
    check_pair(target_find("core"), *state, REPORT_FAILED);
}

static void check_malformed(void **state)
{
    check_pair(target_find("core"), *state, REPORT_ERROR);
}

static void check_unserved(void **state)
{
    check_pair(target_find("core"), *state, REPORT_SKIPPED);
}

/* Answers whatever comes with an error that quotes it. RFC 792. */
static void inject_refused(void *self, const uint8_t *bytes, size_t length)
{
    struct wire_frame frame, answer;
    uint8_t out[DUMMY_FRAME_BYTES_MAX];
    assert_int_equal(wire_decode(&frame, bytes, length), WIRE_OK);
    memset(&answer, 0, sizeof answer);
    answer.kind = WIRE_KIND_ICMP;
    answer.ip.version = frame.ip.version;
    answer.ip.source = frame.ip.destination;
    answer.ip.destination = frame.ip.source;
    answer.ip.ttl = 64;
    answer.icmp.type = 3; /* unreachable */
    answer.icmp.code = 3; /* port */
    answer.icmp.quoted = bytes;
    answer.icmp.quoted_bytes = length;
    target_dummy_emit(self, out, wire_encode(&answer, NULL, out, sizeof out));
}

#define REFUSED                                                                                  \
    "// A case.\n//: exact\n0 < S 5:5(0) win 9\n"                                                \
    "+0 > icmp unreachable port_unreachable [0:0(0)]\n"

/* No target of ours sends ICMP, so one that does stands in for it. */
static void outbound_icmp(void **state)
{
    static const struct twin pairs[] = {
        { "type of an error", REFUSED, "unreachable port_unreachable", "time_exceeded" },
        { "code of an error", REFUSED, "port_unreachable", "host_unreachable" },
        { "sequence number in an error", REFUSED, "[0:0(0)]", "[1:1(0)]" },
        { "length in an error", REFUSED, "[0:0(0)]", "[0:9(9)]" },
        { "protocol of a frame", REFUSED, "> icmp unreachable port_unreachable [0:0(0)]",
          "> R. 0:0(0) ack 1" },
    };
    struct anvil_target target = *target_find("mute");
    (void)state;
    target.inject = inject_refused;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        check_pair(&target, &pairs[i], REPORT_FAILED);
}

/* One test for each twin of a table. Returns where the next table's tests go. */
static struct CMUnitTest *add(struct CMUnitTest *test, const struct twin *table, size_t count,
                              CMUnitTestFunction check)
{
    for (size_t i = 0; i < count; i++, test++) {
        test->name = table[i].name;
        test->test_func = check;
        test->initial_state = (void *)(uintptr_t)&table[i];
    }
    return test;
}

int main(void)
{
    enum {
        TWINS = sizeof twins / sizeof twins[0],
        MALFORMED = sizeof malformed / sizeof malformed[0],
        UNSERVED = sizeof unserved / sizeof unserved[0]
    };
    struct CMUnitTest tests[TWINS + MALFORMED + UNSERVED + 1];
    memset(tests, 0, sizeof tests);
    struct CMUnitTest *next = add(tests, twins, TWINS, check_twin);
    next = add(next, malformed, MALFORMED, check_malformed);
    next = add(next, unserved, UNSERVED, check_unserved);
    next->name = "outbound ICMP";
    next->test_func = outbound_icmp;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
