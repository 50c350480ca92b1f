import { expect, it } from 'vitest';
import { unescapeName } from './escaped-name.ts';

it.each([
  ['job', 'job'],
  ['U__', ''],
  ['U__http_2e_status', 'http.status'],
  ['U__a__b', 'a_b'],
  ['U___1F600_', '😀'],
  ['U__名', '名'],
  // Not of that form, so it is a name as it stands.
  ['U__a_', 'U__a_'],
  ['U__a_2e', 'U__a_2e'],
  ['U__a_zz_', 'U__a_zz_'],
  ['U__a_D800_', 'U__a_D800_'],
  ['U__a_1234567_', 'U__a_1234567_'],
])('reads «%s» as «%s»', (text, name) => expect(unescapeName(text)).toBe(name));
