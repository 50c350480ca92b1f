import { localStorageColorSchemeManager } from '@mantine/core';

/** Remembers the theme under the name that `public/theme-boot.js` reads before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'tidewarden.theme' });
