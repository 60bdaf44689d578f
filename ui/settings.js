/** The settings with what is in force, also where Stash stores none. They are stored in Stash. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button, Form } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useEffect, useRef, useState } = window.PluginApi.React;
  const { h, text: t } = ui;
  const GROUPS = ["where", "what", "which"];

  /** @typedef {{setting: Setting, stored: unknown, save: (value: Value) => void, busy: boolean}} Entry */

  /** @param {Entry} props */
  function Switch({ setting, stored, save, busy }) {
    const on = Boolean(stored);
    return h(Form.Check, {
      type: "switch",
      id: `plexsync-${setting.key}`,
      label: t(on ? "settings.on" : "settings.off"),
      "aria-label": setting.name,
      "aria-describedby": `plexsync-${setting.key}-about`,
      checked: on,
      disabled: busy,
      onChange: () => save(!on),
    });
  }

  /** What is stored is edited; what is in force stands beside it, as it may be neither. */
  /** @param {Entry} props */
  function Field({ setting, stored, save, busy }) {
    const [written, setWritten] = useState(/** @type {string | null} */ (null));
    const isNumber = setting.type === "NUMBER";
    const before = stored === undefined || stored === null ? "" : String(stored);
    const value = written === null ? before : written;
    const submit = (/** @type {Submitted} */ event) => {
      event.preventDefault();
      save(isNumber ? Number(value) : value.trim());
      setWritten(null);
    };
    return h(
      Form,
      { onSubmit: submit },
      h(
        "div",
        { className: "plexsync-field" },
        h(Form.Control, {
          id: `plexsync-${setting.key}`,
          type: isNumber ? "number" : "text",
          min: isNumber ? 0 : undefined,
          size: "sm",
          value,
          "aria-label": setting.name,
          "aria-describedby": `plexsync-${setting.key}-about`,
          onChange: (/** @type {Typed} */ event) => setWritten(event.target.value),
        }),
        value !== before &&
          h(Button, { type: "submit", size: "sm", disabled: busy }, t("settings.save")),
      ),
      setting.effective !== before &&
        h(
          "small",
          { className: "text-muted" },
          t("settings.effective", { value: setting.effective || t("settings.nothing") }),
        ),
    );
  }

  /** @param {{told: Settings, go: Go}} props */
  function Token({ told, go }) {
    return h(
      "div",
      { className: "plexsync-setting" },
      h(
        "div",
        { className: "plexsync-grow" },
        h("h3", null, t("settings.token")),
        h("p", { className: "text-muted" }, t(`settings.token.${told.token_is}`)),
      ),
      h(ui.SayButton, {
        label: t("settings.token.change"),
        onClick: () => go("setup", { open: "1", step: "token" }),
      }),
    );
  }

  /** @param {{setting: Setting, stored: unknown, act: Action, changed: () => void, isMeant: boolean}} props */
  function Row({ setting, stored, act, changed, isMeant }) {
    const row = useRef(/** @type {HTMLDivElement | null} */ (null));
    useEffect(() => {
      if (isMeant) row.current?.querySelector("input")?.focus();
    }, [isMeant]);
    const save = (/** @type {Value} */ value) =>
      act.run(async () => {
        await ui.saveSettings({ [setting.key]: value });
        changed();
        return t("settings.saved", { name: setting.name });
      });
    return h(
      "div",
      { className: "plexsync-setting", ref: row, "data-setting": setting.key },
      h(
        "div",
        { className: "plexsync-grow" },
        h("h3", null, setting.name),
        h(
          "p",
          { className: "text-muted", id: `plexsync-${setting.key}-about` },
          setting.description,
        ),
        setting.complaint && h(Alert, { variant: "warning" }, setting.complaint),
      ),
      h(
        "div",
        { className: "plexsync-value" },
        h(setting.type === "BOOLEAN" ? Switch : Field, { setting, stored, save, busy: act.busy }),
      ),
    );
  }

  /** @type {PlexSyncUi["Settings"]} */
  function Settings({ go, place, refresh }) {
    const {
      answer,
      error,
      refresh: again,
    } = ui.usePolled(
      async () => {
        const [told, stored] = await Promise.all([
          ui.operation({ mode: "settings" }),
          ui.readSettings(),
        ]);
        return { ...told, stored };
      },
      () => false,
    );
    const act = ui.useAction(refresh);
    if (error && !answer)
      return h(Alert, { variant: "warning" }, t("no.answer", { message: error }));
    if (!answer) return h(ui.Waiting, null);
    return h(
      Fragment,
      null,
      h("p", { className: "plexsync-intro" }, t("settings.same")),
      h(ui.Outcome, { action: act }),
      GROUPS.map((group) =>
        h(
          ui.Section,
          { key: group, id: `settings-${group}`, title: t(`settings.${group}`) },
          answer.settings
            .filter((/** @type {Setting} */ one) => one.group === group)
            .map((/** @type {Setting} */ setting) =>
              setting.key === "plexToken"
                ? h(Token, { key: setting.key, told: answer, go })
                : h(Row, {
                    key: setting.key,
                    setting,
                    stored: answer.stored[setting.key],
                    act,
                    changed: again,
                    isMeant: place.about === setting.key,
                  }),
            ),
        ),
      ),
    );
  }

  Object.assign(ui, { Settings });
})(window.PlexSyncUi);
