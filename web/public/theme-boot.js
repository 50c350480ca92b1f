// Before the first paint: the remembered theme, so that a dark room is not lit up by a white flash.
(() => {
  let chosen = 'auto';
  try {
    chosen = localStorage.getItem('tidewarden.theme') ?? 'auto';
  } catch {
    // Storage may be forbidden; the system's own preference is good enough then.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
