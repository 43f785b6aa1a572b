/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libtcpanvil: TCP (RFC 9293) as a pure function, in chapters. The machine is chapters 1 to 6; the
 * rest carries it: chapter 9 is sockets, all included.
 */
#ifndef ANVIL_ANVIL_H
#define ANVIL_ANVIL_H

#include <anvil/seq.h>     /* 1: numbers */
#include <anvil/segment.h> /* 2: segments */
#include <anvil/options.h> /* 3: the option codec */
#include <anvil/policy.h>  /* 4: policy */
#include <anvil/tcb.h>     /* 5: the transmission control block */
#include <anvil/step.h>    /* 6: the machine */
#include <anvil/frame.h>   /* 7: frames */
#include <anvil/isn.h>     /* 8: numbers that an outsider must not guess */
#include <anvil/host.h>    /* 9: the host */

#endif
