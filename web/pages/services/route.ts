export const NODE = { width: 160, height: 46 } as const;

/** The upper left corner of a node, in the map's own pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface CallRoute {
  /** Of an SVG path, from the caller to what it calls. */
  readonly path: string;
  /** The middle of the call's words: on its curve, in the last gap before what it calls. */
  readonly label: Place;
}

/** Calls back run so much lower, beside those forth. */
const BACK_OFFSET = 11;

/** Of the arrow's head, pixels: wider than the thickest call, whose line ends where the head begins. */
export const HEAD = { length: 9, width: 12 } as const;
const HEAD_ROOM = HEAD.length + 1;

/** The curve through the places of a chain: level within a place, swung between two. One place alone: a loop above it. */
export function routeOf(chain: readonly Place[]): CallRoute {
  const [first, second] = chain;
  if (first === undefined || second === undefined) return loopAt(first ?? { x: 0, y: 0 });
  const isBack = second.x <= first.x;
  const side = (place: Place, isRight: boolean): Place => ({
    x: isRight ? place.x + NODE.width : place.x,
    y: place.y + NODE.height / 2 + (isBack ? BACK_OFFSET : 0),
  });
  const points = chain.flatMap((place, index) => [
    ...(index === 0 ? [] : [side(place, isBack)]),
    ...(index === chain.length - 1 ? [] : [side(place, !isBack)]),
  ]);
  const end = points.at(-1)!;
  const before = points.at(-2)!;
  const last = { x: end.x + (isBack ? HEAD_ROOM : -HEAD_ROOM), y: end.y };
  const drawn = [...points.slice(0, -1), last];
  const path = drawn
    .map(({ x, y }, index) => {
      const from = drawn[index - 1];
      if (from === undefined) return `M${x},${y}`;
      if (index % 2 === 0) return `L${x},${y}`;
      const bend = (x - from.x) / 2;
      return `C${from.x + bend},${from.y} ${x - bend},${y} ${x},${y}`;
    })
    .join('');
  return { path, label: { x: (before.x + end.x) / 2, y: (before.y + end.y) / 2 } };
}

function loopAt({ x, y }: Place): CallRoute {
  const right = x + NODE.width - 24;
  return {
    path: `M${right},${y}C${right + 14},${y - 22} ${right - 40},${y - 26} ${right - 34},${y - HEAD_ROOM}`,
    label: { x: right - 16, y: y - 28 },
  };
}
