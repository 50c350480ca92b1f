/**
 * A call's answer as the pieces come, each taken when it is asked for. Who stops asking ends the call. Throws what the call throws.
 * `call` is handed what takes a piece, and a signal that fires when nobody asks any more or `abort` does.
 */
export async function* piecesOf(
  call: (onPiece: (piece: Uint8Array) => Promise<void>, abort: AbortSignal) => Promise<unknown>,
  abort: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const left = new AbortController();
  let came = Promise.withResolvers<Uint8Array>();
  let asked = Promise.withResolvers<void>();
  const onPiece = (piece: Uint8Array) => {
    came.resolve(piece);
    return asked.promise;
  };
  const done = call(onPiece, AbortSignal.any([abort, left.signal])).then(() => null);
  try {
    for (;;) {
      const piece = await Promise.race([came.promise, done]);
      if (piece === null) return;
      yield piece;
      const taken = asked;
      [came, asked] = [Promise.withResolvers(), Promise.withResolvers()];
      taken.resolve();
    }
  } finally {
    left.abort(new Error('nobody asks for more of the answer'));
    asked.resolve();
  }
}
