import type { Place } from './hilbert.js';

/**
 * The outline of all these cells of one size as the data of one path: a uniform area costs its
 * corners, not its cells. Clockwise around areas and the other way around holes, so the nonzero rule fills it.
 */
export function outlinePath(cells: Iterable<Place>, cellSize = 1): string {
  const places = [...cells];
  const taken = new Set(places.map(keyOf));
  const edges = new Map<string, Edge[]>();
  const add = (x: number, y: number, dx: number, dy: number): void => {
    const edge = { x, y, dx, dy };
    const others = edges.get(keyOf(edge));
    if (others) others.push(edge);
    else edges.set(keyOf(edge), [edge]);
  };
  for (const { x, y } of places) {
    if (!taken.has(keyOf({ x, y: y - 1 }))) add(x, y, 1, 0);
    if (!taken.has(keyOf({ x: x + 1, y }))) add(x + 1, y, 0, 1);
    if (!taken.has(keyOf({ x, y: y + 1 }))) add(x + 1, y + 1, -1, 0);
    if (!taken.has(keyOf({ x: x - 1, y }))) add(x, y + 1, 0, -1);
  }
  let path = '';
  for (const starting of edges.values())
    for (let edge = starting.pop(); edge; edge = starting.pop()) path += loopFrom(edge, edges, cellSize);
  return path;
}

interface Edge extends Place {
  readonly dx: number;
  readonly dy: number;
}

/** Around, until nothing goes on: as many edges enter a corner as leave it, so that is where it began. */
function loopFrom(start: Edge, edges: ReadonlyMap<string, Edge[]>, cellSize: number): string {
  let path = `M${start.x * cellSize} ${start.y * cellSize}`;
  let { dx, dy } = start;
  let length = 0;
  for (let edge: Edge | undefined = start; edge;) {
    if (edge.dx !== dx || edge.dy !== dy) {
      path += stroke(dx, dy, length * cellSize);
      ({ dx, dy } = edge);
      length = 0;
    }
    length++;
    edge = edges.get(keyOf({ x: edge.x + edge.dx, y: edge.y + edge.dy }))?.pop();
  }
  return `${path}${stroke(dx, dy, length * cellSize)}z`;
}

function stroke(dx: number, dy: number, length: number): string {
  return dy === 0 ? `h${dx * length}` : `v${dy * length}`;
}

function keyOf({ x, y }: Place): string {
  return `${x} ${y}`;
}
