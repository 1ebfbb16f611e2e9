/**
 * The Hilbert curve (D. Hilbert, "Über die stetige Abbildung einer Linie auf ein Flächenstück", 1891): numbers that are
 * near each other lie near each other, and every aligned block of 4^k numbers is a square. So maps of the address
 * space are drawn since xkcd 195 (2006) and the censuses of ISI and CAIDA: the first address is top left, the last
 * top right.
 */
export interface Place {
  /** From the left, from 0. */
  readonly x: number;
  /** From the top, from 0. */
  readonly y: number;
}

/** Where the number `distance` lies in a square of 2^order × 2^order. @throws RangeError outside of it. */
export function hilbertPlace(order: number, distance: number): Place {
  if (!Number.isInteger(distance) || distance < 0 || distance >= 4 ** order)
    throw new RangeError(`no place on a Hilbert curve of order ${order}: ${distance}`);
  let place = { x: 0, y: 0 };
  for (let level = 0; level < order; level++) {
    const side = 2 ** level;
    const quarter = Math.floor(distance / 4 ** level) % 4;
    const right = quarter >= 2 ? 1 : 0;
    const down = quarter === 1 || quarter === 2 ? 1 : 0;
    const { x, y } = turned(place, side, right, down);
    place = { x: x + side * right, y: y + side * down };
  }
  return place;
}

/** Which number lies there: the inverse. @throws RangeError outside of the square. */
export function hilbertDistance(order: number, { x, y }: Place): number {
  const side = 2 ** order;
  if (![x, y].every((value) => Number.isInteger(value) && value >= 0 && value < side))
    throw new RangeError(`outside of a Hilbert curve of order ${order}: ${x}, ${y}`);
  let place = { x, y };
  let distance = 0;
  for (let level = order - 1; level >= 0; level--) {
    const half = 2 ** level;
    const right = place.x >= half ? 1 : 0;
    const down = place.y >= half ? 1 : 0;
    distance += 4 ** level * ((3 * right) ^ down);
    place = turned({ x: place.x - half * right, y: place.y - half * down }, half, right, down);
  }
  return distance;
}

/** The first quarter is mirrored at one diagonal, the last at the other; the two below lie as the whole does. */
function turned({ x, y }: Place, side: number, right: number, down: number): Place {
  if (down === 1) return { x, y };
  return right === 1 ? { x: side - 1 - y, y: side - 1 - x } : { x: y, y: x };
}
