# SPDX-License-Identifier: BSD-2-Clause
# Cross build for a big-endian machine; its programs run here under qemu-user, with the C library of
# Debian's own libc6:s390x. QEMU_LD_PREFIX must not name the cross compiler's /usr/s390x-linux-gnu:
# one's loader and the other's library together end with "stack smashing detected".
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(CMAKE_C_COMPILER s390x-linux-gnu-gcc-12)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-s390x)
