/** The settings with what is in force, also where Stash stores none. They are stored in Stash. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button, Form } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useEffect, useRef, useState } = window.PluginApi.React;
  const { h, text: t } = ui;
  const GROUPS = ["where", "what", "which"];

  /** @param {{setting: Setting, save: (value: Value) => void, busy: boolean}} props */
  function Switch({ setting, save, busy }) {
    const on = setting.effective === "true" || setting.effective === "on";
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

  /** @param {{setting: Setting, save: (value: Value) => void, busy: boolean}} props */
  function Field({ setting, save, busy }) {
    const [written, setWritten] = useState(/** @type {string | null} */ (null));
    const isNumber = setting.type === "NUMBER";
    const value = written === null ? setting.effective : written;
    const submit = (/** @type {Submitted} */ event) => {
      event.preventDefault();
      save(isNumber ? Number(value) : value);
      setWritten(null);
    };
    return h(
      Form,
      { className: "plexsync-field", onSubmit: submit },
      h(Form.Control, {
        id: `plexsync-${setting.key}`,
        type: isNumber ? "number" : "text",
        min: isNumber ? 0 : undefined,
        size: "sm",
        value,
        placeholder: setting.default,
        "aria-label": setting.name,
        "aria-describedby": `plexsync-${setting.key}-about`,
        onChange: (/** @type {Typed} */ event) => setWritten(event.target.value),
      }),
      written !== null &&
        written !== setting.effective &&
        h(Button, { type: "submit", size: "sm", disabled: busy }, t("settings.save")),
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
        onClick: () => go("setup", { step: "token" }),
      }),
    );
  }

  /** @param {{setting: Setting, act: Action, changed: () => void, isMeant: boolean}} props */
  function Row({ setting, act, changed, isMeant }) {
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
    const isUnset = setting.type !== "BOOLEAN" && !setting.effective;
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
          isUnset &&
            ` ${t("settings.default", { value: setting.default || t("settings.nothing") })}`,
        ),
        setting.complaint && h(Alert, { variant: "warning" }, setting.complaint),
      ),
      h(setting.type === "BOOLEAN" ? Switch : Field, { setting, save, busy: act.busy }),
    );
  }

  /** @type {PlexSyncUi["Settings"]} */
  function Settings({ go, place, refresh }) {
    const {
      answer,
      error,
      refresh: again,
    } = ui.usePolled(
      () => ui.operation({ mode: "settings" }),
      () => false,
    );
    const act = ui.useAction(refresh);
    if (error && !answer)
      return h(Alert, { variant: "warning" }, t("no.answer", { message: error }));
    if (!answer) return h(ui.Waiting, null);
    return h(
      Fragment,
      null,
      h("p", { className: "text-muted" }, t("settings.same")),
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
