/**
 * A small mark on the cards of scenes, where the setting asks for it. The cards of one page ask
 * together: each question starts a process, and a page has forty cards.
 */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { useEffect, useState } = window.PluginApi.React;
  const { h, text: t } = ui;
  const TOGETHER_MS = 100;
  const FRESH_MS = 15000;

  /** @type {{ids: Set<number>, answer: Promise<Record<string, string>> | null}} */
  let next = { ids: new Set(), answer: null };
  /** @type {{at: number, isOn: Promise<boolean>}} */
  let setting = { at: -FRESH_MS, isOn: Promise.resolve(false) };

  function areWanted() {
    if (performance.now() - setting.at >= FRESH_MS) {
      const isOn = ui.readSettings().then(
        (stored) => stored.markCards === true,
        () => false,
      );
      setting = { at: performance.now(), isOn };
    }
    return setting.isOn;
  }

  /** @param {number} id */
  function markOf(id) {
    const mine = next;
    mine.ids.add(id);
    mine.answer ||= new Promise((resolve) => {
      window.setTimeout(async () => {
        next = { ids: new Set(), answer: null };
        // A card without a mark is what everybody has who did not ask for one.
        const told = await ui.operation({ mode: "marks", ids: [...mine.ids] }).catch(() => null);
        resolve((told && told.marks) || {});
      }, TOGETHER_MS);
    });
    return mine.answer.then((marks) => marks[id] || "");
  }

  /** @type {PlexSyncUi["CardMark"]} */
  function CardMark({ id }) {
    const [level, setLevel] = useState("");
    useEffect(() => {
      let isShown = true;
      void areWanted()
        .then((isOn) => (isOn ? markOf(id) : ""))
        .then((told) => isShown && setLevel(told));
      return () => {
        isShown = false;
      };
    }, [id]);
    if (!level) return null;
    return h(
      "span",
      { className: `plexsync-mark plexsync-${level}`, title: t(`mark.${level}`) },
      h("span", { className: "plexsync-lamp" }, h(ui.Icon, { name: ui.lights[level] })),
      h("span", { className: "sr-only" }, t(`mark.${level}`)),
    );
  }

  Object.assign(ui, { CardMark });
})(window.PlexSyncUi);
