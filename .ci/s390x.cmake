# SPDX-License-Identifier: BSD-2-Clause
# Cross build for a big-endian machine; its programs run here under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(CMAKE_C_COMPILER s390x-linux-gnu-gcc-12)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-s390x)
