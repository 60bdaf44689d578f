/** The third step: which of Plex's libraries are read and written. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Button, Form, Table } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useEffect, useState } = window.PluginApi.React;
  const { h, text: t, number, Asking } = ui;

  /** What the setting says for these libraries; a name that is no good name goes by its key. */
  /** @param {any[]} chosen @param {any[]} all */
  function namesOf(chosen, all) {
    const isPlain = (/** @type {any} */ one) =>
      !one.title.includes(";") && all.filter((other) => other.title === one.title).length === 1;
    return chosen.map((one) => (isPlain(one) ? one.title : String(one.key))).join("; ");
  }

  /** @param {StepProps} props */
  function Libraries({ next }) {
    const asked = ui.useAsked();
    const act = ui.useAction();
    const [picked, setPicked] = useState(/** @type {Record<string, boolean>} */ ({}));
    useEffect(() => void asked.ask({ mode: "libraries" }), []);
    const all = (asked.answer && asked.answer.libraries) || [];
    const isChosen = (/** @type {any} */ one) => picked[one.key] ?? one.chosen;
    const chosen = all.filter(isChosen);
    const save = () =>
      act.run(async () => {
        if (Object.keys(picked).length)
          await ui.saveSettings({ plexLibraries: namesOf(chosen, all) });
        next();
      });
    return h(
      Fragment,
      null,
      h(Asking, { asked, working: t("setup.libraries.reading") }),
      all.length > 0 &&
        h(
          Table,
          { responsive: true, className: "plexsync-libraries" },
          h(
            "thead",
            null,
            h(
              "tr",
              null,
              ["name", "type", "agent", "items"].map((one) =>
                h("th", { key: one, scope: "col" }, t(`setup.libraries.${one}`)),
              ),
            ),
          ),
          h(
            "tbody",
            null,
            all.map((/** @type {any} */ one) =>
              h(
                "tr",
                { key: one.key },
                h(
                  "td",
                  null,
                  h(Form.Check, {
                    id: `plexsync-library-${one.key}`,
                    label: one.title,
                    checked: isChosen(one),
                    onChange: () => setPicked({ ...picked, [one.key]: !isChosen(one) }),
                  }),
                  one.advice && h("div", { className: "plexsync-advice" }, one.advice),
                  h("div", { className: "plexsync-path" }, one.locations.join(", ")),
                ),
                h("td", null, one.type),
                h("td", null, one.agent),
                h("td", { className: "text-right" }, number(one.items)),
              ),
            ),
          ),
        ),
      h(ui.Outcome, { action: act }),
      all.length > 0 &&
        h(Button, { disabled: act.busy || !chosen.length, onClick: save }, t("setup.next")),
    );
  }

  Object.assign(ui.setupSteps, { libraries: Libraries });
})(window.PlexSyncUi);
