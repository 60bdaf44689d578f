/** The tab "Plex" of a scene: its item, its state, and Stash | Plex | will be, field by field. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useEffect, useState } = window.PluginApi.React;
  const { h, text: t, fieldName, PreviewedScene } = ui;

  /** @type {Record<string, string>} */
  const LEVELS = {
    in_step: "in_step",
    resting: "waiting",
    failed: "needs_you",
    skipped: "off",
    gone: "off",
    ignored: "off",
    unknown: "off",
  };

  /** @param {{told: SceneTold}} props */
  function Facts({ told }) {
    return h(
      "dl",
      { className: "plexsync-facts" },
      told.items.map((one) => [
        h("dt", { key: `${one.rating_key} dt` }, t("scene.item")),
        h(
          "dd",
          { key: one.rating_key },
          h(ui.OutLink, { href: one.link }, t("scene.open", { library: one.library })),
          h("div", { className: "plexsync-path" }, one.part),
          h("small", { className: "text-muted" }, t(`found.${one.found_by}`)),
        ),
      ]),
      told.synced && [
        h("dt", { key: "s" }, t("scene.synced")),
        h("dd", { key: "sd" }, h(ui.When, { at: told.synced })),
      ],
      told.next_try && [
        h("dt", { key: "n" }, t("scene.next")),
        h("dd", { key: "nd" }, h(ui.When, { at: told.next_try })),
      ],
      told.kept.length > 0 && [
        h("dt", { key: "k" }, t("scene.kept")),
        h("dd", { key: "kd" }, told.kept.map(fieldName).join(", ")),
      ],
      Object.entries({ ...told.refused, ...told.cut }).map(([field, why]) => [
        h("dt", { key: field }, fieldName(field)),
        h("dd", { key: `${field} dd` }, why),
      ]),
    );
  }

  /** @param {{told: SceneTold, act: Action, look: () => void, isLooking: boolean}} props */
  function Buttons({ told, act, look, isLooking }) {
    const [asking, setAsking] = useState(false);
    const ids = [told.scene_id];
    const send = (/** @type {Args} */ args, /** @type {string} */ note) => () =>
      act.run(async () => {
        setAsking(false);
        await ui.operation({ ids, ...args });
        return t(note);
      });
    const { ignored } = told;
    return h(
      Fragment,
      null,
      h(
        "div",
        { className: "plexsync-buttons" },
        h(
          Button,
          {
            size: "sm",
            disabled: act.busy || ignored,
            onClick: send({ mode: "sync" }, "scene.sent"),
          },
          h(ui.Icon, { name: "faRotate" }),
          " ",
          t("scene.sync"),
        ),
        h(ui.SayButton, {
          label: t("scene.preview"),
          icon: "faEye",
          disabled: isLooking,
          onClick: look,
        }),
        h(ui.SayButton, {
          label: t("scene.undo"),
          icon: "faRotateLeft",
          disabled: act.busy || !told.items.length,
          onClick: () => setAsking(true),
        }),
        h(ui.SayButton, {
          label: t(ignored ? "scene.unignore" : "scene.ignore"),
          icon: ignored ? "faPlay" : "faBan",
          disabled: act.busy,
          onClick: send(
            { mode: "ignore", on: !ignored },
            ignored ? "scene.unignored" : "scene.ignored",
          ),
        }),
      ),
      asking &&
        h(ui.Confirm, {
          question: t("scene.undo.ask"),
          yes: t("scene.undo"),
          onYes: send({ mode: "undo" }, "scene.undoing"),
          onNo: () => setAsking(false),
        }),
      h(ui.Outcome, { action: act }),
    );
  }

  /** @param {{told: SceneTold, act: Action}} props */
  function Choice({ told, act }) {
    if (!told.candidates.length && !told.chosen) return null;
    const choose = (/** @type {number} */ key) =>
      act.run(async () => {
        await ui.operation({ mode: "choose", id: told.scene_id, rating_key: key });
        return t(key ? "scene.chose" : "scene.unchose");
      });
    return h(
      "div",
      { className: "plexsync-panel" },
      h("h3", null, t("trouble.candidates")),
      h(ui.Candidates, {
        candidates: told.candidates,
        chosen: told.chosen,
        onChoose: choose,
        busy: act.busy,
      }),
      told.chosen &&
        h(ui.SayButton, {
          label: t("candidate.back"),
          disabled: act.busy,
          onClick: () => choose(0),
        }),
    );
  }

  /** @param {{id: number}} props */
  function Scene({ id }) {
    const {
      answer: told,
      error,
      refresh,
    } = ui.usePolled(
      () => ui.operation({ mode: "scene", id }),
      (one) => one.waits,
    );
    const asked = ui.useAsked();
    const act = ui.useAction(refresh);
    const look = () => void asked.ask({ mode: "preview", ids: [id] });
    const isKnown = Boolean(told && told.items.length);
    const synced = told && told.synced;
    // One request to Plex, and only for a scene whose item is known; again once it was synced.
    useEffect(() => {
      if (isKnown) look();
    }, [id, isKnown, synced]);
    if (error && !told) return h(Alert, { variant: "warning" }, t("no.answer", { message: error }));
    if (!told) return h(ui.Waiting, null);
    const [scene] = (asked.answer && asked.answer.scenes) || [];
    return h(
      "div",
      { className: "plexsync plexsync-tab" },
      error && h(Alert, { variant: "warning" }, t("no.answer", { message: error })),
      h(
        ui.Light,
        {
          level: told.waits ? "working" : LEVELS[told.state] || "off",
          sentence: told.sentence || t(`state.${told.state}`),
          since: null,
        },
        told.remedy && ` · ${told.remedy}`,
      ),
      h(Buttons, { told, act, look, isLooking: asked.waiting }),
      h(Choice, { told, act }),
      h(Facts, { told }),
      asked.waiting && h(ui.Waiting, null, t("scene.looking")),
      asked.error && h(Alert, { variant: "warning" }, asked.error),
      scene && h(PreviewedScene, { scene, bare: true }),
      told.events.length > 0 && [
        h("h3", { key: "h" }, t("events.title")),
        h(ui.Events, { key: "e", events: told.events, linked: false }),
      ],
    );
  }

  Object.assign(ui, {
    SceneTab: (/** @type {{id: number}} */ props) => h(Scene, { key: props.id, ...props }),
  });
})(window.PlexSyncUi);
