/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/*
 * How good a call would be on such a path: the mean opinion score, 1 (bad) to 4.5, of G.711 with
 * packet loss concealment, after the E-model of ITU-T G.107 (06/2015) with its default values:
 *
 *   R = 93.2 - (Id (Ta) - Id (0)) - Ie,eff
 *   Ie,eff = (95 - Ie) Ppl / (Ppl / BurstR + Bpl)     (7-29), Ie = 0 and Bpl = 25.1 (G.113, table
 * I.4) MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6     (B-4), within 1 to 4.5
 *
 * The delay from mouth to ear, Ta, is half the RTT, a jitter buffer of twice the jitter, and 20 ms
 * for packetisation and the codec.
 *
 * @rtt_ms, @jitter_ms: not negative; @loss: share of what came too late or not at all, 0 to 1;
 * @burst_ratio: BurstR, the mean length of a burst of loss, compared with that of random loss, >= 1
 */
double pingem_mos (double rtt_ms, double jitter_ms, double loss, double burst_ratio);

/* Id = Idte + Idle + Idd of G.107 (7-20 to 7-28), for a one-way delay in ms. */
double pingem_mos_delay_impairment (double delay_ms);

/*
 * BurstR of so many lost slots of so many, in so many bursts: 1 where loss is random, or where it
 * cannot be told.
 */
double pingem_mos_burst_ratio (double n, double n_lost, double n_bursts);
