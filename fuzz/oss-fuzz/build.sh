#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Called in the image, with the variables that fuzz/build.sh lists.
exec "$SRC/tcpanvil/fuzz/build.sh"
