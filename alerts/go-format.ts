/** How Go prints numbers, because rule files are written for Go's templates. */

function special(value: number): string | null {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return null;
}

/** JavaScript's `1.5e+7` as Go's `1.5e+07`. */
const goExponent = (text: string) => text.replace(/e([+-])(\d)$/, 'e$10$2');

/** `%v` of a float64: the shortest text that reads back the same, with an exponent from 1e+06 on. */
export function formatFloat(value: number): string {
  const text = special(value);
  if (text !== null) return text;
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const exponential = value.toExponential();
  const exponent = Number(exponential.slice(exponential.indexOf('e') + 1));
  return exponent < -4 || exponent >= 6 ? goExponent(exponential) : plain(value);
}

/** A number without an exponent; JavaScript switches to one below 1e-6. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}

/**
 * Go rounds an exact tie to the even digit (`%.1f` of 4.25 is 4.2), JavaScript away from zero. `exact` is the number with
 * every digit it has, `up` as JavaScript rounded it, both without exponent and with `up` a prefix in length.
 */
function tieToEven(exact: string, up: string): string {
  const rest = exact.slice(up.includes('.') ? up.length : up.length + 1);
  if (!/^50*$/.test(rest)) return up;
  const down = exact.slice(0, up.length);
  return Number(down.at(-1)) % 2 === 0 ? down : up;
}

/** `%.{digits}e` in JavaScript's notation, rounded as Go does. */
function exponential(value: number, digits: number): string {
  const [up = '', exponent = ''] = value.toExponential(digits).split('e');
  const [exact = '', exactExponent = ''] = value.toExponential(100).split('e');
  // A carry (9.995 to 1.000e1) is no tie between two numbers of one length.
  return exponent === exactExponent ? `${tieToEven(exact, up)}e${exponent}` : `${up}e${exponent}`;
}

/** `%.{precision}g`. */
export function formatSignificant(value: number, precision: number): string {
  const text = special(value);
  if (text !== null) return text;
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const digits = Math.max(1, precision);
  const rounded = exponential(value, digits - 1);
  const [mantissa = '', exponentText = '0'] = rounded.split('e');
  const exponent = Number(exponentText);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (exponent >= -4 && exponent < digits) return plain(Number(`${trimmed}e${exponent}`));
  return goExponent(`${trimmed}e${exponentText}`);
}

/** `%.{digits}f`. */
export function formatFixed(value: number, digits: number): string {
  const text = special(value);
  if (text !== null) return text;
  if (Math.abs(value) >= 1e21) return BigInt(value).toString();
  return tieToEven(value.toFixed(100), value.toFixed(digits));
}

/** `%.{digits}e`. */
export function formatExponent(value: number, digits: number): string {
  return special(value) ?? goExponent(exponential(value, digits));
}

/** `%q`. */
export const quoted = (text: string): string => JSON.stringify(text);
