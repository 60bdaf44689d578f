/**
 * Finds what the page says in the reader's language. Another language is another table beside
 * `texts_en.js` with the same keys; what it lacks is shown in English. `{name}` is replaced; a text
 * with `one` and `other` is chosen by `count` and the language's own rules.
 */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { languages } = ui;
  const english = languages.en;
  const language = (navigator.language || "en").split("-")[0];
  const table = languages[language] || english;
  // Numbers and times follow the language of the words.
  const locale = table === english ? "en-GB" : language;
  const plural = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

  /** @param {string} key */
  function find(key) {
    return table[key] === undefined ? english[key] : table[key];
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  function text(key, values = {}) {
    const found = find(key);
    const chosen =
      typeof found === "object" ? found[plural.select(Number(values.count))] || found.other : found;
    if (chosen === undefined) return key;
    return chosen.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  }

  Object.assign(ui, {
    locale,
    text,
    number: (/** @type {number} */ value) => numbers.format(value),
    hasText: (/** @type {string} */ key) => find(key) !== undefined,
  });
})(window.PlexSyncUi);
