/** Prices as whole ten-thousandths of a yuan: two prices compare exactly, whatever binary fractions would say. */

/**
 * `"0.01"` → 100. Digits beyond the fourth decimal are cut off, which changes no comparison with a floor of four
 * decimals. Null for anything but a plain decimal number, `other` among it.
 */
export function parsePrice(text: string): number | null {
  const match = /^(\d{1,9})(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * 10_000 + Number((match[2] ?? '').slice(0, 4).padEnd(4, '0'));
}

/** A price that came as a floating-point number, such as a gauge's or a manifest's, to the nearest ten-thousandth. */
export const roundPrice = (cny: number): number => Math.round(cny * 10_000);

/** Ten-thousandths back to yuan, for showing. */
export const priceCny = (tenThousandths: number): number => tenThousandths / 10_000;
