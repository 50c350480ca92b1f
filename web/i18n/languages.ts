/** The languages of the screens, as BCP 47 tags. */
export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each language calls itself. */
export const LANGUAGE_NAMES = { en: 'English', 'zh-CN': '简体中文' } as const satisfies Record<
  Language,
  string
>;

/** The language in which content (runbooks, campaign titles) is asked for. */
export const contentLanguage = (language: string): 'en' | 'zh' => (language.startsWith('zh') ? 'zh' : 'en');

const STORAGE_KEY = 'tidewarden.language';

/** The remembered choice, else the browser's first language that we speak, else English. */
export function chooseLanguage(preferred: readonly string[]): Language {
  const remembered = recall();
  if (remembered !== null) return remembered;
  for (const tag of preferred) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (tag.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

function recall(): Language | null {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return LANGUAGES.find((language) => language === stored) ?? null;
  } catch {
    return null;
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Where storage is forbidden the choice lasts as long as the page.
  }
}
