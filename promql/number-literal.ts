/** A number token's value: decimal, hexadecimal, `Inf`, `NaN`, underscores between digits, 0-prefixed octal. */
export function parseNumberText(text: string): number {
  const plain = text.replaceAll('_', '');
  const lower = plain.toLowerCase();
  if (lower === 'inf' || lower === 'infinity') return Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  return Number(plain);
}

/** A number as Prometheus prints it: the shortest decimal, `+Inf`, `-Inf`, `NaN`; never with an exponent. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return text.includes('e') ? withoutExponent(text) : text;
}

function withoutExponent(text: string): string {
  const [mantissa, exponentText] = text.split('e') as [string, string];
  const negative = mantissa.startsWith('-');
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.') as [string, string?];
  const exponent = Number(exponentText);
  const digits = whole + fraction;
  const point = whole.length + exponent;
  let out: string;
  if (point <= 0) out = `0.${'0'.repeat(-point)}${digits}`;
  else if (point >= digits.length) out = digits + '0'.repeat(point - digits.length);
  else out = `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${out}` : out;
}

/**
 * Go's %g: the shortest form, or with `digits` that many significant ones (%.2g); with an exponent below 1e-4 and from 1e6 on, or
 * where the digits asked for do not reach the point.
 */
export function formatGo(value: number, digits?: number): string {
  if (!Number.isFinite(value) || value === 0) return formatNumber(value);
  const [mantissa, exponentText] = value
    .toExponential(digits === undefined ? undefined : digits - 1)
    .split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < (digits ?? 6)) return formatNumber(Number(`${mantissa}e${exponent}`));
  const shown = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${shown}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
