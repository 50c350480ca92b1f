import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chooseLanguage, type Language, rememberLanguage } from './languages.ts';

/** Each language is a chunk of its own; only the one in use is loaded. */
const CATALOGUES = {
  en: async () => (await import('./en/index.ts')).en,
  'zh-CN': async () => (await import('./zh-CN/index.ts')).zhCN,
} as const satisfies Record<Language, () => Promise<object>>;

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'translation')) return;
  i18next.addResourceBundle(language, 'translation', await CATALOGUES[language]());
}

/** Sets the words up before the first paint. */
export async function startTranslation(preferred: readonly string[]): Promise<i18n> {
  const language = chooseLanguage(preferred);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    // React escapes what it prints.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnNull: false,
    initAsync: false,
    partialBundledLanguages: true,
  });
  await load(language);
  document.documentElement.lang = language;
  return i18next;
}

/** Switches the words at once and remembers the choice. */
export async function switchLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  rememberLanguage(language);
}
