/** Characters of a piece, more or less. */
const PIECE = 65_536;

/** JSON text with a list in it, in pieces, so that writing none of them takes long. `opening` ends before the list, `closing` begins after it. */
export function* jsonWithList<Item>(
  opening: string,
  items: Iterable<Item>,
  jsonOf: (item: Item) => unknown,
  closing: string,
): Iterable<Buffer> {
  let text = `${opening}[`;
  let first = true;
  for (const item of items) {
    text += (first ? '' : ',') + JSON.stringify(jsonOf(item));
    first = false;
    if (text.length < PIECE) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}]${closing}`);
}

/** The members of an object's JSON, to go on with in an object that is open. */
export const furtherMembers = (members: object): string => {
  const text = JSON.stringify(members).slice(1, -1);
  return text === '' ? '' : `,${text}`;
};
