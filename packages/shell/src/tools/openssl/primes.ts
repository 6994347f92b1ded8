/**
 * Primes of the sizes that RSA keys need, without the seconds that finding them takes: each is a number drawn from its index by
 * SHA-256, and the distance from there to the next prime, found once. They protect nothing outside a simulation.
 */
import { sha256 } from "@noble/hashes/sha2.js"

/** By bits: distances of prime 0, 1, … */
const DISTANCES: Readonly<Record<number, readonly number[]>> = {
  256: [34, 28, 160, 40, 242, 156, 2, 72, 224, 196, 20, 64, 262, 272, 10, 36, 232, 162, 40, 164, 18, 140, 302, 30],
  512: [
    680, 432, 100, 232, 948, 70, 14, 36, 292, 360, 318, 488, 10, 1040, 16, 144, 364, 522, 512, 1800, 290, 108, 1060, 552, 176, 1066, 98,
    438, 240, 110, 1378, 82, 414, 76, 168, 86, 116, 538, 26, 466, 492, 134, 30, 138, 1286, 410, 82, 648, 128, 58, 346, 74, 88, 796, 1546,
    120, 226, 68, 476, 202, 614, 850, 506, 294,
  ],
  1024: [
    1640, 348, 1430, 210, 1762, 1976, 136, 38, 2262, 550, 1420, 140, 422, 1178, 206, 386, 718, 172, 270, 900, 906, 790, 2432, 578, 1346,
    332, 1336, 38, 118, 96, 12, 1100, 262, 230, 42, 632, 226, 16, 840, 1140, 282, 1060, 1976, 554, 624, 66, 626, 276, 574, 430, 442, 648,
    626, 1472, 1880, 146, 478, 352, 1234, 1422, 1534, 424, 250, 1228, 1172, 1840, 168, 76, 670, 1122, 1042, 176, 126, 1066, 714, 2640, 1964,
    1536, 314, 1560, 50, 1956, 292, 1866, 382, 302, 304, 708, 1698, 388, 1572, 328, 874, 416, 32, 196, 26, 86, 122, 216, 1578, 48, 3036,
    654, 176, 1158, 144, 968, 2138, 502, 20, 2472, 1862, 66, 1460, 176, 594, 1324, 1164, 182, 1032, 570, 674, 440, 360, 52, 716, 1236, 402,
    1066, 1118, 426, 124, 756, 34, 3190, 654, 760, 1378, 244, 1352, 1568, 286, 1102, 72, 288, 98, 1524, 1144, 652, 1220, 4366, 230, 570,
    166, 146, 714, 714, 356, 488, 42, 1286, 272, 4, 596, 1040, 776, 162, 3382, 44, 240, 1188, 416, 896, 866, 38, 1098, 2252, 620, 1298, 332,
    388, 576, 38, 356, 1974, 984, 748, 568, 192, 1216, 608, 630, 48, 2084, 1320, 732, 782, 870, 22, 690, 342, 206, 938, 272, 1406, 306, 704,
    244, 150, 466, 512, 1780, 1528, 20, 1220, 336, 2078, 466, 258,
  ],
  1536: [960, 110, 574, 176, 2930, 322, 220, 940, 898, 562, 114, 1388, 300, 2206, 1354, 736, 984, 380, 302, 2270, 254, 308, 300, 14],
  2048: [422, 1872, 402, 172, 1906, 536, 78, 1070, 18, 1806, 1048, 32, 936, 544, 916, 946, 7028, 1002, 262, 2644, 90, 1218, 1136, 982],
}

const drawn = (bits: number, index: number): bigint => {
  const seed = new TextEncoder().encode(`prime ${bits} ${index}`)
  let text = ""
  for (let at = 0; at * 256 < bits; at++)
    for (const byte of sha256(Uint8Array.from([...seed, at]))) text += byte.toString(16).padStart(2, "0")
  const size = BigInt(bits)
  return BigInt.asUintN(bits, BigInt(`0x${text.slice(0, bits / 4)}`)) | (3n << (size - 2n)) | 1n
}

export const SIZES = Object.keys(DISTANCES).map(Number)

/** Two different primes of `bits` bits; `random` gives numbers in [0, 1). */
export const twoPrimes = (bits: number, random: () => number): [bigint, bigint] => {
  const distances = DISTANCES[bits]
  const first = Math.floor(random() * distances.length)
  const second = (first + 1 + Math.floor(random() * (distances.length - 1))) % distances.length
  return [drawn(bits, first) + BigInt(distances[first]), drawn(bits, second) + BigInt(distances[second])]
}
